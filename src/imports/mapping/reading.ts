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
import { type Row } from '../row.js';
import { type Cells, cellOf, columnNames, conditionOf, filledText, patternOf, type RowReader } from './cells.js';

/** A cell that a mapping does not know. */
export class UnmappedCell extends FieldFault {
  constructor(
    message: string,
    readonly where: { readonly column: string; readonly cell: string },
  ) {
    super(message);
  }
}

const any: Read<unknown> = (value) => value;

const shape = {
  ...{ column: optional(columnNames), text: optional(text(500)), value: any, before: optional(columnNames) },
  ...{ values: optional(object), patterns: optional(object), otherwise: any, ignoreCase: optional(flag) },
  when: optional(object),
};
type Given = Omit<ReturnType<typeof fields<typeof shape>>, 'when'>;

/**
 * Where a mapping finds something: a constant, or `{column}` or `{text: 'with {columns} in it'}`, with `values` and `patterns` that
 * say what each cell means, and what holds `otherwise`. With `ignoreCase` neither case nor outer blanks of a cell count. With
 * `when`, it says something of some rows alone. Of a list the first counts that says something.
 */
export const readingOf =
  <Value>(check: Read<Value>, cells: Cells): Read<RowReader<Value>> =>
  (value, field) => {
    if (isObject(value)) return oneReading(check, cells, value, field);
    if (!isListOfReadings(value)) {
      const constant = check(value, field);
      return () => constant;
    }
    const readers = readEach(value, (one, i) => readingOf(check, cells)(one, `${field}[${i}]`));
    return (row) => {
      for (const reader of readers) {
        const found = reader(row);
        if (found !== undefined) return found;
      }
      return undefined;
    };
  };

function oneReading<Value>(check: Read<Value>, cells: Cells, value: Record<string, unknown>, field: string) {
  const { when, ...given } = fields(shape, value, `${field}.`);
  const { reader, holds } = together({
    reader: () => unconditional(check, cells, given, field),
    holds: () => (when === undefined ? undefined : conditionOf(when, `${field}.when`, cells)),
  });
  if (holds === undefined) return reader;
  return (row: Row) => (holds(row) ? reader(row) : undefined);
}

function unconditional<Value>(check: Read<Value>, cells: Cells, given: Given, field: string): RowReader<Value> {
  const { column, text: template, value: constant, values, patterns, otherwise, ignoreCase = false } = given;
  if (constant !== undefined && column === undefined && template === undefined) {
    const said = check(constant, `${field}.value`);
    return () => said;
  }
  const keyOf = ignoreCase ? (text: string) => text.trim().toLowerCase() : (text: string) => text;
  const { textIn, fallback, meanings, forms } = together({
    textIn: () => {
      if ((column === undefined) === (template === undefined))
        throw new FieldFault(`${field} must have either column or text`);
      return column === undefined ? filledText(template ?? '', cells) : cellOf(column, cells);
    },
    fallback: () => (otherwise === undefined ? undefined : check(otherwise, `${field}.otherwise`)),
    meanings: () => entriesOf(values, check, `${field}.values`, keyOf),
    forms: () => entriesOf(patterns, check, `${field}.patterns`, keyOf),
  });
  const like = [...(forms ?? [])].map(([form, meaning]) => ({ fits: patternOf(form), meaning }));
  const name = column?.join(', ') ?? template ?? '';
  return (row) => {
    const found = textIn(row);
    if (found === undefined) return fallback;
    if (meanings === undefined && forms === undefined) return check(found, name);
    const key = keyOf(found);
    const meaning = meanings?.get(key) ?? like.find(({ fits }) => fits(key))?.meaning ?? fallback;
    if (meaning !== undefined) return meaning;
    const fault = `${name} "${found}" is not in ${field}.${meanings === undefined ? 'patterns' : 'values'} of the mapping`;
    throw new UnmappedCell(fault, { column: name, cell: found });
  };
}

/** The text itself that a reading looks at; of a list that of the first whose rows are meant. */
export function textOf(value: unknown, cells: Cells): RowReader<string> {
  const texts = readingsIn(value).map(({ column, text: template, when }) => {
    const holds = when === undefined ? undefined : conditionOf(object(when, 'when'), 'when', cells);
    const read = typeof template === 'string' ? filledText(template, cells) : columnIn(column, cells);
    return { holds, read };
  });
  const [only] = texts;
  if (texts.length === 1 && only?.holds === undefined) return only?.read ?? (() => undefined);
  return (row) => texts.find(({ holds }) => holds === undefined || holds(row))?.read(row);
}

const columnIn = (column: unknown, cells: Cells) =>
  column === undefined ? () => undefined : cellOf(columnNames(column, 'column'), cells);

/** Which rows a reading says something of; all, unless it says `when`. */
export function tellerOf(value: unknown, cells: Cells, field: string): (row: Row) => boolean {
  if (value === undefined) return () => false;
  const readings = readingsIn(value);
  if (readings.length === 0 || readings.some(({ when }) => when === undefined)) return () => true;
  const conditions = readings.map(({ when }) => conditionOf(object(when, `${field}.when`), `${field}.when`, cells));
  return (row) => conditions.some((holds) => holds(row));
}

/** The readings that are written: one, or a list; none for a constant. */
export const readingsIn = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  isObject(value) ? [value] : isListOfReadings(value) ? value.filter(isObject) : [];

/** What a mapping says itself, rather than the log. */
export const constantsOf = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  if (isListOfReadings(value)) return value.flatMap(constantsOf);
  if (!isObject(value)) return [value];
  const { values, patterns, otherwise, value: constant } = value;
  const said = [values, patterns].flatMap((map) => (isObject(map) ? Object.values(map) : []));
  return [...said, ...(otherwise === undefined ? [] : [otherwise]), ...(constant === undefined ? [] : [constant])];
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A list with a reading in it: others are constants. */
const isListOfReadings = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.some(isObject);

function entriesOf<Value>(
  values: Record<string, unknown> | undefined,
  check: Read<Value>,
  field: string,
  keyOf: (cell: string) => string,
) {
  if (values === undefined) return undefined;
  return new Map(
    readEach(Object.entries(values), ([cell, value]) => [keyOf(cell), check(value, `${field}.${cell}`)] as const),
  );
}
