import { type Kysely, type Migration, sql } from 'kysely';

/** Deadlines of tickets that are watched, in an index that answers for them alone; those of unfinished imports beside it. */
export const deadlines: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('clocks').addColumn('held_at', 'bigint').execute();
    await db.schema.dropIndex('clocks_next').execute();
    await sql`CREATE INDEX clocks_next ON clocks (next_at, ticket) WHERE next_at IS NOT NULL`.execute(db);
    await sql`CREATE INDEX clocks_held ON clocks (import) WHERE held_at IS NOT NULL`.execute(db);
  },
};
