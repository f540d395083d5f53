import { type Instant } from '../../business-time/calendar.js';
import { type Metric, metrics } from '../../catalogue/domain/plan.js';
import { type Fact } from './facts.js';
import { after, isReply, isUnderWay, type TicketState } from './ticket-state.js';
import { reapplied, reclassified } from './recalculate.js';
import { received, receivedAgain } from './receive-merge.js';
import { endOf } from './calls.js';
import { isOfCall } from './agreed.js';
import { callEffect } from './call-clocks.js';
import { type FirstReplyFrom, liveOf, type Transition, planOf, started, waitsOf } from './transition.js';
import { cancel, heedWaits, isLive, lapse, resume, satisfy, suspend, takeUp, wasClosed } from '../../clocks/run.js';
import { type TicketRun } from './ticket-clocks.js';
import { type Versions } from '../../catalogue/domain/versions.js';

/** The clocks of a ticket as a fact leaves them, but for those that were over before. */
export interface Left {
  /** Something can still become of them, in order of creation. */
  readonly open: readonly TicketRun[];
  /** Over with this fact: nothing that comes later touches them. */
  readonly over: readonly TicketRun[];
}

/** What a fact does to the clocks that are open; it changes the ticket, and that is open. Pure, and all there is to a layout. */
export function advance(
  open: readonly TicketRun[],
  fact: Fact,
  before: TicketState | undefined,
  state: TicketState,
  versions: Versions,
  firstReplyFrom: FirstReplyFrom,
): Left {
  if (state.guarantee.reason === 'beforeJudgedFrom') return { open: [], over: [] };
  const lapsed = open.map((run) => lapse(run, fact.at));
  const now = asJudged(state, fact);
  const then = before === undefined ? now : asJudged(before, fact);
  const runs = effect({ runs: lapsed, fact, before: then, state: now, versions, firstReplyFrom });
  const resolution = latestResolution(runs);
  const isOver = (run: TicketRun) =>
    !isLive(run) && run !== resolution && !mayBeTakenUp(run) && run.before === null && !isBeingTold(run, fact, state);
  return runs.some(isOver)
    ? { open: runs.filter((run) => !isOver(run)), over: runs.filter(isOver) }
    : { open: runs, over: none };
}

const none: readonly TicketRun[] = [];

/** The ticket as a fact's clocks are judged by it. */
const asJudged = (state: TicketState, { judgedAs }: Fact): TicketState =>
  judgedAs === undefined ? state : { ...state, ...judgedAs };

const latestResolution = (runs: readonly TicketRun[]) => runs.findLast((run) => run.metric === 'resolution');

/** A first response that closing ended, which a reply or a reopening takes up again. */
const mayBeTakenUp = (run: TicketRun) =>
  run.metric === 'firstResponse' && run.from === null && (wasClosed(run) || run.overSince !== null);

/** A merge that is told may be told otherwise, at the instant of the merge as well. */
const isBeingTold = ({ from }: TicketRun, { at }: Fact, { receivedAt }: TicketState) =>
  from !== null && at === receivedAt;

/**
 * The clocks of a ticket as its facts leave them at an instant, in order of start. Pure: it knows nothing of what was
 * recorded. Facts come in order of occurrence.
 */
export function layOut(facts: readonly Fact[], versions: Versions, asOf: Instant): readonly TicketRun[] {
  let state: TicketState | undefined;
  let open: readonly TicketRun[] = none;
  const over: TicketRun[] = [];
  const replies: Fact[] = [];
  const firstReplyFrom = (at: Instant) => replies.find((reply) => reply.at >= at);
  for (const fact of facts) {
    if (fact.at > asOf) break;
    const before = state;
    state = after(before, fact);
    if (state === undefined || state === before) continue; // without effect
    const left = advance(open, fact, before, state, versions, firstReplyFrom);
    if (isReply(fact)) replies.push(fact);
    open = left.open;
    over.push(...left.over);
  }
  return inOrder([...over, ...open.map((run) => lapse(run, asOf))]);
}

/** In order of start. */
export const inOrder = (runs: readonly TicketRun[]): readonly TicketRun[] =>
  runs.toSorted((a, b) => a.startedAt - b.startedAt || metrics.indexOf(a.metric) - metrics.indexOf(b.metric));

