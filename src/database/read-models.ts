import { existsSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Kysely, Migrator, type SqliteDatabase, type Transaction } from 'kysely';
import { type EventStore, type Position } from '../event-sourcing/event-store.js';
import { type ProjectionStore } from '../event-sourcing/projector.js';
import { Recent } from '../event-sourcing/recent.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { connectTo, dialectOf } from './connect.js';
import { type Stored } from './disk-faults.js';
import { migrations } from './migrations.js';
import { type Schema } from './schema.js';

export type Tx = Transaction<Schema>;

const readModelsFile: Stored = {
  called: 'the read models',
  remedy: '«pledge rebuild» builds them anew, while no server runs.',
};

/** The read models: one connection that projections write by, another for queries, so that neither waits for the other. */
export interface ReadModels extends ProjectionStore<Tx> {
  readonly db: Kysely<Schema>;
  readonly close: () => Promise<void>;
}

/** What read models are built from, and by which versions of which projections. */
export interface BuiltFrom {
  readonly log: Pick<EventStore, 'logId' | 'lastPosition'>;
  readonly projections: readonly { readonly name: string; readonly version: number }[];
}

/**
 * Opens the read models of a log, and makes or migrates them as needed. They can be built anew, so their commits need not
 * survive a power cut: what was lost is projected again. Rows of another log, of events that the log no longer has (it was
 * restored from a copy), or by another version of a projection are dropped for the same reason.
 * @throws Rejection `DATA_FROM_NEWER_VERSION`, `DATA_NOT_WRITABLE`
 */
export async function openReadModels(file: string, from: BuiltFrom): Promise<ReadModels> {
  const { logId } = from.log;
  const opened = await open(file, logId);
  if (await isBuiltFrom(opened.db, from)) return opened;
  await opened.close();
  removeReadModels(file);
  return open(file, logId);
}

async function open(file: string, logId: string): Promise<ReadModels> {
  const writer = connect(file);
  const reader = connect(file);
  const close = async () => {
    await reader.destroy();
    await writer.destroy();
  };
  try {
    await migrate(writer, file);
    if ((await checkpoints(writer)).length === 0) await claim(writer, logId);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    db: reader,
    close,
    checkpoint: async (name, version) => (await checkpoint(writer, name, version))?.position,
    transaction: (work) => writer.transaction().execute(work),
    advance,
  };
}

/** Says whose rows these will be; before the first of them. */
const claim = (db: Kysely<Schema>, id: string) =>
  db.transaction().execute(async (tx) => {
    await tx.deleteFrom('log').execute();
    await tx.insertInto('log').values({ id }).execute();
  });

async function isBuiltFrom(db: Kysely<Schema>, { log, projections }: BuiltFrom): Promise<boolean> {
  if ((await logOf(db)) !== log.logId) return false;
  const end = await log.lastPosition();
  return (await checkpoints(db)).every(
    ({ name, version, position }) =>
      position <= end && projections.some((known) => known.name === name && known.version === version),
  );
}

/** The id of the log that rows are built from; undefined where they do not say. */
async function logOf(db: Kysely<Schema>): Promise<string | undefined> {
  const tables = await db.introspection.getTables();
  if (!tables.some(({ name }) => name === 'log')) return undefined;
  return (await db.selectFrom('log').select('id').executeTakeFirst())?.id;
}

const checkpoints = (db: Kysely<Schema>) => db.selectFrom('checkpoints').selectAll().execute();

const withSideFiles = (file: string) => [file, `${file}-wal`, `${file}-shm`];

/** Removes the read models in a file, where there are any. */
export function removeReadModels(file: string): void {
  for (const part of withSideFiles(file)) rmSync(part, { force: true });
}

/** Puts read models, closed, in the place of others. */
export function replaceReadModels(file: string, anew: string): void {
  removeReadModels(file);
  const parts = withSideFiles(file);
  for (const [i, part] of withSideFiles(anew).entries()) if (existsSync(part)) renameSync(part, parts[i] ?? file);
}

/**
 * The read models of a log for reading alone, beside whoever writes them; undefined where there are none of this log.
 * @throws Rejection `DATA_NOT_READABLE`
 */
export async function openReadModelsForReading(file: string, logId: string): Promise<Kysely<Schema> | undefined> {
  if (!existsSync(file)) return undefined;
  const db = new Kysely<Schema>({ dialect: dialectOf(new Database(file, { readonly: true }), readModelsFile) });
  const id = await logOf(db).catch(async (error: unknown) => {
    await db.destroy();
    const why = `The read models ${file} cannot be read: ${(error as Error).message}; «pledge rebuild» builds them anew.`;
    throw new Rejection('DATA_NOT_READABLE', why);
  });
  if (id === logId) return db;
  await db.destroy();
  return undefined;
}

/** The ids of the tickets that people know by a reference. */
export async function ticketsNamed(db: Kysely<Schema>, reference: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('tickets')
    .select('id')
    .where('reference', '=', reference)
    .orderBy('opened_at')
    .execute();
  return rows.map(({ id }) => id);
}

function connect(file: string): Kysely<Schema> {
  const database = connectTo(file, `The read models ${file}`);
  database.pragma('cache_size = -65536'); // 64 MiB: rows of tickets are all over the file
  database.pragma('wal_autocheckpoint = 8000');
  return new Kysely<Schema>({ dialect: dialectOf(database, readModelsFile, remembering(database)) });
}

/** How many statements a connection keeps prepared: up to twice as many. */
const statementsKept = 100;

/** The longest that is kept, in characters: prepared, it takes many times the memory of its text. */
const longestKept = 20_000;

/** A connection that prepares a statement once, and again only when many others have come since. */
function remembering(database: Database.Database): SqliteDatabase {
  const prepared = new Recent<Database.Statement>(statementsKept);
  return {
    close: () => database.close(),
    prepare: (text) => {
      const known = prepared.get(text);
      if (known !== undefined) return known;
      const statement = database.prepare(text);
      if (text.length <= longestKept) prepared.set(text, statement);
      return statement;
    },
  };
}

async function migrate(db: Kysely<Schema>, file: string): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve({ ...migrations }) } });
  const done = await migrator.getMigrations().catch(() => []);
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (tables.some(({ name }) => name === 'kysely_migration')) {
    const known = new Set(done.map(({ name }) => name));
    const applied = await db
      .selectFrom('kysely_migration' as never)
      .selectAll()
      .execute();
    const newer = applied.map((row) => (row as { name: string }).name).find((name) => !known.has(name));
    if (newer !== undefined) {
      throw new Rejection(
        'DATA_FROM_NEWER_VERSION',
        `${file} was written by a newer version (it has ${newer}). Nothing was changed.`,
      );
    }
  }
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error(JSON.stringify(error));
}

const checkpoint = (db: Kysely<Schema>, name: string, version: number) =>
  db
    .selectFrom('checkpoints')
    .select('position')
    .where('name', '=', name)
    .where('version', '=', version)
    .executeTakeFirst();

async function advance(
  tx: Tx,
  name: string,
  version: number,
  from: Position | undefined,
  to: Position,
): Promise<boolean> {
  if (from === undefined) {
    const added = await tx
      .insertInto('checkpoints')
      .values({ name, version, position: to })
      .onConflict((c) => c.doNothing())
      .executeTakeFirst();
    return added.numInsertedOrUpdatedRows === 1n;
  }
  const moved = await tx
    .updateTable('checkpoints')
    .set({ position: to })
    .where('name', '=', name)
    .where('version', '=', version)
    .where('position', '=', from)
    .executeTakeFirst();
  return moved.numUpdatedRows === 1n;
}
