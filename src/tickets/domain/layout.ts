import { type Instant } from '../../business-time/calendar.js';
import { metrics } from '../../catalogue/domain/plan.js';
import { type Fact } from './facts.js';
import { after, isReply, type Life } from './ticket-state.js';
import { reapplied, received, reclassified } from './recalculate.js';
import { isUnderWay, liveOf, type Moment, planOf, started } from './transition.js';
import { cancel, heedWaits, isLive, lapse, satisfy, takeUp, wasClosed } from '../../clocks/run.js';
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
  before: Life | undefined,
  life: Life,
  versions: Versions,
): Left {
  if (life.guarantee.reason === 'beforeJudgedFrom') return { open: [], over: [] };
  const lapsed = open.map((run) => lapse(run, fact.at));
  const runs = effect({ runs: lapsed, fact, before: before ?? life, life, versions });
  const resolution = latestResolution(runs);
  const isOver = (run: TicketRun) => !isLive(run) && run !== resolution && !mayBeTakenUp(run);
  return runs.some(isOver)
    ? { open: runs.filter((run) => !isOver(run)), over: runs.filter(isOver) }
    : { open: runs, over: none };
}

const none: readonly TicketRun[] = [];

const latestResolution = (runs: readonly TicketRun[]) => runs.findLast((run) => run.metric === 'resolution');

/** A first response that closing ended, which a reply or a reopening takes up again. */
const mayBeTakenUp = (run: TicketRun) => run.metric === 'firstResponse' && (wasClosed(run) || run.overSince !== null);

/**
 * The clocks of a ticket as its facts leave them at an instant, in order of start. Pure: it knows nothing of what was
 * recorded. Facts come in order of occurrence.
 */
export function layOut(facts: readonly Fact[], versions: Versions, asOf: Instant): readonly TicketRun[] {
  let life: Life | undefined;
  let open: readonly TicketRun[] = none;
  const over: TicketRun[] = [];
  for (const fact of facts) {
    if (fact.at > asOf) break;
    const before = life;
    life = after(before, fact);
    if (life === undefined || life === before) continue; // without effect
    const left = advance(open, fact, before, life, versions);
    open = left.open;
    over.push(...left.over);
  }
  return inOrder([...over, ...open.map((run) => lapse(run, asOf))]);
}

/** In order of start. */
export const inOrder = (runs: readonly TicketRun[]): readonly TicketRun[] =>
  runs.toSorted((a, b) => a.startedAt - b.startedAt || metrics.indexOf(a.metric) - metrics.indexOf(b.metric));

function effect(moment: Moment): readonly TicketRun[] {
  const { runs, fact, life } = moment;
  switch (fact.type) {
    case 'TicketOpened':
      return opened(moment);
    case 'FirstResponseSent':
    case 'FollowUpSent':
      return replied(moment);
    case 'CustomerReplied':
      return customerReplied(moment);
    case 'TicketPaused':
    case 'TicketResumed':
      return runs.map((run) => heedWaits(run, life.waits.keys(), fact));
    case 'TicketReclassified':
      return reclassified(moment);
    case 'PlanReapplied':
      return reapplied(moment, fact);
    case 'TicketResolved':
      return resolved(moment);
    case 'TicketClosed':
      return closed(moment);
    case 'TicketReopened':
      return reopened(moment);
    case 'TicketCancelled':
      return runs.map((run) => cancel(run, fact, 'cancelled'));
    case 'TicketMerged':
      return runs.map((run) => cancel(run, fact, 'merged'));
    case 'MergeReceived':
      return received(moment);
    case 'TicketAssigned':
    case 'InternalNoteAdded':
    case 'TicketSplit':
      return runs;
  }
}

function opened(moment: Moment): readonly TicketRun[] {
  const { fact, life } = moment;
  const first = life.origin === 'noRequest' ? [] : started(moment, 'firstResponse');
  const resolution = started(moment, 'resolution');
  // The call in which we heard of it is our first reply.
  if (isReply(fact)) return [...first.map((run) => satisfy(run, fact)), ...nextInterval(moment), ...resolution];
  return [...first, ...resolution];
}

/** The follow-up interval that a reply of ours starts. */
const nextInterval = (moment: Moment) =>
  planOf(moment).followUpStarts === 'eachReply' ? started(moment, 'followUp') : [];

/** A reply takes up a first response that closing in silence ended, and is judged there. */
const answerFirst = (run: TicketRun, fact: Fact) =>
  run.metric === 'firstResponse' ? satisfy(wasClosed(run) ? lapse(takeUp(run, fact), fact.at) : run, fact) : run;

const answerFollowUp = (run: TicketRun, fact: Fact) => (run.metric === 'followUp' ? satisfy(run, fact) : run);

function replied(moment: Moment): readonly TicketRun[] {
  const { runs, fact, before } = moment;
  const answered = runs.map((run) => answerFollowUp(answerFirst(run, fact), fact));
  return isUnderWay(before) ? [...answered, ...nextInterval(moment)] : answered;
}

function customerReplied(moment: Moment): readonly TicketRun[] {
  const { runs, fact, before, life } = moment;
  const heeded = runs.map((run) => heedWaits(run, life.waits.keys(), fact));
  // The oldest unanswered message starts the clock; those before our first reply or after resolving start nothing.
  const asks = planOf(moment).followUpStarts === 'nextReply' && isUnderWay(before) && before.lastReplyAt !== null;
  return asks && !liveOf(runs, 'followUp') ? [...heeded, ...started(moment, 'followUp')] : heeded;
}

function resolved(moment: Moment): readonly TicketRun[] {
  const { runs, fact, before, life } = moment;
  if (before.status === 'resolved') return replied(moment); // in silence; the customer is told only now
  return runs.map((run) => {
    const told = isReply(fact) ? answerFirst(run, fact) : run;
    const done =
      run.metric === 'resolution' && run.plan.resolutionSatisfiedBy === 'resolved' ? satisfy(told, fact) : told;
    return heedWaits(answerFollowUp(done, fact), life.waits.keys(), fact);
  });
}

function closed({ runs, fact }: Moment): readonly TicketRun[] {
  return runs.map((run) => {
    if (run.metric === 'resolution' && run.plan.resolutionSatisfiedBy === 'closed') return satisfy(run, fact);
    // A breached first response can still be met late; it waits for our reply, closed or not.
    if (run.metric === 'firstResponse' && run.breachedAt !== null) return run;
    return cancel(run, fact, 'closed');
  });
}

function reopened(moment: Moment): readonly TicketRun[] {
  const { runs, fact, before } = moment;
  const isSatisfied = (run: TicketRun | undefined) => run?.end?.kind === 'met' || run?.end?.kind === 'metLate';
  const resolution = latestResolution(runs);
  const goesOn = (run: TicketRun) => run.metric === 'firstResponse' || run === resolution;
  return [
    ...runs.map((run) => (goesOn(run) ? takeUp(run, fact) : run)),
    ...(before.lastReplyAt === null ? [] : started(moment, 'followUp')),
    ...(isSatisfied(resolution) ? started(moment, 'resolution') : []),
  ];
}
