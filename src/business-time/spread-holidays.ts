import { type Holiday, InvalidCalendar, type LocalDate, type Window } from './calendar.js';
import { mostHolidays, tooLarge } from './calendar-limits.js';
import { dayMs, parseDate } from './parse-definition.js';
import { type Years } from './years.js';

/** Days off, all of them or a part of each. */
interface DaysOff {
  readonly hours?: Window;
  readonly name?: string;
}

/** From one date to another, both included. */
export interface HolidayRange extends DaysOff {
  readonly from: LocalDate;
  readonly to: LocalDate;
}

/** On one date of each year, `MM-DD`; by default from ten years back to five years ahead. */
export interface YearlyHoliday extends DaysOff {
  readonly yearly: string;
  readonly firstYear?: number;
  readonly lastYear?: number;
}

/** Holidays as people write them. */
export type WrittenHoliday = Holiday | HolidayRange | YearlyHoliday;

/** A range is a closing of some weeks; a longer one is a slip of the pen. */
const longestRangeDays = 366;

/**
 * Holidays with each of their dates.
 * @param yearsOf the years of a yearly one
 * @throws InvalidCalendar `MALFORMED`, `INVALID_DATE`, `INVALID_YEARS`, `CALENDAR_TOO_LARGE`
 */
export function spreadHolidays(
  written: readonly WrittenHoliday[],
  yearsOf: (given: YearlyHoliday, field: string) => Years,
): readonly Holiday[] {
  const holidays: Holiday[] = [];
  for (const [i, holiday] of written.entries()) {
    const field = `holidays[${i}]`;
    holidays.push(...(isSpread(holiday) ? spread(holiday, field, yearsOf) : [holiday]));
    if (holidays.length > mostHolidays) throw tooLarge(field, `makes more than ${mostHolidays} holidays`);
  }
  return holidays;
}

/** Whether one is more than a date; what is none at all is left to whoever reads dates. */
export const isSpread = (holiday: WrittenHoliday): holiday is HolidayRange | YearlyHoliday =>
  typeof holiday === 'object' &&
  (holiday as unknown) !== null &&
  ['from', 'to', 'yearly'].some((name) => (holiday as unknown as Record<string, unknown>)[name] != null);

function* spread(
  holiday: HolidayRange | YearlyHoliday,
  field: string,
  yearsOf: (given: YearlyHoliday, field: string) => Years,
): Generator<Holiday, void, undefined> {
  const { date, from, to, yearly, hours, name } = holiday as Partial<HolidayRange & YearlyHoliday & { date: unknown }>;
  const given = [date, yearly, from ?? to].filter((one) => one != null);
  if (given.length > 1)
    throw new InvalidCalendar('MALFORMED', field, 'must have a date, from and to, or yearly: one of them.');
  const off = { ...(hours == null ? {} : { hours }), ...(name == null ? {} : { name }) };
  const dates =
    yearly == null
      ? datesBetween(parseDate(from, `${field}.from`), parseDate(to, `${field}.to`), field)
      : datesOf(yearly, yearsOf(holiday as YearlyHoliday, field), `${field}.yearly`);
  for (const one of dates) yield { date: one, ...off };
}

function* datesBetween(from: number, to: number, field: string): Generator<LocalDate, void, undefined> {
  if (to < from) throw new InvalidCalendar('INVALID_DATE', `${field}.to`, 'is before "from".');
  if (to - from >= longestRangeDays) throw tooLarge(field, `is longer than ${longestRangeDays} days`);
  for (let day = from; day <= to; day++) yield new Date(day * dayMs).toISOString().slice(0, 10);
}

/** 29 February is in leap years alone. */
function* datesOf(yearly: unknown, { first, last }: Years, field: string): Generator<LocalDate, void, undefined> {
  const isDate = typeof yearly === 'string' && /^\d\d-\d\d$/.test(yearly);
  if (!isDate) throw new InvalidCalendar('INVALID_DATE', field, 'must be a month and a day: MM-DD.');
  parseDate(`2024-${yearly}`, field); // a leap year has every date
  for (let year = first; year <= last; year++) {
    const date = `${year}-${yearly}`;
    if (new Date(`${date}T00:00:00Z`).toISOString().startsWith(date)) yield date;
  }
}
