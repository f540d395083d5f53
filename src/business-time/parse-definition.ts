import { IANAZone } from 'luxon';
import {
  type CalendarDefinition,
  InvalidCalendar,
  type LocalDate,
  type Weekday,
  weekdays,
  type Window,
} from './calendar.js';

/** A window as milliseconds from its date’s midnight; past a day where it crosses midnight. */
export interface Hours {
  readonly opens: number;
  readonly closes: number;
}

/** A day’s number: days since 1970-01-01 on the local calendar. */
export type DayNumber = number;

/** A definition checked, with times as numbers. */
export interface ParsedCalendar {
  readonly zone: IANAZone;
  /** Monday first. */
  readonly weekly: readonly (readonly Hours[])[];
  readonly dates: ReadonlyMap<DayNumber, readonly Hours[]>;
  readonly wholeHolidays: ReadonlySet<DayNumber>;
  readonly partHolidays: ReadonlyMap<DayNumber, readonly Hours[]>;
  readonly nominalDayMs: number;
}

export const dayMs = 86_400_000;

/** @throws InvalidCalendar that names the field at fault */
export function parseDefinition(definition: CalendarDefinition): ParsedCalendar {
  const zone = IANAZone.create(definition.timeZone);
  if (!zone.isValid)
    throw new InvalidCalendar('UNKNOWN_TIME_ZONE', 'timeZone', `«${definition.timeZone}» is no IANA zone.`);
  for (const key of Object.keys(definition.weekly)) {
    if (!weekdays.includes(key as Weekday))
      throw new InvalidCalendar('UNKNOWN_WEEKDAY', `weekly.${key}`, 'mon to sun are days.');
  }
  const wholeHolidays = new Set<DayNumber>();
  const partHolidays = new Map<DayNumber, readonly Hours[]>();
  for (const [i, holiday] of (definition.holidays ?? []).entries()) {
    const field = `holidays[${i}]`;
    const { date, hours } = typeof holiday === 'string' ? { date: holiday, hours: undefined } : holiday;
    const day = parseDate(date, field);
    if (hours === undefined) wholeHolidays.add(day);
    else partHolidays.set(day, [...(partHolidays.get(day) ?? []), parseWindow(hours, `${field}.hours`)]);
  }
  const nominal = definition.nominalDayMinutes ?? 480;
  if (!(nominal > 0 && nominal <= 1440)) {
    throw new InvalidCalendar('INVALID_NOMINAL_DAY', 'nominalDayMinutes', 'must be above 0 and at most 1440.');
  }
  return {
    zone,
    weekly: weekdays.map((day) => parseWindows(definition.weekly[day] ?? [], `weekly.${day}`)),
    dates: new Map(
      Object.entries(definition.dates ?? {}).map(([date, windows]) => [
        parseDate(date, `dates.${date}`),
        parseWindows(windows, `dates.${date}`),
      ]),
    ),
    wholeHolidays,
    partHolidays,
    nominalDayMs: nominal * 60_000,
  };
}

const parseWindows = (windows: readonly Window[], field: string) =>
  windows.map((window, i) => parseWindow(window, `${field}[${i}]`));

function parseWindow([from, to]: Window, field: string): Hours {
  const opens = parseTime(from, `${field}[0]`);
  const closes = parseTime(to, `${field}[1]`);
  if (opens === dayMs) throw new InvalidCalendar('INVALID_TIME', `${field}[0]`, '24:00 is an end, not a start.');
  if (opens === closes) throw new InvalidCalendar('EMPTY_WINDOW', field, 'opens and closes at the same time.');
  return { opens, closes: closes > opens ? closes : closes + dayMs };
}

function parseTime(text: string, field: string): number {
  const [, hours, minutes, seconds = '0'] = /^(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  const ms = ((h * 60 + m) * 60 + s) * 1000;
  if (!(h <= 24 && m < 60 && s < 60 && ms <= dayMs)) {
    throw new InvalidCalendar(
      'INVALID_TIME',
      field,
      `«${text}» is no time of day; say HH:MM or HH:MM:SS, 24:00 at the latest.`,
    );
  }
  return ms;
}

function parseDate(text: LocalDate, field: string): DayNumber {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (Number.isNaN(at) || !new Date(at).toISOString().startsWith(text)) {
    throw new InvalidCalendar('INVALID_DATE', field, `«${text}» is no date; say YYYY-MM-DD.`);
  }
  return at / dayMs;
}
