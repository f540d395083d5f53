import { type Calendar, weekdays } from './calendar.js';
import { compileCalendar } from './compile-calendar.js';

const compiled = new Map<string, Calendar>();

/** The calendar of real time: it is always open. Its zone is for people who read instants, and for the months of reports. */
export function aroundTheClock(timeZone: string): Calendar {
  const known = compiled.get(timeZone);
  if (known !== undefined) return known;
  const weekly = Object.fromEntries(weekdays.map((day) => [day, [['00:00', '24:00']] as const]));
  const calendar = compileCalendar({ timeZone, weekly, nominalDayMinutes: 1_440 });
  compiled.set(timeZone, calendar);
  return calendar;
}
