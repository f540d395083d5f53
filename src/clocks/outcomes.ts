import { type Instant } from '../business-time/calendar.js';
import { isSameTarget } from '../business-time/target.js';
import {
  type CancelledBecause,
  type MovedBecause,
  type OutcomeType,
  type Pause,
  type RunData,
  type RunId,
} from './outcome.js';
import { arePinnedAlike } from './pinned-versions.js';
import { type Subject } from './subject.js';
import { type Recorded } from './recorded-run.js';
import { elapsed, type Ending, isLive, lastStep, type Run, type Step, stepsOn, stepsSince } from './run.js';

/** What is to be said of a run: an outcome, and the part of its data that the difference decides. */
export interface Outcome<S extends Subject = Subject, Data extends RunData<S> = RunData<S>> {
  readonly type: OutcomeType;
  readonly run: Run<S> | Recorded<S, Data>;
  readonly id: RunId;
  readonly layout: number;
  readonly at: Instant;
  readonly dueAt: Instant | null;
  readonly pause: Pause | null;
  readonly atRiskAt: Instant | null;
  readonly cause: string;
  readonly reason: MovedBecause<S> | CancelledBecause<S> | null;
  readonly previousDueAt: Instant | null;
}

/** The fact that brought the news; an explicit new layout says why. */
export type News<S extends Subject = Subject> =
  { readonly id: string; readonly at: Instant; readonly because: MovedBecause<S> | undefined } | undefined;

/** A run that was recorded, and that a late fact made vanish. */
export interface Vanished<S extends Subject = Subject, Data extends RunData<S> = RunData<S>> {
  readonly id: RunId;
  readonly recorded: Recorded<S, Data>;
}

/**
 * What the layout says of some runs, less what is recorded of them: by run in order of start, and within a run Withdrawn,
 * Started, Moved, Breached or AtRisk, Met, MetLate or Cancelled. `cause` is the fact that brought the news, where there is one.
 * Runs come in order of start.
 */
export function outcomes<S extends Subject, Data extends RunData<S>>(
  runs: readonly Run<S>[],
  vanished: readonly Vanished<S, Data>[],
  known: (id: RunId) => Recorded<S, Data> | undefined,
  asOf: Instant,
  cause: News<S>,
): readonly Outcome<S, Data>[] {
  const all = [
    ...runs.map((run) => ({ startedAt: run.startedAt, outcomes: difference(run, known(run.id), asOf, cause) })),
    ...vanished.map(({ id, recorded: rec }) => ({
      startedAt: rec.last.startedAt,
      outcomes: superseded(id, rec, asOf, cause),
    })),
  ];
  return all.sort((a, b) => a.startedAt - b.startedAt).flatMap((s) => s.outcomes);
}

/** Whether all that a layout says of a run that is over is recorded. Time that goes by changes nothing of that. */
export const isFullyRecorded = <S extends Subject, Data extends RunData<S>>(
  run: Run<S>,
  recorded: Recorded<S, Data> | undefined,
): boolean => difference(run, recorded, -Infinity, undefined).length === 0;

/** Whether it is recorded that a run vanished. */
export const isVanishRecorded = ({ end }: Pick<Recorded, 'end'>): boolean => end?.reason === 'superseded';

function difference<S extends Subject, Data extends RunData<S>>(
  run: Run<S>,
  rec: Recorded<S, Data> | undefined,
  asOf: Instant,
  news: News<S>,
): readonly Outcome<S, Data>[] {
  const step = lastStep(run);
  const isEndNew = !sameEnd(rec, run);
  const isWithdrawn = rec !== undefined && rec.breachedAt !== null && rec.breachedAt !== run.breachedAt;
  const isCorrected = isWithdrawn || (rec !== undefined && rec.end !== null && isEndNew);
  let layout = rec === undefined ? 1 : rec.layout + (isCorrected ? 1 : 0);

  const found: Outcome<S, Data>[] = [];
  const say = (type: OutcomeType, more: Partial<Outcome<S, Data>>) => {
    const { dueAt, pause, atRiskAt, cause } = step;
    found.push({
      type,
      run,
      id: run.id,
      layout,
      at: asOf,
      dueAt,
      pause,
      atRiskAt,
      cause,
      reason: null,
      previousDueAt: null,
      ...more,
    });
  };
  const sayStep = (
    type: OutcomeType,
    { because, at, dueAt, pause, atRiskAt, cause }: Step<S>,
    previousDueAt: Instant | null,
  ) => {
    say(type, { at, dueAt, pause, atRiskAt, cause, reason: because, previousDueAt });
  };

  if (isWithdrawn) {
    const { id: cause, at, because: reason = 'corrected' } = news ?? { id: step.cause, at: asOf };
    say('SlaBreachWithdrawn', { at, cause, reason, previousDueAt: rec.breachedAt });
  }
  const isTakenUp = rec !== undefined && rec.end !== null && isEndNew && goesOn(rec.end, run.end);
  if (rec === undefined) sayStep('SlaClockStarted', run.firstStep, null);
  else if (isTakenUp) sayStep('SlaClockStarted', step, null);

  const isBreachStanding = rec !== undefined && rec.breachedAt !== null && !isWithdrawn;
  if (run.end === null && !isTakenUp && !isBreachStanding) {
    let previous = rec === undefined ? run.firstStep.dueAt : rec.dueAt;
    const moves = rec === undefined ? stepsOn(run) : stepsAfter(run, rec, news);
    for (const move of moves) {
      if (move.recalculated && !isCorrected) layout += 1;
      sayStep('SlaDeadlineMoved', move, previous);
      previous = move.dueAt;
    }
  }

  // The breach stands, on a deadline that is the same under the versions that govern the run now.
  if (run.end === null && isBreachStanding && !sameUnder(run, rec.last)) {
    layout += 1;
    sayStep('SlaDeadlineMoved', { ...step, because: news?.because ?? 'corrected' }, rec.breachedAt);
  }

  const isBreachNew = run.breachedAt !== null && (isTakenUp || rec?.breachedAt !== run.breachedAt);
  if (isBreachNew) say('SlaBreached', { at: run.breachedAt, dueAt: run.breachedAt, pause: null });
  const isWarned = rec?.atRisk === true && rec.layout === layout;
  if (isAtRisk(run, asOf) && !isWarned) say('SlaAtRisk', { at: step.atRiskAt ?? asOf });

  // The last outcome of a run counts, so its end is said again after a correction.
  if (run.end !== null && (isEndNew || found.length > 0)) {
    const { kind, at, dueAt, cause, reason } = run.end;
    say(endings[kind], { at, dueAt, pause: null, cause, reason });
  }
  return found;
}

