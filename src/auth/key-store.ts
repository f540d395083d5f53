import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Database, type Statement } from '../storage/sqlite.js';
import { type Instant } from '../business-time/calendar.js';
import { type Stored, tellingFaults } from '../storage/disk-faults.js';
import { keepPrivate, privateFolder } from '../storage/private-files.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { newKey } from './api-key.js';
import { type WriteUses } from './key-uses.js';
import { type Role } from './permissions.js';

/** An API key, as it is kept. Instants are milliseconds since 1970. */
export interface KeptKey {
  readonly id: string;
  /** What it is for; the actor of what is done with it, unless it is a person's. */
  readonly name: string;
  /** The id of the person whose it is, who does what is done with it; null for a program's. */
  readonly person: string | null;
  readonly digest: Buffer;
  readonly role: Role;
  /** Whose tickets it is for; everybody's where null. */
  readonly customers: readonly string[] | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant | null;
  readonly revokedAt: Instant | null;
  /** When it was last used, to the minute; null where it never was. */
  readonly usedAt: Instant | null;
}

export type KeyRequest = Pick<KeptKey, 'name' | 'role' | 'customers' | 'expiresAt'> & Partial<Pick<KeptKey, 'person'>>;

interface Row extends Omit<KeptKey, 'customers'> {
  readonly customers: string | null;
}

const version = 2;

const fileIn = (folder: string) => join(folder, 'keys.db');

/**
 * The API keys of a data folder, in a file of their own: the server reads it while the command changes it, it outlives the
 * read models, and is not copied with the log. A key is looked up each time it is used, so that one revoked is refused
 * from then on.
 */
export class KeyStore {
  private readonly one: Statement<[string], Row>;

  constructor(private readonly db: Database) {
    this.one = db.prepare(`${columns} WHERE id = ?`);
  }

  /** Opens the keys of a folder where there are some; makes nothing. @throws Rejection `DATA_NOT_FOUND`, and as {@link open} */
  static existing(folder: string): KeyStore {
    if (!existsSync(fileIn(folder))) throw new Rejection('DATA_NOT_FOUND', `There are no API keys in ${folder}.`);
    return KeyStore.open(folder);
  }

  /** @throws Rejection `DATA_NOT_WRITABLE`, `DATA_NOT_READABLE`, `DATA_DAMAGED`, `DATA_FROM_NEWER_VERSION` */
  static open(folder: string): KeyStore {
    const file = fileIn(folder);
    let db: Database;
    try {
      privateFolder(folder);
      keepPrivate(file);
      db = new Database(file, { timeout: 5_000 });
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
    } catch (error) {
      throw new Rejection(
        'DATA_NOT_WRITABLE',
        `The file of keys ${file} cannot be written: ${(error as Error).message}`,
      );
    }
    try {
      return tellingFaults(keysFile, () => prepared(db, file));
    } catch (error) {
      db.close();
      if ((error as { readonly code?: unknown }).code !== 'SQLITE_ERROR') throw error;
      throw new Rejection('DATA_NOT_READABLE', `${file} is not a file of API keys: ${(error as Error).message}.`);
    }
  }

  find(id: string): KeptKey | undefined {
    const row = tellingFaults(keysFile, () => this.one.get(id));
    return row === undefined ? undefined : kept(row);
  }

  /** Every key, those revoked too, oldest first. */
  list(): readonly KeptKey[] {
    const rows = tellingFaults(keysFile, () => this.db.prepare<[], Row>(`${columns} ORDER BY created_at, id`).all());
    return rows.map(kept);
  }

  /** Makes a key; its text is nowhere but in the answer. */
  create(
    { name, person = null, role, customers, expiresAt }: KeyRequest,
    now: Instant,
  ): { readonly id: string; readonly text: string } {
    const { id, text, digest } = newKey();
    const row = [id, name, person, digest, role, customers === null ? null : JSON.stringify(customers), now, expiresAt];
    tellingFaults(keysFile, () => this.db.prepare(insert).run(...row));
    return { id, text };
  }

  /** Ends a key for good; one that is revoked already stays so. @throws Rejection `KEY_NOT_FOUND` */
  revoke(id: string, now: Instant): void {
    const revoke = 'UPDATE keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?';
    const { changes } = tellingFaults(keysFile, () => this.db.prepare(revoke).run(now, id));
    if (changes === 0) throw new Rejection('KEY_NOT_FOUND', `There is no key ${id}.`);
  }

  close(): void {
    this.db.close();
  }
}

const keysFile: Stored = { called: 'the API keys in keys.db', remedy: 'Restore a copy of keys.db.' };

/** @throws Rejection `DATA_FROM_NEWER_VERSION` */
function prepared(db: Database, file: string): KeyStore {
  db.transaction(() => {
    const found = Number(db.pragma('user_version', { simple: true }));
    if (found > version)
      throw new Rejection(
        'DATA_FROM_NEWER_VERSION',
        `The file of keys ${file} was written by a newer version of Pledge.`,
      );
    db.exec(table);
    if (found === 1) for (const column of since1) db.exec(`ALTER TABLE keys ADD COLUMN ${column}`);
    if (found !== version) db.pragma(`user_version = ${version}`);
  }).immediate(); // a command may come at the same time
  return new KeyStore(db);
}

/** What version 2 has beside version 1. */
const since1 = ['person TEXT', 'used_at INTEGER'];

const insert =
  'INSERT INTO keys (id, name, person, digest, role, customers, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)';

const table = `CREATE TABLE IF NOT EXISTS keys (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, digest BLOB NOT NULL, role TEXT NOT NULL, customers TEXT,
  created_at INTEGER NOT NULL, expires_at INTEGER, revoked_at INTEGER, ${since1.join(', ')}
) STRICT`;

const columns = `SELECT id, name, person, digest, role, customers, created_at AS createdAt, expires_at AS expiresAt,
  revoked_at AS revokedAt, used_at AS usedAt FROM keys`;

/**
 * Writes down when keys were last used: over a connection of its own, which waits for nobody and leaves it to the disk when it
 * writes, for requests are waiting. @throws what SQLite throws
 */
export function writeUses(folder: string): { readonly write: WriteUses; readonly close: () => void } {
  let db: Database | undefined;
  const open = () => {
    const opened = new Database(fileIn(folder), { timeout: 0, fileMustExist: true });
    opened.pragma('synchronous = NORMAL');
    return opened;
  };
  const write: WriteUses = (uses) => {
    db ??= open();
    const use = db.prepare('UPDATE keys SET used_at = max(coalesce(used_at, 0), ?) WHERE id = ?');
    db.transaction(() => {
      for (const [id, at] of uses) use.run(at, id);
    })();
  };
  return { write, close: () => db?.close() };
}

const kept = ({ customers, ...row }: Row): KeptKey => ({
  ...row,
  customers: customers === null ? null : (JSON.parse(customers) as string[]),
});
