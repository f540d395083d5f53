import { type FieldName, type FieldValue } from './event-fields.js';
import { type FactData, type ReportedType, type TicketCommand } from './facts.js';
import {
  callRequest,
  type CommandOf,
  correction,
  type InContext,
  opening,
  reapplication,
  reclassification,
  split,
  type TicketStanding,
} from './recorded-facts.js';

/** The values of an event's fields, read: those that it requires, and of the others those that are there. */
type Values<Required extends FieldName, Optional extends FieldName> = {
  readonly [Name in Required]: FieldValue<Name>;
} & { readonly [Name in Optional]?: FieldValue<Name> };

type Verb = TicketCommand['type'];

interface Definition<By extends Verb, Required extends FieldName, Optional extends FieldName, Fact extends object> {
  /** What happened, for people. */
  readonly says: string;
  readonly required: readonly Required[];
  readonly optional: readonly Optional[];
  /** Fields that must be there together. */
  readonly together?: readonly (Required | Optional)[];
  /** It must have one of its fields at least. */
  readonly some?: true;
  /** The command that asks for it. */
  readonly by: By;
  /** The content of that command, made of the values. */
  readonly command: (values: Values<Required, Optional>) => Omit<CommandOf<By>, 'type'>;
  /** What is recorded of that command. */
  readonly fact: (command: InContext<By>, standing: TicketStanding) => Fact;
}

const event = <
  By extends Verb,
  Fact extends object,
  Required extends FieldName = never,
  Optional extends FieldName = never,
>(
  definition: Definition<By, Required, Optional, Fact>,
) => definition;

/**
 * What people and other systems report of a ticket: what each event takes, wherever it comes in, the command
 * that asks for it, and what is recorded of that.
 */
