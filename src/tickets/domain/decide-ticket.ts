import { type Instant } from '../../business-time/calendar.js';
import { type Decider } from '../../event-sourcing/decider.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { outcomes } from '../../clocks/outcomes.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { type CommandContext, type TicketCommandInContext } from './commands.js';
import { type FactEvent, type OutcomeEvent, type TicketEvent } from './ticket-event-types.js';
import { countsAt, factOf } from './fact-of.js';
import { type Fact, type FactType, type JudgedAgain, type TicketCommand } from './facts.js';
import { changes, isAlreadySo, isUnderWay, type TicketState, objectionTo } from './ticket-state.js';
import { outcomeEvent } from './outcome-events.js';
import { applyRevision, changesTerms, changesVerdicts } from './revision-facts.js';
import { judgementIn, whatIsKnown } from './judge-again.js';
import { evolve, openedAt, type Ticket, unopened } from './ticket.js';
import { expectWords } from './command-words.js';
import { endedWaits } from './ended-waits.js';
import { isMessageAt } from './split-off.js';
import { callRefusals, expectSoundTimes } from './calls.js';
import { expectOccurrenceTime } from './occurrence-time.js';
import { type FactCommand, toFactEvent } from './to-fact-event.js';

/** How many facts a ticket takes at most; a desk never comes near. What ends a ticket is recorded even then. */
export const mostFacts = 100_000;

/** The decider of a ticket, under the versions that its facts and the command pin. */
export const ticketDecider = (
  versions: Versions,
  factsTaken = mostFacts,
): Decider<Ticket, TicketCommandInContext, TicketEvent> => ({
  initial: unopened,
  evolve,
  decide: (command, state) => decide(command, state, versions, factsTaken),
});

function decide(
  command: TicketCommandInContext,
  ticket: Ticket,
  versions: Versions,
  factsTaken: number,
): readonly TicketEvent[] {
  const { context } = command;
  if (command.type === 'Settle') return settle(ticket, Math.max(ticket.horizon, context.now), context, versions);
  if (command.type === 'ApplyRevision') {
    return withOutcomes(applyRevision(command, ticket, versions), ticket, context, versions);
  }
  if (isRepeated(ticket, command)) return [];
  if (command.type === 'ReceiveMerge') {
    return withOutcomes([toFactEvent(command, ticket.customer, undefined, versions)], ticket, context, versions);
  }
  const opened = openedAt(ticket);
  expectOccurrenceTime(context, command.type === 'OpenTicket' ? undefined : opened); // a second opening is refused as that
  const at = countsAt(context.occurredAt, context.now, opened);
  const ended = endedWaits(ticket, at, context, versions);
  return [...ended, ...decideFact(command, foreseen(ticket, ended), at, versions, factsTaken)];
}

/** What comes of somebody's command, of a ticket on which nothing has ended by itself by then that is not recorded. */
function decideFact(
  command: Exclude<TicketCommandInContext, { type: 'Settle' | 'ApplyRevision' | 'ReceiveMerge' }>,
  ticket: Ticket,
  at: Instant,
  versions: Versions,
  factsTaken: number,
): readonly TicketEvent[] {
  const { context } = command;
  const opened = openedAt(ticket);
  const { state } = ticket.standAt(at, versions); // as of then, not as of now
  if (isOpenedAgain(ticket, command)) return settle(ticket, settleTo(ticket, context), context, versions);
  if (command.type === 'SplitTicket') expectMessage(command.messageAt, ticket, at);
  if (command.type === 'PauseTicket') expectAhead(command.until, at);
  const restoring = restoresIn(command, state);
  const known = knownOf(command, ticket, state, versions);
  const event = toFactEvent(restoring ?? command, ticket.customer, state, versions, known);
  const fact = factOf(event, ticket.size, opened);
  if (state !== undefined && isAlreadySo(state, fact))
    return settle(ticket, settleTo(ticket, context), context, versions);
  const code = state === undefined || isSplitOff(ticket, command) ? undefined : objectionTo(state, fact);
  if (code !== undefined)
    throw new Rejection(code, refusals[code]?.(state) ?? `The ticket is ${state?.status ?? 'none'}.`);
  expectSoundTimes(command, at, context);
  if (context.objection !== undefined) throw context.objection;
  if (context.words !== undefined) expectWords(command, state, context.words, at);
  if (ticket.length >= factsTaken && !endings.has(fact.type)) throw full(context.ticket, factsTaken);

  if (fact.type === 'PlanReapplied' && !isNews(fact, ticket, ticket.foresee(event), context, versions)) {
    return settle(ticket, settleTo(ticket, context), context, versions);
  }
  if (restoring === undefined || state === undefined || isUnderWay(state.beforeCancel ?? state))
    return withOutcomes([event], ticket, context, versions);
  // What had been resolved or closed before it was cancelled is not only restored, but taken up again.
  const again = { ...command, context: { ...context, factId: deriveId('reopened', context.factId) } };
  return withOutcomes([event, toFactEvent(again, ticket.customer, state, versions)], ticket, context, versions);
}

