import { isDeepStrictEqual } from 'node:util';
import { type BusinessMs, type Calendar, type Instant, type Span, type Target } from '../business-time/calendar.js';
import { type CancelledBecause, type MovedBecause, type Pause, type RunId } from './outcome.js';
import { addPause, dueAfter, type Paused, pausedAnew, pausedUntil, riskAfter, spansOf, unpaused } from './paused.js';
import { type PinnedVersions } from './pinned-versions.js';
import { type ClockRules, type Subject, type Waits } from './subject.js';

/** A deadline as it was laid out at some instant of the run. */
export interface Step<S extends Subject = Subject> {
  readonly at: Instant;
  /** The fact that laid it out so. */
  readonly cause: string;
  readonly because: MovedBecause<S> | null;
  /** Null while paused. */
  readonly dueAt: Instant | null;
  readonly pause: Pause | null;
  /** Null while paused before it was reached. */
  readonly atRiskAt: Instant | null;
  /** Recalculated, rather than moved by a pause. */
  readonly recalculated: boolean;
}

/** A step, and those before it: one more costs the same however many there are. */
export interface Steps<S extends Subject = Subject> {
  readonly step: Step<S>;
  readonly before: Steps<S> | null;
  /** How many of them were recalculated. */
  readonly recalculated: number;
}

export interface Ending<S extends Subject = Subject> {
  readonly kind: 'met' | 'metLate' | 'cancelled';
  readonly at: Instant;
  readonly cause: string;
  readonly dueAt: Instant | null;
  readonly reason: CancelledBecause<S> | null;
}

/** A time that was agreed with the customer, or that the customer asked for. What is due is due no sooner for it. */
export interface Agreed {
  /** The target counts from here, where it is after the start. */
  readonly from: Instant | null;
  /** It is not due before here. */
  readonly until: Instant | null;
}

/** One clock from start to outcome, laid out over the facts as far as they go. */
export interface Run<S extends Subject = Subject> {
  readonly id: RunId;
  readonly metric: S['metric'];
  /** The other subject whose promise it took over; null where it is its subject's own. */
  readonly from: string | null;
  readonly startedAt: Instant;
  /** The versions that govern it, those of other targets' calendars among them. */
  readonly pinned: PinnedVersions;
  /** Those that it is counted under. */
  readonly terms: PinnedVersions;
  readonly plan: S['plan'] & ClockRules<S>;
  /** Since when it is under that version of its plan. */
  readonly planSince: Instant;
  readonly calendar: Calendar;
  readonly target: Target;
  /** Null where its target alone says when it is due. */
  readonly agreed: Agreed | null;
  /** The deadline without pauses. */
  readonly baseDueAt: Instant;
  readonly targetMs: BusinessMs;
  readonly paused: Paused;
  readonly pausedSince: Instant | null;
  /** When the pause under way will end by itself; null where nobody knows. */
  readonly pausedUntil: Instant | null;
  readonly firstStep: Step<S>;
  /** The steps it has taken, the newest first. */
  readonly steps: Steps<S>;
  readonly breachedAt: Instant | null;
  readonly end: Ending<S> | null;
  /** Breached, and since then nothing can answer it any more, unless it is taken up. */
  readonly overSince: Instant | null;
  /** Ended by what may be taken back: as it was before. */
  readonly before: Run<S> | null;
}

/** The step the run stands at. */
export const lastStep = <S extends Subject>(run: Run<S>): Step<S> => run.steps.step;

/** The steps after the last one that something holds of, in order; undefined where it holds of none. */
export function stepsSince<S extends Subject>(
  run: Run<S>,
  holds: (step: Step<S>) => boolean,
): readonly Step<S>[] | undefined {
  const since: Step<S>[] = [];
  for (let at: Steps<S> | null = run.steps; at !== null; at = at.before) {
    if (holds(at.step)) return since.reverse();
    since.push(at.step);
  }
  return undefined;
}

