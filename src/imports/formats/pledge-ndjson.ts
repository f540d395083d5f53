import { type CalendarDefinition } from '../../business-time/calendar.js';
import { type CalendarSource } from '../../business-time/holiday-sources.js';
import { compileCalendar } from '../../business-time/compile-calendar.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { channels, pauseReasons, ticketTypes } from '../../catalogue/domain/plan.js';
import { type TicketCommand } from '../../tickets/domain/commands.js';
import { cancelReasons, origins, type ReportedType, reportedTypes } from '../../tickets/domain/facts.js';
import { type ImportFormat, type ImportRecord, type ImportRow } from '../import-record.js';
import { type Line, linesOf } from '../lines.js';
import {
  count,
  customerId,
  FieldFault,
  fields,
  flag,
  given,
  instant,
  listOf,
  object,
  oneOf,
  optional,
  text,
} from '../../parsing/fields.js';

/** Pledge's own log: one JSON object a line, named after the event that it asks for. `docs/imports.md` has every field. */
export const pledgeNdjson: ImportFormat = {
  name: 'pledge',
  summary: "Pledge's own NDJSON, one event a line (docs/imports.md)",
  async *read(bytes) {
    for await (const line of linesOf(bytes)) {
      const row = rowOf(line);
      if (row !== undefined) yield row;
    }
  },
};

const rejected = (line: number, code: string, message: string, raw: string): ImportRow => ({
  line,
  rejected: { code, message, raw: raw.slice(0, 1000) },
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
    return { line: line.number, record: recordOf(object(value, 'the line')) };
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
const events = [...reportedTypes, 'CustomerEnrolled', 'CalendarDefined'] as const;

function recordOf(line: Record<string, unknown>): ImportRecord {
  const { event: said, ...rest } = line;
  const event = oneOf(events)(said, 'event');
  if (event === 'CustomerEnrolled') return enrolment(rest);
  if (event === 'CalendarDefined') return calendar(rest);
  const { ticket, occurredAt, actor, customer, ...more } = rest;
  const common = {
    ticket: id(ticket, 'ticket'),
    occurredAt: instant(occurredAt, 'occurredAt'),
    actor: actorOf(actor),
  };
  const read = commands[event];
  if (event === 'TicketOpened') return { kind: 'fact', ...common, command: read({ customer, ...more }) };
  const owner = optional(customerId)(customer, 'customer');
  return { kind: 'fact', ...common, command: read(more), ...given({ customer: owner }) };
}

function actorOf(value: unknown): Actor {
  const shape = { id, kind: optional(oneOf(['person', 'automatic'] as const)) };
  const { id: who, kind = 'person' } = fields(shape, object(value, 'actor'), 'actor.');
  return { id: who, kind };
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

function calendar(line: Record<string, unknown>): ImportRecord {
  const { code, name: called, definition } = fields({ code: id, name, definition: object }, line);
  try {
    compileCalendar({ weekly: {}, ...definition } as unknown as CalendarDefinition);
  } catch (error) {
    throw new FieldFault(`definition: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { kind: 'calendar', code, name: called, definition: definition as unknown as CalendarSource };
}

const message = { channel: optional(oneOf(channels)) };

/** How the rest of each fact's line is read. */
const commands: Readonly<Record<ReportedType, (line: Record<string, unknown>) => TicketCommand>> = {
  TicketOpened: (line) => {
    const shape = {
      ...{ customer: customerId, type: oneOf(ticketTypes), channel: oneOf(channels), subject: text(500) },
      ...{ reference: optional(id), plan: optional(id), priority: optional(text(60)), application: optional(name) },
      ...{ users: optional(listOf(100, name)), origin: optional(oneOf(origins)) },
    };
    const { type, customer, channel, subject, ...rest } = fields(shape, line);
    return { type: 'OpenTicket', customer, ticketType: type, channel, subject, ...given(rest) };
  },
  FirstResponseSent: (line) => ({ type: 'RecordFirstResponse', ...given(fields(message, line)) }),
  FollowUpSent: (line) => ({ type: 'RecordFollowUp', ...given(fields(message, line)) }),
  CustomerReplied: (line) => ({ type: 'RecordCustomerReply', ...given(fields(message, line)) }),
  TicketPaused: (line) => ({ type: 'PauseTicket', ...fields({ reason: oneOf(pauseReasons) }, line) }),
  TicketResumed: (line) => ({
    type: 'ResumeTicket',
    ...given(fields({ reason: optional(oneOf(pauseReasons)) }, line)),
  }),
  TicketAssigned: (line) => {
    const { assignee = null, team = null } = fields({ assignee: optional(id), team: optional(id) }, line);
    return { type: 'AssignTicket', assignee, team };
  },
  TicketReclassified: (line) => {
    const { type, priority } = fields({ type: optional(oneOf(ticketTypes)), priority: optional(text(60)) }, line);
    return { type: 'ReclassifyTicket', ...given({ ticketType: type, priority }) };
  },
  PlanReapplied: (line) => ({ type: 'ReapplyPlan', ...given(fields({ version: optional(count) }, line)) }),
  InternalNoteAdded: (line) => ({ type: 'AddInternalNote', ...fields({ text: text(10_000) }, line) }),
  TicketResolved: (line) => ({ type: 'ResolveTicket', ...given(fields({ publicReply: optional(flag) }, line)) }),
  TicketClosed: (line) => ({ type: 'CloseTicket', ...fields({}, line) }),
  TicketReopened: (line) => ({ type: 'ReopenTicket', ...fields({}, line) }),
  TicketCancelled: (line) => ({ type: 'CancelTicket', ...fields({ reason: oneOf(cancelReasons) }, line) }),
  TicketMerged: (line) => ({ type: 'MergeTicket', ...fields({ into: id }, line) }),
  TicketSplit: (line) => {
    const shape = {
      ...{ into: id, messageAt: instant, type: optional(oneOf(ticketTypes)), channel: optional(oneOf(channels)) },
      ...{ subject: optional(text(500)), reference: optional(id), priority: optional(text(60)) },
      ...{ application: optional(name), users: optional(listOf(100, name)) },
    };
    const { into, messageAt, type, ...rest } = fields(shape, line);
    return { type: 'SplitTicket', into, messageAt, ...given({ ticketType: type, ...rest }) };
  },
};
