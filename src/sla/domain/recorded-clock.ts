import { type Instant } from '../../business-time/calendar.js';
import { type Clock } from './clock.js';
import { type CancelledBecause, type OutcomeData, type OutcomeType } from './outcome.js';

/** A clock after one recorded outcome more. The last outcome of a run counts; nothing is computed here. */
export function clockAfter(before: Clock | undefined, type: OutcomeType, said: OutcomeData): Clock {
  const { run, metric, layout, terms, timeZone, target, targetMs, startedAt, at, elapsedMs } = said;
  // What was measured later stays: a warning may be said after the pause that it came before.
  const isOlder = type === 'SlaAtRisk' && before !== undefined && at < before.measuredAt;
  const measured = isOlder ? before : { elapsedMs, measuredAt: at };
  const clock: Clock = {
    ...(before ?? fresh),
    run,
    metric,
    layout,
    terms,
    timeZone,
    target,
    targetMs,
    startedAt,
    elapsedMs: measured.elapsedMs,
    measuredAt: measured.measuredAt,
    atRiskAt: said.atRiskAt,
    isAtRisk: before?.layout === layout && before.isAtRisk,
  };
  switch (type) {
    case 'SlaClockStarted':
    case 'SlaBreachWithdrawn':
      return { ...clock, ...unjudged, ...deadline(said) };
    case 'SlaDeadlineMoved':
      return { ...clock, ...deadline(said) };
    case 'SlaAtRisk':
      return { ...clock, isAtRisk: true };
    case 'SlaBreached':
      return {
        ...clock,
        state: 'breached',
        breachedAt: said.dueAt,
        dueAt: said.dueAt,
        pausedAt: null,
        dueBeforePauseAt: null,
      };
    case 'SlaMet':
      return { ...ended(clock, said), state: 'met', breachedAt: null, satisfiedAt: at };
    case 'SlaMetLate':
      return { ...ended(clock, said), state: 'metLate', breachedAt: said.dueAt, satisfiedAt: at };
    case 'SlaClockCancelled':
      return {
        ...ended(clock, said),
        state: 'cancelled',
        cancelledAt: at,
        cancelReason: said.reason as CancelledBecause,
      };
  }
}

const unjudged = { satisfiedAt: null, breachedAt: null, cancelledAt: null, cancelReason: null } as const;

const fresh = { ...unjudged, state: 'running', dueAt: null, pausedAt: null, dueBeforePauseAt: null } as const;

const ended = (clock: Clock, { dueAt }: OutcomeData): Clock => ({
  ...clock,
  ...unjudged,
  dueAt,
  isAtRisk: false,
  pausedAt: null,
  dueBeforePauseAt: null,
});

/** The deadline as said; while paused, since when, and what it was then. */
const deadline = ({ dueAt, pause }: OutcomeData) =>
  ({
    state: pause === null ? 'running' : 'paused',
    dueAt,
    pausedAt: pause?.since ?? null,
    dueBeforePauseAt: pause?.dueAt ?? null,
  }) as const;

/** When something falls due on a clock next: at risk, or the millisecond after its deadline; null when nothing will. */
export function nextOf({ state, dueAt, atRiskAt, isAtRisk }: Clock): Instant | null {
  if (state !== 'running' && state !== 'paused') return null;
  if (!isAtRisk && atRiskAt !== null) return atRiskAt;
  return dueAt === null ? null : dueAt + 1;
}
