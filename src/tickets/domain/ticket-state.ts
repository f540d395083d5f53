import { isDeepStrictEqual } from 'node:util';
import { type Instant } from '../../business-time/calendar.js';
import { type Channel, type PauseReason, type TicketType } from '../../catalogue/domain/plan.js';
import { type PinnedVersions } from '../../clocks/pinned-versions.js';
import { type Guarantee } from '../../catalogue/domain/promise.js';
import { reappliedTerms } from '../../catalogue/domain/reapplied-terms.js';
import { type Call, noCall } from './call.js';
import { callAfter, calledFor, isCallAlreadySo, isCallFact, isCallType, objectionToCall, withHanded } from './calls.js';
import { Directory } from '../../event-sourcing/directory.js';
import { judgementIn } from './judge-again.js';
import { type CancelReason, type Correction, type Fact, type FactData, type Origin, type Received } from './facts.js';

/** `waiting`: open, with at least one reason to wait. */
export type TicketStatus = 'open' | 'waiting' | 'resolved' | 'closed' | 'cancelled' | 'merged';

/** Since when a ticket waits for a reason, and when that ends by itself; null where nobody knows. */
export interface Wait {
  readonly since: Instant;
  readonly until: Instant | null;
}

/** A ticket as it stands after some of its facts, in order of occurrence. */
export interface TicketState {
  readonly status: TicketStatus;
  readonly waits: ReadonlyMap<PauseReason, Wait>;
  readonly reference: string;
  readonly type: TicketType;
  readonly channel: Channel;
  readonly priority: string;
  readonly subject: string;
  readonly application: string | null;
  readonly users: readonly string[];
  readonly origin: Origin;
  readonly guarantee: Guarantee;
  readonly terms: PinnedVersions;
  readonly namedPlan: string | null;
  /** The customer that its opening named, where that was joined to its customer by then. */
  readonly joinedFrom: string | null;
  readonly import: FactData['TicketOpened']['import'];
  readonly assignee: string | null;
  readonly team: string | null;
  readonly openedAt: Instant;
  readonly firstRespondedAt: Instant | null;
  readonly lastReplyAt: Instant | null;
  readonly lastCustomerReplyAt: Instant | null;
  /** The call that its customer waits for. */
  readonly call: Call;
  /** The customer has written since our last reply, while the ticket was under way. */
  readonly isAsked: boolean;
  /** It was last resolved without a word to the customer, who has not heard from us since. */
  readonly isUntold: boolean;
  readonly resolvedAt: Instant | null;
  readonly closedAt: Instant | null;
  readonly cancelledAt: Instant | null;
  readonly cancelReason: CancelReason | null;
  /** While it is cancelled: how it stood before, for that may be taken back. */
  readonly beforeCancel: Pick<TicketState, 'status' | 'waits'> | null;
  /** When a cancelling was last taken back. */
  readonly restoredAt: Instant | null;
  readonly reopenings: number;
  /** The ticket that goes on for it. */
  readonly mergedInto: string | null;
  readonly mergedAt: Instant | null;
  /** Tickets that were merged into it, by id. */
  readonly received: Directory<Received>;
  /** The oldest request that nobody had answered in those. */
  readonly receivedSince: Instant | null;
  /** When it last heard of a merge. */
  readonly receivedAt: Instant | null;
  readonly splitFrom: string | null;
  /** Tickets that were split off from it, by id. */
  readonly splitInto: Directory<true>;
}

/** What a person said to the customer; automatic acknowledgements, notes and silent resolves say nothing. */
export function isReply(fact: Fact): boolean {
  switch (fact.type) {
    case 'FirstResponseSent':
    case 'FollowUpSent':
    case 'CallHeld':
      return fact.actor.kind === 'person';
    case 'TicketResolved':
      return fact.data.publicReply && fact.actor.kind === 'person';
    case 'TicketOpened':
      return fact.data.origin === 'phoneRequest';
    default:
      return false;
  }
}

/** What a program sent, for whomever: it counts for nothing. */
const isAutomatic = ({ actor }: Fact): boolean => actor.kind === 'automatic';

