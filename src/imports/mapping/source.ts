import { fields, listOf, object, optional, type Read, text } from '../../parsing/fields.js';
import { type CsvDialect } from '../csv.js';
import { type Row } from '../row.js';
import { type Cells, conditionOf, patternOf } from './cells.js';
import { csvIn } from './csv-dialect.js';

/** Where rows come from. */
export interface Source {
  readonly dialect: CsvDialect;
  /** The columns that a CSV file must have. */
  readonly columns: readonly string[];
  /** Of JSON: the path of the list that has the records; empty where the file is that list. */
  readonly records: string;
  /** Of JSON: the lists in a record whose items are the rows; empty where a record is a row. */
  readonly each: readonly string[];
  /** Which rows are meant. */
  readonly holds: (row: Row) => boolean;
  /** Which files are meant, by their names. */
  readonly isOf: (name: string) => boolean;
}

/** How the fields of a source are read. */
export const sourceShape = (cells: Cells) => ({
  csv: csvIn(cells),
  json: ((value, field) => {
    const { records } = fields({ records: optional(text(200)) }, object(value ?? {}, field), `${field}.`);
    return records ?? '';
  }) satisfies Read<string>,
  each: ((value, field) => optional(text(200))(value, field)?.split('.') ?? []) satisfies Read<readonly string[]>,
  when: ((value, field) =>
    value === undefined ? () => true : conditionOf(object(value, field), field, cells)) satisfies Read<Source['holds']>,
  file: ((value, field) => {
    if (value === undefined) return () => true;
    const names = Array.isArray(value) ? listOf(20, text(200))(value, field) : [text(200)(value, field)];
    const forms = names.map(patternOf);
    return (name) => forms.some((fits) => fits(name));
  }) satisfies Read<Source['isOf']>,
});