/** By what a command has a ticket's history judged again; undefined where it does not. */
function knownOf(
  command: TicketCommandInContext,
  ticket: Ticket,
  state: TicketState | undefined,
  versions: Versions,
): JudgedAgain | undefined {
  if (command.type !== 'ReapplyPlan' || command.answered !== true) return undefined;
  const { knownAt = () => command.context.terms } = command.context;
  const by = command.keepsClasses === true ? undefined : state;
  return whatIsKnown(changes(ticket.factsFrom(-Infinity)), knownAt, versions, by);
}

/** Whether recalculating moves anything. */
const isNews = (fact: Fact, before: Ticket, after: Ticket, { now }: CommandContext, versions: Versions): boolean =>
  judgementIn(fact) === undefined
    ? changesTerms(before, after, fact.at, versions)
    : changesVerdicts(before, after, Math.max(after.horizon, now), versions);

/** In a log, a cancelled ticket that is reopened was cancelled by mistake: there no system has a word of its own for that. */
function restoresIn(
  { type, context }: TicketCommandInContext,
  state: TicketState | undefined,
): FactCommand | undefined {
  const isLog = context.import !== undefined;
  return isLog && type === 'ReopenTicket' && state?.status === 'cancelled'
    ? { type: 'RestoreTicket', context }
    : undefined;
}

/** Facts with the outcomes that they cause; without facts, what fell due. */
function withOutcomes(
  events: readonly FactEvent[],
  ticket: Ticket,
  context: CommandContext,
  versions: Versions,
): readonly TicketEvent[] {
  const [first] = events;
  if (first === undefined) return settle(ticket, settleTo(ticket, context), context, versions);
  const news = factOf(first, ticket.size, openedAt(ticket));
  // A late fact may undo what settling would say: judge only with it.
  const before = news.at >= ticket.horizon ? settle(ticket, news.at, context, versions) : [];
  const after = foreseen(ticket, [...before, ...events]);
  return [...before, ...events, ...settle(after, settleTo(after, context), context, versions, news)];
}

const foreseen = (ticket: Ticket, events: readonly TicketEvent[]): Ticket =>
  events.reduce((before, event) => before.foresee(event), ticket);

/** What is recorded of a ticket however many facts it has. */
const endings: ReadonlySet<FactType> = new Set(['TicketResolved', 'TicketClosed', 'TicketCancelled']);

/** The refusal of a fact by a ticket that takes no more. */
export const full = (id: string, facts = mostFacts): Rejection =>
  new Rejection(
    'TICKET_FULL',
    `The ticket ${id} has ${facts} facts, which is the limit; it can only be resolved, closed or cancelled.`,
  );

type Opening = Extract<TicketCommand, { type: 'OpenTicket' }>;

/** Whether the ticket that is there is the one that is to be opened: the same customer's, and its source calls it the same. */
function isSame({ customer, opening }: Ticket, command: Opening, mayBeUnnamed: boolean): boolean {
  const [from, other] = [opening?.data.from, command.from];
  const isSameSource = from?.source === other?.source && from?.externalId === other?.externalId;
  return customer === command.customer && (isSameSource || (mayBeUnnamed && from === undefined));
}

/** Whether a ticket that is to be opened was split off: a log may bring an opening of its own for it, and says the same. */
const isOpenedAgain = (ticket: Ticket, command: TicketCommandInContext): boolean =>
  command.type === 'OpenTicket' &&
  ticket.opening?.data.splitFrom !== undefined &&
  isSame(ticket, command, command.splitFrom === undefined);

