import { type Instant } from '../business-time/calendar.js';
import { type Clock } from './clock.js';
import { type OutcomeType, type RunData } from './outcome.js';
import { type Subject } from './subject.js';

/**
 * A clock after one recorded outcome more. The last outcome of a run counts; nothing is computed here. That a breached one
 * stands still or is over, no outcome says: that follows from what happened to its subject.
 */
export function clockAfter<S extends Subject>(
  before: Clock<S> | undefined,
  type: OutcomeType,
  outcome: RunData<S>,
): Clock<S> {
  const { run, metric, layout, terms, timeZone, target, targetMs, startedAt, at, atRiskAt } = outcome;
  // What was measured later stays: a warning may be said after the pause that it came before.
  const isOlder = type === 'SlaAtRisk' && before !== undefined && at < before.measuredAt;
  const { elapsedMs, measuredAt } = isOlder ? before : { elapsedMs: outcome.elapsedMs, measuredAt: at };
  const warned = before?.layout === layout && before.isAtRisk;
  const { state, dueAt, isAtRisk, satisfiedAt, breachedAt, cancelledAt, cancelReason, ...paused } = standing<S>(
    before ?? fresh,
    type,
    outcome,
    warned,
  );
  const { pausedAt, dueBeforePauseAt, pausedUntil } = paused;
  return {
    run,
    metric,
    from: outcome.from ?? null,
    layout,
    state,
    terms,
    timeZone,
    target,
    targetMs,
    startedAt,
    dueAt,
    atRiskAt,
    isAtRisk,
    satisfiedAt,
    breachedAt,
    cancelledAt,
    cancelReason,
    pausedAt,
    dueBeforePauseAt,
    pausedUntil,
    overAt: null,
    elapsedMs,
    measuredAt,
    planSince: outcome.planSince ?? startedAt,
    stops: [],
  };
}

/** The part of a clock that an outcome decides. */
type ClockStanding<S extends Subject> = Pick<
  Clock<S>,
  | 'state'
  | 'dueAt'
  | 'isAtRisk'
  | 'pausedAt'
  | 'dueBeforePauseAt'
  | 'pausedUntil'
  | 'satisfiedAt'
  | 'breachedAt'
  | 'cancelledAt'
  | 'cancelReason'
>;

const fresh: ClockStanding<never> = {
  state: 'running',
  dueAt: null,
  isAtRisk: false,
  pausedAt: null,
  dueBeforePauseAt: null,
  pausedUntil: null,
  satisfiedAt: null,
  breachedAt: null,
  cancelledAt: null,
  cancelReason: null,
};

function standing<S extends Subject>(
  before: ClockStanding<S>,
  type: OutcomeType,
  outcome: RunData<S>,
  isAtRisk: boolean,
): ClockStanding<S> {
  const { at, dueAt, reason } = outcome;
  switch (type) {
    case 'SlaClockStarted':
    case 'SlaBreachWithdrawn':
      return onTheWay(fresh, outcome, isAtRisk);
    case 'SlaDeadlineMoved':
      return before.state === 'breached' ? before : onTheWay(before, outcome, isAtRisk);
    case 'SlaAtRisk':
      return { ...before, isAtRisk: true };
    case 'SlaBreached':
      return {
        ...before,
        state: 'breached',
        breachedAt: dueAt,
        dueAt,
        isAtRisk: false,
        ...{ pausedAt: null, dueBeforePauseAt: null, pausedUntil: null },
      };
    case 'SlaMet':
      return { ...fresh, state: 'met', dueAt, satisfiedAt: at };
    case 'SlaMetLate':
      return { ...fresh, state: 'metLate', dueAt, breachedAt: dueAt, satisfiedAt: at };
    case 'SlaClockCancelled':
      return { ...fresh, state: 'cancelled', dueAt, cancelledAt: at, cancelReason: reason };
  }
}

/** Running, or paused: since when, and the deadline it had. */
const onTheWay = <S extends Subject>(
  before: ClockStanding<S>,
  { dueAt, pause }: RunData<S>,
  isAtRisk: boolean,
): ClockStanding<S> => ({
  ...before,
  state: pause === null ? 'running' : 'paused',
  dueAt,
  isAtRisk,
  pausedAt: pause?.since ?? null,
  dueBeforePauseAt: pause?.dueAt ?? null,
  pausedUntil: pause?.until ?? null,
});

/** When something falls due on a clock next: at risk, or the millisecond after its deadline; null when nothing will. */
export function nextOf({
  state,
  dueAt,
  atRiskAt,
  isAtRisk,
}: Pick<Clock, 'state' | 'dueAt' | 'atRiskAt' | 'isAtRisk'>): Instant | null {
  if (state !== 'running' && state !== 'paused') return null;
  if (!isAtRisk && atRiskAt !== null) return atRiskAt;
  return dueAt === null ? null : dueAt + 1;
}
