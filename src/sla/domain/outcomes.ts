import { type Instant } from '../../business-time/calendar.js';
import {
  type CancelledBecause,
  type MovedBecause,
  type OutcomeData,
  type OutcomeType,
  type Paused,
  type RunId,
} from './outcome.js';
import { type Ending, isLive, lastStep, type Run, type Step } from './run.js';

/** What the log says of a run so far. */
export interface Recorded {
  readonly layout: number;
  /** The fact that last laid out its deadline, and the deadline. */
  readonly cause: string;
  readonly dueAt: Instant | null;
  readonly paused: Paused | null;
  /** Said to be at risk, under this layout. */
  readonly atRisk: boolean;
  readonly breachedAt: Instant | null;
  readonly end: Pick<Ending, 'kind' | 'at' | 'reason'> | null;
  /** The last outcome, in full: a run that vanishes has no other source. */
  readonly last: OutcomeData;
}

/** What is to be said of a run: an outcome, and the part of its data that the difference decides. */
export interface Outcome {
  readonly type: OutcomeType;
  readonly run: Run | Recorded;
  readonly id: RunId;
  readonly layout: number;
  readonly at: Instant;
  readonly dueAt: Instant | null;
  readonly paused: Paused | null;
  readonly atRiskAt: Instant | null;
  readonly cause: string;
  readonly reason: MovedBecause | CancelledBecause | null;
  readonly previousDueAt: Instant | null;
}

/** The recorded state of a run after one outcome more. */
export function recorded(before: Recorded | undefined, type: OutcomeType, data: OutcomeData): Recorded {
  const { layout, cause, dueAt, paused } = data;
  const anew = before?.layout !== layout;
  const same = {
    layout,
    cause: before === undefined ? cause : before.cause,
    dueAt: before === undefined ? dueAt : before.dueAt,
    paused: before === undefined ? paused : before.paused,
    atRisk: !anew && before.atRisk,
    breachedAt: before?.breachedAt ?? null,
    end: before?.end ?? null,
    last: data,
  };
  switch (type) {
    case 'SlaClockStarted':
      return { ...same, cause, dueAt, paused, breachedAt: null, end: null };
    case 'SlaDeadlineMoved':
      return { ...same, cause, dueAt, paused };
    case 'SlaAtRisk':
      return { ...same, atRisk: true };
    case 'SlaBreached':
      return { ...same, breachedAt: dueAt };
    case 'SlaBreachWithdrawn':
      return { ...same, breachedAt: null };
    case 'SlaMet':
      return { ...same, end: { kind: 'met', at: data.at, reason: null } };
    case 'SlaMetLate':
      return { ...same, end: { kind: 'metLate', at: data.at, reason: null } };
    case 'SlaClockCancelled':
      return { ...same, end: { kind: 'cancelled', at: data.at, reason: data.reason as CancelledBecause } };
  }
}

/**
 * What the layout says, less what is recorded: by run in order of start, and within a run Withdrawn, Started, Moved,
 * Breached or AtRisk, Met, MetLate or Cancelled. `cause` is the fact that brought the news, where there is one.
 */
export function outcomes(
  runs: readonly Run[],
  known: ReadonlyMap<RunId, Recorded>,
  asOf: Instant,
  cause: { readonly id: string; readonly at: Instant } | undefined,
): readonly Outcome[] {
  const laidOut = new Set(runs.map((run) => run.id));
  const vanished = [...known].filter(([id]) => !laidOut.has(id));
  const said = [
    ...runs.map((run) => ({ startedAt: run.startedAt, outcomes: difference(run, known.get(run.id), asOf, cause) })),
    ...vanished.map(([id, rec]) => ({ startedAt: rec.last.startedAt, outcomes: superseded(id, rec, asOf, cause) })),
  ];
  return said.sort((a, b) => a.startedAt - b.startedAt).flatMap((s) => s.outcomes);
}

type News = { readonly id: string; readonly at: Instant } | undefined;