/** All steps but the first, in order. */
export const stepsOn = <S extends Subject>(run: Run<S>): readonly Step<S>[] =>
  stepsSince(run, (step) => step === run.firstStep) ?? [];

/** Whether something can still become of it. */
export const isLive = (run: Run): boolean => run.end === null && run.overSince === null;

/** Whether it can still be answered in time. */
export const isRunning = (run: Run) => isLive(run) && run.breachedAt === null;

/** The deadline by the pauses that have ended. */
export const dueOf = (run: Run): Instant => dueAfter(run.paused, run.calendar);

/** The deadline if a pause under way ended at `at`. */
function dueIfResumed({ paused, pausedSince, calendar }: Run, at: Instant): Instant {
  if (pausedSince === null) return dueAfter(paused, calendar);
  return dueAfter(addPause(paused, { from: pausedSince, to: at }, calendar), calendar);
}

/** The first instant at which the plan's share of the open time is used, pauses left out; null if a pause came before. */
function atRisk({ paused, pausedSince, calendar }: Pick<Run, 'paused' | 'pausedSince' | 'calendar'>): Instant | null {
  const at = riskAfter(paused, calendar);
  return pausedSince !== null && at > pausedSince ? null : at;
}

/**
 * Open time used until an instant, pauses left out; never counted beyond the run's end, or when it was over. A pause that ends
 * by itself has ended then, whether or not that is recorded yet.
 */
export function elapsed(run: Run, at: Instant): BusinessMs {
  const { startedAt, end, overSince, paused, pausedSince, calendar } = run;
  const until = Math.max(startedAt, Math.min(at, end?.at ?? overSince ?? Infinity));
  const still = Math.min(until, run.pausedUntil ?? Infinity);
  const now = pausedSince !== null && pausedSince < still ? calendar.between(pausedSince, still) : 0;
  return calendar.between(startedAt, until) - pausedUntil(paused, until, calendar) - now;
}

/** What a run is under. */
export type Under<S extends Subject> = Pick<Run<S>, 'pinned' | 'terms' | 'plan' | 'calendar' | 'target'>;

export interface Start<S extends Subject> {
  readonly metric: S['metric'];
  readonly fact: { readonly id: string; readonly at: Instant };
  readonly under: Under<S>;
  readonly waits: Waits<S>;
  readonly agreed?: Agreed | null;
}

/** When a run is due without pauses. */
const baseDue = (startedAt: Instant, { calendar, target }: Pick<Run, 'calendar' | 'target'>, agreed: Agreed | null) =>
  Math.max(calendar.dueAt(Math.max(startedAt, agreed?.from ?? startedAt), target), agreed?.until ?? -Infinity);

/** A run from its start. Started while its subject waits, it starts paused. */
export function start<S extends Subject>({ metric, fact, under, waits, agreed = null }: Start<S>): Run<S> {
  const { pinned, terms, plan, calendar, target } = under;
  const baseDueAt = baseDue(fact.at, under, agreed);
  const still = standstill(plan, metric, waits);
  const [pausedSince, pausedUntil] = still === undefined ? [null, null] : [fact.at, still.until];
  const targetMs = calendar.between(fact.at, baseDueAt);
  const startedAt = fact.at;
  const paused = unpaused(startedAt, baseDueAt, riskOf(plan, targetMs));
  const dueAt = pausedSince === null ? baseDueAt : null;
  const pause = pausedSince === null ? null : pauseOf(pausedSince, pausedUntil, baseDueAt);
  const atRiskAt = atRisk({ paused, pausedSince, calendar });
  const step: Step<S> = { at: startedAt, cause: fact.id, because: null, dueAt, pause, atRiskAt, recalculated: false };
  return {
    id: `${metric}:${fact.id}`,
    metric,
    from: null,
    startedAt,
    pinned,
    terms,
    plan,
    planSince: startedAt,
    calendar,
    target,
    agreed,
    baseDueAt,
    targetMs,
    paused,
    pausedSince,
    pausedUntil,
    firstStep: step,
    steps: { step, before: null, recalculated: 0 },
    breachedAt: null,
    end: null,
    overSince: null,
    before: null,
  };
}

