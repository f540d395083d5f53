import ICAL from 'ical.js';
import { DateTime } from 'luxon';
import { type Holiday, InvalidCalendar } from './calendar.js';
import { type Years } from './years.js';

/** In a file. An event that recurs each second is no holiday. */
const mostOccurrences = 10_000;
const mostRecurring = 200;

/**
 * The events of an iCalendar file in some years: whole days, or for one with times the part of each date it takes, in
 * the calendar’s zone. Recurrences and their exceptions are heeded; cancelled events are not there.
 */
export function icalendarHolidays(text: string, timeZone: string, years: Years, field: string): readonly Holiday[] {
  try {
    const file = new ICAL.Component(ICAL.parse(text) as unknown[]);
    const events = file.getAllSubcomponents('vevent').map((component) => new ICAL.Event(component));
    const once = events.filter((event) => !event.isRecurrenceException());
    const recurring = once.filter((event) => event.isRecurring()).length;
    if (recurring > mostRecurring) throw new Error(`${recurring} events recur, and ${mostRecurring} may.`);
    const found: Occurrence[] = [];
    for (const event of once) addOccurrences(event, years, found);
    return found
      .filter(({ item }) => item.component.getFirstPropertyValue('status') !== 'CANCELLED')
      .flatMap((occurrence) => toHolidays(occurrence, timeZone, years));
  } catch (error) {
    throw new InvalidCalendar('MALFORMED_ICALENDAR', field, error instanceof Error ? error.message : String(error));
  }
}

interface Occurrence {
  readonly startDate: ICAL.Time;
  readonly endDate: ICAL.Time;
  readonly item: ICAL.Event;
}

function addOccurrences(event: ICAL.Event, years: Years, found: Occurrence[]): void {
  if (!event.isRecurring()) {
    found.push({ startDate: event.startDate, endDate: event.endDate, item: event });
    return;
  }
  expectEnd(event);
  keepLeapDay(event);
  const iterator = event.iterator();
  for (let i = 0; found.length < mostOccurrences && i < mostOccurrences; i++) {
    // Says undefined at its end, whatever its types say.
    const next = iterator.next() as ICAL.Time | undefined;
    if (next === undefined || next.year > years.last) return;
    if (next.year >= years.first - 1) found.push(event.getOccurrenceDetails(next));
  }
  throw new Error(`«${event.summary}» recurs more than ${mostOccurrences} times.`);
}

/** The library looks for ever for the next 31 February of a rule that goes by days, hours or less. */
function expectEnd({ component, summary }: ICAL.Event): void {
  for (const property of component.getAllProperties('rrule')) {
    const { freq, parts } = property.getFirstValue() as ICAL.Recur;
    const isSound = ['YEARLY', 'MONTHLY', 'WEEKLY'].includes(freq) || (freq === 'DAILY' && !('BYMONTHDAY' in parts));
    if (!isSound) throw new Error(`«${summary}» recurs by a rule that is no holiday’s: ${freq}.`);
  }
}

const dayParts = ['BYDAY', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO'];

/** What is yearly on 29 February is there in leap years alone (RFC 5545, 3.3.10); the library has it on 1 March else. */
function keepLeapDay({ component, startDate }: ICAL.Event): void {
  if (startDate.month !== 2 || startDate.day !== 29) return;
  for (const property of component.getAllProperties('rrule')) {
    const rule = property.getFirstValue() as ICAL.Recur;
    if (rule.freq !== 'YEARLY' || dayParts.some((part) => part in rule.parts)) continue;
    rule.setComponent('BYMONTH', [2]);
    rule.setComponent('BYMONTHDAY', [29]);
  }
}

function toHolidays({ startDate: start, endDate: end, item: event }: Occurrence, timeZone: string, years: Years) {
  // Null where there is none, whatever its type says.
  const summary = event.summary as string | null;
  const named = summary === null || summary === '' ? {} : { name: summary };
  const zone = zoneOf(event, timeZone);
  const from = localOf(start, zone, timeZone);
  // Some files say that a whole day ends when it begins.
  const to = DateTime.max(localOf(end, zone, timeZone), from.plus({ days: start.isDate ? 1 : 0 }));
  const holidays: { readonly date: string; readonly hours?: [string, string]; readonly name?: string }[] = [];
  const until = DateTime.min(to, DateTime.utc(years.last + 1));
  for (
    let day = DateTime.max(from.startOf('day'), DateTime.utc(years.first));
    day < until;
    day = day.plus({ days: 1 })
  ) {
    const date = day.toFormat('yyyy-MM-dd');
    const opens = day < from ? from.toFormat('HH:mm:ss') : '00:00';
    const closes = day.plus({ days: 1 }) <= to ? '24:00' : to.toFormat('HH:mm:ss');
    const isWhole = start.isDate || (opens === '00:00' && closes === '24:00');
    if (isWhole) holidays.push({ date, ...named });
    else if (opens !== closes) holidays.push({ date, hours: [opens, closes], ...named });
  }
  return holidays;
}

/** The zone of an event’s times. Without one of its own they mean that of the calendar. */
function zoneOf({ component, startDate }: ICAL.Event, timeZone: string): string {
  const named = component.getFirstProperty('dtstart')?.getFirstParameter('tzid');
  return named ?? (startDate.zone.tzid === 'UTC' ? 'UTC' : timeZone);
}

/** The wall clock in the calendar’s zone, as if it were UTC. */
function localOf({ year, month, day, hour, minute, second, isDate }: ICAL.Time, zone: string, timeZone: string) {
  if (isDate) return DateTime.utc(year, month, day);
  const local = DateTime.fromObject({ year, month, day, hour, minute, second }, { zone }).setZone(timeZone);
  if (!local.isValid) throw new Error(`${zone} is no IANA zone.`);
  return local.setZone('UTC', { keepLocalTime: true });
}
