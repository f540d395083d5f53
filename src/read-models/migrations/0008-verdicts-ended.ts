import { type Kysely, type Migration } from 'kysely';

/** A ticket's verdicts know what ended it first: a merge recorded late may come before the cancelling. */
export const verdictsEnded: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('verdicts').addColumn('ended_at', 'bigint').execute();
  },
};
