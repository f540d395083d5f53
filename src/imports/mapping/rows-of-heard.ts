import { type FieldFault } from '../../parsing/fields.js';
import { type ImportRecord, type ImportRow } from '../import-record.js';
import { type NoRow, type Row } from '../row.js';
import { type Heard } from './mapped-ticket.js';
import { type Part } from './part.js';
import { UnmappedCell } from './reading.js';

export type Enrolment = Extract<ImportRecord, { kind: 'customer' }>;

/** Where a row stands; its file is said where there are several. */
export interface Place {
  readonly line: number;
  readonly file?: string;
}

/** What is imported of what a row says. */
export function rowsOfHeard(
  row: Row,
  heard: readonly Heard[],
  minds: { readonly order: boolean },
  enrolment: Enrolment | undefined,
  file?: string,
): readonly ImportRow[] {
  const place: Place = file === undefined ? { line: row.line } : { line: row.line, file };
  const raw = row.raw();
  const facts = heard.flatMap(({ facts }) => facts);
  const turnsBack = minds.order && heard.some(({ turnsBack }) => turnsBack);
  const isImplied = heard.some(({ impliesResolving }) => impliesResolving);
  return [
    ...(turnsBack ? [{ ...place, turnsBack: true as const }] : []),
    ...(isImplied ? [{ ...place, implied: 'resolving' as const }] : []),
    ...[...(enrolment === undefined ? [] : [enrolment]), ...facts].map((record) => ({ ...place, record, raw })),
  ];
}

export const malformed = (row: NoRow, file?: string) => rejected(row, 'ROW_MALFORMED', row.fault, file);

export const refused = (row: Row, code: string, message: string, file?: string) => rejected(row, code, message, file);

/** A row that makes no sense; with the cell that the mapping does not know, where that is why. */
export const refusedFor = (row: Row, fault: FieldFault, file?: string) => ({
  ...rejected(row, 'INVALID_FIELD', fault.message, file),
  ...(fault instanceof UnmappedCell ? { unmapped: fault.where } : {}),
});

export const openingRejected = (ticket: string) =>
  `the row that opens the ticket ${ticket} was rejected; import the log again when that row is right`;

function rejected({ line, raw }: Row | NoRow, code: string, message: string, file?: string) {
  return { line, ...(file === undefined ? {} : { file }), rejected: { code, message, raw: raw() } };
}

/** The customer that a row names, where the mapping puts customers on plans. @throws FieldFault */
export function enrolmentOf(row: Row, part: Part): Enrolment | undefined {
  const [customer, plan] = [part.customer(row), part.plan(row)];
  if (customer === undefined || plan === undefined) return undefined;
  const calendar = part.calendar(row) ?? null;
  return { ...{ kind: 'customer', customer, name: null, plan, calendar, effectiveFrom: null } };
}
