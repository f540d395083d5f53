import { FieldFault } from '../parsing/fields.js';
import { longestRaw } from './import-record.js';
import { type Row } from './row.js';

type Keys = readonly string[];

/**
 * The rows in a record of a JSON file: the record itself, or each item of a list in it, or of a list in each item of a list. The
 * columns are paths from the record: what stands above an item is found by its own path.
 */
export function rowsInRecord(line: number, record: unknown, each: Keys): readonly Row[] {
  let above: readonly (readonly unknown[])[] = [[record]];
  for (const key of each) {
    above = above.flatMap((levels) => {
      const inner = at(levels.at(-1), [key]);
      const items = inner === undefined || inner === null ? [] : Array.isArray(inner) ? (inner as unknown[]) : [inner];
      return items.map((item) => [...levels, item]);
    });
  }
  return above.map((levels): Row => {
    const raw = () => JSON.stringify(levels.at(-1)).slice(0, longestRaw);
    return { line, columns: [], raw, cell: (column) => textIn(levels, column, each) };
  });
}

function textIn(levels: readonly unknown[], column: string, each: Keys): string {
  let keys = column.split('.');
  let level = 0;
  while (level < each.length && keys[0] === each[level]) {
    keys = keys.slice(1);
    level += 1;
  }
  return textOf(at(levels[level], keys), column);
}

/** What stands in a value by some keys; of a list, of each of its items. A key with dots in it is found too. */
function at(value: unknown, keys: Keys): unknown {
  const [key, ...others] = keys;
  if (key === undefined || value === null || typeof value !== 'object') return keys.length === 0 ? value : undefined;
  if (Array.isArray(value)) return value.map((item) => at(item, keys));
  const object = value as Readonly<Record<string, unknown>>;
  const whole = keys.join('.');
  if (Object.hasOwn(object, whole)) return object[whole];
  return Object.hasOwn(object, key) ? at(object[key], others) : undefined;
}

function textOf(value: unknown, column: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new FieldFault(`${column} is a number of too many digits to be told from others; write it as text`);
  if (Array.isArray(value))
    return value
      .map((item) => textOf(item, column))
      .filter((text) => text !== '')
      .join(', ');
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}
