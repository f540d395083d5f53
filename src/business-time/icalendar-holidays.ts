import { type Holiday, InvalidCalendar } from './calendar.js';
import { mostHolidays, tooLarge } from './calendar-limits.js';
import { longestEventDays, type Occurrence, occurrencesOf } from './icalendar-occurrences.js';
import { dayMs } from './parse-definition.js';
import { readICalendar } from './read-icalendar.js';
import { midnightOf, toZone } from './wall-clock.js';
import { type Years } from './years.js';
import { type LocalMs } from './zone.js';

export interface FileHolidays {
  readonly holidays: readonly Holiday[];
  /** The years of the file's single events, or where it has none, of its recurring ones; undefined: it has neither. */
  readonly known: Years | undefined;
}

/**
 * The events of an iCalendar file in some years: whole days, or for one with times the part of each date it takes, in
 * the calendar's zone. Recurrences and their exceptions are heeded; cancelled events are not there.
 * @throws InvalidCalendar `MALFORMED_ICALENDAR`, `CALENDAR_TOO_LARGE`
 */
export function icalendarHolidays(text: string, timeZone: string, years: Years, field: string): FileHolidays {
  try {
    const found = occurrencesOf(readICalendar(text), timeZone, years);
    return { holidays: holidaysOf(found, timeZone, years, field), known: knownYears(found, years) };
  } catch (error) {
    if (error instanceof InvalidCalendar) throw error;
    throw new InvalidCalendar('MALFORMED_ICALENDAR', field, error instanceof Error ? error.message : String(error));
  }
}

/** The years in which what is known of a file begins and ends. */
function knownYears(found: readonly Occurrence[], years: Years): Years | undefined {
  const single = found.filter(({ event }) => event.rules.length === 0 && event.standsFor === undefined);
  let [first, last] = [Infinity, -Infinity];
  for (const { start, event } of single.length === 0 ? found : single) {
    first = Math.min(first, start);
    last = Math.max(last, start + event.lastsMs - 1);
  }
  if (last === -Infinity) return undefined;
  const yearOf = (local: LocalMs) => new Date(local).getUTCFullYear();
  return { first: Math.max(yearOf(first), years.first), last: Math.min(yearOf(last), years.last) };
}

function holidaysOf(found: readonly Occurrence[], timeZone: string, years: Years, field: string): readonly Holiday[] {
  const holidays: Holiday[] = [];
  for (const one of found) {
    const { lastsMs, summary } = one.event;
    if (lastsMs > longestEventDays * dayMs) throw new Error(`"${summary}" lasts more than ${longestEventDays} days.`);
    holidays.push(...toHolidays(one, timeZone, years));
    if (holidays.length > mostHolidays) throw tooLarge(field, `has more than ${mostHolidays} holidays`);
  }
  return holidays;
}

function toHolidays({ start, zone, event }: Occurrence, timeZone: string, years: Years): readonly Holiday[] {
  const { summary, lastsMs } = event;
  const { isDate } = event.start;
  const named = summary === '' ? {} : { name: summary };
  const from = isDate ? start : toZone(start, zone, timeZone);
  const to = isDate ? start + lastsMs : toZone(start + lastsMs, zone, timeZone);
  return datesOf(from, to, years).flatMap((midnight) => {
    const date = new Date(midnight).toISOString().slice(0, 10);
    const opens = midnight < from ? timeOf(from) : '00:00';
    const closes = midnight + dayMs <= to ? '24:00' : timeOf(to);
    if (isDate || (opens === '00:00' && closes === '24:00')) return [{ date, ...named }];
    return opens === closes ? [] : [{ date, hours: [opens, closes] as const, ...named }];
  });
}

/** The midnights of the dates that a stretch of local time touches, in some years. */
function datesOf(from: LocalMs, to: LocalMs, { first, last }: Years): readonly LocalMs[] {
  const begin = Math.max(midnightOf(from), Date.UTC(first, 0, 1));
  const end = Math.min(to, Date.UTC(last + 1, 0, 1));
  return Array.from({ length: Math.max(0, Math.ceil((end - begin) / dayMs)) }, (_, i) => begin + i * dayMs);
}

/** `HH:MM:SS`. */
const timeOf = (local: LocalMs) => new Date(local).toISOString().slice(11, 19);
