import { type Expression, type RawBuilder, sql, type Transaction } from 'kysely';
import { type Projection } from '../event-sourcing/projection-processor.js';
import { type Schema } from './schema.js';

export type Tx = Transaction<Schema>;

/**
 * Which rows of a table the readers of some customers see: `all`, those that a condition finds, or `none`: then the table
 * cannot be asked at all.
 */
export type Visible =
  | 'all'
  | 'none'
  | ((column: (name: string) => Expression<unknown>, theirs: Expression<unknown>) => Expression<unknown>);

/** Rows of their customers, in a table that has a column `customer`. */
export const ofCustomer: Visible = (column, theirs) => sql`${column('customer')} IN ${theirs}`;

/** A table of a read model. */
export interface Table {
  /** The statements that make it and its indexes. */
  readonly create: readonly RawBuilder<unknown>[];
  readonly visible: Visible;
}

export type Tables = Readonly<Partial<Record<keyof Schema, Table>>>;

/**
 * A projection with the tables that it alone fills. Nothing migrates: whatever changes in the tables or in what is put into
 * them makes another version, whose tables are made and filled anew.
 */
export interface ReadModel extends Projection<Tx> {
  readonly tables: Tables;
}