function effect(transition: Transition): readonly TicketRun[] {
  const { runs, fact, state } = transition;
  switch (fact.type) {
    case 'TicketOpened':
      return opened(transition);
    case 'FirstResponseSent':
    case 'FollowUpSent':
      return replied(transition);
    case 'CustomerReplied':
      return customerReplied(transition);
    case 'TicketPaused':
    case 'TicketResumed':
      return runs.map((run) => heedWaits(run, waitsOf(run, state), fact));
    case 'TicketReclassified':
      return reclassified(transition);
    case 'PlanReapplied':
      return reapplied(transition, fact);
    case 'TicketResolved':
      return resolved(transition);
    case 'TicketClosed':
      return closed(transition);
    case 'TicketReopened':
      return reopened(transition);
    case 'TicketCancelled':
      return runs.map((run) => suspend(run, fact, 'cancelled'));
    case 'TicketRestored':
      return receivedAgain({ ...transition, runs: runs.map((run) => resume(run, fact)) });
    case 'TicketMerged':
      return runs.map((run) => cancel(run, fact, 'merged'));
    case 'MergeReceived':
      return received(transition, fact);
    case 'TicketAssigned':
    case 'TicketCorrected':
    case 'InternalNoteAdded':
    case 'TicketSplit':
      return runs;
    case 'CallHeld':
      return isReply(fact) ? replied({ ...transition, runs: callEffect(transition, fact) }) : runs;
    default:
      return callEffect(transition, fact);
  }
}

function opened(transition: Transition): readonly TicketRun[] {
  const { fact, before, state, runs } = transition;
  if (before !== state) return runs; // only linked to the ticket that it was split off from
  const first = state.origin === 'noRequest' ? [] : started(transition, 'firstResponse');
  const resolution = started(transition, 'resolution');
  // The call in which we heard of it is our first reply.
  if (isReply(fact)) return [...first.map((run) => satisfy(run, fact)), ...nextInterval(transition), ...resolution];
  return [...first, ...resolution];
}

/** The follow-up interval that a reply of ours starts: at its end, where it was a call. */
const nextInterval = (transition: Transition) =>
  planOf(transition).followUpStarts === 'eachReply' ? started(transition, 'followUp', endOf(transition.fact)) : [];

/** A reply takes up a first response that closing in silence ended, breached or not, and is judged there. */
const answerFirst = (run: TicketRun, fact: Fact) =>
  run.metric === 'firstResponse' ? satisfy(mayBeTakenUp(run) ? lapse(takeUp(run, fact), fact.at) : run, fact) : run;

/** A reply during a call answers the interval that begins at the end of the call, when that begins. */
const answerFollowUp = (run: TicketRun, fact: Fact) =>
  run.metric === 'followUp' ? satisfy(run, { id: fact.id, at: Math.max(fact.at, run.startedAt) }) : run;

function replied(transition: Transition): readonly TicketRun[] {
  const { runs, fact, before } = transition;
  const answered = runs.map((run) => answerFollowUp(answerFirst(run, fact), fact));
  return isUnderWay(before) ? [...answered, ...nextInterval(transition)] : answered;
}

function customerReplied(transition: Transition): readonly TicketRun[] {
  const { runs, fact, before, state } = transition;
  const heeded = runs.map((run) => heedWaits(run, waitsOf(run, state), fact));
  // The oldest unanswered message starts the clock; those before our first reply or after resolving start nothing.
  const asks = planOf(transition).followUpStarts === 'nextReply' && isUnderWay(before) && before.lastReplyAt !== null;
  return asks && !liveOf(runs, 'followUp') ? [...heeded, ...started(transition, 'followUp')] : heeded;
}

function resolved(transition: Transition): readonly TicketRun[] {
  const { runs, fact, before, state } = transition;
  if (before.status === 'resolved') return replied(transition); // in silence; the customer is told only now
  return runs.map((run) => {
    const answered = isReply(fact) ? answerFirst(run, fact) : run;
    const done =
      run.metric === 'resolution' && run.plan.resolutionSatisfiedBy === 'resolved' ? satisfy(answered, fact) : answered;
    return heedWaits(answerFollowUp(done, fact), waitsOf(run, state), fact);
  });
}

function closed({ runs, fact, state }: Transition): readonly TicketRun[] {
  return runs.map((run) => {
    if (run.metric === 'resolution' && run.plan.resolutionSatisfiedBy === 'closed') return satisfy(run, fact);
    // A call that the customer waits for, and what was asked in a ticket that was merged into this one, are owed no less.
    if (isOfCall(run.metric)) return heedWaits(run, waitsOf(run, state), fact);
    return run.from === null ? cancel(run, fact, 'closed') : run;
  });
}

/** Whether a reopening takes up a clock of this metric; it starts a new follow-up instead. */
export const mayGoOn = (metric: Metric): boolean => metric !== 'followUp';

function reopened(transition: Transition): readonly TicketRun[] {
  const { runs, fact, before } = transition;
  const isSatisfied = (run: TicketRun | undefined) => run?.end?.kind === 'met' || run?.end?.kind === 'metLate';
  const resolution = latestResolution(runs);
  const goesOn = (run: TicketRun) => mayGoOn(run.metric) && (run.metric !== 'resolution' || run === resolution);
  return [
    ...runs.map((run) => (goesOn(run) ? takeUp(run, fact) : run)),
    ...(before.lastReplyAt === null ? [] : started(transition, 'followUp')),
    ...(isSatisfied(resolution) ? started(transition, 'resolution') : []),
  ];
}
