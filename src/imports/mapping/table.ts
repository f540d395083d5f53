import { fields, oneOf, type Read, text, together } from '../../parsing/fields.js';
import { type Cells, type RowReader } from './cells.js';
import { readingOf } from './reading.js';
import { type Source, sourceShape } from './source.js';

/** What other parts look up by its key: customers, users, teams. */
export interface Table extends Source {
  readonly rows: 'table';
  readonly name: string;
  readonly key: RowReader<string>;
}

/** A column that stands in a table: `users[author_id].role`. */
export interface Reference {
  readonly table: string;
  /** The column that has the key. */
  readonly by: string;
  readonly take: string;
}

/** @throws FieldFault that names the fields at fault */
export function tableOf(said: Record<string, unknown>, name: string, path: string): Table {
  const cells: Cells = { columns: new Set(), missing: new Set(['']) };
  const key: Read<RowReader<string>> = readingOf(text(500), cells);
  const shape = { ...sourceShape(cells), rows: oneOf(['table'] as const), key };
  const { written } = together({ written: () => fields(shape, said, path) });
  const { csv: dialect, json: records, file: isOf, when: holds, ...rest } = written;
  return { ...rest, name, dialect, records, isOf, holds, columns: [...cells.columns] };
}

/** The table that a column stands in, if it is one of these. */
export function referenceIn(column: string, tables: ReadonlySet<string>): Reference | undefined {
  const [, table = '', by = '', take = ''] = /^([^[\]]+)\[(.+)\]\.(.+)$/.exec(column) ?? [];
  return tables.has(table) ? { table, by, take } : undefined;
}
