import { namelessDatabase } from './nameless.js';

/**
 * Items that wait in lines, by a key: more than memory may hold. They come out as they went in, by JSON. Made with the first
 * item, for mostly nobody waits.
 */
export class DiskLines<Item> {
  private opened: ReturnType<typeof openLines> | undefined;

  add(key: string, item: Item): void {
    this.opened ??= openLines();
    this.opened.add.run(key, JSON.stringify(item));
  }

  has(key: string): boolean {
    return this.opened?.has.get(key) !== undefined;
  }

  /** Takes out so many of one line at most, those first that came first. */
  takeOf(key: string, most: number): readonly Item[] {
    if (this.opened === undefined) return [];
    const rows = this.opened.of.all(key, most) as readonly Row[];
    this.opened.removeOf.run(key, rows.at(-1)?.place ?? 0);
    return itemsOf(rows);
  }

  /** Takes out so many of all lines at most, those first that came first. */
  take(most: number): readonly Item[] {
    if (this.opened === undefined) return [];
    const rows = this.opened.all.all(most) as readonly Row[];
    this.opened.remove.run(rows.at(-1)?.place ?? 0);
    return itemsOf(rows);
  }

  close(): void {
    this.opened?.close();
    this.opened = undefined;
  }
}

interface Row {
  readonly place: number;
  readonly item: string;
}

const itemsOf = <Item>(rows: readonly Row[]) => rows.map(({ item }) => JSON.parse(item) as Item);

function openLines() {
  const db = namelessDatabase(`
    CREATE TABLE waiting (place INTEGER PRIMARY KEY, key TEXT NOT NULL, item TEXT NOT NULL);
    CREATE INDEX waiting_by_key ON waiting (key);`);
  return {
    add: db.prepare('INSERT INTO waiting (key, item) VALUES (?, ?)'),
    has: db.prepare('SELECT 1 FROM waiting WHERE key = ? LIMIT 1'),
    of: db.prepare('SELECT place, item FROM waiting WHERE key = ? ORDER BY place LIMIT ?'),
    removeOf: db.prepare('DELETE FROM waiting WHERE key = ? AND place <= ?'),
    all: db.prepare('SELECT place, item FROM waiting ORDER BY place LIMIT ?'),
    remove: db.prepare('DELETE FROM waiting WHERE place <= ?'),
    close: () => {
      db.close();
    },
  };
}
