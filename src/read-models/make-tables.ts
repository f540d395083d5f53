import { type Kysely, sql } from 'kysely';
import { Rejection } from '../event-sourcing/rejection.js';
import { type ReadModel, type Tables, type Tx } from './read-model.js';
import { type Schema } from './schema.js';

/** The form of the file itself: which tables say whose rows are in it. */
const form = 1;

/**
 * Whether a file is new, of this form, or of a former one.
 * @throws Rejection `DATA_FROM_NEWER_VERSION`; `DATA_NOT_READABLE` where it holds something else
 */
export async function formOf(db: Kysely<Schema>, file: string): Promise<'new' | 'known' | 'former'> {
  const { rows } = await sql<{ readonly user_version: number }>`PRAGMA user_version`.execute(db);
  const found = rows[0]?.user_version ?? 0;
  if (found > form)
    throw new Rejection('DATA_FROM_NEWER_VERSION', `${file} was written by a newer version. Nothing was changed.`);
  if (found === form) return 'known';
  const tables = await sql<{ readonly name: string }>`SELECT name FROM sqlite_master`.execute(db);
  if (tables.rows.length === 0) return 'new';
  if (tables.rows.some(({ name }) => name === 'kysely_migration')) return 'former';
  const why = `The read models ${file} are not valid; "pledge rebuild" rebuilds them.`;
  throw new Rejection('DATA_NOT_READABLE', why);
}

/** Makes a new file one for the rows of a log. */
export const makeForm = (db: Kysely<Schema>, logId: string): Promise<void> =>
  db.transaction().execute(async (tx) => {
    await sql`CREATE TABLE log (id TEXT PRIMARY KEY)`.execute(tx);
    await tx.insertInto('log').values({ id: logId }).execute();
    await sql`
      CREATE TABLE projections (
        name TEXT PRIMARY KEY, version INTEGER NOT NULL, tables TEXT NOT NULL, position TEXT, mark TEXT
      )`.execute(tx);
    await sql`PRAGMA user_version = ${sql.lit(form)}`.execute(tx);
  });

/**
 * Has each projection find the tables of its version: those of another version, and of projections that are no more, are
 * dropped. All of it is done or nothing is. Answers which projections had rows of another version.
 */
export const makeTables = (db: Kysely<Schema>, projections: readonly ReadModel[]): Promise<readonly string[]> =>
  db.transaction().execute(async (tx) => {
    const known = await tx.selectFrom('projections').selectAll().execute();
    const fits = (row: { readonly name: string; readonly version: number }) =>
      projections.some(({ name, version }) => name === row.name && version === row.version);
    for (const { name, tables } of known.filter((row) => !fits(row))) {
      for (const table of JSON.parse(tables) as readonly string[])
        await sql`DROP TABLE IF EXISTS ${sql.table(table)}`.execute(tx);
      await tx.deleteFrom('projections').where('name', '=', name).execute();
    }
    const there = new Set(known.filter(fits).map(({ name }) => name));
    for (const projection of projections) if (!there.has(projection.name)) await make(tx, projection);
    const before = new Set(known.map(({ name }) => name));
    return projections.map(({ name }) => name).filter((name) => before.has(name) && !there.has(name));
  });

async function make(tx: Tx, { name, version, tables }: ReadModel): Promise<void> {
  for (const { create } of Object.values<Tables[keyof Tables] & object>(tables))
    for (const statement of create) await statement.execute(tx);
  const row = { name, version, tables: JSON.stringify(Object.keys(tables)), position: null, mark: null };
  await tx.insertInto('projections').values(row).execute();
}
