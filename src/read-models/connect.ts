import { Database } from '../storage/sqlite.js';
import { type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely';
import { StorageFault } from '../event-sourcing/storage-fault.js';
import { type Stored, tellingFaults } from '../storage/disk-faults.js';
import { keepPrivate } from '../storage/private-files.js';

/**
 * A connection to a file whose last commits a power cut may take, and nothing else.
 * @param called how the file is called in a refusal
 * @param remedy what to do where it is damaged
 * @throws StorageFault `DATA_NOT_WRITABLE`, `DATA_DAMAGED`
 */
export function connectTo(file: string, called: string, remedy: string): Database {
  try {
    keepPrivate(file);
    const database = new Database(file);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    return database;
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    const why = `${called} cannot be written: ${message}`;
    if (code?.startsWith('SQLITE_CORRUPT') === true) throw new StorageFault('DATA_DAMAGED', `${why}. ${remedy}`, true);
    // Not one of ours at all, most likely.
    if (code === 'SQLITE_NOTADB') throw new StorageFault('DATA_NOT_WRITABLE', `${why}. ${remedy}`, true);
    throw new StorageFault('DATA_NOT_WRITABLE', why);
  }
}

/**
 * Kysely's way to a connection: what the disk does wrong is a `StorageFault` to whoever asks by it.
 * @param prepared how statements are prepared on it, where that is not as it does by itself
 */
export const dialectOf = (database: Database, stored: Stored, prepared: SqliteDatabase = database): SqliteDialect =>
  new SqliteDialect({
    database: {
      close: () => {
        prepared.close();
      },
      prepare: (text) => {
        // SQLite ends a transaction by itself where the disk fails; then Kysely's `rollback` would fail, and hide why.
        if (text === 'rollback' && !database.inTransaction) return nothing;
        const statement = tellingFaults(stored, () => prepared.prepare(text));
        return {
          reader: statement.reader,
          all: (parameters) => tellingFaults(stored, () => statement.all(parameters)),
          run: (parameters) => tellingFaults(stored, () => statement.run(parameters)),
          iterate: (parameters) => tellingFaults(stored, () => statement.iterate(parameters)),
        };
      },
    },
  });

const nothing: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};
