import { type CalendarDefinition } from '../../business-time/calendar.js';
import { type CalendarSource } from '../../business-time/holiday-sources.js';
import { compileCalendar } from '../../business-time/compile-calendar.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { commonFields, eventFields, externalId } from '../../tickets/domain/event-fields.js';
import { type ReportedType, reportedTypes } from '../../tickets/domain/facts.js';
import { namingFault } from '../../tickets/domain/naming.js';
import { eventReader, givesReference, readActor, type Refuse } from '../../tickets/domain/read-event.js';
import { ticketIdOf } from '../../tickets/domain/ticket-id.js';
import { type FactRecord, type ImportFormat, type ImportRecord, type ImportRow, longestRaw } from '../import-record.js';
import { type Line, linesOf } from '../lines.js';
import { wordLists } from '../../catalogue/domain/words.js';
import {
  customerId,
  expected,
  FieldFault,
  fields,
  given,
  instant,
  object,
  oneOf,
  optional,
  type Read,
  text,
  wholeNumber,
  word,
} from '../../parsing/fields.js';

/** Pledge's own log: one JSON object a line, named after the event that it asks for. `docs/imports.md` has every field. */
export const pledgeNdjson: ImportFormat = {
  name: 'pledge',
  summary: "Pledge's own NDJSON, one event a line (docs/imports.md)",
  async *read(bytes) {
    // A CSV is told at its beginning, and not row by row.
    let held: ImportRow[] | undefined = [];
    for await (const line of linesOf(bytes)) {
      const row = rowOf(line);
      if (row === undefined) continue;
      if (held === undefined) yield row;
      else if (isLikeJson(line)) {
        yield* [...held, row];
        held = undefined;
      } else if (held.push(row) >= enoughToTell) throw notOurs();
    }
    if (held !== undefined && held.length > 0) throw notOurs();
  },
};

/** If none of so many lines looks like JSON, the log is of another format. */
const enoughToTell = 20;

const isLikeJson = (line: Line) => 'fault' in line || line.text.trimStart().startsWith('{');

const notOurs = () =>
  new Rejection(
    'LOG_MALFORMED',
    "The log is not in Pledge's own format: none of its first lines is a JSON object. For another log give --mapping (docs/mappings.md) or --format.",
  );

const rejected = (line: number, code: string, message: string, raw: string): ImportRow => ({
  line,
  rejected: { code, message, raw: raw.slice(0, longestRaw) },
});

