import { FieldFault, type Read, together } from '../../parsing/fields.js';
import { type Row } from '../row.js';
import { type Cells, type RowReader } from './cells.js';
import { readOrNothing } from './parts-of-fields.js';
import { isObject, readingOf, readingsIn, tellerOf } from './reading.js';

/** What a ticket has from its opening on, and what may change. */
export interface Told<Value> {
  readonly read: RowReader<Value>;
  /** The rows that say something of it; of others it is as it was. */
  readonly tells: (row: Row) => boolean;
  /** As it was before a row changed it. */
  readonly was: RowReader<Value>;
  /** Of the row that opens the ticket. */
  readonly first: RowReader<Value>;
}

/** Of rows that are changes, readings with `when` tell changes, and others how it was at first. */
export const toldIn =
  (check: Read<string>, cells: Cells, rows: () => string | undefined): Read<Told<string>> =>
  (value, field) => {
    const read = readOrNothing(readingOf(check, cells));
    if (rows() === 'changes') {
      const { first, changes } = apart(value);
      return together({ first: () => read(first, field), ...changesIn(changes, read, read, cells, field) });
    }
    const reading = read(value, field);
    return { first: reading, ...together(changesIn(value, () => reading, read, cells, field)) };
  };

function changesIn(
  changes: unknown,
  read: Read<RowReader<string>>,
  was: Read<RowReader<string>>,
  cells: Cells,
  field: string,
) {
  const before = readingsIn(changes).flatMap((one) =>
    one['before'] === undefined ? [] : [{ ...one, column: one['before'] }],
  );
  return {
    read: () => read(changes, field),
    tells: () => tellerOf(changes, cells, field),
    was: () => was(before.length === 0 ? undefined : before, field),
  };
}

/** The same where it may have to be said. */
export const toldForSure =
  (told: Read<Told<string>>, isNeeded: () => boolean): Read<Told<string>> =>
  (value, field) => {
    if ((value === undefined || value === null) && isNeeded()) throw new FieldFault(`${field} is missing`);
    return told(value, field);
  };

function apart(written: unknown): { readonly first: unknown; readonly changes: unknown } {
  const all: readonly unknown[] = Array.isArray(written) ? written : [written];
  const isChange = (one: unknown) => isObject(one) && one['when'] !== undefined;
  const changes = all.filter(isChange);
  if (changes.length === 0) return { first: written, changes: undefined };
  const others = all.filter((one) => !isChange(one));
  return { first: others.length > 1 ? others : others[0], changes };
}