/** Whether the desk still has to do something about it. */
export const isUnderWay = ({ status }: Pick<TicketState, 'status'>): boolean =>
  status === 'open' || status === 'waiting';

/** Why a fact makes no sense for a ticket as it stands; a code for programs. Undefined: it does. */
export function objection(state: TicketState, type: Fact['type']): string | undefined {
  if (type === 'TicketOpened') return 'TICKET_EXISTS';
  if (type === 'InternalNoteAdded' || type === 'TicketCorrected' || type === 'MergeReceived') return undefined;
  if (type === 'TicketRestored' && state.status === 'cancelled') return undefined;
  if (state.status === 'cancelled') return 'TICKET_CANCELLED';
  if (state.status === 'merged') return 'TICKET_MERGED';
  switch (type) {
    case 'TicketPaused':
    case 'TicketResumed':
      return isUnderWay(state) ? undefined : state.status === 'closed' ? 'TICKET_CLOSED' : 'TICKET_RESOLVED';
    case 'TicketResolved':
      return state.status === 'closed' ? 'TICKET_CLOSED' : undefined;
    case 'TicketReopened':
      return isUnderWay(state) ? 'TICKET_NOT_RESOLVED' : undefined;
    case 'TicketRestored':
      return 'TICKET_NOT_CANCELLED';
    case 'PlanReapplied':
      return state.status === 'closed' ? 'TICKET_CLOSED' : undefined;
    default:
      return isCallType(type) ? objectionToCall(state.call, type) : undefined;
  }
}

/** As {@link objection}, of a fact. A history may be judged again however the ticket stands. */
export const objectionTo = (state: TicketState, fact: Fact): string | undefined =>
  judgementIn(fact) === undefined ? objection(state, fact.type) : undefined;

/** Whether the ticket stands so already, so that the fact would change nothing. */
export function isAlreadySo(state: TicketState, fact: Fact): boolean {
  switch (fact.type) {
    case 'TicketPaused': {
      const wait = state.waits.get(fact.data.reason);
      return wait !== undefined && (fact.data.until ?? wait.until) === wait.until;
    }
    case 'TicketResumed': {
      const { reason, until } = fact.data;
      if (reason === null) return state.waits.size === 0;
      const wait = state.waits.get(reason);
      // What was to end then may have been ended before, or go on for longer.
      return wait === undefined || (until !== undefined && wait.until !== until);
    }
    case 'TicketAssigned':
      return state.assignee === fact.data.assignee && state.team === fact.data.team;
    case 'TicketReclassified':
      return state.type === fact.data.type && state.priority === fact.data.priority;
    case 'TicketCorrected':
      return Object.entries(rightIn(fact)).every(([field, right]) =>
        isDeepStrictEqual(state[field as keyof Correction], right),
      );
    case 'TicketResolved':
      return state.status === 'resolved' && !(state.isUntold && isReply(fact)); // told now, it is a reply of ours
    case 'TicketClosed':
      return state.status === 'closed';
    case 'TicketCancelled':
      return state.status === 'cancelled';
    case 'TicketRestored':
      return state.status !== 'cancelled' && state.restoredAt !== null;
    case 'TicketMerged':
      return state.mergedInto === fact.data.into;
    case 'MergeReceived':
      return (state.received.get(fact.data.from)?.revision ?? -1) >= fact.data.revision;
    case 'TicketSplit':
      return state.splitInto.has(fact.data.into);
    default:
      return isCallFact(fact) && isCallAlreadySo(state.call, fact);
  }
}

/** What a correction says is right. */
function rightIn({ data }: Extract<Fact, { type: 'TicketCorrected' }>): Correction {
  const { subject, reference, application, users } = data;
  return {
    ...(subject === undefined ? {} : { subject }),
    ...(reference === undefined ? {} : { reference }),
    ...(application === undefined ? {} : { application }),
    ...(users === undefined ? {} : { users }),
  };
}

