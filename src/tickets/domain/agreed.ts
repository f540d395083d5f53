import { type Metric } from '../../catalogue/domain/plan.js';
import { type Agreed } from '../../clocks/run.js';
import { type Call } from './call.js';

/** Whether a clock is about a call. Closing the ticket ends none of those: the customer still waits for the call. */
export const isOfCall = (metric: Metric): boolean => metric === 'callBack' || metric === 'appointment';

/** When a clock of this metric is due by what was agreed on or asked for; null where that has no say. */
export function agreedOf(metric: Metric, { startsAt, preferredFrom, preferredUntil }: Call): Agreed | null {
  if (metric === 'appointment') return { from: startsAt, until: null };
  if (metric !== 'callBack' || (preferredFrom === null && preferredUntil === null)) return null;
  return preferredUntil === null ? { from: preferredFrom, until: null } : { from: null, until: preferredUntil };
}
