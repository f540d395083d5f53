import { type TicketCommand } from './commands.js';
import { type FieldName, type FieldValue } from './event-fields.js';
import { type ReportedType } from './facts.js';

/** What is said of an event, read: what it requires, and of the rest what is there. */
type Said<Required extends FieldName, Optional extends FieldName> = {
  readonly [Name in Required]: FieldValue<Name>;
} & { readonly [Name in Optional]?: FieldValue<Name> };

interface Definition<Required extends FieldName, Optional extends FieldName> {
  /** What happened, for people. */
  readonly says: string;
  readonly required: readonly Required[];
  readonly optional: readonly Optional[];
  /** Fields that must be there together. */
  readonly together?: readonly (Required | Optional)[];
  readonly command: (said: Said<Required, Optional>) => TicketCommand;
}

const event = <Required extends FieldName = never, Optional extends FieldName = never>(
  definition: Definition<Required, Optional>,
) => definition;

/** What people and other systems report of a ticket: what each event takes, for every door, and the command that it is. */
export const reportedEvents = {
  TicketOpened: event({
    says: 'It was opened.',
    required: ['customer', 'type', 'channel', 'subject'],
    optional: ['reference', 'plan', 'priority', 'application', 'users', 'origin', 'source', 'externalId'],
    together: ['source', 'externalId'],
    command: ({ type: ticketType, source, externalId, ...rest }) => ({
      ...{ type: 'OpenTicket', ticketType },
      ...(source === undefined || externalId === undefined
        ? {}
        : { reference: externalId, from: { source, externalId } }),
      ...rest,
    }),
  }),
  FirstResponseSent: event({
    says: 'The desk replied for the first time, according to the sender.',
    required: [],
    optional: ['channel'],
    command: (said) => ({ type: 'RecordFirstResponse', ...said }),
  }),
  FollowUpSent: event({
    says: 'The desk replied again, according to the sender.',
    required: [],
    optional: ['channel'],
    command: (said) => ({ type: 'RecordFollowUp', ...said }),
  }),
  CustomerReplied: event({
    says: 'The customer replied.',
    required: [],
    optional: ['channel'],
    command: (said) => ({ type: 'RecordCustomerReply', ...said }),
  }),
  TicketPaused: event({
    says: 'It started to wait, for a reason.',
    required: ['pauseReason'],
    optional: [],
    command: ({ pauseReason: reason }) => ({ type: 'PauseTicket', reason }),
  }),
  TicketResumed: event({
    says: 'It no longer waits, for a reason or for all.',
    required: [],
    optional: ['pauseReason'],
    command: ({ pauseReason: reason }) => ({ type: 'ResumeTicket', ...(reason === undefined ? {} : { reason }) }),
  }),
  TicketAssigned: event({
    says: 'It was assigned, or unassigned.',
    required: [],
    optional: ['assignee', 'team'],
    command: ({ assignee = null, team = null }) => ({ type: 'AssignTicket', assignee, team }),
  }),
  TicketReclassified: event({
    says: 'Its type or priority changed.',
    required: [],
    optional: ['type', 'priority'],
    command: ({ type: ticketType, ...rest }) => ({
      ...{ type: 'ReclassifyTicket', ...(ticketType === undefined ? {} : { ticketType }), ...rest },
    }),
  }),
  PlanReapplied: event({
    says: 'Its clocks were recalculated under other versions of plan and calendar.',
    required: [],
    optional: ['version'],
    command: (said) => ({ type: 'ReapplyPlan', ...said }),
  }),
  InternalNoteAdded: event({
    says: 'An internal note was added.',
    required: ['text'],
    optional: [],
    command: ({ text }) => ({ type: 'AddInternalNote', text }),
  }),
  TicketResolved: event({
    says: 'It was resolved.',
    required: [],
    optional: ['publicReply'],
    command: (said) => ({ type: 'ResolveTicket', ...said }),
  }),
  TicketClosed: event({
    says: 'It was closed.',
    required: [],
    optional: [],
    command: () => ({ type: 'CloseTicket' }),
  }),
  TicketReopened: event({
    says: 'It was reopened.',
    required: [],
    optional: [],
    command: () => ({ type: 'ReopenTicket' }),
  }),
  TicketCancelled: event({
    says: 'It was spam, or a duplicate.',
    required: ['cancelReason'],
    optional: [],
    command: ({ cancelReason: reason }) => ({ type: 'CancelTicket', reason }),
  }),
  TicketMerged: event({
    says: 'It was merged into another ticket.',
    required: ['into'],
    optional: [],
    command: ({ into }) => ({ type: 'MergeTicket', into }),
  }),
  TicketSplit: event({
    says: 'A message of it became a ticket of its own.',
    required: ['into', 'messageAt'],
    optional: ['reference', 'type', 'channel', 'priority', 'subject', 'application', 'users'],
    command: ({ type: ticketType, ...rest }) => ({
      ...{ type: 'SplitTicket', ...(ticketType === undefined ? {} : { ticketType }), ...rest },
    }),
  }),
} as const satisfies Readonly<Record<ReportedType, unknown>>;

/** The fields of an event, whatever it is. */
export const fieldsOf = (type: ReportedType): { readonly [Key in 'required' | 'optional']: readonly FieldName[] } =>
  reportedEvents[type];