/** What a run was in another subject that hands it over: its fact there, since when, and when it stood still. */
export interface HandedOver {
  readonly from: string;
  readonly fact: string;
  readonly since: Instant;
  readonly pauses: readonly Span[];
}

/** A run that another subject hands over: from its start there and with its pauses, under this subject's terms. */
export function takeOver<S extends Subject>(
  { from, fact: id, since, pauses }: HandedOver,
  { fact, metric, ...rest }: Omit<Start<S>, 'waits'>,
): Run<S> {
  const run = start({ ...rest, metric, fact: { ...fact, at: since }, waits: new Map() });
  const paused = pauses.reduce((all, span) => addPause(all, span, run.calendar), run.paused);
  const moved = { ...run, id: `${metric}:${id}`, from, paused };
  return pauses.length === 0 ? moved : withFirstStep(moved, { dueAt: dueOf(moved), atRiskAt: atRisk(moved) });
}

/** A run that is due from its start on otherwise than its target says, and why. */
export const startedBecause = <S extends Subject>(run: Run<S>, because: MovedBecause<S>): Run<S> =>
  withFirstStep(run, { because });

function withFirstStep<S extends Subject>(run: Run<S>, laidOut: Partial<Step<S>>): Run<S> {
  const first = { ...run.firstStep, ...laidOut };
  return { ...run, firstStep: first, steps: { step: first, before: null, recalculated: 0 } };
}

const riskOf = (plan: Pick<ClockRules<Subject>, 'atRiskShare'>, targetMs: BusinessMs) =>
  Math.ceil(targetMs * plan.atRiskShare);

/** The same run under other versions, from its start and with its pauses. A breach that stood is judged anew. */
export function laidUnder<S extends Subject>(run: Run<S>, anew: Under<S>): Run<S> {
  const { plan, calendar } = anew;
  const baseDueAt = baseDue(run.startedAt, anew, run.agreed);
  const targetMs = calendar.between(run.startedAt, baseDueAt);
  const paused = pausedAnew(run.paused, unpaused(run.startedAt, baseDueAt, riskOf(plan, targetMs)), calendar);
  return { ...run, ...anew, baseDueAt, targetMs, paused, breachedAt: null };
}

/**
 * Laid out anew from its own start, with its pauses; from the cause on it stands still as its plan now has it. A breach that
 * stood is judged anew.
 */
export function laidAnew<S extends Subject>(
  run: Run<S>,
  under: Under<S>,
  waits: Waits<S>,
  cause: Cause,
  because: MovedBecause<S>,
): Run<S> {
  const anew = laidUnder(run, under);
  const still = standstill(anew.plan, run.metric, waits);
  const paused =
    still === undefined
      ? closePause(anew, cause.at)
      : { ...anew, pausedSince: run.pausedSince ?? cause.at, pausedUntil: still.until };
  return step(paused, cause, because, true);
}

/** The same run when another time is agreed. A breach that stands is not undone by it. */
export function laidTo<S extends Subject>(
  run: Run<S>,
  agreed: Agreed,
  waits: Waits<S>,
  cause: Cause,
  because: MovedBecause<S>,
): Run<S> {
  const anew = { ...run, agreed };
  const isMoved = isRunning(run) && baseDue(run.startedAt, run, agreed) !== run.baseDueAt;
  return isMoved ? laidAnew(anew, anew, waits, cause, because) : heedWaits(isRunning(run) ? anew : run, waits, cause);
}

const pauseOf = (since: Instant, until: Instant | null, dueAt: Instant): Pause =>
  until === null ? { since, dueAt } : { since, dueAt, until };

