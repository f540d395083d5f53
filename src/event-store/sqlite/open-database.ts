import { Database } from '../../storage/sqlite.js';
import { keepPrivate } from '../../storage/private-files.js';
import { Rejection } from '../../event-sourcing/rejection.js';

/** The layout of the file; it grows by one with every change. */
const schemaVersion = 1;

const schema = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL) STRICT;
  CREATE TABLE events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams (id),
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    UNIQUE (stream, revision),
    UNIQUE (stream, id)
  ) STRICT;
`;

/**
 * Opens the file of a log, and makes it where it is not there.
 * @throws Rejection `DATA_FROM_NEWER_VERSION`, `DATA_NOT_WRITABLE`, `DATA_NOT_FOUND` (read-only)
 */
export function openDatabase(file: string, { readonly, logId }: { readonly: boolean; logId: () => string }): Database {
  let db: Database;
  try {
    if (!readonly) keepPrivate(file);
    db = new Database(file, { readonly, fileMustExist: readonly });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (readonly) throw new Rejection('DATA_NOT_FOUND', `There is no event store at ${file}: ${why}`);
    throw new Rejection('DATA_NOT_WRITABLE', `The event store ${file} cannot be opened: ${why}`);
  }
  try {
    expectKnownVersion(db, file);
    if (!readonly) prepare(db, logId);
    return db;
  } catch (error) {
    db.close();
    if (error instanceof Rejection) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new Rejection('DATA_NOT_WRITABLE', `The event store ${file} cannot be written: ${why}`);
  }
}

function expectKnownVersion(db: Database, file: string): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  if (version <= schemaVersion) return;
  throw new Rejection(
    'DATA_FROM_NEWER_VERSION',
    `${file} was written by a newer version (layout ${version}; this one knows ${schemaVersion}). Nothing was changed.`,
  );
}

/** Makes a connection whose commits survive a power cut. */
export function durable(db: Database): Database {
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 4000');
  return db;
}

function prepare(db: Database, logId: () => string): void {
  durable(db);
  if (Number(db.pragma('user_version', { simple: true })) === schemaVersion) {
    // A statement that writes says now, and not at the first append, whether the file can be written.
    db.exec(`PRAGMA user_version = ${schemaVersion}`);
    return;
  }
  db.transaction(() => {
    db.exec(schema);
    db.prepare('INSERT INTO meta (key, value) VALUES (?, ?)').run('logId', logId());
    db.pragma(`user_version = ${schemaVersion}`);
  })();
}