/** Whether a ticket that was opened by a log turns out to be one that was split off: then the link is recorded. */
const isSplitOff = (ticket: Ticket, command: TicketCommandInContext): boolean =>
  command.type === 'OpenTicket' &&
  command.splitFrom !== undefined &&
  command.from !== undefined &&
  ticket.opening !== undefined &&
  ticket.opening.data.splitFrom === undefined &&
  isSame(ticket, command, false);

const refusals: Readonly<Record<string, (state: TicketState | undefined) => string>> = {
  TICKET_EXISTS: () => 'A ticket with this id already exists, with other content.',
  TICKET_CANCELLED: () => 'The ticket was already cancelled at that time; restoreTicket takes that back.',
  TICKET_NOT_CANCELLED: () => 'The ticket was not cancelled at that time.',
  TICKET_CLOSED: () => 'The ticket was already closed at that time; reopen it first.',
  TICKET_RESOLVED: () => 'The ticket was already resolved at that time; reopen it first.',
  TICKET_NOT_RESOLVED: () => 'The ticket was neither resolved nor closed at that time.',
  TICKET_MERGED: (state) =>
    `The ticket was merged into ${state?.mergedInto ?? '?'} by that time; send this for the other ticket.`,
  ...callRefusals,
};

/** What is split off is a message of the customer's, written by then: the request that opened the ticket, or a reply. */
function expectMessage(at: Instant, ticket: Ticket, until: Instant): void {
  for (const fact of at <= until ? ticket.factsFrom(at) : []) {
    if (fact.at > at) break;
    if (isMessageAt(fact, at)) return;
  }
  throw new Rejection(
    'MESSAGE_NOT_FOUND',
    `The ticket has no message of the customer at ${new Date(at).toISOString()}.`,
  );
}

/** A wait ends after it has begun. */
function expectAhead(until: Instant | undefined, at: Instant): void {
  if (until !== undefined && until <= at)
    throw new Rejection('UNTIL_TOO_EARLY', 'until: must be later than the instant at which the wait begins.');
}

/** Whether this very command was recorded before. The same id with other content is refused. */
function isRepeated(ticket: Ticket, { type, context: { factId, commandHash } }: TicketCommandInContext): boolean {
  const recorded = ticket.hashOf(factId);
  if (recorded === undefined) {
    const isHashed = type === 'OpenTicket' && commandHash !== undefined;
    return isHashed && ticket.opening?.commandHash === commandHash;
  }
  if (recorded === (commandHash ?? null)) return true;
  throw new Rejection(
    'IDEMPOTENCY_KEY_REUSED',
    'This idempotency key or event id was already used with other content.',
  );
}

/** A live command settles up to now; an imported one only up to where the log has come. */
const settleTo = (ticket: Ticket, { now, import: imported }: CommandContext): Instant =>
  imported === undefined ? Math.max(ticket.horizon, now) : ticket.horizon;

/** What fell due by an instant: waits that have ended by themselves, and what is to be said of clocks. */
function settle(
  ticket: Ticket,
  asOf: Instant,
  context: CommandContext,
  versions: Versions,
  news?: Fact,
): readonly TicketEvent[] {
  const ended = endedWaits(ticket, asOf, context, versions, news === undefined ? undefined : changedFrom(news));
  return [...ended, ...outcomesBy(foreseen(ticket, ended), asOf, context, versions, news)];
}

/** From when on a fact may have changed how the ticket stood: a split takes its message away. */
const changedFrom = (fact: Fact): Instant =>
  fact.type === 'TicketSplit' ? Math.min(fact.at, fact.data.messageAt) : fact.at;

function outcomesBy(
  ticket: Ticket,
  asOf: Instant,
  { ticket: id, now, correlationId }: CommandContext,
  versions: Versions,
  news?: Fact,
): readonly OutcomeEvent[] {
  const { customer, recorded } = ticket;
  if (customer === undefined) return [];
  const judgement = { id, customer, ticket, versions, asOf, now, correlationId, factId: news?.id };
  const because = news?.type === 'PlanReapplied' ? news.data.because : undefined;
  const cause = news === undefined ? undefined : { id: news.id, at: news.at, because };
  const { runs, vanished } = ticket.toSay(asOf, versions);
  const found = outcomes(runs, vanished, (run) => recorded.get(run), asOf, cause);
  return found.map((outcome) => outcomeEvent(outcome, judgement));
}
