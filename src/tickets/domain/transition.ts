import { type Metric, type PauseReason } from '../../catalogue/domain/plan.js';
import { countedIn, targetOf } from '../../catalogue/domain/promise.js';
import { type Fact } from './facts.js';
import { type TicketState } from './ticket-state.js';
import { type Instant } from '../../business-time/calendar.js';
import { countedUnder, type PinnedVersions } from '../../clocks/pinned-versions.js';
import { type Cause, isLive, start, startedBecause, type Under } from '../../clocks/run.js';
import { type Waits } from '../../clocks/subject.js';
import { agreedOf, isOfCall } from './agreed.js';
import { type TicketRun, type TicketSubject } from './ticket-clocks.js';
import { type Versions } from '../../catalogue/domain/versions.js';

/** A fact as it meets the clocks that run, and the ticket before and after it. */
export interface Transition {
  readonly runs: readonly TicketRun[];
  readonly fact: Fact;
  readonly before: TicketState;
  readonly state: TicketState;
  readonly versions: Versions;
  /** The first reply of ours that occurred at or after an instant and before the fact, by a person. */
  readonly firstReplyFrom: FirstReplyFrom;
}

export type FirstReplyFrom = (at: Instant) => Cause | undefined;

/** The ticket's own run of a metric that something can still become of; a call that came with another ticket is its own, too. */
export const liveOf = (runs: readonly TicketRun[], metric: Metric) =>
  runs.find((run) => run.metric === metric && (run.from === null || isOfCall(metric)) && isLive(run));
export const planOf = ({ fact, versions }: Transition) => versions.plan(fact.terms.plan);

/** The run that a metric starts with the fact, or at another instant, where the plan promises it; else none. */
export function started(
  transition: Transition,
  metric: Metric,
  at: Instant = transition.fact.at,
): readonly TicketRun[] {
  const { fact, state } = transition;
  const under = promised(fact.terms, metric, transition);
  if (under === undefined) return [];
  const agreed = agreedOf(metric, state.call);
  const run: TicketRun = start({ metric, fact: { id: fact.id, at }, under, waits: waitsOf({ metric }, state), agreed });
  const isLater = metric === 'callBack' && agreed !== null && run.baseDueAt > under.calendar.dueAt(at, under.target);
  return [isLater ? startedBecause(run, 'customersTime') : run];
}

export type WaitsOfTicket = Pick<TicketState, 'waits' | 'call'>;

/** What a clock stands still for: the waits of the ticket; a call-back also while the customer is to say when it is there. */
export function waitsOf({ metric }: Pick<TicketRun, 'metric'>, { waits, call }: WaitsOfTicket): Waits<TicketSubject> {
  if (metric !== 'callBack' || call.unreachedSince === null) return waits;
  return new Map<PauseReason, { readonly until: Instant | null }>([...waits, ['waitingForCustomer', { until: null }]]);
}

/** What the versions pinned promise the ticket as it stands for a metric; undefined where they promise nothing. */
export function promised(
  pinned: PinnedVersions,
  metric: Metric,
  { state, versions }: Pick<Transition, 'state' | 'versions'>,
): Under<TicketSubject> | undefined {
  const plan = versions.plan(pinned.plan);
  const promise = targetOf(plan, metric, state);
  if (promise === undefined) return undefined;
  const terms = countedUnder(pinned, promise.calendar);
  return { pinned, terms, plan, calendar: countedIn(metric, terms.calendar, versions), target: promise.target };
}
