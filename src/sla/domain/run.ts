import { type BusinessMs, type Calendar, type Instant, type Span, type Target } from '../../business-time/calendar.js';
import { addSkipping, moveByPauses } from '../../business-time/pauses.js';
import { type Metric, type PauseReason, type Plan, type Terms } from '../../plans/domain/plan.js';
import { type CancelledBecause, type MovedBecause, type Pause, type RunId } from './outcome.js';

/** A deadline as it was laid out at some instant of the run. */
export interface Step {
  readonly at: Instant;
  /** The fact that laid it out so. */
  readonly cause: string;
  readonly because: MovedBecause | null;
  /** Null while paused. */
  readonly dueAt: Instant | null;
  readonly pause: Pause | null;
  /** Null while paused before it was reached. */
  readonly atRiskAt: Instant | null;
  /** Laid out anew, rather than moved by a pause. */
  readonly relaid: boolean;
}

export interface Ending {
  readonly kind: 'met' | 'metLate' | 'cancelled';
  readonly at: Instant;
  readonly cause: string;
  readonly dueAt: Instant | null;
  readonly reason: CancelledBecause | null;
}

/** One clock from start to outcome, laid out over the facts as far as they go. */
export interface Run {
  readonly id: RunId;
  readonly metric: Metric;
  readonly startedAt: Instant;
  readonly terms: Terms;
  readonly plan: Plan;
  readonly calendar: Calendar;
  readonly target: Target;
  /** The deadline without pauses. */
  readonly baseDueAt: Instant;
  readonly targetMs: BusinessMs;
  readonly pauses: readonly Span[];
  readonly pausedSince: Instant | null;
  readonly steps: readonly [Step, ...Step[]];
  readonly breachedAt: Instant | null;
  readonly end: Ending | null;
  /** Breached, and since then nothing can answer it any more. */
  readonly overSince: Instant | null;
}

/** The step the run stands at. */
export const lastStep = (run: Run): Step => run.steps.at(-1) ?? run.steps[0];

/** Whether something can still become of it. */
export const isLive = (run: Run): boolean => run.end === null && run.overSince === null;

const isRunning = (run: Run) => isLive(run) && run.breachedAt === null;

/** The deadline if a pause under way ended at `at`. */
export const dueIfResumed = (run: Run, at: Instant): Instant =>
  moveByPauses(run.baseDueAt, pausesUntil(run, at), run.calendar);

const pausesUntil = (run: Run, at: Instant): readonly Span[] =>
  run.pausedSince === null ? run.pauses : [...run.pauses, { from: run.pausedSince, to: at }];

/** The first instant at which the plan's share of the open time is used, pauses left out; null if a pause came before. */
function atRisk(
  run: Pick<Run, 'startedAt' | 'targetMs' | 'plan' | 'pauses' | 'pausedSince' | 'calendar'>,
): Instant | null {
  const used = Math.ceil(run.targetMs * run.plan.atRiskShare);
  const at = addSkipping(run.startedAt, used, run.pauses, run.calendar);
  return run.pausedSince !== null && at > run.pausedSince ? null : at;
}

/** Open time used until an instant, pauses left out; never counted beyond the run's end. */
export function elapsed(run: Run, at: Instant): BusinessMs {
  const until = Math.max(run.startedAt, Math.min(at, run.end?.at ?? Infinity));
  const paused = pausesUntil(run, until)
    .filter((pause) => pause.from < until)
    .reduce((sum, pause) => sum + run.calendar.between(pause.from, Math.min(pause.to, until)), 0);
  return run.calendar.between(run.startedAt, until) - paused;
}

export interface Start {
  readonly metric: Metric;
  readonly fact: { readonly id: string; readonly at: Instant; readonly terms: Terms };
  readonly plan: Plan;
  readonly calendar: Calendar;
  readonly target: Target;
  readonly waits: Iterable<PauseReason>;
}

