import { type BusinessMs, type Calendar, type Instant, type Target } from '../business-time/calendar.js';
import { moveByPauses, uniteSpans } from '../business-time/pauses.js';
import { type CancelledBecause, type RunId } from './outcome.js';
import { type PinnedVersions } from './pinned-versions.js';
import { dueOf, elapsed, lastStep, type Run } from './run.js';
import { type Recorded } from './recorded-run.js';
import { type Subject } from './subject.js';

/** `breached`: late and still unanswered, paused or not. */
export type ClockState = 'running' | 'paused' | 'breached' | 'met' | 'metLate' | 'cancelled';

/** A clock, as it was last recorded. */
export interface Clock<S extends Subject = Subject> {
  readonly run: RunId;
  readonly metric: S['metric'];
  /** The other subject whose promise it is; null where it is its subject's own. */
  readonly from: string | null;
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
  /** Breached, and since then nothing can answer it, or only a reopening or a late reply that takes it up. */
  readonly overAt: Instant | null;
  /** Open time used until `measuredAt`, pauses left out. */
  readonly elapsedMs: BusinessMs;
  readonly measuredAt: Instant;
  /** Since when it is under its plan: what the plan has to say of standing still counts from then on. */
  readonly planSince: Instant;
  /** When it stood still since it was measured; only a breached clock does: of another it is recorded, and measured. */
  readonly stops: readonly Standstill[];
}

/** A while in which a clock stood still. */
export interface Standstill {
  readonly from: Instant;
  /** Null: it goes on. */
  readonly to: Instant | null;
}

/** What a clock shows at an instant. */
export interface Reading {
  /** As recorded, but that a pause which was to end by itself is over. */
  readonly state: ClockState;
  /** Null while paused. */
  readonly dueAt: Instant | null;
  readonly elapsedMs: BusinessMs;
  /** Negative when overdue. */
  readonly remainingMs: BusinessMs;
  /** Since the start, by the wall clock. */
  readonly elapsedWallMs: number;
  /** Until the deadline by the wall clock, negative when overdue; null while it stands still and once it is over. */
  readonly remainingWallMs: number | null;
  /** The deadline; while paused what it will be when the pause ends, or where nobody knows when, if it ended now. */
  readonly projectedDueAt: Instant | null;
}

/**
 * Reads a clock at `now`: a running or breached one ticks on in open time from where it was measured, but for when it
 * stood still, and until it is over; a paused one from where its pause ends by itself, whether or not that is recorded yet.
 * This is all that any answer says of the time on a clock.
 */
export function readClock(clock: Clock, calendar: Calendar, now: Instant): Reading {
  const { targetMs, startedAt, pausedAt, dueBeforePauseAt, pausedUntil, stops } = clock;
  const endedAt = clock.satisfiedAt ?? clock.cancelledAt ?? clock.overAt;
  const until = Math.min(now, endedAt ?? Infinity);
  const { state: known } = clock;
  const isPaused = pausedAt !== null && dueBeforePauseAt !== null;
  const goesOnFrom = isPaused ? (pausedUntil ?? Infinity) : clock.measuredAt;
  const isTicking = (known === 'running' || known === 'breached' || isPaused) && until > goesOnFrom;
  const elapsedMs = clock.elapsedMs + (isTicking ? openBetween(goesOnFrom, until, stops, calendar) : 0);
  const isStill = stops.some(({ from, to }) => from <= now && (to === null || to > now));
  const pauseEnd = Math.max(pausedAt ?? now, pausedUntil ?? now);
  const projectedDueAt = isPaused
    ? moveByPauses(dueBeforePauseAt, [{ from: pausedAt, to: pauseEnd }], calendar)
    : clock.dueAt;
  const hasResumed = isPaused && pausedUntil !== null && pausedUntil <= now;
  const isOver = endedAt !== null || isStill || (isPaused && !hasResumed);
  return {
    state: hasResumed ? 'running' : known,
    dueAt: hasResumed ? projectedDueAt : clock.dueAt,
    elapsedMs,
    remainingMs: targetMs - elapsedMs,
    elapsedWallMs: Math.max(0, (endedAt ?? now) - startedAt),
    remainingWallMs: projectedDueAt === null || isOver ? null : projectedDueAt - now,
    projectedDueAt,
  };
}

/** Open time between two instants, but for when a clock stood still. */
function openBetween(from: Instant, to: Instant, stops: readonly Standstill[], calendar: Calendar): BusinessMs {
  const within = stops.map((stop) => ({ from: Math.max(from, stop.from), to: Math.min(to, stop.to ?? to) }));
  const still = uniteSpans(within).reduce((sum, span) => sum + calendar.between(span.from, span.to), 0);
  return calendar.between(from, to) - still;
}

/**
 * The clock that a run shows at an instant, were all of it recorded.
 * @param said what was recorded of it: the layout, and whether it was reported as at risk; undefined where nothing was
 */
export function clockOf<S extends Subject>(
  run: Run<S>,
  at: Instant,
  said: Pick<Recorded<S>, 'layout' | 'atRisk'> | undefined,
): Clock<S> {
  const { end, breachedAt, pausedSince, overSince } = run;
  const step = lastStep(run);
  const isPaused = end === null && breachedAt === null && pausedSince !== null;
  const isSatisfied = end !== null && end.kind !== 'cancelled';
  const pausedUntil = run.pausedUntil ?? Infinity;
  const measuredAt = Math.min(at, end?.at ?? overSince ?? (isPaused ? pausedUntil : Infinity));
  const isLate = end === null && breachedAt !== null && overSince === null;
  const isStill = isLate && pausedSince !== null && pausedUntil > measuredAt;
  return {
    run: run.id,
    metric: run.metric,
    from: run.from,
    layout: said?.layout ?? 1 + run.steps.recalculated,
    state: end?.kind ?? (breachedAt !== null ? 'breached' : isPaused ? 'paused' : 'running'),
    terms: run.terms,
    timeZone: run.calendar.timeZone,
    target: run.target,
    targetMs: run.targetMs,
    startedAt: run.startedAt,
    dueAt: end?.dueAt ?? breachedAt ?? step.dueAt,
    atRiskAt: step.atRiskAt,
    isAtRisk: end === null && breachedAt === null && (said?.atRisk ?? (step.atRiskAt !== null && step.atRiskAt <= at)),
    satisfiedAt: isSatisfied ? end.at : null,
    breachedAt,
    cancelledAt: end?.kind === 'cancelled' ? end.at : null,
    cancelReason: end?.reason ?? null,
    pausedAt: isPaused ? pausedSince : null,
    dueBeforePauseAt: isPaused ? dueOf(run) : null,
    pausedUntil: isPaused ? run.pausedUntil : null,
    overAt: end === null ? overSince : null,
    elapsedMs: elapsed(run, measuredAt),
    measuredAt,
    planSince: run.planSince,
    stops: isStill ? [{ from: measuredAt, to: run.pausedUntil }] : [],
  };
}
