import { type Kysely, type Migration } from 'kysely';

/** Verdicts know their customer, for those who see some customers alone. */
export const verdictsByCustomer: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('verdicts')
      .addColumn('customer', 'text', (c) => c.notNull().defaultTo(''))
      .execute();
    await db.schema.createIndex('verdicts_customer').on('verdicts').column('customer').execute();
  },
};
