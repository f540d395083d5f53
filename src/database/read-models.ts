import Database from 'better-sqlite3';
import { Kysely, Migrator, SqliteDialect, type Transaction } from 'kysely';
import { type Position } from '../event-sourcing/event-store.js';
import { type ProjectionStore } from '../event-sourcing/projector.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { migrations } from './migrations.js';
import { type Schema } from './schema.js';

export type Tx = Transaction<Schema>;

/** The read models: one connection that projections write by, another for queries, so that neither waits for the other. */
export interface ReadModels extends ProjectionStore<Tx> {
  readonly db: Kysely<Schema>;
  readonly close: () => Promise<void>;
}

/**
 * Opens the read models, and makes or migrates them as needed. They can be built anew, so their commits need not survive
 * a power cut: what was lost is projected again.
 * @throws Rejection `DATA_FROM_NEWER_VERSION`, `DATA_NOT_WRITABLE`
 */
export async function openReadModels(file: string): Promise<ReadModels> {
  const writer = connect(file);
  const reader = connect(file);
  const close = async () => {
    await reader.destroy();
    await writer.destroy();
  };
  try {
    await migrate(writer, file);
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

/** The read models of a file for reading alone, beside whoever writes them; opened by the first question. */
export const openReadModelsForReading = (file: string): Kysely<Schema> =>
  new Kysely<Schema>({
    dialect: new SqliteDialect({ database: () => Promise.resolve(new Database(file, { readonly: true })) }),
  });

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
  try {
    const database = new Database(file);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('cache_size = -65536'); // 64 MiB: rows of tickets are all over the file
    database.pragma('wal_autocheckpoint = 8000');
    return new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
  } catch (error) {
    throw new Rejection('DATA_NOT_WRITABLE', `The read models ${file} cannot be written: ${(error as Error).message}`);
  }
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
