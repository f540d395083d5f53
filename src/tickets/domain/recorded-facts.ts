import { Rejection } from '../../event-sourcing/rejection.js';
import { usualPriority } from '../../catalogue/domain/built-in-words.js';
import { guaranteeOf, type Guarantee, targetOf } from '../../catalogue/domain/promise.js';
import { reappliedTerms, type Reapplication } from '../../catalogue/domain/reapplied-terms.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { type CommandContext } from './commands.js';
import { type Correction, type FactData, type JudgedAgain, type TicketCommand } from './facts.js';
import { type TicketState } from './ticket-state.js';

/** The command with this verb. */
export type CommandOf<By extends TicketCommand['type']> = Extract<TicketCommand, { type: By }>;

export type InContext<By extends TicketCommand['type']> = CommandOf<By> & { readonly context: CommandContext };

/** Under what a fact is recorded: the ticket as it stood when it occurred, and the versions of plans and calendars. */
export interface TicketStanding {
  readonly state: TicketState | undefined;
  readonly versions: Versions;
  /** By what its history is judged again, where it is. */
  readonly known?: JudgedAgain | undefined;
}

export function split(command: InContext<'SplitTicket'>, { state }: TicketStanding): FactData['TicketSplit'] {
  const { into, messageAt, reference = into } = command;
  if (state === undefined) throw noTicket(command.context.ticket);
  const { channel, priority, subject, application, users } = { ...state, ...command };
  const type = command.ticketType ?? state.type;
  const from = command.from === undefined ? {} : { from: command.from };
  return { into, messageAt, opening: { reference, type, channel, priority, subject, application, users, ...from } };
}

export function opening(command: InContext<'OpenTicket'>, { versions }: TicketStanding): FactData['TicketOpened'] {
  const { context, channel, subject } = command;
  const imported = context.import;
  const priority = command.priority ?? usualPriority;
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
    ...(context.joinedFrom === undefined ? {} : { joinedFrom: context.joinedFrom }),
    ...(command.splitFrom === undefined ? {} : { splitFrom: command.splitFrom }),
    ...(command.from === undefined ? {} : { from: command.from }),
  };
}

/** What is not named stays as it was when it occurred. */
export function reclassification(
  { ticketType, priority, context }: InContext<'ReclassifyTicket'>,
  { state, versions }: TicketStanding,
): FactData['TicketReclassified'] {
  if (state === undefined) throw noTicket(context.ticket);
  const now = { type: ticketType ?? state.type, priority: priority ?? state.priority };
  const isUnjudged = state.guarantee.reason === 'beforeJudgedFrom';
  const plan = versions.plan(context.terms.plan);
  return { ...now, guarantee: isUnjudged ? state.guarantee : guaranteeOf(plan, { ...now, channel: state.channel }) };
}

export function correction(
  command: InContext<'CorrectTicket'>,
  { state }: TicketStanding,
): FactData['TicketCorrected'] {
  if (state === undefined) throw noTicket(command.context.ticket);
  const given = corrected.filter((field) => command[field] !== undefined);
  const of = (all: Correction): Correction => Object.fromEntries(given.map((field) => [field, all[field]]));
  return { ...of(command), was: of(state) };
}

/** A call that the plan does not promise is made all the same: best effort, with the reason. */
export function callRequest(
  { preferredFrom, preferredUntil, context }: InContext<'RequestCall'>,
  { state, versions }: TicketStanding,
): FactData['CallRequested'] {
  if (state === undefined) throw noTicket(context.ticket);
  const plan = versions.plan(context.terms.plan);
  const isUnjudged = state.guarantee.reason === 'beforeJudgedFrom';
  const own = isUnjudged ? state.guarantee : guaranteeOf(plan, state);
  const isPromised = own.kind === 'bestEffort' || targetOf(plan, 'callBack', state) !== undefined;
  const guarantee: Guarantee = isPromised ? own : { kind: 'bestEffort', reason: 'planWithoutPromise' };
  return { preferredFrom: preferredFrom ?? null, preferredUntil: preferredUntil ?? null, guarantee };
}

const corrected = ['subject', 'reference', 'application', 'users'] as const satisfies readonly (keyof Correction)[];

export function reapplication(
  because: Reapplication,
  { ticket, terms }: CommandContext,
  { state, versions, known }: TicketStanding,
): FactData['PlanReapplied'] {
  if (state === undefined) throw noTicket(ticket);
  const { plan } = reappliedTerms(state.terms, terms, because);
  const isUnjudged = state.guarantee.reason === 'beforeJudgedFrom';
  const guarantee = isUnjudged ? state.guarantee : guaranteeOf(versions.plan(plan), state);
  return { because, guarantee, ...(known === undefined ? {} : { answered: known }) };
}

/** The refusal where there is no such ticket, whoever asks. */
export const noTicket = (id: string) => new Rejection('TICKET_NOT_FOUND', `There is no ticket ${id}.`);
