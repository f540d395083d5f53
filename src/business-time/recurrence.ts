import { dayMs, type DayNumber } from './parse-definition.js';

/** A weekday, Monday 0; with a number the n-th of its month or year, from its end where negative. */
export interface RuleDay {
  readonly weekday: number;
  readonly nth: number | undefined;
}

/** A recurrence rule that goes by days (RFC 5545, 3.3.10). An empty list is a part that the rule does not have. */
export interface RecurrenceRule {
  readonly frequency: 'YEARLY' | 'MONTHLY' | 'WEEKLY' | 'DAILY';
  /** In years, months, weeks or days. From 1. */
  readonly interval: number;
  readonly count: number | undefined;
  /** The first day of a week, Monday 0. */
  readonly weekStart: number;
  readonly months: readonly number[];
  readonly weeks: readonly number[];
  readonly yearDays: readonly number[];
  readonly monthDays: readonly number[];
  readonly weekdays: readonly RuleDay[];
  readonly positions: readonly number[];
}

/** Called with the days that are looked at; throws where they are too many. */
export type Spend = (days: number) => void;

/**
 * The days of a rule from its start up to `last`, in order; those before `from` may be left out. Each period – a year, a
 * month, a week, a day – is the days of it that fit every part of the rule, so a date that does not exist is not there.
 * What it costs is counted in days looked at, since a rule may have no next day to find.
 */
export function* recurringDays(
  rule: RecurrenceRule,
  start: DayNumber,
  [from, last]: readonly [from: DayNumber, last: DayNumber],
  spend: Spend,
): Generator<DayNumber, void, undefined> {
  const first = dayOf(start);
  const whole = complete(rule, first);
  const fits = matcher(whole);
  const period = periodsOf(whole, first);
  let left = rule.count ?? Infinity;
  // What is counted has to be counted from the start.
  for (let k = rule.count === undefined ? period.placeOf(from) : 0; left > 0; k++) {
    const stretches = period.at(k * rule.interval);
    if ((stretches[0]?.begin ?? Infinity) > last) return;
    const days: DayNumber[] = [];
    for (const { begin, end } of stretches) {
      spend(end - begin);
      for (let day = begin; day < end; day++) if (fits(dayOf(day))) days.push(day);
    }
    for (const day of atPositions(days, rule.positions)) {
      if (day > last || left === 0) return;
      if (day < start) continue;
      left -= 1;
      yield day;
    }
  }
}

/** A day on the local calendar, with what rules ask of it. Months and days count from 1, weekdays from Monday 0. */
interface LocalDay {
  readonly day: DayNumber;
  readonly year: number;
  readonly month: number;
  readonly monthDay: number;
  readonly weekday: number;
}

const daysOf400Years = 146_097;

/** A day's date, reckoned in years from 1 March, so that a leap day is the last; `Date` is ten times slower. */
function dayOf(day: DayNumber): LocalDay {
  const since = day + 719_468; // since 1 March of the year 0
  const era = Math.floor(since / daysOf400Years);
  const inEra = since - era * daysOf400Years;
  const yearOfEra = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  );
  const inYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * inYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const monthDay = inYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return { day, year, month, monthDay, weekday: (((day + 3) % 7) + 7) % 7 };
}

/** The day on which a month begins; months beyond December are of the next year. */
const beginOf = (year: number, month = 1): DayNumber => Date.UTC(year, month - 1, 1) / dayMs;

interface Stretch {
  readonly begin: DayNumber;
  readonly end: DayNumber;
}

/**
 * The periods of a rule by how many years, months, weeks or days they are after that of its start, each as the stretches
 * of it that are to be looked at.
 */
