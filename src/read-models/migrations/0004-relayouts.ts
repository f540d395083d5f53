import { type Kysely, type Migration, sql } from 'kysely';

/** What is still to be laid out anew under revisions that apply to open tickets. */
export const relayouts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('governed')
      .addColumn('ticket', 'text', (c) => c.primaryKey())
      .addColumn('versions', 'text', (c) => c.notNull())
      .addColumn('open', 'integer', (c) => c.notNull())
      .addColumn('status_at', 'bigint', (c) => c.notNull())
      .addColumn('chosen_at', 'bigint')
      .execute();
    await sql`CREATE INDEX governed_open ON governed (ticket) WHERE open = 1`.execute(db);
    await db.schema
      .createTable('revisions')
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('code', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('revisions_key', ['kind', 'code', 'version'])
      .execute();
    await db.schema
      .createTable('relayouts')
      .addColumn('ticket', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('code', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .addColumn('at', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('relayouts_key', ['ticket', 'kind', 'code', 'version'])
      .execute();
    await db.schema.createIndex('relayouts_at').on('relayouts').column('at').execute();
  },
};