/** For how long a clock of this metric stands still for these reasons; undefined where it does not. */
export function standstill<S extends Subject>(
  plan: ClockRules<S>,
  metric: S['metric'],
  waits: Waits<S>,
): { readonly until: Instant | null } | undefined {
  const reasons = plan.pauses[metric];
  let still: { readonly until: Instant | null } | undefined;
  for (const [reason, { until }] of waits) {
    if (reasons?.includes(reason) !== true) continue;
    if (until === null) return { until };
    if (still === undefined || until > (still.until ?? until)) still = { until };
  }
  return still;
}

export interface Cause {
  readonly id: string;
  readonly at: Instant;
}

/** A run with a deadline laid out once more. */
export function step<S extends Subject>(
  run: Run<S>,
  cause: Cause,
  because: MovedBecause<S>,
  recalculated: boolean,
): Run<S> {
  if (run.breachedAt !== null) return run; // what was breached is judged; only lateness goes on
  const due = dueOf(run);
  // A recalculation may put the deadline before the pause under way: then it has passed, paused or not.
  const isPaused = run.pausedSince !== null && due >= run.pausedSince;
  const pause = isPaused ? pauseOf(run.pausedSince, run.pausedUntil, due) : null;
  const dueAt = isPaused ? null : due;
  const next: Step<S> = { at: cause.at, cause: cause.id, because, dueAt, pause, atRiskAt: atRisk(run), recalculated };
  return {
    ...run,
    steps: { step: next, before: run.steps, recalculated: run.steps.recalculated + (recalculated ? 1 : 0) },
  };
}

/** Breached, where the deadline has passed before an instant: exactly at the deadline is in time. */
export function lapse<S extends Subject>(run: Run<S>, before: Instant): Run<S> {
  const { dueAt } = lastStep(run);
  return isRunning(run) && dueAt !== null && dueAt < before ? lateSince({ ...run, breachedAt: dueAt }, dueAt) : run;
}

/**
 * A run whose deadline had passed already when it was put under its plan: since the deadline it is late, and only from the
 * change on does the plan have a say in when it stands still.
 */
function lateSince<S extends Subject>(run: Run<S>, dueAt: Instant): Run<S> {
  const { planSince, pausedSince, startedAt, baseDueAt, plan, targetMs, calendar } = run;
  if (dueAt >= planSince) return run;
  const before = spansOf(run.paused).filter(({ from }) => from < dueAt);
  const fresh = unpaused(startedAt, baseDueAt, riskOf(plan, targetMs));
  const paused = before.reduce((all, span) => addPause(all, span, calendar), fresh);
  return { ...run, paused, pausedSince: pausedSince === null ? null : Math.max(pausedSince, planSince) };
}

/** Paused or resumed, as its subject waits or not. */
export function heedWaits<S extends Subject>(run: Run<S>, waits: Waits<S>, cause: Cause): Run<S> {
  if (!isLive(run)) return run;
  const still = standstill(run.plan, run.metric, waits);
  if (still === undefined)
    return run.pausedSince === null ? run : step(closePause(run, cause.at), cause, 'resumed', false);
  if (run.pausedSince !== null && run.pausedUntil === still.until) return run;
  return step({ ...run, pausedSince: run.pausedSince ?? cause.at, pausedUntil: still.until }, cause, 'paused', false);
}

export const closePause = <S extends Subject>(run: Run<S>, at: Instant): Run<S> =>
  run.pausedSince === null
    ? run
    : {
        ...run,
        ...{ paused: addPause(run.paused, { from: run.pausedSince, to: at }, run.calendar) },
        ...{ pausedSince: null, pausedUntil: null },
      };

/** Answered: in time, or late if it was breached. While paused, the deadline is projected to the answer. */
export function satisfy<S extends Subject>(run: Run<S>, cause: Cause): Run<S> {
  if (!isLive(run)) return run;
  const kind = run.breachedAt === null ? 'met' : 'metLate';
  const dueAt = run.breachedAt ?? dueIfResumed(run, cause.at);
  return { ...closePause(run, cause.at), end: { kind, at: cause.at, cause: cause.id, dueAt, reason: null } };
}

