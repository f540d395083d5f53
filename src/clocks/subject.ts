import { type Instant } from '../business-time/calendar.js';

/** What clocks run on, by the words that differ: a ticket, and whatever else a provider promises something about. */
export interface Subject {
  /** What is promised. */
  readonly metric: string;
  /** Why it may wait, so that clocks stand still. */
  readonly wait: string;
  /** The plan as the subject knows it; see {@link ClockRules}. */
  readonly plan: object;
  /** Why a deadline may move, beside what clocks know by themselves. */
  readonly moved: string;
  /** Why a clock may end without a verdict, beside what clocks know by themselves. */
  readonly cancelled: string;
}

/** Why a subject waits, and until when each wait is known to last; null where nobody knows. */
export type Waits<S extends Subject> = ReadonlyMap<S['wait'], { readonly until: Instant | null }>;

/** What clocks need to know of a plan. */
export interface ClockRules<S extends Subject> {
  /** Share of the open time of a run, 0 to 1, after which the clock is at risk. */
  readonly atRiskShare: number;
  /** The reasons of waiting for which each clock stands still. */
  readonly pauses: Readonly<Partial<Record<S['metric'], readonly S['wait'][]>>>;
}
