import { isSameTarget } from '../../business-time/target.js';
import { type Metric, metrics, type PauseReason } from '../../catalogue/domain/plan.js';
import { targetOf } from '../../catalogue/domain/promise.js';
import { reappliedTerms } from '../../catalogue/domain/reapply.js';
import { isSameVersion } from '../../clocks/pinned-versions.js';
import { type Fact } from './facts.js';
import { isUnderWay, liveOf, type Moment, planOf, started } from './transition.js';
import {
  cancel,
  type Cause,
  closePause,
  isLive,
  lapse,
  lastStep,
  standsStill,
  step,
  laidUnder,
  type Under,
} from '../../clocks/run.js';
import { type TicketRun, type TicketMovedBecause, type TicketSubject } from './ticket-clocks.js';

/** Type or priority changed: what runs is laid out anew; what was met or breached stays. */
export function reclassified(moment: Moment): readonly TicketRun[] {
  const { runs, fact, life } = moment;
  const anew = runs.map((run) => {
    if (!isLive(run) || run.breachedAt !== null) return run; // what was met or breached stays
    const target = targetOf(run.plan, run.metric, life);
    if (target === undefined) return cancel(run, fact, 'lostPromise');
    return isSameTarget(target, run.target)
      ? run
      : layOutAnew(run, { ...run, target }, life.waits.keys(), fact, 'reclassified');
  });
  return [...anew, ...created(anew, moment)];
}

/** An explicit new layout: what runs, or was breached and is unanswered, goes on under other versions. */
export function reapplied(moment: Moment, fact: Extract<Fact, { type: 'PlanReapplied' }>): readonly TicketRun[] {
  const { life, before } = moment;
  const anew = moment.runs.map((run) => (isLive(run) ? runReapplied(run, moment, fact) : run));
  return isSameVersion(life.terms.plan, before.terms.plan) ? anew : [...anew, ...created(anew, moment)];
}

function runReapplied(
  run: TicketRun,
  { life, versions }: Moment,
  fact: Extract<Fact, { type: 'PlanReapplied' }>,
): TicketRun {
  const { because } = fact.data;
  const terms = reappliedTerms(run.terms, fact.terms, because);
  if (terms === run.terms) return run;
  const plan = versions.plan(terms.plan);
  const target = targetOf(plan, run.metric, life);
  if (target === undefined) return cancel({ ...run, breachedAt: null }, fact, 'lostPromise');
  const under = { terms, plan, calendar: versions.calendar(terms.calendar), target };
  const anew = lapse(layOutAnew(run, under, life.waits.keys(), fact, because), fact.at);
  // Breached at the same deadline: the breach that was recorded stands.
  return run.breachedAt !== null && anew.breachedAt === run.breachedAt ? run : anew;
}

/** Another ticket was merged into it: a request in it that is older and unanswered is what our first response answers. */
export function received({ runs, fact, life }: Moment): readonly TicketRun[] {
  return runs.map((run) => {
    const startedAt = Math.min(run.firstStep.at, life.receivedSince ?? Infinity);
    if (run.metric !== 'firstResponse' || !isLive(run) || run.startedAt === startedAt) return run;
    // What was breached stays; but for what this very merge had breached before it was corrected.
    const { at, because } = lastStep(run);
    if (run.breachedAt !== null && (at !== fact.at || because !== 'merged')) return run;
    const { terms, plan, calendar, target } = run;
    const under = { terms, plan, calendar, target };
    return layOutAnew({ ...run, startedAt }, under, life.waits.keys(), fact, 'merged');
  });
}

/** The clocks that a change creates; they start at it. */
function created(runs: readonly TicketRun[], moment: Moment): readonly TicketRun[] {
  if (!isUnderWay(moment.life)) return [];
  return metrics.filter((metric) => isWanted(metric, runs, moment)).flatMap((metric) => started(moment, metric));
}

/** Whether a ticket as it stands would have a clock of this metric running, if its new class promises one. */
function isWanted(metric: Metric, runs: readonly TicketRun[], moment: Moment): boolean {
  const { life } = moment;
  if (liveOf(runs, metric)) return false;
  switch (metric) {
    case 'firstResponse':
      return life.origin === 'customerRequest' && life.lastReplyAt === null;
    case 'followUp':
      return life.lastReplyAt !== null && (planOf(moment).followUpStarts === 'eachReply' || life.isAsked);
    case 'resolution':
      return true;
  }
}

/**
 * Laid out anew from its own start, with its pauses; from the cause on it stands still as its plan now has it. A breach
 * that stood is judged anew.
 */
function layOutAnew(
  run: TicketRun,
  versions: Under<TicketSubject>,
  waits: Iterable<PauseReason>,
  cause: Cause,
  why: TicketMovedBecause,
): TicketRun {
  const anew = laidUnder(run, versions);
  const isStill = standsStill(anew.plan, run.metric, waits);
  const paused = isStill ? { ...anew, pausedSince: run.pausedSince ?? cause.at } : closePause(anew, cause.at);
  return step(paused, cause, why, true);
}
