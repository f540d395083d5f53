import { Rejection } from '../../event-sourcing/rejection.js';
import { guaranteeOf, type Guarantee } from '../../catalogue/domain/promise.js';
import { reappliedTerms, type Reapplication } from '../../catalogue/domain/reapply.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { type CommandContext, type TicketCommandInContext, type TicketCommand } from './commands.js';
import { type FactEvent } from './events.js';
import { type FactData, type FactType } from './facts.js';
import { type TicketState } from './ticket-state.js';

export type FactCommand = Exclude<TicketCommandInContext, { type: 'Settle' }>;

type Said = { [Type in FactType]: readonly [type: Type, data: FactData[Type]] }[FactType];

/**
 * The fact that a command reports, as an event. `state` is the ticket as it stood when it occurred; whether the fact makes
 * sense then is not asked here.
 */
export function toFactEvent(
  command: FactCommand,
  owner: string | undefined,
  state: TicketState | undefined,
  versions: Versions,
): FactEvent {
  const { context } = command;
  const { occurredAt, now, actor, terms, factId, commandHash, onBehalfOf, source, correlationId } = context;
  const customer = command.type === 'OpenTicket' ? command.customer : owner;
  if (customer === undefined) throw noTicket(context.ticket);

  const [type, said] = saidBy(command, state, versions);
  const metadata = {
    actor,
    occurredAt,
    recordedAt: now,
    schemaVersion: 1,
    ...(commandHash === undefined ? {} : { commandHash }),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf: onBehalfOf.id, onBehalfOfKind: onBehalfOf.kind }),
    ...(source === undefined ? {} : { source }),
    ...(correlationId === undefined ? {} : { correlationId }),
  };
  return { id: factId, type, data: { ticket: context.ticket, customer, terms, ...said }, metadata } as FactEvent;
}

function saidBy(command: FactCommand, state: TicketState | undefined, versions: Versions): Said {
  switch (command.type) {
    case 'OpenTicket':
      return ['TicketOpened', opening(command, versions)];
    case 'RecordFirstResponse':
      return ['FirstResponseSent', { channel: command.channel ?? null }];
    case 'RecordFollowUp':
      return ['FollowUpSent', { channel: command.channel ?? null }];
    case 'RecordCustomerReply':
      return ['CustomerReplied', { channel: command.channel ?? null }];
    case 'PauseTicket':
      return ['TicketPaused', { reason: command.reason }];
    case 'ResumeTicket':
      return ['TicketResumed', { reason: command.reason ?? null }];
    case 'AssignTicket':
      return ['TicketAssigned', { assignee: command.assignee, team: command.team ?? null }];
    case 'ReclassifyTicket':
      return ['TicketReclassified', reclassification(command, state, versions)];
    case 'ReapplyPlan':
      return ['PlanReapplied', reapplication('reapplied', command.context, state, versions)];
    case 'ApplyRevision': {
      const because = command.of === 'plan' ? 'planRevised' : 'calendarRevised';
      return ['PlanReapplied', reapplication(because, command.context, state, versions)];
    }
    case 'AddInternalNote':
      return ['InternalNoteAdded', { text: command.text }];
    case 'ResolveTicket':
      return ['TicketResolved', { publicReply: command.publicReply ?? true }];
    case 'CloseTicket':
      return ['TicketClosed', {}];
    case 'ReopenTicket':
      return ['TicketReopened', {}];
    case 'CancelTicket':
      return ['TicketCancelled', { reason: command.reason }];
    case 'MergeTicket':
      return ['TicketMerged', { into: command.into }];
    case 'ReceiveMerge': {
      const { from, stands, unansweredSince, revision } = command;
      return ['MergeReceived', { from, stands, unansweredSince, revision }];
    }
    case 'SplitTicket':
      return ['TicketSplit', split(command, state)];
  }
}

function split(command: FactCommandOf<'SplitTicket'>, state: TicketState | undefined): FactData['TicketSplit'] {
  const { into, messageAt, reference = into } = command;
  if (state === undefined) throw noTicket(command.context.ticket);
  const { channel, priority, subject, application, users } = { ...state, ...command };
  const type = command.ticketType ?? state.type;
  const from = command.from === undefined ? {} : { from: command.from };
  return { into, messageAt, opening: { reference, type, channel, priority, subject, application, users, ...from } };
}

type FactCommandOf<Type extends TicketCommand['type']> = Extract<FactCommand, { type: Type }>;

function opening(command: FactCommandOf<'OpenTicket'>, versions: Versions): FactData['TicketOpened'] {
  const { context, channel, subject } = command;
  const imported = context.import;
  const priority = command.priority ?? 'normal';
  const type = command.ticketType;
  const isUnjudged = imported?.judgedFrom !== undefined && context.occurredAt < imported.judgedFrom;
  const unjudged: Guarantee = { kind: 'bestEffort', reason: 'beforeJudgedFrom' };
  return {
    type,
    channel,
    priority,
    subject,
    reference: command.reference ?? context.ticket,
    application: command.application ?? null,
    users: command.users ?? [],
    origin: command.origin ?? 'customerRequest',
    guarantee: isUnjudged ? unjudged : guaranteeOf(versions.plan(context.terms.plan), { type, channel, priority }),
    namedPlan: command.plan ?? null,
    import: imported === undefined ? null : { id: imported.id, startedAt: imported.startedAt },
    ...(command.splitFrom === undefined ? {} : { splitFrom: command.splitFrom }),
    ...(command.from === undefined ? {} : { from: command.from }),
  };
}

/** What is not named stays as it was when it occurred. */
function reclassification(
  { ticketType, priority, context }: FactCommandOf<'ReclassifyTicket'>,
  state: TicketState | undefined,
  versions: Versions,
): FactData['TicketReclassified'] {
  if (state === undefined) throw noTicket(context.ticket);
  const now = { type: ticketType ?? state.type, priority: priority ?? state.priority };
  const isUnjudged = state.guarantee.reason === 'beforeJudgedFrom';
  const plan = versions.plan(context.terms.plan);
  return { ...now, guarantee: isUnjudged ? state.guarantee : guaranteeOf(plan, { ...now, channel: state.channel }) };
}

function reapplication(
  because: Reapplication,
  { ticket, terms }: CommandContext,
  state: TicketState | undefined,
  versions: Versions,
): FactData['PlanReapplied'] {
  if (state === undefined) throw noTicket(ticket);
  const { plan } = reappliedTerms(state.terms, terms, because);
  const isUnjudged = state.guarantee.reason === 'beforeJudgedFrom';
  return { because, guarantee: isUnjudged ? state.guarantee : guaranteeOf(versions.plan(plan), state) };
}

/** How it is said that there is no such ticket, whoever asks. */
export const noTicket = (id: string) => new Rejection('TICKET_NOT_FOUND', `There is no ticket ${id}.`);
