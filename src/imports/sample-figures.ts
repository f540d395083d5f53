/**
 * Figures of real support desks, for sample logs to follow. Two published logs, seen as aggregates only:
 * H – help desk of an Italian software company, 4,580 tickets (doi:10.4121/uuid:0c60edf1-6f83-4e75-9367-4c63b3e9d5bb);
 * S – IT incidents, 19,875 of them (doi:10.24432/C57S4H).
 */

/** H: tickets opened in each hour of the local day. */
export const openedByHour = [
  0, 0, 0, 0, 0, 0, 0, 0, 20, 624, 525, 541, 618, 56, 466, 476, 478, 640, 135, 1, 0, 0, 0, 0,
] as const;

/** S: incidents opened on each day of the week, Monday first (H has no weekends). */
export const openedByWeekday = [4780, 3929, 3933, 3246, 3062, 490, 435] as const;

/** A distribution by its quantiles: shares of the population, and the values below which they lie. */
export interface Quantiles {
  readonly shares: readonly number[];
  readonly values: readonly number[];
}

const shares = [0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1] as const;

/** H: business hours from the opening to taking in charge. */
export const responseHours: Quantiles = { shares, values: [0, 0, 0, 0.01, 3.52, 25.72, 82.36, 102.81, 275.74] };

/** H: business hours from the opening to resolving. */
export const resolutionHours: Quantiles = {
  shares,
  values: [0, 0.07, 0.54, 5.19, 32.29, 106.93, 170.69, 207.91, 320.13],
};

/** H: business hours of a wait. */
export const waitHours: Quantiles = { shares, values: [0, 0.01, 1.02, 8, 38.93, 91.6, 143.55, 174.57, 289.11] };

/** H: days from resolving to closing. */
export const closingDays: Quantiles = { shares, values: [0, 15, 15, 15, 30, 38, 45.74, 50.35, 60] };

/** H: share of tickets that wait, are reassigned, and are taken up again after resolving. */
export const waitShare = 0.296;
export const reassignShare = 0.136;
export const reopenShare = 0.033;

/** S: incidents by their last priority. */
export const priorities = [
  ['critical', 0.011],
  ['high', 0.017],
  ['normal', 0.941],
  ['low', 0.031],
] as const;
