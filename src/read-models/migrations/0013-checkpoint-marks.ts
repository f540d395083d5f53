import { type Kysely, type Migration } from 'kysely';

/** What stood in the log at each checkpoint: another log that is as long is told by it. */
export const checkpointMarks: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('checkpoints').addColumn('mark', 'text').execute();
  },
};
