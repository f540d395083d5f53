import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { Kysely } from 'kysely';
import { type EventStore, type Position } from '../event-sourcing/event-store.js';
import { type Finding, logIsOlder, refusing, type Remembered, standingOf } from '../event-sourcing/standing.js';
import { StorageFault } from '../event-sourcing/storage-fault.js';
import { type ProjectionStore } from '../event-sourcing/projection-processor.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { connectTo, dialectOf } from './connect.js';
import { type Stored } from '../storage/disk-faults.js';
import { Database } from '../storage/sqlite.js';
import { removeSqliteFile, replaceSqliteFile } from '../storage/sqlite-files.js';
import { formOf, makeForm, makeTables } from './make-tables.js';
import { type ReadModel, type Tx } from './read-model.js';
import { remembering } from './statement-cache.js';
import { type Schema } from './schema.js';

/** Beside read models in which damage was met, in whichever thread: the next start builds them anew. */
const damageNoted = (file: string) => `${file}.is-damaged`;

/** How faults of the file are report. */
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

/** What read models are built from. */
export interface BuiltFrom {
  readonly log: Pick<EventStore, 'logId' | 'lastPosition' | 'markAt'>;
  readonly projections: readonly ReadModel[];
}

/**
 * Opens the read models of a log, and makes what they lack. They can be built anew, so their commits need not survive a power
 * cut: what was lost is projected again. For the same reason the rows of a projection of another version are dropped, and all
 * rows where they are of another log, of a former form or in a file that is damaged.
 * @throws Rejection `DATA_FROM_NEWER_VERSION`, `DATA_NOT_WRITABLE`; `LOG_OLDER` where they know events that the log has not
 */
export async function openReadModels(file: string, from: BuiltFrom, finding = refusing): Promise<ReadModels> {
  const found = existsSync(damageNoted(file)) ? 'they were found damaged' : await lookedAt(file, from, finding);
  if (typeof found !== 'string') return found;
  finding.report(`The read models are being rebuilt: ${found}.`);
  removeReadModels(file);
  return made(file, from, finding);
}

/** Read models that fit, or why all of them are to be built anew. */
async function lookedAt(file: string, from: BuiltFrom, finding: Finding): Promise<ReadModels | string> {
  try {
    return (await whyAnew(file, from, finding)) ?? (await made(file, from, finding));
  } catch (error) {
    if (error instanceof StorageFault && error.code === 'DATA_DAMAGED') return 'they are damaged';
    throw error;
  }
}

/** Read models with the tables of each projection, for whoever owns the data folder. */
async function made(file: string, { log, projections }: BuiltFrom, { report }: Finding): Promise<ReadModels> {
  const readModels = joinReadModels(file);
  try {
    if ((await formOf(readModels.writer, file)) === 'new') await makeForm(readModels.writer, log.logId);
    const anew = await makeTables(readModels.writer, projections);
    if (anew.length > 0) report(`Projections of another version are being rebuilt: ${anew.join(', ')}.`);
    return readModels;
  } catch (error) {
    await readModels.close();
    throw error;
  }
}

/** Opens read models that have been made, beside whoever made them. */
export function joinReadModels(file: string): ReadModels & { readonly writer: Kysely<Schema> } {
  const writer = connect(file);
  const reader = connect(file);
  const close = async () => {
    await reader.close();
    await writer.close();
  };
  return {
    db: reader.db,
    writer: writer.db,
    close,
    checkpoint: async (name, version) => (await checkpoint(writer.db, name, version))?.position ?? undefined,
    transaction: (work) => writer.db.transaction().execute(work),
    advance,
  };
}

/** Why all rows are to be built anew; undefined where they fit. @throws Rejection `LOG_OLDER`, `DATA_FROM_NEWER_VERSION` */
async function whyAnew(file: string, { log }: BuiltFrom, { acceptsOlderLog }: Finding): Promise<string | undefined> {
  const { db, close } = connect(file);
  try {
    const form = await formOf(db, file);
    if (form === 'new') return undefined;
    if (form === 'former') return 'they were built by another version of Pledge';
    const standing = await standingOf(log, await rememberedIn(db));
    if (standing.kind === 'another') return 'they belong to another event store';
    if (standing.kind !== 'older') return undefined;
    if (!acceptsOlderLog) throw logIsOlder('the read models', standing.why);
    return 'the event store is older';
  } finally {
    await close();
  }
}

/** How far the log had come that the rows are built from; from its beginning where nothing was projected yet. */
async function rememberedIn(db: Kysely<Schema>): Promise<readonly Remembered[]> {
  const logId = (await logOf(db)) ?? '';
  const known = await db.selectFrom('projections').select(['position', 'mark']).execute();
  return known.map(({ position, mark }) => ({ logId, position: position ?? '', mark }));
}

/** The id of the log that rows are built from; undefined where they do not say. */
const logOf = async (db: Kysely<Schema>): Promise<string | undefined> =>
  (await db.selectFrom('log').select('id').executeTakeFirst())?.id;

/** Removes the read models in a file, where there are any. */
export function removeReadModels(file: string): void {
  removeSqliteFile(file);
  rmSync(damageNoted(file), { force: true });
}

/** Puts read models, closed, in the place of others. */
export function replaceReadModels(file: string, anew: string): void {
  removeReadModels(file);
  replaceSqliteFile(file, anew);
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
  const isTheirs = async () => (await formOf(db, file)) === 'known' && (await logOf(db)) === logId;
  const fits = await isTheirs().catch(async (error: unknown) => {
    await db.destroy();
    throw error instanceof Rejection ? error : unreadable(error);
  });
  if (fits) return db;
  await db.destroy();
  return undefined;
}

/** How many statements a connection keeps prepared: up to twice as many. */
const statementsKept = 100;

function connect(file: string) {
  const database = connectTo(file, `The read models ${file}`, '"pledge rebuild" rebuilds them.');
  database.pragma('cache_size = -65536'); // 64 MiB: rows of tickets are all over the file
  database.pragma('wal_autocheckpoint = 8000');
  const dialect = dialectOf(database, readModelsStored(file), remembering(database, statementsKept));
  const db = new Kysely<Schema>({ dialect });
  const close = async () => {
    await db.destroy();
    database.close(); // Kysely closes none that it was never asked by
  };
  return { db, close };
}

const checkpoint = (db: Kysely<Schema>, name: string, version: number) =>
  db
    .selectFrom('projections')
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
  const moved = await tx
    .updateTable('projections')
    .set({ position: to, mark })
    .where('name', '=', name)
    .where('version', '=', version)
    .where('position', 'is', from ?? null)
    .executeTakeFirst();
  return moved.numUpdatedRows === 1n;
}
