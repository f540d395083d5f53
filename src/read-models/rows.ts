import { type CompiledQuery, type Insertable, type RawBuilder, sql } from 'kysely';
import { type Tx } from './read-model.js';
import { type Schema } from './schema.js';

/** Parameters in one statement; SQLite allows 32,766, and short statements are prepared faster. */
const maxParameters = 2_000;

/** Parts of a list, each short enough for one statement with so many parameters a row. */
export function* chunks<Item>(items: readonly Item[], parametersEach: number): Generator<readonly Item[]> {
  const size = Math.max(1, Math.floor(maxParameters / parametersEach));
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}

/** Values to look for with `in`, however many, as one parameter: a statement for each length would fill the memory. */
export const among = <Value extends string>(values: Iterable<Value>): RawBuilder<Value> =>
  sql`(SELECT value FROM json_each(${JSON.stringify([...values])}))`;

/** Pairs to look for with `in`, as {@link among}. */
export const pairsAmong = (pairs: Iterable<readonly [string, string | number]>): RawBuilder<unknown> =>
  sql`(SELECT value ->> 0, value ->> 1 FROM json_each(${JSON.stringify([...pairs])}))`;

/** Writes rows, over those with the same key. */
export async function upsert<Table extends keyof Schema>(
  tx: Tx,
  table: Table,
  key: readonly (keyof Schema[Table] & string)[],
  rows: readonly Insertable<Schema[Table]>[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first);
  for (const part of parts(rows, Math.floor(maxParameters / columns.length))) {
    const parameters: unknown[] = [];
    for (const row of part) for (const column of columns) parameters.push((row as Record<string, unknown>)[column]);
    await tx.executeQuery({ ...upsertOf(tx, table, key, columns, part.length), parameters });
  }
}

/** Parts of a list whose sizes are powers of two, so that few statements serve lists of any length. */
function* parts<Item>(items: readonly Item[], most: number): Generator<readonly Item[]> {
  let size = 2 ** Math.floor(Math.log2(most));
  for (let i = 0; i < items.length; i += size) {
    while (size > items.length - i) size /= 2;
    yield items.slice(i, i + size);
  }
}

const upserts = new Map<string, CompiledQuery>();

/** The statement that writes so many rows at once; compiled once. */
function upsertOf(tx: Tx, table: string, key: readonly string[], columns: readonly string[], rows: number) {
  const name = `${table} ${columns.join()} ${rows}`;
  let query = upserts.get(name);
  if (query === undefined) {
    const names = (of: readonly string[]) => sql.join(of.map((column) => sql.ref(column)));
    const rest = columns.filter((column) => !key.includes(column));
    const set = sql.join(rest.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`));
    const row = sql`(${sql.join(columns.map(() => sql.val(null)))})`;
    query = sql`
      INSERT INTO ${sql.table(table)} (${names(columns)}) VALUES ${sql.join(Array.from({ length: rows }, () => row))}
      ON CONFLICT (${names(key)}) DO UPDATE SET ${set}`.compile(tx);
    upserts.set(name, query);
  }
  return query;
}
