import { type TheirVerdict } from '../audit/compare-verdicts.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { csvRows } from './csv.js';
import { type Row } from './row.js';
import { FieldFault } from '../parsing/fields.js';
import { type Mapping } from './mapping/mapping.js';

export interface VerdictColumns {
  /** The column of the verdict. */
  readonly column: string;
  /** The column of the ticket's id; by default the mapping's, else the first. */
  readonly id?: string;
  /** The cells that mean that the promise was met, where the usual words do not do; all others mean that it was not. */
  readonly met?: readonly string[];
  /** How the file is read, where it is the log that a mapping is for. */
  readonly mapping?: Mapping;
}

export interface Verdicts {
  /** By the ticket's id, in the order of the file; of several rows the last counts. */
  readonly of: ReadonlyMap<string, TheirVerdict>;
  /** Tickets whose last row says neither. */
  readonly unclear: number;
}

const met = ['true', 'yes', 'y', '1', 'met', 'made', 'in time'];
const breached = ['false', 'no', 'n', '0', 'breached', 'missed', 'late'];

/**
 * The verdicts of another system, from a CSV file.
 * @throws Rejection `LOG_MALFORMED`, `NO_VERDICTS` where no row has one
 */
export async function readVerdicts(bytes: AsyncIterable<Buffer>, columns: VerdictColumns): Promise<Verdicts> {
  const { column, id, mapping } = columns;
  const named = [column, ...(id === undefined ? [] : [id])];
  const last = new Map<string, string>();
  for await (const row of csvRows(bytes, named, mapping?.parts[0].dialect)) {
    if ('fault' in row) throw new Rejection('LOG_MALFORMED', `Line ${row.line}: ${row.fault}.`);
    const ticket = ticketOf(row, columns);
    if (ticket !== undefined) last.set(ticket, row.cell(column));
  }
  const of = new Map<string, TheirVerdict>();
  for (const [ticket, cell] of last) {
    const verdict = verdictOf(cell.trim(), columns.met);
    if (verdict !== undefined) of.set(ticket, verdict);
  }
  if (of.size > 0) return { of, unclear: last.size - of.size };
  const words = columns.met ?? [...met, ...breached];
  throw new Rejection('NO_VERDICTS', `No cell of "${column}" is a verdict (${words.join(', ')}); use --met.`);
}

function ticketOf(row: Row, { id, mapping }: VerdictColumns): string | undefined {
  if (id !== undefined || mapping === undefined) return row.cell(id ?? row.columns[0] ?? '') || undefined;
  try {
    return mapping.parts[0].ticket(row);
  } catch (error) {
    if (error instanceof FieldFault) throw new Rejection('LOG_MALFORMED', `Line ${row.line}: ${error.message}.`);
    throw error;
  }
}

function verdictOf(cell: string, words: readonly string[] | undefined): TheirVerdict | undefined {
  if (words !== undefined) return cell === '' ? undefined : words.includes(cell) ? 'met' : 'breached';
  const word = cell.toLowerCase();
  return met.includes(word) ? 'met' : breached.includes(word) ? 'breached' : undefined;
}
