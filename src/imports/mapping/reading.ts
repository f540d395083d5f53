import { FieldFault, fields, flag, object, optional, type Read, text } from '../../parsing/fields.js';
import { type Row } from '../csv.js';

/** A cell that a mapping does not know. */
export class UnmappedCell extends FieldFault {
  constructor(
    message: string,
    readonly where: { readonly column: string; readonly cell: string },
  ) {
    super(message);
  }
}

/** What a row says of something; undefined where it says nothing. @throws FieldFault where it makes no sense */
export type RowReader<Value> = (row: Row) => Value | undefined;

/** What the readings of a mapping share. */
export interface Cells {
  /** The columns that the mapping names; the log must have them. */
  readonly columns: Set<string>;
  /** Cells that say nothing. */
  readonly missing: ReadonlySet<string>;
}

/**
 * Where a mapping finds something: a constant, or `{column}` or `{text: 'with {columns} in it'}`, with `values` that say
 * what each cell means, and what holds `otherwise`. With
 * `ignoreCase` neither case nor outer blanks of a cell count.
 */
export const readingOf =
  <Value>(check: Read<Value>, cells: Cells): Read<RowReader<Value>> =>
  (value, field) => {
    if (!isObject(value)) {
      const constant = check(value, field);
      return () => constant;
    }
    const shape = {
      ...{ column: optional(text(200)), text: optional(text(500)), values: optional(object), otherwise: any },
      ignoreCase: optional(flag),
    };
    const given = fields(shape, object(value, field), `${field}.`);
    const { column, text: template, values, otherwise, ignoreCase = false } = given;
    if ((column === undefined) === (template === undefined)) throw new FieldFault(`${field} needs a column or a text`);
    const textIn = column === undefined ? filled(template ?? '', cells) : cell(column, cells);
    const fallback = otherwise === undefined ? undefined : check(otherwise, `${field}.otherwise`);
    const keyOf = ignoreCase ? (text: string) => text.trim().toLowerCase() : (text: string) => text;
    const meanings = values === undefined ? undefined : meaningsOf(values, check, `${field}.values`, keyOf);
    const name = column ?? template ?? '';
    return (row) => {
      const found = textIn(row);
      if (found === undefined) return fallback;
      if (meanings === undefined) return check(found, name);
      const meaning = meanings.get(keyOf(found)) ?? fallback;
      if (meaning !== undefined) return meaning;
      const fault = `${name} "${found}" is not in ${field}.values of the mapping`;
      throw new UnmappedCell(fault, { column: name, cell: found });
    };
  };

/** The text itself that a reading looks at. */
export const textOf = (
  { column, text: template }: Readonly<Record<string, unknown>>,
  cells: Cells,
): RowReader<string> => (typeof column === 'string' ? cell(column, cells) : filled(String(template), cells));

/** What a mapping says itself, rather than the log. */
export const constantsOf = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  if (!isObject(value)) return [value];
  const { values, otherwise } = value as { readonly values?: Record<string, unknown>; readonly otherwise?: unknown };
  return [...Object.values(values ?? {}), ...(otherwise === undefined ? [] : [otherwise])];
};

const any: Read<unknown> = (value) => value;

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

function meaningsOf<Value>(
  values: Record<string, unknown>,
  check: Read<Value>,
  field: string,
  keyOf: (cell: string) => string,
) {
  return new Map(Object.entries(values).map(([cell, value]) => [keyOf(cell), check(value, `${field}.${cell}`)]));
}

const cell = (column: string, { columns, missing }: Cells): RowReader<string> => {
  columns.add(column);
  return (row) => {
    const content = row.cell(column);
    return missing.has(content) ? undefined : content;
  };
};

/** A text with cells in it, as they are. */
function filled(template: string, { columns }: Cells): RowReader<string> {
  const parts = template.split(/\{([^{}]+)\}/); // every second one is the name of a column
  for (const [i, name] of parts.entries()) if (i % 2 === 1) columns.add(name);
  return (row) => parts.map((part, i) => (i % 2 === 1 ? row.cell(part) : part)).join('');
}
