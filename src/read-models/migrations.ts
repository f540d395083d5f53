import { type Kysely, type Migration, sql } from 'kysely';
import { catalogueHistory } from './migrations/0003-catalogue-history.js';
import { relayouts } from './migrations/0004-relayouts.js';
import { handOvers } from './migrations/0005-hand-overs.js';
import { deadlines } from './migrations/0006-deadlines.js';
import { verdictsByCustomer } from './migrations/0007-verdicts-by-customer.js';
import { verdictsEnded } from './migrations/0008-verdicts-ended.js';
import { fewerIndexes } from './migrations/0009-fewer-indexes.js';
import { ticketsAsTheyStand } from './migrations/0010-tickets-as-they-stand.js';
import { checkpointMarks } from './migrations/0013-checkpoint-marks.js';

/** The changes of the schema, in order; one that was released is never edited. */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-read-models': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('checkpoints')
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull())
        .addColumn('position', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('checkpoints_key', ['name', 'version'])
        .execute();
      await tickets(db);
      await clocks(db);
      await reports(db);
      await catalogue(db);
    },
  },
  '0002-log': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('log')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .execute();
    },
  },
  '0003-catalogue-history': catalogueHistory,
  '0004-relayouts': relayouts,
  '0005-hand-overs': handOvers,
  '0006-deadlines': deadlines,
  '0007-verdicts-by-customer': verdictsByCustomer,
  '0008-verdicts-ended': verdictsEnded,
  '0009-fewer-indexes': fewerIndexes,
  '0010-tickets-as-they-stand': ticketsAsTheyStand,
  '0013-checkpoint-marks': checkpointMarks,
};

async function tickets(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tickets')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('customer', 'text', (c) => c.notNull())
    .addColumn('facts', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('priority', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('guarantee', 'text', (c) => c.notNull())
    .addColumn('plan', 'text', (c) => c.notNull())
    .addColumn('plan_version', 'integer', (c) => c.notNull())
    .addColumn('assignee', 'text')
    .addColumn('team', 'text')
    .addColumn('import', 'text')
    .addColumn('opened_at', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('queued', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('tickets_reference').on('tickets').column('reference').execute();
  await db.schema.createIndex('tickets_opened').on('tickets').columns(['opened_at', 'id']).execute();
  await db.schema.createIndex('tickets_customer').on('tickets').columns(['customer', 'opened_at']).execute();
  await sql`CREATE INDEX tickets_queue ON tickets (due_at, opened_at) WHERE queued = 1`.execute(db);
  await db.schema
    .createTable('imports')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('source', 'text', (c) => c.notNull())
    .addColumn('unfinished', 'integer', (c) => c.notNull())
    .execute();
}

async function clocks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('clocks')
    .addColumn('run', 'text', (c) => c.primaryKey())
    .addColumn('ticket', 'text', (c) => c.notNull())
    .addColumn('metric', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint')
    .addColumn('clock', 'text', (c) => c.notNull())
    .addColumn('import', 'text')
    .addColumn('next_at', 'bigint')
    .execute();
  await db.schema.createIndex('clocks_ticket').on('clocks').column('ticket').execute();
  await sql`CREATE INDEX clocks_next ON clocks (next_at) WHERE next_at IS NOT NULL`.execute(db);
  await db.schema
    .createTable('breaches')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('run', 'text', (c) => c.notNull())
    .addColumn('layout', 'integer', (c) => c.notNull())
    .addColumn('metric', 'text', (c) => c.notNull())
    .addColumn('ticket', 'text', (c) => c.notNull())
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('subject', 'text', (c) => c.notNull())
    .addColumn('customer', 'text', (c) => c.notNull())
    .addColumn('plan', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('priority', 'text', (c) => c.notNull())
    .addColumn('assignee', 'text')
    .addColumn('team', 'text')
    .addColumn('time_zone', 'text', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('detected_at', 'bigint', (c) => c.notNull())
    .addColumn('withdrawn_at', 'bigint')
    .addColumn('withdrawn_because', 'text')
    .addColumn('answered_at', 'bigint')
    .addColumn('historic', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('breaches_run').on('breaches').column('run').execute();
  await db.schema.createIndex('breaches_due').on('breaches').columns(['due_at', 'id']).execute();
}

async function reports(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('verdicts')
    .addColumn('run', 'text', (c) => c.primaryKey())
    .addColumn('ticket', 'text', (c) => c.notNull())
    .addColumn('plan', 'text', (c) => c.notNull())
    .addColumn('metric', 'text', (c) => c.notNull())
    .addColumn('month', 'text', (c) => c.notNull())
    .addColumn('verdict', 'text', (c) => c.notNull())
    .addColumn('withdrawals', 'integer', (c) => c.notNull())
    .addColumn('excluded', 'integer', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('verdicts_ticket').on('verdicts').column('ticket').execute();
  await db.schema
    .createTable('sla_summary')
    .addColumn('plan', 'text', (c) => c.notNull())
    .addColumn('metric', 'text', (c) => c.notNull())
    .addColumn('month', 'text', (c) => c.notNull())
    .addColumn('met', 'integer', (c) => c.notNull())
    .addColumn('met_late', 'integer', (c) => c.notNull())
    .addColumn('breached', 'integer', (c) => c.notNull())
    .addColumn('cancelled', 'integer', (c) => c.notNull())
    .addColumn('withdrawn', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('sla_summary_key', ['plan', 'metric', 'month'])
    .execute();
}

async function catalogue(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('plans')
    .addColumn('code', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('rank', 'integer', (c) => c.notNull())
    .addColumn('plan', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('plans_key', ['code', 'version'])
    .execute();
  await db.schema
    .createTable('calendars')
    .addColumn('code', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('calendar', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('calendars_key', ['code', 'version'])
    .execute();
  await db.schema
    .createTable('customers')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text')
    .addColumn('plan', 'text', (c) => c.notNull())
    .addColumn('calendar', 'text')
    .addColumn('effective_from', 'bigint')
    .execute();
}
