import { namelessDatabase } from './nameless.js';

/** A set of texts that may grow larger than memory. Made with the first text, for most stay empty. */
export class DiskSet {
  private opened: ReturnType<typeof openSet> | undefined;

  has(text: string): boolean {
    return this.opened?.has.get(text) !== undefined;
  }

  add(text: string): void {
    this.opened ??= openSet();
    this.opened.add.run(text);
  }

  close(): void {
    this.opened?.close();
    this.opened = undefined;
  }
}

function openSet() {
  const db = namelessDatabase('CREATE TABLE texts (text TEXT PRIMARY KEY) WITHOUT ROWID');
  return {
    add: db.prepare('INSERT OR IGNORE INTO texts VALUES (?)'),
    has: db.prepare('SELECT 1 FROM texts WHERE text = ?'),
    close: () => {
      db.close();
    },
  };
}