function difference(run: Run, rec: Recorded | undefined, asOf: Instant, news: News): readonly Outcome[] {
  const step = lastStep(run);
  const isEndNew = !sameEnd(rec?.end ?? null, run.end);
  const isWithdrawn = rec !== undefined && rec.breachedAt !== null && rec.breachedAt !== run.breachedAt;
  const isCorrected = isWithdrawn || (rec !== undefined && rec.end !== null && isEndNew);
  let layout = rec === undefined ? 1 : rec.layout + (isCorrected ? 1 : 0);

  const said: Outcome[] = [];
  const say = (type: OutcomeType, more: Partial<Outcome>) => {
    const { dueAt, paused, atRiskAt, cause } = step;
    said.push({
      type,
      run,
      id: run.id,
      layout,
      at: asOf,
      dueAt,
      paused,
      atRiskAt,
      cause,
      reason: null,
      previousDueAt: null,
      ...more,
    });
  };
  const sayStep = (type: OutcomeType, step: Step, previousDueAt: Instant | null) => {
    const { at, dueAt, paused, atRiskAt, cause, because } = step;
    say(type, { at, dueAt, paused, atRiskAt, cause, reason: because, previousDueAt });
  };

  if (isWithdrawn) {
    const { id: cause, at } = news ?? { id: step.cause, at: asOf };
    say('SlaBreachWithdrawn', { at, cause, reason: 'corrected', previousDueAt: rec.breachedAt });
  }
  const isTakenUp = rec !== undefined && rec.end !== null && isEndNew && goesOn(rec.end, run.end);
  if (rec === undefined) sayStep('SlaClockStarted', run.steps[0], null);
  else if (isTakenUp) sayStep('SlaClockStarted', step, null);

  // A pause of before the deadline that came to light later, and left a breach standing, moves nothing any more.
  const isStanding = rec !== undefined && rec.breachedAt !== null && !isWithdrawn;
  if (run.end === null && !isTakenUp && !isStanding) {
    let previous = rec === undefined ? run.steps[0].dueAt : rec.dueAt;
    const moves = rec === undefined ? run.steps.slice(1) : stepsAfter(run, rec);
    for (const move of moves) {
      if (move.relaid && !isCorrected) layout += 1;
      sayStep('SlaDeadlineMoved', move, previous);
      previous = move.dueAt;
    }
  }

  const isBreachNew = run.breachedAt !== null && (isTakenUp || rec?.breachedAt !== run.breachedAt);
  if (isBreachNew) say('SlaBreached', { at: run.breachedAt, dueAt: run.breachedAt, paused: null });
  const isWarned = rec?.atRisk === true && rec.layout === layout;
  if (isAtRisk(run, asOf) && !isWarned) say('SlaAtRisk', { at: step.atRiskAt ?? asOf });

  // The last outcome of a run counts, so its end is said again after a correction.
  if (run.end !== null && (isEndNew || said.length > 0)) {
    const { kind, at, dueAt, cause, reason } = run.end;
    say(endings[kind], { at, dueAt, paused: null, cause, reason });
  }
  return said;
}

const endings = { met: 'SlaMet', metLate: 'SlaMetLate', cancelled: 'SlaClockCancelled' } as const;

const sameEnd = (a: Recorded['end'], b: Recorded['end']) =>
  a === b || (a !== null && b !== null && a.kind === b.kind && a.at === b.at && a.reason === b.reason);

/** Whether a run that had ended runs again, or was only cancelled and is judged after all. */
const goesOn = (was: NonNullable<Recorded['end']>, is: Ending | null) =>
  is === null || (was.kind === 'cancelled' && is.kind !== 'cancelled');

const isAsRecorded = ({ dueAt, paused }: Step, rec: Recorded) =>
  dueAt === rec.dueAt && paused?.since === rec.paused?.since && paused?.dueAt === rec.paused?.dueAt;

/** Moves that follow on what was recorded; where the past itself is other than recorded, one correction to what holds. */
function stepsAfter(run: Run, rec: Recorded): readonly Step[] {
  const known = run.steps.findLastIndex((step) => step.cause === rec.cause && isAsRecorded(step, rec));
  if (known >= 0) return run.steps.slice(known + 1);
  const step = lastStep(run);
  return isAsRecorded(step, rec) ? [] : [{ ...step, because: 'corrected', relaid: true }];
}

function isAtRisk(run: Run, asOf: Instant): boolean {
  const { atRiskAt } = lastStep(run);
  return isLive(run) && run.breachedAt === null && atRiskAt !== null && atRiskAt <= asOf;
}

/** A run that a late fact made vanish. */
function superseded(id: RunId, rec: Recorded, asOf: Instant, news: News): readonly Outcome[] {
  if (rec.end?.reason === 'superseded') return [];
  const { dueAt } = rec;
  const { id: cause, at } = news ?? { id: rec.cause, at: asOf };
  const outcome = { run: rec, id, layout: rec.layout + 1, at, dueAt, paused: null, atRiskAt: rec.last.atRiskAt, cause };
  const cancelled: Outcome = { ...outcome, type: 'SlaClockCancelled', reason: 'superseded', previousDueAt: null };
  if (rec.breachedAt === null) return [cancelled];
  return [{ ...outcome, type: 'SlaBreachWithdrawn', reason: 'superseded', previousDueAt: rec.breachedAt }, cancelled];
}
