import { actorId } from '../../tickets/domain/event-fields.js';
import { FieldFault, listOf, optional, type Read, together } from '../../parsing/fields.js';
import { type Row } from '../row.js';
import { type Cells, patternOf, type RowReader } from './cells.js';
import { type Meaning, meaning, nothing } from './meaning.js';
import { isObject, readingOf, tellerOf, textOf } from './reading.js';

/** A reading that may be left out, and says nothing then. */
export const readOrNothing = <Value>(reading: Read<RowReader<Value>>): Read<RowReader<Value>> => {
  const read = optional(reading);
  return (value, field) => read(value, field) ?? (() => undefined);
};

/** A field that stands beside those of a reading, and the reading. */
export function beside(name: string, value: unknown): readonly [field: unknown, reading: unknown] {
  if (!isObject(value)) return [undefined, value];
  const { [name]: field, ...reading } = value;
  return [field, reading];
}

/** Who did something, and which of those are programs. */
export const actorIn =
  (reader: Read<RowReader<string>>) =>
  (value: unknown, field: string): { readonly reading: RowReader<string>; isAutomatic: (actor: string) => boolean } => {
    const [automatic, reading] = beside('automatic', value);
    return together({
      reading: () => reader(reading, field),
      isAutomatic: () => programs(optional(listOf(1_000, actorId.read))(automatic, `${field}.automatic`) ?? []),
    });
  };

/** Programs by their names, or by patterns as in `*[bot]`. */
function programs(names: readonly string[]): (actor: string) => boolean {
  const known = new Set(names);
  const patterns = names.filter((name) => name.includes('*')).map(patternOf);
  return (actor) => known.has(actor) || patterns.some((fits) => fits(actor));
}

/** What rows mean. */
export interface States {
  readonly reading: RowReader<Meaning>;
  readonly text: RowReader<string>;
  readonly tells: (row: Row) => boolean;
  readonly unchanged: Meaning;
}

/** What rows mean, and what snapshots do whose state is as before. Rows that are tickets have moments in its place. */
export const statesIn =
  (cells: Cells, rows: () => string | undefined): Read<States> =>
  (value, field) => {
    const isMissing = value === undefined || value === null;
    if (rows() === 'tickets' && !isMissing)
      throw new FieldFault(`${field} is not a field of rows that are tickets: they have moments`);
    if (isMissing && (rows() === 'tickets' || rows() === 'changes'))
      return { reading: () => undefined, text: () => undefined, tells: () => false, unchanged: nothing };
    const [unchanged, reading] = beside('unchanged', value);
    return together({
      reading: () => readingOf(meaning, cells)(reading, field),
      text: () => textOf(reading, cells),
      tells: () => tellerOf(reading, cells, field),
      unchanged: () => meaning(unchanged ?? [], `${field}.unchanged`),
    });
  };
