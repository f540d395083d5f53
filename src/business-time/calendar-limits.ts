import { type CalendarDefinition, InvalidCalendar } from './calendar.js';

/** What no desk needs more of. They hold for what is defined, not for what was recorded before they did. */
export const mostHolidays = 5_000;
const mostDates = 5_000;
const mostWindowsADay = 48;
const mostWindows = 10_000;
const longestName = 200;
const longestZone = 100;
/** Holidays and hours of single dates lie in these years. */
export const [firstYear, lastYear] = [1900, 2200];

export const tooLarge = (field: string, why: string) => new InvalidCalendar('CALENDAR_TOO_LARGE', field, `${why}.`);

/**
 * Refuses a calendar larger than any desk's, before anything is done with it. What has no sense is left to
 * {@link parseDefinition}.
 * @throws InvalidCalendar `CALENDAR_TOO_LARGE`, `OUT_OF_RANGE` with the field
 */
export function expectModest(definition: CalendarDefinition): void {
  const given: Partial<Record<keyof CalendarDefinition, unknown>> = definition;
  const { timeZone, weekly, holidays, dates, holidaysKnownFrom, holidaysKnownUntil } = given;
  if (lengthOf(timeZone) > longestZone) throw tooLarge('timeZone', `is longer than ${longestZone} characters`);
  if (lengthOf(holidays) > mostHolidays) throw tooLarge('holidays', `are more than ${mostHolidays}`);
  const [week, single] = [entriesOf(weekly), entriesOf(dates)];
  if (single.length > mostDates) throw tooLarge('dates', `are more than ${mostDates}`);
  let windows = 0;
  const expectWindows = (added: number, ofDay: number, field: string) => {
    if (ofDay > mostWindowsADay) throw tooLarge(field, `has more than ${mostWindowsADay} windows`);
    windows += added;
    if (windows > mostWindows) throw tooLarge(field, `makes more than ${mostWindows} windows in all`);
  };
  const expectHours = (hours: unknown, field: string) => {
    expectWindows(lengthOf(hours), lengthOf(hours), field);
  };
  for (const [day, hours] of week) expectHours(hours, `weekly.${day.slice(0, 20)}`);
  for (const [date, hours] of single) {
    const field = `dates.${date.slice(0, 20)}`;
    expectYear(date, field);
    expectHours(hours, field);
  }
  expectHolidays(Array.isArray(holidays) ? holidays : [], expectWindows);
  expectYear(holidaysKnownFrom, 'holidaysKnownFrom');
  expectYear(holidaysKnownUntil, 'holidaysKnownUntil');
}

type ExpectWindows = (added: number, ofDay: number, field: string) => void;

function expectHolidays(holidays: readonly unknown[], expectWindows: ExpectWindows): void {
  const parts = new Map<unknown, number>();
  for (const [i, holiday] of holidays.entries()) {
    const field = `holidays[${i}]`;
    if (typeof holiday !== 'object' || holiday === null) {
      expectYear(holiday, field);
      continue;
    }
    const { date, hours = null, name } = holiday as Partial<Record<string, unknown>>;
    expectYear(date, `${field}.date`);
    if (lengthOf(name) > longestName) throw tooLarge(`${field}.name`, `is longer than ${longestName} characters`);
    if (hours === null) continue;
    const ofDay = (parts.get(date) ?? 0) + 1;
    parts.set(date, ofDay);
    expectWindows(1, ofDay, field);
  }
}

const entriesOf = (given: unknown) => (typeof given === 'object' && given !== null ? Object.entries(given) : []);

const lengthOf = (given: unknown) => (typeof given === 'string' || Array.isArray(given) ? given.length : 0);

function expectYear(date: unknown, field: string): void {
  const year = typeof date === 'string' ? Number(date.slice(0, 4)) : NaN;
  if (year < firstYear || year > lastYear) {
    throw new InvalidCalendar('OUT_OF_RANGE', field, `must lie in the years ${firstYear} to ${lastYear}.`);
  }
}