function periodsOf({ frequency, interval, weekStart, months }: RecurrenceRule, start: LocalDay) {
  const after = (units: number) => Math.max(0, Math.floor(units / interval));
  const month = (year: number, number: number) => ({ begin: beginOf(year, number), end: beginOf(year, number + 1) });
  if (frequency === 'YEARLY') {
    const ofYear = months.toSorted((a, b) => a - b);
    return {
      at: (n: number): readonly Stretch[] => {
        const year = start.year + n;
        if (ofYear.length > 0) return ofYear.map((number) => month(year, number));
        return [{ begin: beginOf(year), end: beginOf(year + 1) }];
      },
      placeOf: (day: DayNumber) => after(dayOf(day).year - start.year),
    };
  }
  if (frequency === 'MONTHLY') {
    return {
      at: (n: number): readonly Stretch[] => [month(start.year, start.month + n)],
      placeOf: (day: DayNumber) => after((dayOf(day).year - start.year) * 12 + dayOf(day).month - start.month),
    };
  }
  const length = frequency === 'WEEKLY' ? 7 : 1;
  const begin = frequency === 'WEEKLY' ? start.day - ((start.weekday - weekStart + 7) % 7) : start.day;
  return {
    at: (n: number): readonly Stretch[] => [{ begin: begin + n * length, end: begin + (n + 1) * length }],
    placeOf: (day: DayNumber) => after((day - begin) / length),
  };
}

/** The rule with what it leaves to its start. */
function complete(rule: RecurrenceRule, start: LocalDay): RecurrenceRule {
  const { frequency, months, weeks, yearDays, monthDays, weekdays } = rule;
  const ofStart = { weekdays: [{ weekday: start.weekday, nth: undefined }] };
  if (weekdays.length > 0 || monthDays.length > 0 || yearDays.length > 0 || frequency === 'DAILY') return rule;
  if (weeks.length > 0 || frequency === 'WEEKLY') return { ...rule, ...ofStart };
  const monthly = { ...rule, monthDays: [start.monthDay] };
  return frequency === 'YEARLY' && months.length === 0 ? { ...monthly, months: [start.month] } : monthly;
}

/** Whether a day fits each part that a rule has. */
function matcher(rule: RecurrenceRule): (day: LocalDay) => boolean {
  const { frequency, months, weeks, yearDays, monthDays, weekdays, weekStart } = rule;
  const isNthOfYear = frequency === 'YEARLY' && months.length === 0;
  const parts: ((day: LocalDay) => boolean)[] = [];
  if (months.length > 0) parts.push(({ month }) => months.includes(month));
  if (monthDays.length > 0) {
    parts.push((day) => isAmong(monthDays, day.monthDay, beginOf(day.year, day.month + 1) - day.day));
  }
  if (yearDays.length > 0) {
    parts.push(({ day, year }) => isAmong(yearDays, day - beginOf(year) + 1, beginOf(year + 1) - day));
  }
  if (weekdays.length > 0) {
    parts.push((day) =>
      weekdays.some(
        ({ weekday, nth }) => weekday === day.weekday && (nth === undefined || isNth(nth, day, isNthOfYear)),
      ),
    );
  }
  if (weeks.length > 0) {
    parts.push(({ day }) => {
      const { number, of } = weekOf(day, weekStart);
      return isAmong(weeks, number, of + 1 - number);
    });
  }
  return (day) => parts.every((fits) => fits(day));
}

/** Whether a day is the n-th of its weekday in its year or month, from the end where n is negative. */
function isNth(n: number, { day, year, month }: LocalDay, isOfYear: boolean): boolean {
  if (n > 0) return Math.floor((day - (isOfYear ? beginOf(year) : beginOf(year, month))) / 7) + 1 === n;
  const end = isOfYear ? beginOf(year + 1) : beginOf(year, month + 1);
  return Math.floor((end - 1 - day) / 7) + 1 === -n;
}

/** Whether a place is among some that count from 1, or back from −1. */
const isAmong = (places: readonly number[], place: number, fromEnd: number): boolean =>
  places.includes(place) || places.includes(-fromEnd);

/** The number of a day's week, and how many its year has: the first week is the first with four days in the year. */
function weekOf(day: DayNumber, weekStart: number): { readonly number: number; readonly of: number } {
  const begin = day - ((dayOf(day).weekday - weekStart + 7) % 7);
  const { year } = dayOf(begin + 3);
  const first = firstWeek(year, weekStart);
  return { number: (begin - first) / 7 + 1, of: (firstWeek(year + 1, weekStart) - first) / 7 };
}

function firstWeek(year: number, weekStart: number): DayNumber {
  const fourth = beginOf(year) + 3;
  return fourth - ((dayOf(fourth).weekday - weekStart + 7) % 7);
}

function atPositions(days: readonly DayNumber[], positions: readonly number[]): readonly DayNumber[] {
  if (positions.length === 0) return days;
  return days.filter((_, i) => isAmong(positions, i + 1, days.length - i));
}
