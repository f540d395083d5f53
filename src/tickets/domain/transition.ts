import { type Metric } from '../../catalogue/domain/plan.js';
import { targetOf } from '../../catalogue/domain/promise.js';
import { type Fact } from './facts.js';
import { type TicketState } from './ticket-state.js';
import { isLive, start } from '../../clocks/run.js';
import { type TicketRun } from './ticket-clocks.js';
import { type Versions } from '../../catalogue/domain/versions.js';

/** A fact as it meets the clocks that run, and the ticket before and after it. */
export interface Transition {
  readonly runs: readonly TicketRun[];
  readonly fact: Fact;
  readonly before: TicketState;
  readonly state: TicketState;
  readonly versions: Versions;
}

export const isUnderWay = (state: TicketState) => state.status === 'open' || state.status === 'waiting';
export const liveOf = (runs: readonly TicketRun[], metric: Metric) =>
  runs.find((run) => run.metric === metric && isLive(run));
export const planOf = ({ fact, versions }: Transition) => versions.plan(fact.terms.plan);

/** The run a metric starts with the moment's fact, where the plan promises it; else none. */
export function started(transition: Transition, metric: Metric): readonly TicketRun[] {
  const { fact, state, versions } = transition;
  const plan = planOf(transition);
  const target = targetOf(plan, metric, state);
  if (target === undefined) return [];
  return [
    start({ metric, fact, plan, target, calendar: versions.calendar(fact.terms.calendar), waits: state.waits.keys() }),
  ];
}
