import { type BusinessMs, type Calendar, type Instant, type Target } from '../business-time/calendar.js';
import { moveByPauses } from '../business-time/pauses.js';
import { type CancelledBecause, type RunId } from './outcome.js';
import { type PinnedVersions } from './pinned-versions.js';
import { dueOf, elapsed, lastStep, type Run } from './run.js';
import { type Subject } from './subject.js';

/** `breached`: late and still unanswered, paused or not. */
export type ClockState = 'running' | 'paused' | 'breached' | 'met' | 'metLate' | 'cancelled';

/** A clock, as it was last recorded. */
export interface Clock<S extends Subject = Subject> {
  readonly run: RunId;
  readonly metric: S['metric'];
  readonly layout: number;
  readonly state: ClockState;
  readonly terms: PinnedVersions;
  readonly timeZone: string;
  readonly target: Target;
  readonly targetMs: BusinessMs;
  readonly startedAt: Instant;
  /** Null while paused. */
  readonly dueAt: Instant | null;
  readonly atRiskAt: Instant | null;
  /** Said to be at risk. */
  readonly isAtRisk: boolean;
  readonly satisfiedAt: Instant | null;
  readonly breachedAt: Instant | null;
  readonly cancelledAt: Instant | null;
  readonly cancelReason: CancelledBecause<S> | null;
  /** While paused: since when, and the deadline it had. */
  readonly pausedAt: Instant | null;
  readonly dueBeforePauseAt: Instant | null;
  /** When the pause will end by itself; null where nobody knows, and where there is none. */
  readonly pausedUntil: Instant | null;
  /** Open time used until `measuredAt`, pauses left out. */
  readonly elapsedMs: BusinessMs;
  readonly measuredAt: Instant;
}

/** What a clock shows at an instant. */
export interface Reading {
  readonly elapsedMs: BusinessMs;
  /** Negative when overdue. */
  readonly remainingMs: BusinessMs;
  /** Since the start, by the wall clock. */
  readonly elapsedWallMs: number;
  /** Until the deadline by the wall clock, negative when overdue; null while paused and once ended. */
  readonly remainingWallMs: number | null;
  /** The deadline; while paused what it will be when the pause ends, or where nobody knows when, if it ended now. */
  readonly projectedDueAt: Instant | null;
}

/** Reads a clock at `now`: a running or breached one ticks on in open time from where it was measured. */
export function readClock(time: Clock, calendar: Calendar, now: Instant): Reading {
  const { state, measuredAt, targetMs, startedAt, dueAt, pausedAt, dueBeforePauseAt } = time;
  const isTicking = (state === 'running' || state === 'breached') && now > measuredAt;
  const elapsedMs = time.elapsedMs + (isTicking ? calendar.between(measuredAt, now) : 0);
  const endedAt = time.satisfiedAt ?? time.cancelledAt;
  const isPaused = pausedAt !== null && dueBeforePauseAt !== null;
  const pauseEnd = Math.max(now, pausedAt ?? now, time.pausedUntil ?? now);
  return {
    elapsedMs,
    remainingMs: targetMs - elapsedMs,
    elapsedWallMs: Math.max(0, (endedAt ?? now) - startedAt),
    remainingWallMs: dueAt === null || endedAt !== null ? null : dueAt - now,
    projectedDueAt: isPaused ? moveByPauses(dueBeforePauseAt, [{ from: pausedAt, to: pauseEnd }], calendar) : dueAt,
  };
}

/** The clock that a run shows at an instant, were all of it recorded. */
export function clockOf<S extends Subject>(run: Run<S>, at: Instant): Clock<S> {
  const { end, breachedAt, pausedSince } = run;
  const step = lastStep(run);
  const isPaused = end === null && breachedAt === null && pausedSince !== null;
  const isSatisfied = end !== null && end.kind !== 'cancelled';
  const measuredAt = Math.min(at, end?.at ?? Infinity);
  return {
    run: run.id,
    metric: run.metric,
    layout: 1 + run.steps.recalculated,
    state: end?.kind ?? (breachedAt !== null ? 'breached' : isPaused ? 'paused' : 'running'),
    terms: run.terms,
    timeZone: run.calendar.timeZone,
    target: run.target,
    targetMs: run.targetMs,
    startedAt: run.startedAt,
    dueAt: end?.dueAt ?? breachedAt ?? step.dueAt,
    atRiskAt: step.atRiskAt,
    isAtRisk: end === null && breachedAt === null && step.atRiskAt !== null && step.atRiskAt <= at,
    satisfiedAt: isSatisfied ? end.at : null,
    breachedAt,
    cancelledAt: end?.kind === 'cancelled' ? end.at : null,
    cancelReason: end?.reason ?? null,
    pausedAt: isPaused ? pausedSince : null,
    dueBeforePauseAt: isPaused ? dueOf(run) : null,
    pausedUntil: isPaused ? run.pausedUntil : null,
    elapsedMs: elapsed(run, measuredAt),
    measuredAt,
  };
}
