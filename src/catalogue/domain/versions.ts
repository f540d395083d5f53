import { type Calendar } from '../../business-time/calendar.js';
import { type Plan } from './plan.js';
import { type VersionRef } from '../../clocks/pinned-versions.js';

/** The immutable versions that facts pin, by reference. */
export interface Versions {
  plan(ref: VersionRef): Plan;
  calendar(ref: VersionRef): Calendar;
  /** The release of the time zone data that deadlines are computed with, as in `2026a`. */
  readonly tzdata: string;
}
