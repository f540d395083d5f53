import { type Kysely, type Migration, sql } from 'kysely';

type InstantColumn = number;

/** The log that the rows belong to, and up to where it was there before the outbox was: nothing older is sent. */
export interface OriginTable {
  log: string;
  quiet_until: string;
  /** What stood there in the log; null where an older version did not keep it. */
  quiet_mark: string | null;
}

export interface CheckpointsTable {
  name: string;
  version: number;
  position: string;
  /** What stood there in the log; null where an older version did not keep it. */
  mark: string | null;
}

export interface EndpointsTable {
  webhook: string;
  /** The webhook in full, as its decider has it: JSON. */
  content: string;
  /** Where it was disabled; null while it is enabled. */
  disabled_at: string | null;
  /** Until when it asked to be sent nothing; null where it did not, or not since. */
  held_until: InstantColumn | null;
}

/** An event on its way to an endpoint: one row each, kept for a while after it has arrived. */
export interface DeliveriesTable {
  webhook: string;
  event: string;
  position: string;
  ticket: string;
  /** Where the event is in the log. */
  stream: string;
  revision: number;
  type: string;
  state: 'waiting' | 'delivered' | 'deadLettered';
  attempts: number;
  /** When it is tried next; null where it waits for an earlier event of its ticket, or for nothing. */
  next_at: InstantColumn | null;
  queued_at: InstantColumn;
  last_at: InstantColumn | null;
  last_status: number | null;
  last_error: string | null;
}

/** A part of the log that is to be sent once more: what is after `next`, up to `until`. */
export interface ReplaysTable {
  webhook: string;
  next: string;
  until: string;
}

export interface OutboxSchema {
  origin: OriginTable;
  checkpoints: CheckpointsTable;
  endpoints: EndpointsTable;
  deliveries: DeliveriesTable;
  replays: ReplaysTable;
}

/** The changes of the tables, in order; one that was released is never edited. */
export const outboxMigrations: Readonly<Record<string, Migration>> = {
  '0001-outbox': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('origin')
        .addColumn('log', 'text', (c) => c.primaryKey())
        .addColumn('quiet_until', 'text', (c) => c.notNull())
        .execute();
      await db.schema
        .createTable('checkpoints')
        .addColumn('name', 'text', (c) => c.notNull())
        .addColumn('version', 'integer', (c) => c.notNull())
        .addColumn('position', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('checkpoints_key', ['name', 'version'])
        .execute();
      await db.schema
        .createTable('endpoints')
        .addColumn('webhook', 'text', (c) => c.primaryKey())
        .addColumn('content', 'text', (c) => c.notNull())
        .addColumn('disabled_at', 'text')
        .execute();
      await db.schema
        .createTable('replays')
        .addColumn('webhook', 'text', (c) => c.primaryKey())
        .addColumn('next', 'text', (c) => c.notNull())
        .addColumn('until', 'text', (c) => c.notNull())
        .execute();
      await deliveries(db);
    },
  },
  '0002-marks': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('origin').addColumn('quiet_mark', 'text').execute();
      await db.schema.alterTable('checkpoints').addColumn('mark', 'text').execute();
    },
  },
  '0003-dead-lettered': {
    async up(db: Kysely<unknown>) {
      await sql`UPDATE deliveries SET state = 'deadLettered' WHERE state = 'setAside'`.execute(db);
    },
  },
  '0004-answers': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('endpoints').addColumn('held_until', 'bigint').execute();
      await sql`
        UPDATE endpoints SET content = json_set(content, '$.disabledBecause',
          CASE json_extract(content, '$.state') WHEN 'disabled' THEN 'asked' END)`.execute(db);
    },
  },
};

async function deliveries(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('deliveries')
    .addColumn('webhook', 'text', (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('position', 'text', (c) => c.notNull())
    .addColumn('ticket', 'text', (c) => c.notNull())
    .addColumn('stream', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('attempts', 'integer', (c) => c.notNull())
    .addColumn('next_at', 'bigint')
    .addColumn('queued_at', 'bigint', (c) => c.notNull())
    .addColumn('last_at', 'bigint')
    .addColumn('last_status', 'integer')
    .addColumn('last_error', 'text')
    .addPrimaryKeyConstraint('deliveries_key', ['webhook', 'event'])
    .execute();
  await db.schema.createIndex('deliveries_listed').on('deliveries').columns(['position', 'webhook']).execute();
  await db.schema.createIndex('deliveries_state').on('deliveries').columns(['webhook', 'state', 'position']).execute();
  await sql`CREATE INDEX deliveries_due ON deliveries (webhook, next_at) WHERE next_at IS NOT NULL`.execute(db);
  await sql`CREATE INDEX deliveries_of_ticket ON deliveries (webhook, ticket, position) WHERE state = 'waiting'`.execute(
    db,
  );
}
