import { InvalidCalendar, type Target } from './calendar.js';

const dayMs = 86_400_000;

/** A promise for decades is a slip of the pen. */
const longestTargetDays = 10_000;

export const unitMs = { seconds: 1_000, minutes: 60_000, hours: 3_600_000 } as const;

/**
 * Whether a target is one that a clock can be laid out for.
 * @throws InvalidCalendar `INVALID_TARGET`
 */
export function expectTarget({ amount, unit }: Target): void {
  if (unit === 'businessDays') {
    if (Number.isInteger(amount) && amount >= 1 && amount <= longestTargetDays) return;
    throw invalidTarget(`must be a whole number of business days, 1 to ${longestTargetDays}.`);
  }
  const ms = Math.round(amount * unitMs[unit]);
  if (ms > 0 && ms <= longestTargetDays * dayMs) return;
  throw invalidTarget(`must be above zero and at most ${longestTargetDays} days.`);
}

/** Whether two targets are written alike. */
export const isSameTarget = (a: Target, b: Target): boolean =>
  a.amount === b.amount &&
  a.unit === b.unit &&
  (a.unit !== 'businessDays' || b.unit !== 'businessDays' || a.rule === b.rule);

const invalidTarget = (why: string) => new InvalidCalendar('INVALID_TARGET', 'target.amount', why);