/** Ended without a verdict; a run that was breached stays so, and nothing can answer it any more. */
export function cancel<S extends Subject>(run: Run<S>, cause: Cause, reason: CancelledBecause<S>): Run<S> {
  if (!isLive(run)) return run;
  if (run.breachedAt !== null) return { ...run, overSince: cause.at };
  const { dueAt } = lastStep(run);
  return { ...closePause(run, cause.at), end: { kind: 'cancelled', at: cause.at, cause: cause.id, dueAt, reason } };
}

/** As {@link cancel}, by what may be taken back. */
export function suspend<S extends Subject>(run: Run<S>, cause: Cause, reason: CancelledBecause<S>): Run<S> {
  return isLive(run) ? { ...cancel(run, cause, reason), before: run } : run;
}

/**
 * What ended it is taken back: it goes on as if that had not been, the time since included. A pause that was to end by itself
 * meanwhile has ended.
 */
export function resume<S extends Subject>(run: Run<S>, cause: Cause): Run<S> {
  const { before } = run;
  if (before === null) return run;
  const { pausedUntil } = before;
  if (pausedUntil === null || pausedUntil > cause.at) return lapse(before, cause.at);
  const ended = step(closePause(before, pausedUntil), { id: cause.id, at: pausedUntil }, 'resumed', false);
  return lapse(ended, cause.at);
}

/** Whether closing in silence ended it. */
export const wasClosed = (run: Run): boolean => run.end?.kind === 'cancelled' && run.end.reason === 'closed';

/** A run that closing ended goes on: the span closed counts as a pause, and a breach can be met late again. */
export function takeUp<S extends Subject>(run: Run<S>, cause: Cause): Run<S> {
  if (run.overSince !== null) {
    const closed = { from: run.pausedSince ?? run.overSince, to: cause.at };
    const paused = addPause(run.paused, closed, run.calendar);
    return { ...run, paused, pausedSince: null, pausedUntil: null, overSince: null };
  }
  if (!wasClosed(run) || run.end === null) return run;
  const paused = addPause(run.paused, { from: run.end.at, to: cause.at }, run.calendar);
  return step({ ...run, paused, end: null }, cause, 'reopened', true);
}

/** Whether two runs are the same, one being laid out again from the other's past: their steps and pauses go on from the same. */
export function isSameRun<S extends Subject>(a: Run<S>, b: Run<S>): boolean {
  if (a === b) return true;
  return (
    a.id === b.id &&
    a.from === b.from &&
    a.startedAt === b.startedAt &&
    a.pausedSince === b.pausedSince &&
    a.pausedUntil === b.pausedUntil &&
    a.breachedAt === b.breachedAt &&
    a.overSince === b.overSince &&
    a.baseDueAt === b.baseDueAt &&
    a.targetMs === b.targetMs &&
    a.plan === b.plan &&
    a.planSince === b.planSince &&
    a.calendar === b.calendar &&
    isDeepStrictEqual([a.pinned, a.terms, a.target, a.agreed, a.end], [b.pinned, b.terms, b.target, b.agreed, b.end]) &&
    (a.before === null || b.before === null ? a.before === b.before : isSameRun(a.before, b.before)) &&
    isNextOf(a.steps, b.steps) &&
    isNextOf(a.paused.ended, b.paused.ended)
  );
}

interface Link {
  readonly before: Link | null;
}

/** Whether two chains are the same: the newest says the same, and what came before is one. */
function isNextOf<Chain extends Link>(a: Chain | null, b: Chain | null): boolean {
  if (a === b) return true;
  return (
    a !== null &&
    b !== null &&
    a.before === b.before &&
    isDeepStrictEqual({ ...a, before: null }, { ...b, before: null })
  );
}
