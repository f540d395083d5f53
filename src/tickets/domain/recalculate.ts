import { isSameTarget } from '../../business-time/target.js';
import { type Metric, metrics, type Plan } from '../../catalogue/domain/plan.js';
import { targetOf } from '../../catalogue/domain/promise.js';
import { reappliedTerms } from '../../catalogue/domain/reapplied-terms.js';
import { arePinnedAlike, isSameVersion } from '../../clocks/pinned-versions.js';
import { type Fact } from './facts.js';
import { isUnderWay, type TicketState } from './ticket-state.js';
import { liveOf, type Transition, planOf, promised, started, type WaitsOfTicket, waitsOf } from './transition.js';
import { cancel, type Cause, isLive, laidAnew, lapse, type Under } from '../../clocks/run.js';
import { type TicketRun, type TicketMovedBecause, type TicketSubject } from './ticket-clocks.js';

/** Type or priority changed: what runs is recalculated; what was met or breached stays. */
export function reclassified(transition: Transition): readonly TicketRun[] {
  const { runs, fact, state } = transition;
  const anew = runs.map((run) => {
    if (!isLive(run) || run.breachedAt !== null) return run; // what was met or breached stays
    const under = promised(run.pinned, run.metric, transition);
    if (under === undefined) return cancel(run, fact, 'lostPromise');
    return isUnder(run, under) ? run : recalculate(run, under, state, fact, 'reclassified');
  });
  return [...anew, ...created(anew, transition)];
}

/**
 * An explicit new layout: what runs, or was breached and is unanswered, goes on under the terms that govern the ticket now:
 * the versions, and its class. A revision reaches only what is under older versions.
 */
export function reapplied(
  transition: Transition,
  fact: Extract<Fact, { type: 'PlanReapplied' }>,
): readonly TicketRun[] {
  const { state, before } = transition;
  const anew = transition.runs.map((run) => (isLive(run) ? runReapplied(run, transition, fact) : run));
  return isSameVersion(state.terms.plan, before.terms.plan) ? anew : [...anew, ...created(anew, transition)];
}

function runReapplied(
  run: TicketRun,
  transition: Transition,
  fact: Extract<Fact, { type: 'PlanReapplied' }>,
): TicketRun {
  const { because } = fact.data;
  const pinned = reappliedTerms(run.pinned, fact.terms, because);
  if (pinned === run.pinned && because !== 'reapplied') return run;
  const under = promised(pinned, run.metric, transition);
  if (under === undefined) return cancel({ ...run, breachedAt: null }, fact, 'lostPromise');
  if (isUnder(run, under)) return pinned === run.pinned ? run : { ...run, pinned };
  const planSince = isSameVersion(under.terms.plan, run.terms.plan) ? run.planSince : fact.at;
  const anew = lapse(recalculate({ ...run, planSince }, under, transition.state, fact, because), fact.at);
  // Breached at the same deadline: the breach that was recorded stands.
  return run.breachedAt !== null && anew.breachedAt === run.breachedAt ? run : anew;
}

/** The clocks that a change creates; they start at it. */
function created(runs: readonly TicketRun[], transition: Transition): readonly TicketRun[] {
  if (!isUnderWay(transition.state)) return [];
  return metrics
    .filter((metric) => isWanted(metric, runs, transition))
    .flatMap((metric) => started(transition, metric));
}

const isWanted = (metric: Metric, runs: readonly TicketRun[], transition: Transition): boolean =>
  !liveOf(runs, metric) && isAwaited(metric, transition.state, planOf(transition));

/** Whether a ticket under way as it stands has a clock of this metric of its own running, if its class promises one. */
function isAwaited(metric: Metric, state: TicketState, plan: Pick<Plan, 'followUpStarts'>): boolean {
  switch (metric) {
    case 'firstResponse':
      return state.origin === 'customerRequest' && state.lastReplyAt === null;
    case 'followUp':
      return state.lastReplyAt !== null && (plan.followUpStarts === 'eachReply' || state.isAsked);
    case 'resolution':
      return true;
    case 'callBack':
      return state.call.requestedAt !== null;
    case 'appointment':
      return state.call.startsAt !== null;
  }
}

/** Whether a ticket under way as it stands has a clock of this metric, its own or that of a request that was merged into it. */
export function isOpen(metric: Metric, state: TicketState, plan: Plan): boolean {
  if (targetOf(plan, metric, state) === undefined) return false;
  const { receivedSince, lastReplyAt } = state;
  const isMergedAwaited = receivedSince !== null && (lastReplyAt === null || lastReplyAt < receivedSince);
  return isAwaited(metric, state, plan) || (metric === 'firstResponse' && isMergedAwaited);
}

/** Whether a run is counted under the same versions, and has the same target. */
const isUnder = (run: TicketRun, { terms, target }: Under<TicketSubject>) =>
  arePinnedAlike(run.terms, terms) && isSameTarget(run.target, target);

/** Recalculated from its own start, as {@link laidAnew}. */
export const recalculate = (
  run: TicketRun,
  versions: Under<TicketSubject>,
  state: WaitsOfTicket,
  cause: Cause,
  why: TicketMovedBecause,
): TicketRun => laidAnew(run, versions, waitsOf(run, state), cause, why);