/** Written out in full: an object that is spread and then given more keys takes microseconds to make. */
function opened(fact: Extract<Fact, { type: 'TicketOpened' }>): TicketState {
  const { at, terms, data } = fact;
  const answered = isReply(fact) ? at : null;
  return {
    status: 'open',
    waits: none,
    reference: data.reference,
    type: data.type,
    channel: data.channel,
    priority: data.priority,
    subject: data.subject,
    application: data.application,
    users: data.users,
    origin: data.origin,
    guarantee: data.guarantee,
    terms,
    namedPlan: data.namedPlan,
    joinedFrom: data.joinedFrom ?? null,
    import: data.import,
    assignee: null,
    team: null,
    openedAt: at,
    firstRespondedAt: answered,
    lastReplyAt: answered,
    lastCustomerReplyAt: null,
    call: noCall,
    isAsked: false,
    isUntold: false,
    resolvedAt: null,
    closedAt: null,
    cancelledAt: null,
    cancelReason: null,
    beforeCancel: null,
    restoredAt: null,
    reopenings: 0,
    mergedInto: null,
    mergedAt: null,
    received: Directory.empty,
    receivedSince: null,
    receivedAt: null,
    splitFrom: data.splitFrom ?? null,
    splitInto: Directory.empty,
  };
}

const none: ReadonlyMap<PauseReason, Wait> = new Map();

/** Whether a wait has ended by itself by an instant. */
export const isOver = ({ until }: Wait, at: Instant): boolean => until !== null && until <= at;

const statusOf = (waits: TicketState['waits']): TicketStatus => (waits.size > 0 ? 'waiting' : 'open');

const withWaits = (state: TicketState, waits: TicketState['waits']): TicketState => ({
  ...state,
  waits,
  status: statusOf(waits),
});

const without = (waits: ReadonlyMap<PauseReason, Wait>, reason: PauseReason) =>
  waits.has(reason) ? new Map([...waits].filter(([r]) => r !== reason)) : waits;

const replied = (state: TicketState, at: Instant): TicketState => ({
  ...state,
  firstRespondedAt: state.firstRespondedAt ?? at,
  lastReplyAt: at,
  isAsked: false,
  isUntold: false,
});

/** The state after one fact more. A fact without sense changes nothing: the same object comes back. */
export function after(state: TicketState | undefined, fact: Fact): TicketState | undefined {
  if (fact.type === 'TicketOpened') return state === undefined ? opened(fact) : linked(state, fact);
  if (state === undefined || objectionTo(state, fact) !== undefined || isAlreadySo(state, fact)) return state;
  return changed(state, fact);
}

/** Whether an opening says of a ticket that is there that it was split off: somebody else had opened it, and it is the same. */
export const isLink = ({ splitFrom }: TicketState, fact: Fact): boolean =>
  fact.type === 'TicketOpened' && fact.data.splitFrom !== undefined && splitFrom === null;

const linked = (state: TicketState, fact: Extract<Fact, { type: 'TicketOpened' }>): TicketState =>
  isLink(state, fact) ? { ...state, splitFrom: fact.data.splitFrom ?? null } : state;

type LaterFact = Exclude<Fact, { readonly type: 'TicketOpened' }>;

