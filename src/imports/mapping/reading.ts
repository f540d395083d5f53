import {
  FieldFault,
  fields,
  flag,
  object,
  optional,
  type Read,
  readEach,
  text,
  together,
} from '../../parsing/fields.js';
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
  readonly missing: Set<string>;
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
    const given = fields(shape, value, `${field}.`);
    const { column, text: template, values, otherwise, ignoreCase = false } = given;
    const keyOf = ignoreCase ? (text: string) => text.trim().toLowerCase() : (text: string) => text;
    const { textIn, fallback, meanings } = together({
      textIn: () => {
        if ((column === undefined) === (template === undefined))
          throw new FieldFault(`${field} must have either column or text`);
        return column === undefined ? filled(template ?? '', cells) : cell(column, cells);
      },
      fallback: () => (otherwise === undefined ? undefined : check(otherwise, `${field}.otherwise`)),
      meanings: () => (values === undefined ? undefined : meaningsOf(values, check, `${field}.values`, keyOf)),
    });
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

/** The text itself that a reading looks at; a constant looks at none. */
export function textOf(reading: unknown, cells: Cells): RowReader<string> {
  if (!isObject(reading)) return () => undefined;
  const { column, text: template } = reading;
  return typeof column === 'string' ? cell(column, cells) : filled(String(template), cells);
}

/** What a mapping says itself, rather than the log. */
export const constantsOf = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  if (!isObject(value)) return [value];
  const { values, otherwise } = value;
  return [...Object.values(isObject(values) ? values : {}), ...(otherwise === undefined ? [] : [otherwise])];
};

const any: Read<unknown> = (value) => value;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function meaningsOf<Value>(
  values: Record<string, unknown>,
  check: Read<Value>,
  field: string,
  keyOf: (cell: string) => string,
) {
  return new Map(
    readEach(Object.entries(values), ([cell, value]) => [keyOf(cell), check(value, `${field}.${cell}`)] as const),
  );
}

const cell = (column: string, cells: Cells): RowReader<string> => {
  cells.columns.add(column);
  return (row) => {
    const content = row.cell(column);
    return cells.missing.has(content) ? undefined : content;
  };
};

/** A text with cells in it, as they are. */
function filled(template: string, { columns }: Cells): RowReader<string> {
  const parts = template.split(/\{([^{}]+)\}/); // every second one is the name of a column
  for (const [i, name] of parts.entries()) if (i % 2 === 1) columns.add(name);
  return (row) => parts.map((part, i) => (i % 2 === 1 ? row.cell(part) : part)).join('');
}
