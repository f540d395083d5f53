import { type Kysely, type Migration, sql } from 'kysely';

/** What lists filter by, at the end of the indexes that give their order: rows that are not wanted are never read. */
const filtered = ['customer', 'status', 'type', 'channel', 'priority', 'plan', 'assignee', 'team', 'guarantee', 'text'];

/**
 * A ticket's row keeps how it stands, and its facts are kept apart, for the day that one comes late: a fact more costs what it
 * changes, and a row of a list is read as it is.
 */
export const ticketsAsTheyStand: Migration = {
  async up(db: Kysely<unknown>) {
    for (const table of ['tickets', 'clocks']) await db.schema.dropTable(table).execute();
    await tickets(db);
    await db.schema
      .createTable('facts')
      .addColumn('ticket', 'text', (c) => c.notNull())
      .addColumn('part', 'integer', (c) => c.notNull())
      .addColumn('facts', 'text', (c) => c.notNull())
      .addColumn('flags', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('facts_key', ['ticket', 'part'])
      .modifyEnd(sql`WITHOUT ROWID`)
      .execute();
    await clocks(db);
  },
};

async function tickets(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('tickets')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('reference', 'text', (c) => c.notNull())
    .addColumn('customer', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull())
    .addColumn('priority', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('guarantee', 'text', (c) => c.notNull())
    .addColumn('plan', 'text', (c) => c.notNull())
    .addColumn('assignee', 'text')
    .addColumn('team', 'text')
    .addColumn('import', 'text')
    .addColumn('opened_at', 'bigint', (c) => c.notNull())
    .addColumn('due_at', 'bigint', (c) => c.notNull())
    .addColumn('place', 'integer', (c) => c.notNull())
    .addColumn('queued', 'integer', (c) => c.notNull())
    .addColumn('last_at', 'bigint', (c) => c.notNull())
    .addColumn('flags', 'text', (c) => c.notNull())
    .addColumn('life', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('tickets_reference').on('tickets').columns(['reference', 'opened_at']).execute();
  await db.schema.createIndex('tickets_customer').on('tickets').columns(['customer', 'opened_at', 'id']).execute();
  const also = sql.join(filtered.map((column) => sql.ref(column)));
  await sql`CREATE INDEX tickets_listed ON tickets (opened_at, id, due_at, ${also})`.execute(db);
  await sql`CREATE INDEX tickets_queue ON tickets (due_at, place, opened_at, id, ${also}) WHERE queued = 1`.execute(db);
  await sql`CREATE INDEX tickets_queue_of_customer ON tickets (customer, due_at, place, opened_at, id) WHERE queued = 1`.execute(
    db,
  );
}

async function clocks(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('clocks')
    .addColumn('ticket', 'text', (c) => c.notNull())
    .addColumn('run', 'text', (c) => c.notNull())
    .addColumn('metric', 'text', (c) => c.notNull())
    .addColumn('started_at', 'bigint', (c) => c.notNull())
    .addColumn('clock', 'text', (c) => c.notNull())
    .addColumn('import', 'text')
    .addColumn('next_at', 'bigint')
    .addColumn('held_at', 'bigint')
    .addPrimaryKeyConstraint('clocks_key', ['ticket', 'run'])
    .execute();
  await db.schema
    .createIndex('clocks_latest')
    .on('clocks')
    .columns(['ticket', 'metric', 'started_at', 'run'])
    .execute();
  await sql`CREATE INDEX clocks_next ON clocks (next_at, ticket) WHERE next_at IS NOT NULL`.execute(db);
  await sql`CREATE INDEX clocks_held ON clocks (import) WHERE held_at IS NOT NULL`.execute(db);
}
