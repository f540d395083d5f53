import { type Instant, type Target } from '../business-time/calendar.js';
import { type PinnedVersions } from './pinned-versions.js';
import { type Subject } from './subject.js';

/** One clock from start to outcome: the metric, and the id of the fact that started it. */
export type RunId = string;

export const outcomeTypes = [
  'SlaBreachWithdrawn',
  'SlaClockStarted',
  'SlaDeadlineMoved',
  'SlaBreached',
  'SlaAtRisk',
  'SlaMet',
  'SlaMetLate',
  'SlaClockCancelled',
] as const;
export type OutcomeType = (typeof outcomeTypes)[number];

/** Why a run ended without a verdict: closed in silence, or made to vanish by a late fact; else as its subject has it. */
export type CancelledBecause<S extends Subject = Subject> = 'closed' | 'superseded' | S['cancelled'];
/** Why a deadline moved; `corrected` where a late fact moved it. */
export type MovedBecause<S extends Subject = Subject> = 'paused' | 'resumed' | 'reopened' | 'corrected' | S['moved'];

/** A pause under way: since when, and the deadline if it had ended at once. */
export interface Pause {
  readonly since: Instant;
  readonly dueAt: Instant;
  /** When it will end by itself; left out where nobody knows. */
  readonly until?: Instant;
}

/** What every outcome says of its run, so that nobody has to compute a deadline after it. */
export interface RunData<S extends Subject = Subject> {
  readonly run: RunId;
  readonly metric: S['metric'];
  /** Grows by one with every correction of what was recorded of the run. */
  readonly layout: number;
  readonly terms: PinnedVersions;
  readonly timeZone: string;
  readonly target: Target;
  /** Open time that the target allows, in milliseconds of business time. */
  readonly targetMs: number;
  readonly startedAt: Instant;
  /** Null while paused. */
  readonly dueAt: Instant | null;
  /** Null unless paused. */
  readonly pause: Pause | null;
  /** Null while paused before it was reached. */
  readonly atRiskAt: Instant | null;
  /** The instant it holds from: of the start, the move, the deadline passed, the reply. */
  readonly at: Instant;
  /** Open time used until `at`, pauses left out, in milliseconds of business time. */
  readonly elapsedMs: number;
  /** The horizon its subject was judged at. */
  readonly asOf: Instant;
  /** The id of the fact that it follows from; for a deadline that passed, of the fact that last moved it. */
  readonly cause: string;
  /** It took effect before the import that brought its subject began. */
  readonly historic: boolean;
  /** The time zone data the deadline was computed with. */
  readonly tzdata: string;
  /** The other subject whose promise it is, where it is not its subject's own. */
  readonly from?: string;
  /** Since when it is under its plan, where it was under another one before. */
  readonly planSince?: Instant;
  /** Why it moved, was cancelled or withdrawn. */
  readonly reason: MovedBecause<S> | CancelledBecause<S> | null;
  /** The deadline before it moved or was withdrawn. */
  readonly previousDueAt: Instant | null;
}
