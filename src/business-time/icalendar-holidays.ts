import { type Holiday, InvalidCalendar } from './calendar.js';
import { mostHolidays, tooLarge } from './calendar-limits.js';
import { type EventFilter, keptBy } from './icalendar-filter.js';
import { FileRefused, longestEventDays, type Occurrence, occurrencesOf } from './icalendar-occurrences.js';
import { type FileZones } from './icalendar-zones.js';
import { dayMs } from './parse-definition.js';
import { type Malformed, readICalendar } from './read-icalendar.js';
import { midnightOf } from './wall-clock.js';
import { type Years } from './years.js';
import { type LocalMs } from './zone.js';

export interface FileHolidays {
  readonly holidays: readonly Holiday[];
  /** The years of the file's single events, or where it has none, of its recurring ones. */
  readonly known: Years;
}

/** Which events of a file are holidays. */
export interface FileHolidayOptions extends EventFilter {
  /** Events that are holidays by all else and are not. */
  readonly except?: EventFilter;
  /** Leaves out events that cannot be read, in place of refusing the file. */
  readonly skipMalformed?: boolean;
}

/**
 * The events of an iCalendar file in some years: whole days, or for one with times the part of each date it takes, in
 * the calendar's zone. Recurrences and their exceptions are heeded; cancelled events are not there.
 * @throws InvalidCalendar `MALFORMED_ICALENDAR` that names the event, `NO_HOLIDAYS`, `CALENDAR_TOO_LARGE`
 */
export function icalendarHolidays(
  text: string,
  timeZone: string,
  years: Years,
  field: string,
  { except, skipMalformed = false, ...only }: FileHolidayOptions = {},
): FileHolidays {
  const malformed: Malformed = ({ line, summary }, why) => {
    if (skipMalformed) return;
    const named = `the event "${summary.slice(0, 100)}" that begins in line ${line}`;
    throw new FileRefused(`${named} cannot be read: ${messageOf(why)}`);
  };
  const [keeps, leavesOut] = [keptBy(only), except === undefined ? () => false : keptBy(except)];
  try {
    const file = readICalendar(text, malformed);
    const isWanted = (event: (typeof file.events)[number]) => keeps(event) && !leavesOut(event);
    const { found, zones } = occurrencesOf(file, { timeZone, years, isWanted, malformed });
    const holidays: Holiday[] = [];
    const read: Occurrence[] = [];
    for (const one of found) {
      try {
        holidays.push(...toHolidays(one, timeZone, years, zones));
        read.push(one);
      } catch (error) {
        malformed(one.event, error);
      }
      if (holidays.length > mostHolidays) throw tooLarge(field, `has more than ${mostHolidays} holidays`);
    }
    if (holidays.length === 0)
      throw new InvalidCalendar('NO_HOLIDAYS', field, `has no holidays from ${years.first} to ${years.last}.`);
    return { holidays, known: knownYears(read, years) };
  } catch (error) {
    if (error instanceof InvalidCalendar) throw error;
    throw new InvalidCalendar('MALFORMED_ICALENDAR', field, messageOf(error));
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The years in which what is known of a file begins and ends. */
function knownYears(found: readonly Occurrence[], years: Years): Years {
  const single = found.filter(({ event }) => event.rules.length === 0 && event.standsFor === undefined);
  let [first, last] = [Infinity, -Infinity];
  for (const { start, event } of single.length === 0 ? found : single) {
    first = Math.min(first, start);
    last = Math.max(last, start + event.lastsMs - 1);
  }
  const yearOf = (local: LocalMs) => new Date(local).getUTCFullYear();
  return { first: Math.max(yearOf(first), years.first), last: Math.min(yearOf(last), years.last) };
}

function toHolidays(
  { start, zone, event }: Occurrence,
  timeZone: string,
  years: Years,
  zones: FileZones,
): readonly Holiday[] {
  const { summary, lastsMs } = event;
  if (lastsMs > longestEventDays * dayMs) throw new Error(`it lasts more than ${longestEventDays} days.`);
  const { isDate } = event.start;
  const named = summary === '' ? {} : { name: summary };
  const from = isDate ? start : zones.toZone(start, zone, timeZone);
  const to = isDate ? start + lastsMs : zones.toZone(start + lastsMs, zone, timeZone);
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
