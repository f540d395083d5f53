import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Database, type Statement } from '../storage/sqlite.js';
import { Kysely, Migrator, type SqliteDatabase, type Transaction } from 'kysely';
import { type EventStore, type Position } from '../event-sourcing/event-store.js';
import { type Finding, logIsOlder, refusing, type Remembered, standingOf } from '../event-sourcing/standing.js';
import { StorageFault } from '../event-sourcing/storage-fault.js';
import { type ProjectionStore } from '../event-sourcing/projection-processor.js';
import { Cache } from '../event-sourcing/cache.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { connectTo, dialectOf } from './connect.js';
import { type Stored } from '../storage/disk-faults.js';
import { migrations } from './migrations.js';
import { type Schema } from './schema.js';

export type Tx = Transaction<Schema>;

/** Beside read models in which damage was met, in whichever thread: the next start builds them anew. */
const damageNoted = (file: string) => `${file}.is-damaged`;

/** How faults of the file are told. */
export const readModelsStored = (file: string): Stored => ({
  called: 'the read models',
  remedy: 'Restart the server: it rebuilds them.',
  met: ({ message }) => {
    try {
      writeFileSync(damageNoted(file), message, { mode: 0o600 });
    } catch {
      // It is met again.
    }
  },
});

/** The damage that was met in the read models while they were open. */
export const damageIn = (file: string): StorageFault | undefined =>
  existsSync(damageNoted(file))
    ? new StorageFault('DATA_DAMAGED', 'Damage was met in the read models. Restart the server: it rebuilds them.', true)
    : undefined;

/** The read models: one connection that projections write by, another for queries, so that neither waits for the other. */
export interface ReadModels extends ProjectionStore<Tx> {
  readonly db: Kysely<Schema>;
  readonly close: () => Promise<void>;
}

/** What read models are built from, and by which versions of which projections. */
export interface BuiltFrom {
  readonly log: Pick<EventStore, 'logId' | 'lastPosition' | 'markAt'>;
  readonly projections: readonly { readonly name: string; readonly version: number }[];
}

/**
 * Opens the read models of a log, and makes or migrates them as needed. They can be built anew, so their commits need not
 * survive a power cut: what was lost is projected again. Rows of another log, by another version of a projection, or in a
 * file that is damaged are dropped for the same reason.
 * @throws Rejection `DATA_FROM_NEWER_VERSION`, `DATA_NOT_WRITABLE`; `LOG_OLDER` where they know events that the log has not
 */
export async function openReadModels(file: string, from: BuiltFrom, finding = refusing): Promise<ReadModels> {
  const found = existsSync(damageNoted(file)) ? 'they were found damaged' : await lookedAt(file, from, finding);
  if (typeof found !== 'string') return found;
  finding.told(`The read models are being rebuilt: ${found}.`);
  removeReadModels(file);
  return joinReadModels(file, from.log.logId);
}

/** Read models that fit, or why they are to be built anew. */
async function lookedAt(file: string, from: BuiltFrom, finding: Finding): Promise<ReadModels | string> {
  let opened: ReadModels | undefined;
  let why: string | undefined;
  try {
    opened = await joinReadModels(file, from.log.logId);
    why = await whyAnew(opened.db, from, finding);
    if (why === undefined) return opened;
  } catch (error) {
    if (!(error instanceof StorageFault) || error.code !== 'DATA_DAMAGED') {
      await opened?.close();
      throw error;
    }
    why = 'they are damaged';
  }
  await opened?.close();
  return why;
}

/** Opens read models that fit a log, or are to be made, beside whoever has looked at them. */
export async function joinReadModels(file: string, logId: string): Promise<ReadModels> {
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

/** Why rows are to be built anew; undefined where they fit. @throws Rejection `LOG_OLDER` */
async function whyAnew(
  db: Kysely<Schema>,
  { log, projections }: BuiltFrom,
  { acceptsOlderLog }: Finding,
): Promise<string | undefined> {
  const logId = await logOf(db);
  const known = await checkpoints(db);
  if (logId === undefined) return 'they do not name their event store';
  const remembered = known.map(({ position, mark }): Remembered => ({ logId, position, mark }));
  const standing = await standingOf(log, remembered);
  if (standing.kind === 'older') {
    if (!acceptsOlderLog) throw logIsOlder('the read models', standing.why);
    return 'the event store is older';
  }
  if (standing.kind === 'another' || logId !== log.logId) return 'they belong to another event store';
  const isKnown = ({ name, version }: (typeof known)[number]) =>
    projections.some((one) => one.name === name && one.version === version);
  return known.every(isKnown) ? undefined : 'they were built by another version of Pledge';
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
  for (const part of [...withSideFiles(file), damageNoted(file)]) rmSync(part, { force: true });
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
  const unreadable = (error: unknown) => {
    const why = `The read models ${file} cannot be read: ${(error as Error).message}; "pledge rebuild" rebuilds them.`;
    return new Rejection('DATA_NOT_READABLE', why);
  };
  let database: Database;
  try {
    database = new Database(file, { readonly: true });
  } catch (error) {
    throw unreadable(error);
  }
  const db = new Kysely<Schema>({ dialect: dialectOf(database, readModelsStored(file)) });
  const id = await logOf(db).catch(async (error: unknown) => {
    await db.destroy();
    throw unreadable(error);
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
  const database = connectTo(file, `The read models ${file}`, '"pledge rebuild" rebuilds them.');
  database.pragma('cache_size = -65536'); // 64 MiB: rows of tickets are all over the file
  database.pragma('wal_autocheckpoint = 8000');
  return new Kysely<Schema>({ dialect: dialectOf(database, readModelsStored(file), remembering(database)) });
}

/** How many statements a connection keeps prepared: up to twice as many. */
const statementsKept = 100;

/** The longest that is kept, in characters: prepared, it takes many times the memory of its text. */
const longestKept = 20_000;

/** A connection that prepares a statement once, and again only when many others have come since. */
function remembering(database: Database): SqliteDatabase {
  const prepared = new Cache<Statement>(statementsKept);
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
  if (error === undefined) return;
  if (error instanceof Rejection) throw error;
  const { message } = error as Error;
  const why = `The read models ${file} are not valid: ${message}; "pledge rebuild" rebuilds them.`;
  throw new Rejection('DATA_NOT_READABLE', why);
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
  mark: string | null,
): Promise<boolean> {
  if (from === undefined) {
    const added = await tx
      .insertInto('checkpoints')
      .values({ name, version, position: to, mark })
      .onConflict((c) => c.doNothing())
      .executeTakeFirst();
    return added.numInsertedOrUpdatedRows === 1n;
  }
  const moved = await tx
    .updateTable('checkpoints')
    .set({ position: to, mark })
    .where('name', '=', name)
    .where('version', '=', version)
    .where('position', '=', from)
    .executeTakeFirst();
  return moved.numUpdatedRows === 1n;
}
