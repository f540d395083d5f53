import { Database } from './sqlite.js';

/**
 * A database without a name, for what may grow larger than memory while a command works: SQLite puts it on disk once it is
 * large, and removes it when it is closed.
 */
export function namelessDatabase(tables: string): Database {
  const db = new Database('');
  db.exec(`PRAGMA journal_mode = OFF; ${tables}`);
  return db;
}