/** A run from its start. Started while the ticket waits, it starts paused. */
export function start({ metric, fact, plan, calendar, target, waits }: Start): Run {
  const baseDueAt = calendar.dueAt(fact.at, target);
  const pausedSince = standsStill(plan, metric, waits) ? fact.at : null;
  const targetMs = calendar.between(fact.at, baseDueAt);
  const startedAt = fact.at;
  const pauses: readonly Span[] = [];
  const dueAt = pausedSince === null ? baseDueAt : null;
  const pause = pausedSince === null ? null : { since: pausedSince, dueAt: baseDueAt };
  const atRiskAt = atRisk({ startedAt, targetMs, plan, pauses, pausedSince, calendar });
  return {
    id: `${metric}:${fact.id}`,
    metric,
    startedAt,
    terms: fact.terms,
    plan,
    calendar,
    target,
    baseDueAt,
    targetMs,
    pauses,
    pausedSince,
    steps: [{ at: startedAt, cause: fact.id, because: null, dueAt, pause, atRiskAt, relaid: false }],
    breachedAt: null,
    end: null,
    overSince: null,
  };
}

/** Whether a clock of this metric stands still for one of these reasons. */
export function standsStill(plan: Plan, metric: Metric, waits: Iterable<PauseReason>): boolean {
  const reasons = plan.pauses[metric];
  for (const wait of waits) if (reasons.includes(wait)) return true;
  return false;
}

export interface Cause {
  readonly id: string;
  readonly at: Instant;
}

/** A run with a deadline laid out once more. */
export function step(run: Run, cause: Cause, because: MovedBecause, relaid: boolean): Run {
  if (run.breachedAt !== null) return run; // what was breached is judged; only lateness goes on
  const due = moveByPauses(run.baseDueAt, run.pauses, run.calendar);
  // A layout anew may put the deadline before the pause under way: then it has passed, paused or not.
  const isPaused = run.pausedSince !== null && due >= run.pausedSince;
  const pause = isPaused ? { since: run.pausedSince, dueAt: due } : null;
  const dueAt = isPaused ? null : due;
  const next: Step = { at: cause.at, cause: cause.id, because, dueAt, pause, atRiskAt: atRisk(run), relaid };
  return { ...run, steps: [...run.steps, next] };
}

/** Breached, where the deadline has passed before an instant: exactly at the deadline is in time. */
export function lapse(run: Run, before: Instant): Run {
  const { dueAt } = lastStep(run);
  return isRunning(run) && dueAt !== null && dueAt < before ? { ...run, breachedAt: dueAt } : run;
}

/** Paused or resumed, as the ticket's waits have it. */
export function heedWaits(run: Run, waits: Iterable<PauseReason>, cause: Cause): Run {
  if (!isLive(run)) return run;
  const still = standsStill(run.plan, run.metric, waits);
  if (still === (run.pausedSince !== null)) return run;
  if (still) return step({ ...run, pausedSince: cause.at }, cause, 'paused', false);
  return step(closePause(run, cause.at), cause, 'resumed', false);
}

export const closePause = (run: Run, at: Instant): Run =>
  run.pausedSince === null
    ? run
    : { ...run, pauses: [...run.pauses, { from: run.pausedSince, to: at }], pausedSince: null };

/** Answered: in time, or late if it was breached. While paused, the deadline is projected to the answer. */
export function satisfy(run: Run, cause: Cause): Run {
  if (!isLive(run)) return run;
  const kind = run.breachedAt === null ? 'met' : 'metLate';
  const dueAt = run.breachedAt ?? dueIfResumed(run, cause.at);
  return { ...closePause(run, cause.at), end: { kind, at: cause.at, cause: cause.id, dueAt, reason: null } };
}

/** Ended without a verdict; a run that was breached stays so, and nothing can answer it any more. */
export function cancel(run: Run, cause: Cause, reason: CancelledBecause): Run {
  if (!isLive(run)) return run;
  if (run.breachedAt !== null) return { ...run, overSince: cause.at };
  const { dueAt } = lastStep(run);
  return { ...closePause(run, cause.at), end: { kind: 'cancelled', at: cause.at, cause: cause.id, dueAt, reason } };
}

/** Whether closing in silence ended it. */
export const wasClosed = (run: Run): boolean => run.end?.kind === 'cancelled' && run.end.reason === 'closed';

/** A run that closing ended goes on: the span closed counts as a pause, and a breach can be met late again. */
export function takeUp(run: Run, cause: Cause): Run {
  if (run.overSince !== null) {
    const closed = { from: run.pausedSince ?? run.overSince, to: cause.at };
    return { ...run, pauses: [...run.pauses, closed], pausedSince: null, overSince: null };
  }
  if (!wasClosed(run) || run.end === null) return run;
  const pauses = [...run.pauses, { from: run.end.at, to: cause.at }];
  return step({ ...run, pauses, end: null }, cause, 'reopened', true);
}
