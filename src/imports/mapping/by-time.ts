import { namelessDatabase } from '../../storage/nameless.js';
import { type CsvRow } from '../csv.js';
import { type Row } from '../row.js';

/**
 * Rows by the time at which they happened, of a file of any size: they are sorted on disk. Rows of the same time keep the order
 * of the file; of a file that runs backwards as a whole, they are turned as well. Rows without a time come first.
 */
export async function* byTime(
  rows: AsyncIterable<CsvRow>,
  timeOf: (row: Row) => number | undefined,
): AsyncGenerator<CsvRow, void, undefined> {
  const db = namelessDatabase('CREATE TABLE rows (at REAL NOT NULL, line INTEGER NOT NULL, row TEXT NOT NULL)');
  try {
    const add = db.prepare('INSERT INTO rows VALUES (?, ?, ?)');
    let columns: readonly string[] = [];
    let [rising, falling, before] = [0, 0, NaN];
    for await (const row of rows) {
      const at = 'fault' in row ? undefined : timeOf(row);
      if ('fault' in row || at === undefined) {
        yield row;
        continue;
      }
      ({ columns } = row);
      if (at > before) rising += 1;
      else if (at < before) falling += 1;
      before = at;
      add.run(at, row.line, JSON.stringify([columns.map(row.cell), row.raw()]));
    }
    db.exec('CREATE INDEX rows_by_time ON rows (at, line)');
    const direction = falling > rising ? 'DESC' : 'ASC';
    const sorted = db.prepare(`SELECT line, row FROM rows ORDER BY at, line ${direction}`).iterate();
    for (const { line, row } of sorted as IterableIterator<{ readonly line: number; readonly row: string }>)
      yield toRow(line, row, columns);
  } finally {
    db.close();
  }
}

function toRow(line: number, written: string, columns: readonly string[]): Row {
  const [cells, raw] = JSON.parse(written) as [readonly string[], string];
  return { line, columns, cell: (column) => cells[columns.indexOf(column)] ?? '', raw: () => raw };
}
