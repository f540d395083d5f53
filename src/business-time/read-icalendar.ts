import ICAL from 'ical.js';
import { type LocalMs } from './zone.js';
import { dayMs } from './parse-definition.js';
import { type RecurrenceRule } from './recurrence.js';
import { readRule } from './read-recurrence-rule.js';

/** A time as a file has it: a wall clock's, of some zone, or one that means whatever zone the reader is in. */
export interface FileTime {
  readonly local: LocalMs;
  /** A date alone. */
  readonly isDate: boolean;
  /** Undefined: the reader's. */
  readonly zone: string | undefined;
}

/** A rule with the time that its last start is not after. */
export interface FileRule extends RecurrenceRule {
  readonly until: FileTime | undefined;
}

/** An event of an iCalendar file. */
export interface FileEvent {
  readonly uid: string;
  readonly summary: string;
  readonly isCancelled: boolean;
  readonly start: FileTime;
  /** How long it lasts on the wall clock; a date alone lasts a day at least. */
  readonly lastsMs: number;
  readonly rules: readonly FileRule[];
  readonly moreStarts: readonly FileTime[];
  readonly exceptions: readonly FileTime[];
  /** The start of the occurrence that it stands in for, and whether for all later ones too. */
  readonly standsFor: { readonly at: FileTime; readonly andLater: boolean } | undefined;
}

/** The events of an iCalendar file's text. @throws Error that says what is wrong with it */
export function readICalendar(text: string): readonly FileEvent[] {
  const parsed = ICAL.parse(text) as unknown[];
  const calendars = typeof parsed[0] === 'string' ? [parsed] : parsed;
  return calendars.flatMap((calendar) =>
    partsOf(calendar)
      .filter(([name]) => name === 'vevent')
      .map((event) => readEvent(event)),
  );
}

/** Name, parameters, type and values of a property, as jCal (RFC 7265) has them. */
type Property = readonly [name: string, parameters: Readonly<Record<string, unknown>>, type: string, ...unknown[]];
type Component = readonly [name: string, properties: readonly Property[], parts: readonly Component[]];

const partsOf = (calendar: unknown): readonly Component[] => (calendar as Component)[2];

function readEvent([, properties]: Component): FileEvent {
  const all = (name: string) => properties.filter(([called]) => called === name);
  const first = (name: string) => all(name)[0];
  const text = (name: string) => {
    const value = first(name)?.[3];
    return typeof value === 'string' ? value : '';
  };
  const timeOf = (name: string) => {
    const property = first(name);
    return property === undefined ? undefined : readTime(property[3], property);
  };
  const summary = text('summary');
  const start = timeOf('dtstart');
  if (start === undefined) throw new Error(`"${summary}" has no DTSTART.`);
  const replaced = timeOf('recurrence-id');
  const times = (name: string) =>
    all(name).flatMap((property) =>
      property.slice(3).map((value) => readTime(Array.isArray(value) ? value[0] : value, property)),
    );
  return {
    ...{ uid: text('uid'), summary, isCancelled: text('status') === 'CANCELLED', start },
    lastsMs: lengthOf(start, timeOf('dtend'), text('duration')),
    rules: all('rrule').map(([, , , value]) => {
      const { until, ...rule } = readRule(value, start, summary);
      return { ...rule, until: until === undefined ? undefined : readTime(until) };
    }),
    moreStarts: times('rdate'),
    exceptions: times('exdate'),
    standsFor:
      replaced === undefined
        ? undefined
        : { at: replaced, andLater: first('recurrence-id')?.[1]['range'] === 'THISANDFUTURE' },
  };
}

const timeForm = /^(\d{4}-\d{2}-\d{2})(?:T(?:::|(\d{2}):(\d{2}):(\d{2})(Z)?))?$/;

/** A date, or a time: of UTC, of the zone that its property names, or of none. */
function readTime(value: unknown, property?: Property): FileTime {
  const written = String(value);
  const [, date = '', hours, minutes, seconds, utc] = timeForm.exec(written) ?? [];
  const day = Date.parse(`${date}T00:00:00Z`);
  const isDate = hours === undefined;
  const [h, m, s] = [Number(hours ?? 0), Number(minutes ?? 0), Number(seconds ?? 0)];
  // `Date.parse` may read 30 February as 2 March.
  const isReal = !Number.isNaN(day) && new Date(day).toISOString().startsWith(date) && h < 24 && m < 60 && s <= 60;
  if (!isReal) throw new Error(`${written} is not a date or time.`);
  const named = property?.[1]['tzid'];
  const zone = isDate ? undefined : utc === undefined ? (typeof named === 'string' ? named : undefined) : 'UTC';
  return { local: day + ((h * 60 + m) * 60 + s) * 1000, isDate, zone };
}

/** Nothing that ends before it begins lasts. */
function lengthOf(start: FileTime, end: FileTime | undefined, duration: string): number {
  const lasts = end === undefined ? durationMs(duration) : end.local - start.local;
  return Math.max(lasts, start.isDate ? dayMs : 0);
}

const durationForm = /^\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

function durationMs(text: string): number {
  const [, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = (durationForm.exec(text) ?? []).map(
    (part: string | undefined) => Number(part ?? 0),
  );
  return (weeks * 7 + days) * dayMs + ((hours * 60 + minutes) * 60 + seconds) * 1000;
}
