import { type Instant, type Target } from '../business-time/calendar.js';
import { type Metric, type Terms, type TicketType } from '../catalogue/domain/plan.js';
import { type Reapplication } from '../catalogue/domain/reapply.js';

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

export type CancelledBecause = 'closed' | 'cancelled' | 'merged' | 'lostPromise' | 'superseded';
export type MovedBecause = 'paused' | 'resumed' | 'reclassified' | 'reopened' | 'corrected' | 'merged' | Reapplication;

/** A pause under way: since when, and the deadline if it had ended at once. */
export interface Pause {
  readonly since: Instant;
  readonly dueAt: Instant;
}

/** What every outcome carries, so that nobody has to compute a deadline after it. */
export interface OutcomeData {
  readonly ticket: string;
  readonly reference: string;
  readonly subject: string;
  readonly customer: string;
  /** The ticket as it stood at the instant of the outcome. */
  readonly type: TicketType;
  readonly priority: string;
  readonly assignee: string | null;
  readonly team: string | null;

  readonly run: RunId;
  readonly metric: Metric;
  /** Grows by one with every correction of what was recorded of the run. */
  readonly layout: number;
  readonly terms: Terms;
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
  /** The horizon the ticket was judged at. */
  readonly asOf: Instant;
  /** The id of the fact that it follows from; for a deadline that passed, of the fact that last moved it. */
  readonly cause: string;
  /** It took effect before the import that brought the ticket began. */
  readonly historic: boolean;
  /** The time zone data the deadline was computed with. */
  readonly tzdata: string;
  /** Why it moved, was cancelled or withdrawn. */
  readonly reason: MovedBecause | CancelledBecause | null;
  /** The deadline before it moved or was withdrawn. */
  readonly previousDueAt: Instant | null;
}