function changed(state: TicketState, fact: LaterFact): TicketState {
  switch (fact.type) {
    case 'FirstResponseSent':
    case 'FollowUpSent':
      return isReply(fact) ? replied(state, fact.at) : state;
    case 'CustomerReplied': {
      // Out of office, a bounce: nobody has said anything. And what was split off is said elsewhere.
      if (isAutomatic(fact) || fact.isSplitOff) return state;
      const written = { ...state, lastCustomerReplyAt: fact.at, call: calledFor(state.call) };
      if (!isUnderWay(state)) return written;
      const waits = without(state.waits, 'waitingForCustomer');
      const isAsked = state.lastReplyAt !== null;
      return { ...written, isAsked, waits, status: statusOf(waits) };
    }
    case 'TicketPaused': {
      const { reason, until = null } = fact.data;
      const since = state.waits.get(reason)?.since ?? fact.at;
      return withWaits(state, new Map([...state.waits, [reason, { since, until }]]));
    }
    case 'TicketResumed':
      return withWaits(state, fact.data.reason === null ? none : without(state.waits, fact.data.reason));
    case 'TicketAssigned': {
      const { assignee, team } = fact.data;
      return { ...state, assignee, team };
    }
    // The versions that these facts pin govern what they start, not the ticket.
    case 'TicketReclassified': {
      const { type, priority, guarantee } = fact.data;
      return { ...state, type, priority, guarantee };
    }
    case 'TicketCorrected':
      return { ...state, ...rightIn(fact) };
    case 'PlanReapplied': {
      if (objection(state, fact.type) !== undefined) return state; // only what came before is judged again
      const { because, guarantee } = fact.data;
      return { ...state, guarantee, terms: reappliedTerms(state.terms, fact.terms, because) };
    }
    case 'InternalNoteAdded':
      return state;
    case 'TicketResolved': {
      if (state.status === 'resolved') return replied(state, fact.at);
      const answered = isReply(fact) ? replied(state, fact.at) : { ...state, isAsked: false, isUntold: true };
      return { ...answered, status: 'resolved', waits: none, resolvedAt: fact.at };
    }
    case 'TicketClosed':
      return { ...state, status: 'closed', waits: none, isAsked: false, closedAt: fact.at };
    case 'TicketReopened':
      return { ...state, status: 'open', resolvedAt: null, closedAt: null, reopenings: state.reopenings + 1 };
    case 'TicketCancelled': {
      const { status, waits } = state;
      const cancelled = { cancelledAt: fact.at, cancelReason: fact.data.reason, beforeCancel: { status, waits } };
      return { ...state, status: 'cancelled', waits: none, ...cancelled };
    }
    case 'TicketRestored': {
      const restored = { cancelledAt: null, cancelReason: null, beforeCancel: null, restoredAt: fact.at };
      const { status, waits } = state.beforeCancel ?? state;
      if (status !== 'waiting') return { ...state, status, waits, ...restored };
      return withWaits({ ...state, ...restored }, new Map([...waits].filter(([, wait]) => !isOver(wait, fact.at))));
    }
    case 'TicketMerged':
      return { ...state, status: 'merged', waits: none, mergedInto: fact.data.into, mergedAt: fact.at };
    case 'MergeReceived':
      return { ...receivedMore(state, fact.data), receivedAt: fact.at };
    case 'TicketSplit':
      return { ...state, splitInto: state.splitInto.with(fact.data.into, true) };
    default: {
      const call = callAfter(state.call, fact);
      return isReply(fact) ? { ...replied(state, fact.at), call } : { ...state, call };
    }
  }
}

function receivedMore(state: TicketState, data: FactData['MergeReceived']): TicketState {
  const before = state.received.get(data.from);
  const received = state.received.with(data.from, data);
  const isOldest = before?.unansweredSince != null && before.unansweredSince === state.receivedSince;
  const others = isOldest
    ? [...received.values()].map(({ unansweredSince }) => unansweredSince)
    : [state.receivedSince];
  const call = withHanded(state.call, before?.call, data.call);
  return { ...state, received, call, receivedSince: oldest([...others, data.unansweredSince]) };
}

/** The first of some instants, null where there is none. */
export const oldest = (instants: readonly (Instant | null)[]): Instant | null =>
  instants.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null);

/** A fact, and the ticket before and after it; undefined before the opening. */
export interface StateChange {
  readonly fact: Fact;
  readonly before: TicketState | undefined;
  readonly state: TicketState | undefined;
}

/** What each of some facts changes. They come in order of occurrence. */
export function* changes(facts: Iterable<Fact>): Generator<StateChange, void, undefined> {
  let state: TicketState | undefined;
  for (const fact of facts) {
    const before = state;
    state = after(before, fact);
    yield { fact, before, state };
  }
}

/** Puts a fact among facts in order of occurrence; at the same instant the log's order decides. */
export function insert(facts: readonly Fact[], fact: Fact): readonly Fact[] {
  const before = facts.findLastIndex((other) => other.at <= fact.at);
  return before === facts.length - 1 ? [...facts, fact] : facts.toSpliced(before + 1, 0, fact);
}

/** The ticket as its facts leave it at an instant; undefined before it was opened. Facts come in order of occurrence. */
export function stateAt(facts: readonly Fact[], at: Instant): TicketState | undefined {
  let state: TicketState | undefined;
  for (const fact of facts) {
    if (fact.at > at) break;
    state = after(state, fact);
  }
  return state;
}
