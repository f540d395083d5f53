import { type Calendar } from '../../business-time/calendar.js';
import { type Plan, type VersionRef } from './plan.js';

/** The immutable versions that facts pin, by reference. */
export interface Versions {
  plan(ref: VersionRef): Plan;
  calendar(ref: VersionRef): Calendar;
  /** The release of the time zone data that deadlines are computed with, as in `2026a`. */
  readonly tzdata: string;
}
