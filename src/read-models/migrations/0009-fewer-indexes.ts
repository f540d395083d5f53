import { type Kysely, type Migration, sql } from 'kysely';

/** Rows found by their ticket, their run or their customer alone: one index does for the key and for the search. */
export const fewerIndexes: Migration = {
  async up(db: Kysely<unknown>) {
    for (const table of ['clocks', 'breaches', 'verdicts', 'governed']) await db.schema.dropTable(table).execute();
    await clocks(db);
    await breaches(db);
    await db.schema
      .createTable('verdicts')
      .addColumn('customer', 'text', (c) => c.notNull())
      .addColumn('ticket', 'text', (c) => c.notNull())
      .addColumn('run', 'text', (c) => c.notNull())
      .addColumn('plan', 'text', (c) => c.notNull())
      .addColumn('metric', 'text', (c) => c.notNull())
      .addColumn('month', 'text', (c) => c.notNull())
      .addColumn('verdict', 'text', (c) => c.notNull())
      .addColumn('withdrawals', 'integer', (c) => c.notNull())
      .addColumn('excluded', 'integer', (c) => c.notNull())
      .addColumn('ended_at', 'bigint')
      .addPrimaryKeyConstraint('verdicts_key', ['customer', 'ticket', 'run'])
      .modifyEnd(sql`WITHOUT ROWID`)
      .execute();
    await db.schema
      .createTable('governed')
      .addColumn('ticket', 'text', (c) => c.primaryKey())
      .addColumn('versions', 'text', (c) => c.notNull())
      .addColumn('open', 'integer', (c) => c.notNull())
      .addColumn('status_at', 'bigint', (c) => c.notNull())
      .addColumn('chosen_at', 'bigint')
      .modifyEnd(sql`WITHOUT ROWID`)
      .execute();
  },
};

async function clocks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('clocks')
    .addColumn('ticket', 'text', (c) => c.notNull())
    .addColumn('run', 'text', (c) => c.notNull())
    .addColumn('metric', 'text', (c) => c.notNull())
    .addColumn('clock', 'text', (c) => c.notNull())
    .addColumn('import', 'text')
    .addColumn('next_at', 'bigint')
    .addColumn('held_at', 'bigint')
    .addPrimaryKeyConstraint('clocks_key', ['ticket', 'run'])
    .execute();
  await sql`CREATE INDEX clocks_next ON clocks (next_at, ticket) WHERE next_at IS NOT NULL`.execute(db);
  await sql`CREATE INDEX clocks_held ON clocks (import) WHERE held_at IS NOT NULL`.execute(db);
}

async function breaches(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('breaches')
    .addColumn('run', 'text', (c) => c.notNull())
    .addColumn('id', 'text', (c) => c.notNull())
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
    .addPrimaryKeyConstraint('breaches_key', ['run', 'id'])
    .execute();
  await db.schema.createIndex('breaches_due').on('breaches').columns(['due_at', 'id']).execute();
}
