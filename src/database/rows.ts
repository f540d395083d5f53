import { type Insertable, sql } from 'kysely';
import { type Tx } from './read-models.js';
import { type Schema } from './schema.js';

/** Parameters in one statement; SQLite allows 32,766, and short statements are prepared faster. */
const maxParameters = 2_000;

/** Parts of a list, each short enough for one statement with so many parameters a row. */
export function* chunks<Item>(items: readonly Item[], parametersEach: number): Generator<readonly Item[]> {
  const size = Math.max(1, Math.floor(maxParameters / parametersEach));
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}

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
  const rest = columns.filter((column) => !(key as readonly string[]).includes(column));
  const set = sql.join(rest.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`));
  for (const part of chunks(rows, columns.length)) {
    const values = part.map((row) => sql`(${sql.join(columns.map((c) => (row as Record<string, unknown>)[c]))})`);
    await sql`
      INSERT INTO ${sql.table(table)} (${sql.join(columns.map((c) => sql.ref(c)))}) VALUES ${sql.join(values)}
      ON CONFLICT (${sql.join(key.map((c) => sql.ref(c)))}) DO UPDATE SET ${set}`.execute(tx);
  }
}