function rowOf(line: Line): ImportRow | undefined {
  if ('fault' in line) return rejected(line.number, 'LINE_NOT_READABLE', line.fault, line.raw);
  if (line.text.trim() === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch {
    return rejected(line.number, 'LINE_NOT_JSON', 'the line is not JSON', line.text);
  }
  try {
    return { line: line.number, record: recordOf(object(value, 'the line')), raw: line.text.slice(0, longestRaw) };
  } catch (error) {
    if (!(error instanceof FieldFault)) throw error;
    return {
      ...rejected(line.number, 'INVALID_FIELD', error.message, line.text),
      ...given({ unopened: openedBy(value) }),
    };
  }
}

/** The ticket that a line was to open, as far as it can be made out. */
function openedBy(line: unknown): { readonly ticket: string; readonly by: 'opening' | 'split' } | undefined {
  const { event, ticket, into } = Object(line) as Record<string, unknown>;
  if (event === 'TicketOpened' && typeof ticket === 'string') return { ticket, by: 'opening' };
  return event === 'TicketSplit' && typeof into === 'string' ? { ticket: into, by: 'split' } : undefined;
}

const id = text(100);
const name = text(200);
const events = [...reportedTypes, 'CustomerEnrolled', 'CalendarDefined', 'WordDefined'] as const;

const common = {
  ticket: { name: 'ticket', read: externalId.read },
  occurredAt: { name: 'occurredAt', read: commonFields.occurredAt.read },
  actor: { name: 'actor', read: readActor },
  customer: { name: 'customer', read: commonFields.customer.read },
};
const form = { isShort: true, reads: { into: externalId.read, source: null, externalId: null } };
const readOpening = eventReader({ common, always: ['ticket', 'occurredAt', 'actor'], ...form });
const namedBy = {
  ofSource: { name: 'source', read: eventFields.source.read },
  ofExternalId: { name: 'externalId', read: eventFields.externalId.read },
  ofReference: { name: 'reference', read: eventFields.reference.read },
};
const readOther = eventReader({ common: { ...common, ...namedBy }, always: ['occurredAt', 'actor'], ...form });

/**
 * Events as a log has them: tickets go by the names that they have there, and instants are text. One that is there already may
 * be named as everywhere: by its id, by another source and the id there, or by its reference.
 */
export function readLine(type: ReportedType, line: object, refuse: Refuse): Omit<FactRecord, 'kind'> | undefined {
  if (type === 'TicketOpened') return readOpening(type, line, refuse);
  const { id, ...rest } = line as Record<string, unknown>;
  const reference = givesReference(type) ? 'ofReference' : 'reference';
  const fault = namingFault({ ids: ['ticket', 'id'], source: 'source', externalId: 'externalId', reference }, line);
  if (fault !== undefined) refuse(fault.field, `${fault.field} ${fault.why}`);
  const pledgeId = id == null ? undefined : idIn(id, refuse);
  const report = readOther(type, rest, refuse);
  if (fault !== undefined || report === undefined || (id != null && pledgeId === undefined)) return undefined;
  const { ticket, ofSource: source, ofExternalId, ofReference, ...fact } = report;
  if (ticket !== undefined) return { ...fact, ticket };
  if (ofReference !== undefined) return { ...fact, ticket: ofReference, named: { reference: ofReference } };
  if (pledgeId !== undefined) return { ...fact, ticket: pledgeId, named: { id: pledgeId } };
  if (source === undefined || ofExternalId === undefined) throw new Error(`${type} names no ticket`);
  return { ...fact, ticket: ofExternalId, named: { id: ticketIdOf({ source, externalId: ofExternalId }) } };
}

function idIn(id: unknown, refuse: Refuse): string | undefined {
  try {
    return commonFields.ticket.read(id, 'id');
  } catch (error) {
    if (!(error instanceof FieldFault)) throw error;
    refuse('id', error.message);
    return undefined;
  }
}

function recordOf(line: Record<string, unknown>): ImportRecord {
  const { event: word, ...rest } = line;
  const event = expected(oneOf(events), word, 'event');
  if (event === 'CustomerEnrolled') return enrolment(rest);
  if (event === 'CalendarDefined') return calendar(rest);
  if (event === 'WordDefined') return wordOf(rest);
  const faults: string[] = [];
  const report = readLine(event, rest, (_, fault) => {
    faults.push(fault);
  });
  if (report === undefined) throw new FieldFault(...faults);
  return { kind: 'fact', ...report };
}

function enrolment(line: Record<string, unknown>): ImportRecord {
  const shape = {
    customer: customerId,
    name: optional(name),
    plan: id,
    calendar: optional(id),
    effectiveFrom: optional(instant),
  };
  const { customer, plan, ...rest } = fields(shape, line);
  const { name: called = null, calendar: own = null, effectiveFrom = null } = rest;
  return { kind: 'customer', customer, name: called, plan, calendar: own, effectiveFrom };
}

function wordOf(line: Record<string, unknown>): ImportRecord {
  const shape = { list: oneOf(wordLists), code: word, name: optional(name), rank: optional(wholeNumber(1_000)) };
  const { list, code, ...more } = fields(shape, line);
  return { kind: 'word', list, code, ...given(more) };
}

function calendar(line: Record<string, unknown>): ImportRecord {
  const { code, name: called, definition } = fields({ code: id, name, definition: compiled }, line);
  return { kind: 'calendar', code, name: called, definition: definition as unknown as CalendarSource };
}

const compiled: Read<Record<string, unknown>> = (value, field) => {
  const definition = object(value, field);
  try {
    compileCalendar({ weekly: {}, ...definition } as unknown as CalendarDefinition);
  } catch (error) {
    throw new FieldFault(`${field}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return definition;
};
