import { type CalendarDefinition, InvalidCalendar, type Weekday, weekdays } from './calendar.js';
import { uniteSpans } from './pauses.js';
import { type Zone, zoneOf } from './zone.js';

/** A window as milliseconds from its date's midnight; past a day where it crosses midnight. */
export interface Hours {
  readonly opens: number;
  readonly closes: number;
}

/** A day's number: days since 1970-01-01 on the local calendar. */
export type DayNumber = number;

/** A definition checked, with times as numbers. Hours of a date are in order, and neither overlap nor touch. */
export interface ParsedCalendar {
  readonly zone: Zone;
  /** Monday first. */
  readonly weekly: readonly (readonly Hours[])[];
  readonly dates: ReadonlyMap<DayNumber, readonly Hours[]>;
  readonly wholeHolidays: ReadonlySet<DayNumber>;
  readonly partHolidays: ReadonlyMap<DayNumber, readonly Hours[]>;
  /** The first date whose holidays are known; null where there are none to know. */
  readonly firstKnownDay: DayNumber | null;
  /** The last date whose holidays are known; null where there are none to know. */
  readonly lastKnownDay: DayNumber | null;
  readonly nominalDayMs: number;
}

export const dayMs = 86_400_000;

/**
 * Takes nothing for granted: definitions come from files and requests, too.
 * @throws InvalidCalendar that names the field at fault
 */
export function parseDefinition(definition: CalendarDefinition): ParsedCalendar {
  const given = expectRecord(definition, 'definition');
  const weekly = expectRecord(given['weekly'], 'weekly');
  for (const key of Object.keys(weekly)) {
    if (!weekdays.includes(key as Weekday))
      throw new InvalidCalendar(
        'UNKNOWN_WEEKDAY',
        `weekly.${shown(key)}`,
        `is not a weekday; use ${weekdays.join(', ')}.`,
      );
  }
  const { wholeHolidays, partHolidays } = parseHolidays(expectList(given['holidays'] ?? [], 'holidays'));
  const holidays = [...wholeHolidays, ...partHolidays.keys()];
  const knownFrom = given['holidaysKnownFrom'] ?? null;
  const knownUntil = given['holidaysKnownUntil'] ?? null;
  const dates = Object.entries(expectRecord(given['dates'] ?? {}, 'dates'));
  return {
    zone: zoneOf(expectText(given['timeZone'], 'timeZone')),
    weekly: weekdays.map((day) => parseWindows(weekly[day] ?? [], `weekly.${day}`)),
    dates: new Map(
      dates.map(([date, windows]) => {
        const field = `dates.${shown(date)}`;
        return [parseDate(date, field), parseWindows(windows, field)];
      }),
    ),
    ...{ wholeHolidays, partHolidays },
    firstKnownDay: knownFrom === null ? startOfYear(holidays) : parseDate(knownFrom, 'holidaysKnownFrom'),
    lastKnownDay: knownUntil === null ? endOfYear(holidays) : parseDate(knownUntil, 'holidaysKnownUntil'),
    nominalDayMs: parseNominalDay(given['nominalDayMinutes'] ?? 480),
  };
}

function parseHolidays(holidays: readonly unknown[]): Pick<ParsedCalendar, 'wholeHolidays' | 'partHolidays'> {
  const wholeHolidays = new Set<DayNumber>();
  const partHolidays = new Map<DayNumber, Hours[]>();
  for (const [i, holiday] of holidays.entries()) {
    const field = `holidays[${i}]`;
    if (typeof holiday === 'string') {
      wholeHolidays.add(parseDate(holiday, field));
      continue;
    }
    const { date, hours = null } = expectRecord(holiday, field);
    const day = parseDate(date, `${field}.date`);
    if (hours === null) wholeHolidays.add(day);
    else addTo(partHolidays, day, parseWindow(hours, `${field}.hours`));
  }
  return { wholeHolidays, partHolidays };
}

