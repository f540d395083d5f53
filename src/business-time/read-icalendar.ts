import { type LocalMs } from './zone.js';
import { type Component, parseComponent, type Property, splitICalendar, type Written } from './icalendar-text.js';
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
  /** In which line of the file it begins. */
  readonly line: number;
  readonly uid: string;
  readonly summary: string;
  readonly description: string;
  readonly categories: readonly string[];
  /** Time that it takes of whoever has the calendar. A file of holidays may say by it which days are worked. */
  readonly isTransparent: boolean;
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

/** What a file has. */
export interface FileCalendar {
  readonly events: readonly FileEvent[];
  /** The zones that it defines. */
  readonly zones: readonly Written[];
}

/**
 * Reads an iCalendar file's text.
 * @param malformed called with an event that cannot be read, and why; what it throws ends the reading
 * @throws Error for what is no iCalendar file
 */
export function readICalendar(text: string, malformed: Malformed): FileCalendar {
  const { events, zones } = splitICalendar(text);
  const read = (written: Written): readonly FileEvent[] => {
    try {
      return [readEvent(parseComponent(written), written.line)];
    } catch (error) {
      malformed(namedIn(written), error);
      return [];
    }
  };
  return { events: events.flatMap(read), zones };
}

/** Told of an event that cannot be read, and why. */
export type Malformed = (event: NamedEvent, why: unknown) => void;

/** By what people find an event in its file. */
export type NamedEvent = Pick<FileEvent, 'line' | 'summary'>;

const namedIn = ({ line, lines }: Written): NamedEvent => {
  const summary = lines.find((one) => /^SUMMARY[;:]/i.test(one)) ?? '';
  return { line, summary: summary.slice(summary.indexOf(':') + 1) };
};

function readEvent([, properties]: Component, line: number): FileEvent {
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
  if (start === undefined) throw new Error('it has no DTSTART.');
  const replaced = timeOf('recurrence-id');
  const times = (name: string) =>
    all(name).flatMap((property) =>
      property.slice(3).map((value) => readTime(Array.isArray(value) ? value[0] : value, property)),
    );
  return {
    ...{ line, uid: text('uid'), summary, description: text('description') },
    categories: all('categories').flatMap((property) => property.slice(3).map(String)),
    isTransparent: text('transp') === 'TRANSPARENT',
    ...{ isCancelled: text('status') === 'CANCELLED', start },
    lastsMs: lengthOf(start, timeOf('dtend'), text('duration')),
    rules: all('rrule').map(([, , , value]) => {
      const { until, ...rule } = readRule(value, start);
      return { ...rule, until: until === undefined ? undefined : readTime(until) };
    }),
    moreStarts: times('rdate'),
    exceptions: times('exdate'),
    standsFor:
      replaced === undefined
        ? undefined
        : { at: replaced, andLater: String(first('recurrence-id')?.[1]['range']).toUpperCase() === 'THISANDFUTURE' },
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
