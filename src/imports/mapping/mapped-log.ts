import { Cache } from '../../event-sourcing/cache.js';
import { FieldFault } from '../../parsing/fields.js';
import { type ImportFormat, type ImportRow } from '../import-record.js';
import { type NoRow, type Row } from '../row.js';
import { byTime } from './by-time.js';
import { FollowedTickets } from './followed-tickets.js';
import { joinedRows, type LogFile } from './joined-log.js';
import { type Heard, MappedTicket } from './mapped-ticket.js';
import { type Mapping } from './mapping.js';
import { type Part } from './part.js';
import { partRows } from './part-rows.js';
import { openingOf, required, saidIn, saidOfTicket } from './read-said.js';
import {
  type Enrolment,
  enrolmentOf,
  malformed,
  openingRejected,
  refused,
  refusedFor,
  rowsOfHeard,
} from './rows-of-heard.js';

/** How many customers are remembered at least: those that are forgotten are enrolled once more, which changes nothing. */
const remembered = 50_000;

/** A log as a mapping reads it. */
export const mappedLog = (mapping: Mapping): ImportFormat => ({
  name: 'mapping',
  summary: 'any log, CSV or JSON, by a mapping of your own (docs/mappings.md)',
  read: (bytes) => mappedRows([{ name: '', bytes: () => bytes }], mapping),
});

/** The rows of the files of a log. */
export async function* mappedRows(
  files: readonly LogFile[],
  mapping: Mapping,
): AsyncGenerator<ImportRow, void, undefined> {
  const [file] = files;
  const [part] = mapping.parts;
  if (mapping.isJoined || files.length !== 1 || file === undefined) yield* joinedRows(files, mapping);
  else {
    const inFile = rowsIn(file, part);
    yield* new Reading(mapping.order).of(mapping.order === 'time' ? byTime(inFile, timeIn(part)) : inFile, part);
  }
}

async function* rowsIn(file: LogFile, part: Part): AsyncGenerator<Row | NoRow, void, undefined> {
  for await (const one of partRows(file.bytes(), [part])) yield 'fault' in one ? one : one.row;
}

/** The rows of a log, one after another. */
class Reading {
  private readonly tickets = new FollowedTickets();
  private readonly customers = new Cache<true>(remembered);

  constructor(private readonly order: Mapping['order']) {}

  async *of(rows: AsyncIterable<Row | NoRow>, part: Part): AsyncGenerator<ImportRow, void, undefined> {
    try {
      for await (const row of rows) {
        if ('fault' in row) {
          yield malformed(row);
          continue;
        }
        yield { line: row.line };
        yield* this.hear(row, part);
      }
    } finally {
      this.tickets.close();
    }
  }

  private hear(row: Row, part: Part): readonly ImportRow[] {
    const { tickets } = this;
    let id: string | undefined;
    try {
      id = required(part.ticket, row, 'ticket');
      const known = tickets.get(id);
      if (known === 'unopened') return [refused(row, 'OPENING_REJECTED', openingRejected(id))];
      if (part.rows === 'tickets' && known !== undefined) return [refused(row, 'TICKET_TWICE', twice(id))];
      const ticket = known ?? new MappedTicket(id);
      const enrolment = enrolmentOf(row, part);
      const heard = part.rows === 'tickets' ? whole(ticket, row, part, id) : [next(ticket, row, part, id)];
      tickets.set(id, ticket);
      return rowsOfHeard(row, heard, { order: this.order === undefined }, this.asNew(enrolment));
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error;
      const rejected = refusedFor(row, error);
      if (id === undefined || tickets.get(id) !== undefined) return [rejected];
      // The row that opens a ticket: the next would be taken for it, and open it later than it was.
      tickets.set(id, 'unopened');
      return [{ ...rejected, unopened: { ticket: id, by: 'opening' } }];
    }
  }

  /** A customer who is named for the first time, or not for long. */
  private asNew(enrolment: Enrolment | undefined): Enrolment | undefined {
    if (enrolment === undefined) return undefined;
    const isNew = this.customers.get(enrolment.customer) === undefined;
    this.customers.set(enrolment.customer, true);
    return isNew ? enrolment : undefined;
  }
}

/** What a row says of its ticket beyond the rows before. */
function next(ticket: MappedTicket, row: Row, part: Part, id: string): Heard {
  const said = saidIn(row, part, ticket.before);
  return ticket.hear(said, () => openingOf(row, part, id, said));
}

/** What a row says that is a ticket: all that happened to it, by time. */
function whole(ticket: MappedTicket, row: Row, part: Part, id: string): readonly Heard[] {
  const all = saidOfTicket(row, part);
  return all.map((said) => ticket.hear(said, () => openingOf(row, part, id, all[0])));
}

/** Where a row says when it was; one that does not is rejected when it is read. */
const timeIn = (part: Part) => (row: Row) => {
  try {
    return part.at(row);
  } catch (error) {
    if (error instanceof FieldFault) return undefined;
    throw error;
  }
};

const twice = (ticket: string) => `the ticket ${ticket} has a row above; where rows are tickets, each has one`;