function addTo(holidays: Map<DayNumber, Hours[]>, day: DayNumber, hours: Hours): void {
  const others = holidays.get(day);
  if (others === undefined) holidays.set(day, [hours]);
  else others.push(hours);
}

/** The first day of the year of the first of some days. */
function startOfYear(days: readonly DayNumber[]): DayNumber | null {
  if (days.length === 0) return null;
  const first = days.reduce((a, b) => Math.min(a, b));
  return Date.UTC(new Date(first * dayMs).getUTCFullYear(), 0, 1) / dayMs;
}

/** The last day of the year of the last of some days; who says what is off in a year says all of that year. */
function endOfYear(days: readonly DayNumber[]): DayNumber | null {
  if (days.length === 0) return null;
  const last = days.reduce((a, b) => Math.max(a, b));
  return Date.UTC(new Date(last * dayMs).getUTCFullYear() + 1, 0, 1) / dayMs - 1;
}

function parseNominalDay(minutes: unknown): number {
  if (typeof minutes === 'number' && minutes > 0 && minutes <= 1440) return minutes * 60_000;
  throw new InvalidCalendar('INVALID_NOMINAL_DAY', 'nominalDayMinutes', 'must be above 0 and at most 1440.');
}

const parseWindows = (windows: unknown, field: string): readonly Hours[] =>
  uniteHours(expectList(windows, field).map((window, i) => parseWindow(window, `${field}[${i}]`)));

const uniteHours = (hours: readonly Hours[]): readonly Hours[] =>
  uniteSpans(hours.map(({ opens: from, closes: to }) => ({ from, to }))).map(({ from: opens, to: closes }) => ({
    opens,
    closes,
  }));

function parseWindow(window: unknown, field: string): Hours {
  const [from, to, ...rest] = expectList(window, field);
  if (rest.length > 0) throw new InvalidCalendar('MALFORMED', field, 'must be an opening and a closing time.');
  const opens = parseTime(from, `${field}[0]`);
  const closes = parseTime(to, `${field}[1]`);
  if (opens === dayMs) throw new InvalidCalendar('INVALID_TIME', `${field}[0]`, '24:00 is an end, not a start.');
  if (opens === closes) throw new InvalidCalendar('EMPTY_WINDOW', field, 'opens and closes at the same time.');
  return { opens, closes: closes > opens ? closes : closes + dayMs };
}

function parseTime(given: unknown, field: string): number {
  const text = expectText(given, field);
  const [, hours, minutes, seconds = '0'] = /^(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  const ms = ((h * 60 + m) * 60 + s) * 1000;
  if (m < 60 && s < 60 && ms <= dayMs) return ms;
  const hint = 'use HH:MM or HH:MM:SS, 24:00 at the latest';
  throw new InvalidCalendar('INVALID_TIME', field, `"${shown(text)}" is not a time of day; ${hint}.`);
}

/** As much of a text as says which one is meant. */
const shown = (text: string) => (text.length > 40 ? `${text.slice(0, 40)}…` : text);

/** @throws InvalidCalendar `MALFORMED`, `INVALID_DATE` */
export function parseDate(given: unknown, field: string): DayNumber {
  const text = expectText(given, field);
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  // `Date.parse` may read 30 February as 2 March.
  if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(text)) return at / dayMs;
  throw new InvalidCalendar('INVALID_DATE', field, `"${shown(text)}" is not a date; use YYYY-MM-DD.`);
}

function expectRecord(given: unknown, field: string): Readonly<Record<string, unknown>> {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given as Record<string, unknown>;
  throw new InvalidCalendar('MALFORMED', field, 'must be an object.');
}

function expectList(given: unknown, field: string): readonly unknown[] {
  if (Array.isArray(given)) return given;
  throw new InvalidCalendar('MALFORMED', field, 'must be a list.');
}

function expectText(given: unknown, field: string): string {
  if (typeof given === 'string') return given;
  throw new InvalidCalendar('MALFORMED', field, 'must be text.');
}
