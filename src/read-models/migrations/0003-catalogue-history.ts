import { type Kysely, type Migration } from 'kysely';

/** Plans, calendars and customers as they were recorded, in place of their last versions. */
export const catalogueHistory: Migration = {
  async up(db: Kysely<unknown>) {
    for (const table of ['plans', 'calendars', 'customers']) await db.schema.dropTable(table).execute();
    await db.schema
      .createTable('catalogue')
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('code', 'text', (c) => c.notNull())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addColumn('event', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('catalogue_key', ['kind', 'code', 'revision'])
      .execute();
    await db.schema
      .createTable('plans')
      .addColumn('code', 'text', (c) => c.notNull())
      .addColumn('version', 'integer', (c) => c.notNull())
      .addColumn('rank', 'integer', (c) => c.notNull())
      .addPrimaryKeyConstraint('plan_ranks_key', ['code', 'version'])
      .execute();
  },
};
