import { FieldFault, listOf, type Read, text } from '../../parsing/fields.js';
import { type Row } from '../row.js';

/** What a row says of something; undefined where it says nothing. @throws FieldFault where it makes no sense */
export type RowReader<Value> = (row: Row) => Value | undefined;

/** What the readings of a mapping share. */
export interface Cells {
  /** The columns that the mapping names; the log must have them. */
  readonly columns: Set<string>;
  /** Cells that say nothing. */
  readonly missing: Set<string>;
}

/** A column, or several of which the first counts that has something. */
export const columnNames: Read<readonly string[]> = (value, field) =>
  Array.isArray(value) && value.length > 0 ? listOf(20, text(200))(value, field) : [text(200)(value, field)];

/** The cell of the first of some columns that has something. */
export function cellOf(names: readonly string[], { columns, missing }: Cells): RowReader<string> {
  for (const name of names) columns.add(name);
  const [only = '', ...others] = names;
  const cell: RowReader<string> = (row) => {
    const content = row.cell(only);
    return missing.has(content) ? undefined : content;
  };
  if (others.length === 0) return cell;
  return (row) => names.map((name) => row.cell(name)).find((content) => !missing.has(content));
}

/** A text with cells in it, as they are. */
export function filledText(template: string, { columns }: Cells): RowReader<string> {
  const parts = template.split(/\{([^{}]+)\}/); // every second one is the name of a column
  for (const [i, name] of parts.entries()) if (i % 2 === 1) columns.add(name);
  return (row) => parts.map((part, i) => (i % 2 === 1 ? row.cell(part) : part)).join('');
}

/** Whether a text is like a pattern, in which `*` stands for anything. */
export function patternOf(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  const form = new RegExp(`^${parts.join('.*')}$`, 's');
  return (text) => form.test(text);
}

/** Which rows are meant: `{ field: status, public: [true, yes], author: '*[bot]' }`. */
export function conditionOf(value: Readonly<Record<string, unknown>>, field: string, cells: Cells) {
  const tests = Object.entries(value).map(([column, wanted]) => {
    const accepted = (Array.isArray(wanted) ? (wanted as readonly unknown[]) : [wanted]).map((one) =>
      acceptedBy(one, `${field}.${column}`),
    );
    const cell = cellOf([column], { ...cells, missing: new Set() });
    return (row: Row) => accepted.some((accepts) => accepts(cell(row) ?? ''));
  });
  return (row: Row) => tests.every((test) => test(row));
}

function acceptedBy(wanted: unknown, field: string): (cell: string) => boolean {
  if (typeof wanted === 'string' && wanted.includes('*')) return patternOf(wanted);
  if (typeof wanted !== 'string' && typeof wanted !== 'number' && typeof wanted !== 'boolean')
    throw new FieldFault(`${field} must be a cell, or a list of cells`);
  return (cell) => cell === String(wanted);
}
