import { type Instant } from '../../business-time/calendar.js';
import { metrics } from '../../plans/domain/plan.js';
import { type Fact } from '../../tickets/domain/facts.js';
import { isReply, lifeAfter, withoutLast } from '../../tickets/domain/life.js';
import { reapplied, received, reclassified } from './lay-out-anew.js';
import { isUnderWay, liveOf, type Moment, planOf, started } from './moment.js';
import { cancel, heedWaits, lapse, type Run, satisfy, takeUp, wasClosed } from './run.js';
import { type Versions } from './versions.js';

/**
 * The clocks of a ticket as its facts leave them at an instant, in order of start. Pure: it knows nothing of what was
 * recorded. Facts come in order of occurrence.
 */
export function layOut(facts: readonly Fact[], versions: Versions, asOf: Instant): readonly Run[] {
  const until = facts.findLastIndex((fact) => fact.at <= asOf) + 1;
  const runs = until === facts.length ? runsOf(facts, versions) : follow([], facts, 0, until, versions);
  return runs.map((run) => lapse(run, asOf));
}

const laidOut = Symbol('laidOut');

/** Facts with the runs they left, remembered on them: a fact more is then one step more. */
interface Remembered extends ReadonlyArray<Fact> {
  [laidOut]?: { readonly runs: readonly Run[]; readonly versions: Versions };
}

function runsOf(facts: Remembered, versions: Versions): readonly Run[] {
  const known = facts[laidOut];
  if (known?.versions === versions) return known.runs;
  const shorter: Remembered | undefined = withoutLast(facts);
  const before = shorter?.[laidOut];
  const runs =
    before?.versions === versions
      ? follow(before.runs, facts, facts.length - 1, facts.length, versions)
      : follow([], facts, 0, facts.length, versions);
  facts[laidOut] = { runs, versions };
  return runs;
}

/** What some of the facts do to the runs before them. */
function follow(
  before: readonly Run[],
  facts: readonly Fact[],
  from: number,
  until: number,
  versions: Versions,
): readonly Run[] {
  let runs = before;
  for (let i = from; i < until; i++) {
    const fact = facts[i];
    const life = lifeAfter(facts, i);
    const lifeBefore = lifeAfter(facts, i - 1);
    if (fact === undefined || life === undefined || life === lifeBefore) continue; // without effect
    if (life.guarantee.reason === 'beforeJudgedFrom') return [];
    const lapsed = runs.map((run) => lapse(run, fact.at));
    runs = inOrder(effect({ runs: lapsed, fact, before: lifeBefore ?? life, life, versions }));
  }
  return runs;
}

const inOrder = (runs: readonly Run[]) =>
  runs.toSorted((a, b) => a.startedAt - b.startedAt || metrics.indexOf(a.metric) - metrics.indexOf(b.metric));

function effect(moment: Moment): readonly Run[] {
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

function opened(moment: Moment): readonly Run[] {
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
const answerFirst = (run: Run, fact: Fact) =>
  run.metric === 'firstResponse' ? satisfy(wasClosed(run) ? lapse(takeUp(run, fact), fact.at) : run, fact) : run;

const answerFollowUp = (run: Run, fact: Fact) => (run.metric === 'followUp' ? satisfy(run, fact) : run);

function replied(moment: Moment): readonly Run[] {
  const { runs, fact, before } = moment;
  const answered = runs.map((run) => answerFollowUp(answerFirst(run, fact), fact));
  return isUnderWay(before) ? [...answered, ...nextInterval(moment)] : answered;
}

function customerReplied(moment: Moment): readonly Run[] {
  const { runs, fact, before, life } = moment;
  const heeded = runs.map((run) => heedWaits(run, life.waits.keys(), fact));
  // The oldest unanswered message starts the clock; those before our first reply or after resolving start nothing.
  const asks = planOf(moment).followUpStarts === 'nextReply' && isUnderWay(before) && before.lastReplyAt !== null;
  return asks && !liveOf(runs, 'followUp') ? [...heeded, ...started(moment, 'followUp')] : heeded;
}

function resolved(moment: Moment): readonly Run[] {
  const { runs, fact, before, life } = moment;
  if (before.status === 'resolved') return replied(moment); // in silence; the customer is told only now
  return runs.map((run) => {
    const told = isReply(fact) ? answerFirst(run, fact) : run;
    const done =
      run.metric === 'resolution' && run.plan.resolutionSatisfiedBy === 'resolved' ? satisfy(told, fact) : told;
    return heedWaits(answerFollowUp(done, fact), life.waits.keys(), fact);
  });
}

function closed({ runs, fact }: Moment): readonly Run[] {
  return runs.map((run) => {
    if (run.metric === 'resolution' && run.plan.resolutionSatisfiedBy === 'closed') return satisfy(run, fact);
    // A breached first response can still be met late; it waits for our reply, closed or not.
    if (run.metric === 'firstResponse' && run.breachedAt !== null) return run;
    return cancel(run, fact, 'closed');
  });
}

function reopened(moment: Moment): readonly Run[] {
  const { runs, fact, before } = moment;
  const isSatisfied = (run: Run | undefined) => run?.end?.kind === 'met' || run?.end?.kind === 'metLate';
  const resolution = runs.findLast((run) => run.metric === 'resolution');
  const goesOn = (run: Run) => run.metric === 'firstResponse' || run === resolution;
  return [
    ...runs.map((run) => (goesOn(run) ? takeUp(run, fact) : run)),
    ...(before.lastReplyAt === null ? [] : started(moment, 'followUp')),
    ...(isSatisfied(resolution) ? started(moment, 'resolution') : []),
  ];
}