const endings = { met: 'SlaMet', metLate: 'SlaMetLate', cancelled: 'SlaClockCancelled' } as const;

/**
 * Whether a run ended as recorded: when and why, by what deadlines, for a late fact may move those alone, and how late, for a
 * pause after the deadline changes that alone.
 */
function sameEnd<S extends Subject>(rec: Recorded<S> | undefined, run: Run<S>): boolean {
  const [a, b] = [rec?.end ?? null, run.end];
  if (rec === undefined || a === null || b === null) return a === b;
  const isSame = a.kind === b.kind && a.at === b.at && a.reason === b.reason;
  const { dueAt, atRiskAt, elapsedMs } = rec.last;
  if (!isSame || elapsedMs !== elapsed(run, b.at)) return false;
  return dueAt === b.dueAt && atRiskAt === lastStep(run).atRiskAt && sameUnder(run, rec.last);
}

/** Whether a run that had ended runs again, or was only cancelled and is judged after all. */
const goesOn = (was: Pick<Ending, 'kind'>, is: Pick<Ending, 'kind'> | null) =>
  is === null || (was.kind === 'cancelled' && is.kind !== 'cancelled');

/** Moves that follow on what was recorded; where the past itself is other than recorded, one correction to what holds. */
function stepsAfter<S extends Subject>(run: Run<S>, rec: Recorded<S>, news: News<S>): readonly Step<S>[] {
  const next = stepsSince(run, (step) => step.cause === rec.cause && sameDeadline(step, rec));
  const isUnderOther = !sameUnder(run, rec.last) && next?.some((step) => step.recalculated) !== true;
  if (next !== undefined && !isUnderOther) return next;
  const step = lastStep(run);
  const because = news?.because ?? 'corrected';
  return sameDeadline(step, rec) && !isUnderOther ? [] : [{ ...step, because, recalculated: true }];
}

const sameDeadline = (a: Pick<Step, 'dueAt' | 'pause'>, b: Pick<Step, 'dueAt' | 'pause'>) =>
  a.dueAt === b.dueAt &&
  a.pause?.since === b.pause?.since &&
  a.pause?.dueAt === b.pause?.dueAt &&
  a.pause?.until === b.pause?.until;

/** Whether a run is laid out from the start, and under the versions and the target, that were recorded of it. */
const sameUnder = (
  { startedAt, terms, target }: Pick<Run, 'startedAt' | 'terms' | 'target'>,
  last: Pick<RunData, 'startedAt' | 'terms' | 'target'>,
) => startedAt === last.startedAt && arePinnedAlike(terms, last.terms) && isSameTarget(target, last.target);

function isAtRisk<S extends Subject>(run: Run<S>, asOf: Instant): boolean {
  const { atRiskAt } = lastStep(run);
  return isLive(run) && run.breachedAt === null && atRiskAt !== null && atRiskAt <= asOf;
}

/** A run that a late fact made vanish. */
function superseded<S extends Subject, Data extends RunData<S>>(
  id: RunId,
  rec: Recorded<S, Data>,
  asOf: Instant,
  news: News<S>,
): readonly Outcome<S, Data>[] {
  if (isVanishRecorded(rec)) return [];
  const { dueAt } = rec;
  const { id: cause, at } = news ?? { id: rec.cause, at: asOf };
  const outcome = { run: rec, id, layout: rec.layout + 1, at, dueAt, pause: null, atRiskAt: rec.last.atRiskAt, cause };
  const cancelled: Outcome<S, Data> = {
    ...outcome,
    type: 'SlaClockCancelled',
    reason: 'superseded',
    previousDueAt: null,
  };
  if (rec.breachedAt === null) return [cancelled];
  return [{ ...outcome, type: 'SlaBreachWithdrawn', reason: 'superseded', previousDueAt: rec.breachedAt }, cancelled];
}
