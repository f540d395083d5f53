import { type Instant } from '../../src/business-time/calendar.js';
import { type Metric } from '../../src/catalogue/domain/plan.js';
import { type Fact, judgedClass, type Life, type Run, targetOf } from './naive-ticket.js';

/** Starts a clock where it is promised. */
export function start(life: Life, metric: Metric, { id, at, terms }: Fact): void {
  if (targetOf(terms.plan, metric, life.opening, judgedClass(life)) === undefined) return;
  const clock = {
    id: `${metric}:${id}`,
    metric,
    from: undefined,
    ownStart: at,
    startedAt: at,
    terms,
    class: judgedClass(life),
  };
  life.runs.push({ ...clock, stops: [], ...{ movedByMergeAt: undefined, stoppedSince: undefined, end: undefined } });
}

export const live = (life: Life, metric?: Metric): Run[] =>
  life.runs.filter((run) => run.end === undefined && (metric === undefined || run.metric === metric));

/** Clocks stand still while the ticket waits for a reason that their plan pauses them for. */
export function standStill(life: Life, at: Instant): void {
  for (const run of live(life)) {
    const stands = run.terms.plan.pauses[run.metric]?.some((reason) => life.waits.has(reason));
    if (stands === true) run.stoppedSince ??= at;
    else if (run.stoppedSince !== undefined) {
      run.stops.push({ from: run.stoppedSince, to: at });
      run.stoppedSince = undefined;
    }
  }
}

/** Takes up again what a silent close had ended; the span closed counts as a pause. */
export function takeUp(run: Run, at: Instant): void {
  if (run.end === undefined) return;
  run.stops.push({ from: run.stoppedSince ?? run.end.at, to: at });
  run.stoppedSince = undefined;
  run.end = undefined;
}

export const satisfy = (runs: readonly Run[], at: Instant) => {
  for (const run of runs) run.end = { at, how: 'satisfied' };
};

export const isUnderWay = ({ status }: Life) => status === 'open' || status === 'waiting';
