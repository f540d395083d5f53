import { namelessDatabase } from '../../storage/nameless.js';
import { type Row } from '../row.js';
import { type Mapping } from './mapping.js';
import { type Part } from './part.js';
import { type Table } from './table.js';

/** A row of a ticket, put by until all files were read. */
export interface GatheredRow {
  readonly part: Part;
  readonly row: Row;
  /** The file it stands in, by its place among the files. */
  readonly file: number;
}

interface Kept {
  readonly ticket: string;
  readonly part: number;
  readonly file: number;
  readonly line: number;
  readonly row: string;
}

/** How many rows of tables are found without a look at the disk. */
const cached = 10_000;

/**
 * Rows by their ticket, and there by time, of files of any size: they are sorted on disk. Rows of the same time keep the order of
 * their parts, and then of the file; of a part that runs backwards as a whole, they are turned.
 */
export class GatheredRows {
  private readonly db = namelessDatabase(`
    CREATE TABLE rows (ticket TEXT NOT NULL, at REAL, part INTEGER, file INTEGER, line INTEGER, row TEXT NOT NULL);
    CREATE TABLE looked_up (name TEXT, key TEXT, cells TEXT NOT NULL, PRIMARY KEY (name, key)) WITHOUT ROWID`);
  private readonly insert = this.db.prepare('INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)');
  private readonly define = this.db.prepare('INSERT OR REPLACE INTO looked_up VALUES (?, ?, ?)');
  private readonly find = this.db.prepare('SELECT cells FROM looked_up WHERE name = ? AND key = ?').pluck();
  private readonly found = new Map<string, Readonly<Record<string, string>>>();
  /** Of each part: how often its rows go on in time, less how often they go back. */
  private readonly trends: number[];
  private readonly last: number[];

  constructor(private readonly mapping: Mapping) {
    this.trends = mapping.parts.map(() => 0);
    this.last = mapping.parts.map(() => NaN);
  }

  /** @throws FieldFault where a cell of it cannot be told */
  add(ticket: string, at: number | undefined, { part, row, file }: GatheredRow): void {
    const place = this.mapping.parts.indexOf(part);
    const cells = part.columns.map(row.cell);
    if (at !== undefined) {
      const before = this.last[place] ?? NaN;
      this.trends[place] = (this.trends[place] ?? 0) + (at > before ? 1 : at < before ? -1 : 0);
      this.last[place] = at;
    }
    this.insert.run(ticket, at ?? null, place, file, row.line, JSON.stringify([cells, row.raw()]));
  }

  addTo(table: Table, key: string, row: Row): void {
    const cells = Object.fromEntries(table.columns.map((column) => [column, row.cell(column)]));
    this.define.run(table.name, key, JSON.stringify(cells));
  }

  /** The rows of one ticket after those of another. */
  *tickets(): Generator<{ readonly ticket: string; readonly rows: readonly GatheredRow[] }, void, undefined> {
    const { order, parts } = this.mapping;
    this.db.exec('CREATE INDEX rows_by_ticket ON rows (ticket)');
    const turned = parts.flatMap((_, place) => ((this.trends[place] ?? 0) < 0 ? [place] : [])).join(', ');
    const line = `CASE WHEN part IN (${turned}) THEN -line ELSE line END`;
    const inTime = order === 'file' ? 'file, line, rowid' : `at, part, file, ${line}, rowid`;
    const sorted = this.db
      .prepare(`SELECT ticket, part, file, line, row FROM rows ORDER BY ticket, ${inTime}`)
      .iterate();
    let [ticket, rows]: [string | undefined, GatheredRow[]] = [undefined, []];
    for (const kept of sorted as IterableIterator<Kept>) {
      if (ticket !== undefined && kept.ticket !== ticket) {
        yield { ticket, rows };
        rows = [];
      }
      ({ ticket } = kept);
      rows.push(...this.gathered(kept));
    }
    if (ticket !== undefined) yield { ticket, rows };
  }

  close(): void {
    this.db.close();
  }

  private gathered({ part: place, file, line, row }: Kept): readonly GatheredRow[] {
    const part = this.mapping.parts[place];
    if (part === undefined) return [];
    const [cells, raw] = JSON.parse(row) as [readonly string[], string];
    const own = (column: string) => cells[part.columns.indexOf(column)] ?? '';
    const cell = (column: string) => {
      const reference = this.mapping.references.get(column);
      if (reference === undefined) return own(column);
      return this.lookedUp(reference.table, own(reference.by))[reference.take] ?? '';
    };
    return [{ part, row: { line, columns: part.columns, cell, raw: () => raw }, file }];
  }

  private lookedUp(table: string, key: string): Readonly<Record<string, string>> {
    const name = `${table} ${key}`;
    let cells = this.found.get(name);
    if (cells === undefined) {
      const written = this.find.get(table, key) as string | undefined;
      cells = written === undefined ? {} : (JSON.parse(written) as Readonly<Record<string, string>>);
      if (this.found.size >= cached) this.found.clear();
      this.found.set(name, cells);
    }
    return cells;
  }
}
