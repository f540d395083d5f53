import { Database } from '../../src/storage/sqlite.js';

export type Rows = Readonly<Record<string, readonly string[]>>;

/** Every row of every table of a file of read models, but for Kysely's own, which say when it was migrated. */
export function rowsOf(file: string): Rows {
  const db = new Database(file, { readonly: true });
  try {
    const names = db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'kysely%'")
      .pluck()
      .all() as string[];
    const rows = (name: string) => db.prepare(`SELECT * FROM "${name}"`).all();
    return Object.fromEntries(
      names.map((name) => [
        name,
        rows(name)
          .map((row) => JSON.stringify(row))
          .sort(),
      ]),
    );
  } finally {
    db.close();
  }
}
