import { type Instant } from '../business-time/calendar.js';
import { type CancelledBecause, type OutcomeType, type Pause, type RunData } from './outcome.js';
import { type Ending } from './run.js';
import { type Subject } from './subject.js';

/** What the log says of a run so far. */
export interface Recorded<S extends Subject = Subject, Data extends RunData<S> = RunData<S>> {
  readonly layout: number;
  /** The fact that last laid out its deadline, and the deadline. */
  readonly cause: string;
  readonly dueAt: Instant | null;
  readonly pause: Pause | null;
  /** Said to be at risk, under this layout. */
  readonly atRisk: boolean;
  readonly breachedAt: Instant | null;
  readonly end: Pick<Ending<S>, 'kind' | 'at' | 'reason'> | null;
  /** The last outcome, in full: a run that vanishes has no other source. */
  readonly last: Data;
}

/** The recorded state of a run after one outcome more. */
export function recorded<S extends Subject, Data extends RunData<S>>(
  before: Recorded<S, Data> | undefined,
  type: OutcomeType,
  data: Data,
): Recorded<S, Data> {
  const { layout, cause, dueAt, pause } = data;
  const anew = before?.layout !== layout;
  const same = {
    layout,
    cause: before === undefined ? cause : before.cause,
    dueAt: before === undefined ? dueAt : before.dueAt,
    pause: before === undefined ? pause : before.pause,
    atRisk: !anew && before.atRisk,
    breachedAt: before?.breachedAt ?? null,
    end: before?.end ?? null,
    last: data,
  };
  switch (type) {
    case 'SlaClockStarted':
      return { ...same, cause, dueAt, pause, breachedAt: null, end: null };
    case 'SlaDeadlineMoved':
      return { ...same, cause, dueAt, pause };
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
      return { ...same, end: { kind: 'cancelled', at: data.at, reason: data.reason as CancelledBecause<S> } };
  }
}