export const reportedEvents = {
  TicketOpened: event({
    says: 'It was opened.',
    required: ['customer', 'type', 'channel', 'subject'],
    optional: ['reference', 'plan', 'priority', 'application', 'users', 'origin', 'source', 'externalId'],
    together: ['source', 'externalId'],
    by: 'OpenTicket',
    command: ({ type: ticketType, source, externalId, ...rest }) => ({
      ticketType,
      ...(source === undefined || externalId === undefined
        ? {}
        : { reference: externalId, from: { source, externalId } }),
      ...rest,
    }),
    fact: opening,
  }),
  FirstResponseSent: event({
    says: 'The desk replied for the first time, according to the sender.',
    required: [],
    optional: ['channel'],
    by: 'RecordFirstResponse',
    command: (values) => values,
    fact: ({ channel = null }) => ({ channel }),
  }),
  FollowUpSent: event({
    says: 'The desk replied again, according to the sender.',
    required: [],
    optional: ['channel'],
    by: 'RecordFollowUp',
    command: (values) => values,
    fact: ({ channel = null }) => ({ channel }),
  }),
  CustomerReplied: event({
    says: 'The customer replied.',
    required: [],
    optional: ['channel'],
    by: 'RecordCustomerReply',
    command: (values) => values,
    fact: ({ channel = null }) => ({ channel }),
  }),
  TicketPaused: event({
    says: 'It started to wait, for a reason.',
    required: ['pauseReason'],
    optional: ['until'],
    by: 'PauseTicket',
    command: ({ pauseReason: reason, until }) => (until === undefined ? { reason } : { reason, until }),
    fact: ({ reason, until }) => (until === undefined ? { reason } : { reason, until }),
  }),
  TicketResumed: event({
    says: 'It no longer waits, for a reason or for all.',
    required: [],
    optional: ['pauseReason'],
    by: 'ResumeTicket',
    command: ({ pauseReason: reason }) => (reason === undefined ? {} : { reason }),
    fact: ({ reason = null }) => ({ reason }),
  }),
  TicketAssigned: event({
    says: 'It was assigned, or unassigned.',
    required: [],
    optional: ['assignee', 'team'],
    by: 'AssignTicket',
    command: ({ assignee = null, team = null }) => ({ assignee, team }),
    fact: ({ assignee, team }) => ({ assignee, team }),
  }),
  TicketReclassified: event({
    says: 'Its type or priority changed.',
    required: [],
    optional: ['type', 'priority'],
    by: 'ReclassifyTicket',
    command: ({ type: ticketType, ...rest }) => ({ ...(ticketType === undefined ? {} : { ticketType }), ...rest }),
    fact: reclassification,
  }),
  TicketCorrected: event({
    says: 'What was wrong of its subject, reference, application or users was put right.',
    required: [],
    optional: ['subject', 'reference', 'application', 'users'],
    some: true,
    by: 'CorrectTicket',
    command: (values) => values,
    fact: correction,
  }),
  PlanReapplied: event({
    says: 'Its clocks were recalculated under other versions of plan and calendar.',
    required: [],
    optional: ['version', 'answered'],
    by: 'ReapplyPlan',
    command: ({ answered, ...rest }) => (answered === true ? { ...rest, answered } : rest),
    fact: ({ context }, standing) => reapplication('reapplied', context, standing),
  }),
  InternalNoteAdded: event({
    says: 'An internal note was added.',
    required: ['text'],
    optional: [],
    by: 'AddInternalNote',
    command: (values) => values,
    fact: ({ text }) => ({ text }),
  }),
  TicketResolved: event({
    says: 'It was resolved.',
    required: [],
    optional: ['publicReply'],
    by: 'ResolveTicket',
    command: (values) => values,
    fact: ({ publicReply = true }) => ({ publicReply }),
  }),
  TicketClosed: event({
    says: 'It was closed.',
    required: [],
    optional: [],
    by: 'CloseTicket',
    command: (values) => values,
    fact: () => ({}),
  }),
  TicketReopened: event({
    says: 'It was reopened.',
    required: [],
    optional: [],
    by: 'ReopenTicket',
    command: (values) => values,
    fact: () => ({}),
  }),
  TicketCancelled: event({
    says: 'It was spam, or a duplicate.',
    required: ['cancelReason'],
    optional: [],
    by: 'CancelTicket',
    command: ({ cancelReason: reason }) => ({ reason }),
    fact: ({ reason }) => ({ reason }),
  }),
  TicketRestored: event({
    says: 'It was no spam and no duplicate: its cancelling is taken back.',
    required: [],
    optional: [],
    by: 'RestoreTicket',
    command: (values) => values,
    fact: () => ({}),
  }),
  TicketMerged: event({
    says: 'It was merged into another ticket.',
    required: ['into'],
    optional: [],
    by: 'MergeTicket',
    command: (values) => values,
    fact: ({ into }) => ({ into }),
  }),
  TicketSplit: event({
    says: 'A message of it became a ticket of its own.',
    required: ['into', 'messageAt'],
    optional: ['reference', 'type', 'channel', 'priority', 'subject', 'application', 'users'],
    by: 'SplitTicket',
    command: ({ type: ticketType, ...rest }) => ({ ...(ticketType === undefined ? {} : { ticketType }), ...rest }),
    fact: split,
  }),
  CallRequested: event({
    says: 'The customer asked to be called, or named another time for that.',
    required: [],
    optional: ['preferredFrom', 'preferredUntil'],
    by: 'RequestCall',
    command: (values) => values,
    fact: callRequest,
  }),
  CallScheduled: event({
    says: 'A call was agreed on for a time.',
    required: ['startsAt'],
    optional: ['with'],
    by: 'ScheduleCall',
    command: (values) => values,
    fact: ({ startsAt, with: who = null }) => ({ startsAt, with: who }),
  }),
  CallMoved: event({
    says: 'The call was moved to another time.',
    required: ['startsAt', 'by'],
    optional: [],
    by: 'MoveCall',
    command: (values) => values,
    fact: ({ startsAt, by }) => ({ startsAt, by }),
  }),
  CallAttempted: event({
    says: 'The desk called and reached nobody.',
    required: ['outcome'],
    optional: [],
    by: 'RecordCallAttempt',
    command: (values) => values,
    fact: ({ outcome }) => ({ outcome }),
  }),
  CallHeld: event({
    says: 'The desk and the customer talked. It occurred when the call began, and is a reply then.',
    required: ['endedAt'],
    optional: ['with'],
    by: 'RecordCallHeld',
    command: (values) => values,
    fact: ({ endedAt, with: who = null }) => ({ endedAt, with: who }),
  }),
  CallCancelled: event({
    says: 'The call was called off. What we call off stays promised until a call is held.',
    required: ['by'],
    optional: [],
    by: 'CancelCall',
    command: (values) => values,
    fact: ({ by }) => ({ by }),
  }),
  CallMissed: event({
    says: 'The time agreed on came, and one side was not there.',
    required: ['by'],
    optional: [],
    by: 'RecordCallMissed',
    command: (values) => values,
    fact: ({ by }) => ({ by }),
  }),
} as const satisfies { readonly [Type in ReportedType]: { readonly fact: (...given: never) => FactData[Type] } };

/** The event that each command asks for. */
const eventsAsked = Object.fromEntries(Object.entries(reportedEvents).map(([type, { by }]) => [by, type])) as Readonly<
  Record<(typeof reportedEvents)[ReportedType]['by'], ReportedType>
>;

/** What is recorded of a command. */
export function factAsked(
  command: InContext<Verb>,
  standing: TicketStanding,
): readonly [type: ReportedType, data: object] {
  const type = eventsAsked[command.type];
  // The command is the one of this very event; the compiler does not follow that through the table.
  const fact = reportedEvents[type].fact as (command: InContext<Verb>, standing: TicketStanding) => object;
  return [type, fact(command, standing)];
}

/** The fields of an event, whatever it is. */
export const fieldsOf = (type: ReportedType): { readonly [Key in 'required' | 'optional']: readonly FieldName[] } =>
  reportedEvents[type];
