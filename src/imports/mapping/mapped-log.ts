import { Cache } from '../../event-sourcing/cache.js';
import { type CsvRow, csvRows, type Row } from '../csv.js';
import { FieldFault } from '../../parsing/fields.js';
import { type ImportFormat, type ImportRecord, type ImportRow } from '../import-record.js';
import { byTime } from './by-time.js';
import { FollowedTickets } from './followed-tickets.js';
import { MappedTicket } from './mapped-ticket.js';
import { type Mapping } from './mapping.js';
import { type Part } from './part.js';
import { openingOf, required, saidIn, saidOfTicket } from './read-said.js';
import { UnmappedCell } from './reading.js';

/** How many customers are remembered at least: those that are forgotten are enrolled once more, which changes nothing. */
const remembered = 50_000;

/** A log as a mapping reads it. */
export const mappedLog = (mapping: Mapping): ImportFormat => ({
  name: 'mapping',
  summary: 'any CSV log, by a mapping of your own (docs/mappings.md)',
  async *read(bytes) {
    const [part] = mapping.parts;
    const inFile = csvRows(bytes, part.columns, part.dialect);
    yield* new Reading(mapping.order).of(mapping.order === 'time' ? byTime(inFile, timeIn(part)) : inFile, part);
  },
});

/** The rows of a log, one after another. */
class Reading {
  private readonly tickets = new FollowedTickets();
  private readonly customers = new Cache<true>(remembered);

  constructor(private readonly order: Mapping['order']) {}

  async *of(rows: AsyncIterable<CsvRow>, part: Part): AsyncGenerator<ImportRow, void, undefined> {
    try {
      for await (const row of rows) {
        const { line } = row;
        if ('fault' in row) {
          yield { line, rejected: { code: 'ROW_MALFORMED', message: row.fault, raw: row.raw() } };
          continue;
        }
        yield { line };
        yield* this.hear(row, part);
      }
    } finally {
      this.tickets.close();
    }
  }

  private hear(row: Row, part: Part): readonly ImportRow[] {
    const { line } = row;
    const { tickets, customers } = this;
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
      const isNew = enrolment !== undefined && customers.get(enrolment.customer) === undefined;
      if (enrolment !== undefined) customers.set(enrolment.customer, true);
      const facts = heard.flatMap(({ facts }) => facts);
      const raw = row.raw();
      const records = [...(isNew ? [enrolment] : []), ...facts].map((record) => ({ line, record, raw }));
      const turnsBack = this.order === undefined && heard.some(({ turnsBack }) => turnsBack);
      const isImplied = heard.some(({ impliesResolving }) => impliesResolving);
      return [
        ...(turnsBack ? [{ line, turnsBack: true as const }] : []),
        ...(isImplied ? [{ line, implied: 'resolving' as const }] : []),
        ...records,
      ];
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error;
      const unmapped = error instanceof UnmappedCell ? { unmapped: error.where } : {};
      const rejected = { ...refused(row, 'INVALID_FIELD', error.message), ...unmapped };
      if (id === undefined || tickets.get(id) !== undefined) return [rejected];
      // The row that opens a ticket: the next would be taken for it, and open it later than it was.
      tickets.set(id, 'unopened');
      return [{ ...rejected, unopened: { ticket: id, by: 'opening' } }];
    }
  }
}

/** What a row says of its ticket beyond the rows before. */
function next(ticket: MappedTicket, row: Row, part: Part, id: string) {
  const said = saidIn(row, part, ticket.before);
  return ticket.hear(said, () => openingOf(row, part, id, said));
}

/** What a row says that is a ticket: all that happened to it, by time. */
function whole(ticket: MappedTicket, row: Row, part: Part, id: string) {
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

const refused = (row: Row, code: string, message: string) =>
  ({ line: row.line, rejected: { code, message, raw: row.raw() } }) as const;

const openingRejected = (ticket: string) =>
  `the row that opens the ticket ${ticket} was rejected; import the log again when that row is right`;

const twice = (ticket: string) => `the ticket ${ticket} has a row above; where rows are tickets, each has one`;

/** The customer that a row names, where the mapping puts customers on plans. */
function enrolmentOf(row: Row, part: Part): Extract<ImportRecord, { kind: 'customer' }> | undefined {
  const [customer, plan] = [part.customer(row), part.plan(row)];
  if (customer === undefined || plan === undefined) return undefined;
  const calendar = part.calendar(row) ?? null;
  return { ...{ kind: 'customer', customer, name: null, plan, calendar, effectiveFrom: null } };
}
