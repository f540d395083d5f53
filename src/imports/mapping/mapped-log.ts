import { Cache } from '../../event-sourcing/cache.js';
import { csvRows, type Row } from '../csv.js';
import { FieldFault } from '../../parsing/fields.js';
import { type ImportFormat, type ImportRecord, type ImportRow } from '../import-record.js';
import { MappedTicket, required } from './mapped-ticket.js';
import { byTime } from './by-time.js';
import { type Mapping } from './mapping.js';
import { UnmappedCell } from './reading.js';

/** How many tickets and customers are followed at least: the rows of one need not stand together. */
const followed = 50_000;

/** A CSV log as a mapping reads it. */
export const mappedLog = (mapping: Mapping): ImportFormat => ({
  name: 'mapping',
  summary: 'any CSV log, by a mapping of your own (docs/mappings.md)',
  async *read(bytes) {
    const tickets = new Cache<MappedTicket | 'unopened'>(followed);
    const customers = new Cache<true>(followed);
    const inFile = csvRows(bytes, mapping.columns, mapping.dialect);
    for await (const row of mapping.order === 'time' ? byTime(inFile, timeIn(mapping)) : inFile) {
      const { line } = row;
      if ('fault' in row) {
        yield { line, rejected: { code: 'ROW_MALFORMED', message: row.fault, raw: row.raw() } };
        continue;
      }
      yield { line };
      yield* hear(row, mapping, tickets, customers);
    }
  },
});

function hear(
  row: Row,
  mapping: Mapping,
  tickets: Cache<MappedTicket | 'unopened'>,
  customers: Cache<true>,
): readonly ImportRow[] {
  const { line } = row;
  let id: string | undefined;
  try {
    id = required(mapping.ticket, row, 'ticket');
    const known = tickets.get(id);
    if (known === 'unopened') return [refused(row, 'OPENING_REJECTED', openingRejected(id))];
    const ticket = known ?? new MappedTicket(id, mapping);
    const enrolment = enrolmentOf(row, mapping);
    const { facts, turnsBack } = ticket.hear(row);
    tickets.set(id, ticket);
    const isNew = enrolment !== undefined && customers.get(enrolment.customer) === undefined;
    if (enrolment !== undefined) customers.set(enrolment.customer, true);
    const raw = row.raw();
    const records = [...(isNew ? [enrolment] : []), ...facts].map((record) => ({ line, record, raw }));
    return turnsBack && mapping.order === undefined ? [{ line, turnsBack: true }, ...records] : records;
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

/** Where a row says when it was; one that does not is rejected when it is read. */
const timeIn = (mapping: Mapping) => (row: Row) => {
  try {
    return mapping.at(row);
  } catch (error) {
    if (error instanceof FieldFault) return undefined;
    throw error;
  }
};

const refused = (row: Row, code: string, message: string) =>
  ({ line: row.line, rejected: { code, message, raw: row.raw() } }) as const;

const openingRejected = (ticket: string) =>
  `the row that opens the ticket ${ticket} was rejected; import the log again when that row is right`;

/** The customer that a row names, where the mapping puts customers on plans. */
function enrolmentOf(row: Row, mapping: Mapping): Extract<ImportRecord, { kind: 'customer' }> | undefined {
  const [customer, plan] = [mapping.customer(row), mapping.plan(row)];
  if (customer === undefined || plan === undefined) return undefined;
  const calendar = mapping.calendar(row) ?? null;
  return { ...{ kind: 'customer', customer, name: null, plan, calendar, effectiveFrom: null } };
}
