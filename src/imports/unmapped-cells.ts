import { Rejection } from '../event-sourcing/rejection.js';

/** Different cells that are told; others are counted. */
const mostTold = 50;
/** A cell is told no longer. */
const longestTold = 80;

/** Cells that a mapping does not know, each with the rows that have it. */
export class UnmappedCells {
  /** Rows by column and cell. */
  private readonly rows = new Map<string, Map<string, number>>();
  private told = 0;
  private others = 0;

  add({ column, cell }: { readonly column: string; readonly cell: string }): void {
    const known = this.rows.get(column) ?? new Map<string, number>();
    const key = cell.slice(0, longestTold);
    const rows = known.get(key);
    if (rows === undefined && this.told === mostTold) {
      this.others += 1;
      return;
    }
    if (rows === undefined) this.told += 1;
    this.rows.set(column, known.set(key, (rows ?? 0) + 1));
  }

  /** Why nothing goes in; undefined where the mapping knows all cells. */
  get refusal(): Rejection | undefined {
    if (this.told === 0) return undefined;
    const cells = [...this.rows].flatMap(([column, cells]) =>
      [...cells].map(([cell, rows]) => `${column} "${cell}" (${rows} ${rows === 1 ? 'row' : 'rows'})`),
    );
    const more = this.others === 0 ? [] : [`${this.others} rows with other cells`];
    const what = 'The mapping does not know these cells, and nothing was imported';
    const told = [...cells, ...more].join(', ');
    return new Rejection('UNMAPPED_CELLS', `${what}: ${told}. Add them, or use --skip-unmapped to reject their rows.`);
  }
}
