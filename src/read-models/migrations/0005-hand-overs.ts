import { type Kysely, type Migration, sql } from 'kysely';

export const handOvers: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('hand_overs')
      .addColumn('ticket', 'text', (c) => c.notNull())
      .addColumn('target', 'text', (c) => c.notNull())
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('revision', 'integer', (c) => c.notNull())
      .addColumn('handed', 'integer', (c) => c.notNull())
      .addColumn('said', 'text')
      .addPrimaryKeyConstraint('hand_overs_key', ['ticket', 'target'])
      .execute();
    await sql`CREATE INDEX hand_overs_due ON hand_overs (ticket) WHERE handed < revision`.execute(db);
  },
};
