import { DateTime, IANAZone } from 'luxon';
import { findIana } from 'windows-iana';
import { type Instant } from './calendar.js';
import { type Component, parseComponent, type Property, type Written } from './icalendar-text.js';
import { dayMs } from './parse-definition.js';
import { readRule } from './read-recurrence-rule.js';
import { recurringDays, type Spend } from './recurrence.js';
import { type Years } from './years.js';
import { type LocalMs } from './zone.js';

/** A zone's wall clock. */
interface WallClock {
  toLocal(at: Instant): LocalMs;
  /** Of a local time that occurs twice the first; of one that the clocks skip, an instant after the gap. */
  toInstant(local: LocalMs): Instant;
}

/** The zones that a file names: by the IANA name, by the file's own definition, or by the name that Windows has for one. */
export class FileZones {
  private readonly clocks = new Map<string, WallClock>();
  private readonly defined: ReadonlyMap<string, Component>;

  constructor(
    zones: readonly Written[],
    private readonly years: Years,
    private readonly spend: Spend,
  ) {
    const parsed = zones.map(componentOf).filter((zone) => zone !== undefined);
    this.defined = new Map(parsed.map((zone) => [textOf(zone, 'tzid'), zone]));
  }

  /** A wall clock's time in one zone, as that of another has it. @throws Error for a zone that nobody knows */
  toZone(local: LocalMs, from: string, to: string): LocalMs {
    return from === to ? local : this.clockOf(to).toLocal(this.clockOf(from).toInstant(local));
  }

  private clockOf(name: string): WallClock {
    const known = this.clocks.get(name);
    if (known !== undefined) return known;
    const clock = this.find(name);
    this.clocks.set(name, clock);
    return clock;
  }

  private find(name: string): WallClock {
    if (IANAZone.isValidZone(name)) return ianaClock(name);
    const defined = this.defined.get(name);
    if (defined !== undefined) return definedClock(defined, this.years, this.spend);
    const [byWindows] = findIana(name);
    if (byWindows !== undefined) return ianaClock(byWindows);
    throw new Error(
      `${name.slice(0, 100)} is not an IANA time zone, nor one of Windows, and the file does not define it.`,
    );
  }
}

/** One that cannot be read is as one that is not there: who names it is told. */
function componentOf(zone: Written): Component | undefined {
  try {
    return parseComponent(zone);
  } catch {
    return undefined;
  }
}

const ianaClock = (zone: string): WallClock => ({
  toLocal: (at) => at + DateTime.fromMillis(at, { zone }).offset * 60_000,
  toInstant: (local) => DateTime.fromMillis(local, { zone: 'UTC' }).setZone(zone, { keepLocalTime: true }).toMillis(),
});

/** From an instant on, local time is UTC plus the offset. */
interface Change {
  readonly at: Instant;
  readonly offset: number;
}

/** A zone as a VTIMEZONE defines it (RFC 5545, 3.6.5): each of its parts begins at instants, and holds until the next. */
function definedClock([, , parts]: Component, years: Years, spend: Spend): WallClock {
  const begins = parts.flatMap((part) => changesOf(part, years, spend));
  const changes = begins.sort((a, b) => a.at - b.at);
  const before = firstOffset(parts);
  const offsetAt = (at: Instant) => changes.findLast((change) => change.at <= at)?.offset ?? before;
  return {
    toLocal: (at) => at + offsetAt(at),
    toInstant: (local) => {
      const early = local - offsetAt(local - dayMs);
      const later = local - offsetAt(early);
      // Where neither is right, the clocks skip the time: it is as long after the change as it says.
      return offsetAt(early) !== local - early && offsetAt(later) === local - later ? later : early;
    },
  };
}

function changesOf([, properties]: Component, years: Years, spend: Spend): readonly Change[] {
  const part = (name: string) => properties.filter(([called]) => called === name);
  const offset = offsetIn(part('tzoffsetto')[0]);
  const from = offsetIn(part('tzoffsetfrom')[0]);
  const start = localIn(part('dtstart')[0]?.[3]);
  const at = (local: LocalMs): Change => ({ at: local - from, offset });
  const first = Math.floor(start / dayMs);
  const span = [Date.UTC(years.first - 2, 0, 1) / dayMs, Date.UTC(years.last + 2, 0, 1) / dayMs] as const;
  const recurring = part('rrule').flatMap(([, , , value]) => {
    const { until, ...rule } = readRule(value, { local: start, isDate: false });
    const last = until === undefined ? Infinity : localIn(until) + dayMs;
    const starts = [...recurringDays(rule, first, span, spend)].map((day) => day * dayMs + start - first * dayMs);
    return starts.filter((local) => local <= last);
  });
  const more = part('rdate').flatMap((property) => property.slice(3).map(localIn));
  return [start, ...recurring, ...more].map(at);
}

/** What holds before all that a zone says of itself. */
function firstOffset(parts: readonly Component[]): number {
  const starts = parts.map(([, properties]) => ({
    at: localIn(properties.find(([name]) => name === 'dtstart')?.[3]),
    from: offsetIn(properties.find(([name]) => name === 'tzoffsetfrom')),
  }));
  return starts.sort((a, b) => a.at - b.at)[0]?.from ?? 0;
}

/** `+02:00`, as jCal has it. */
function offsetIn(property: Property | undefined): number {
  const [, sign, hours, minutes, seconds = 0] = /^([+-])(\d\d):?(\d\d):?(\d\d)?$/.exec(String(property?.[3])) ?? [];
  if (sign === undefined) throw new Error('a time zone has a part without an offset.');
  return (sign === '-' ? -1 : 1) * ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
}

function localIn(value: unknown): LocalMs {
  const local = Date.parse(`${String(value).replace(/Z$/, '')}Z`);
  if (Number.isNaN(local)) throw new Error('a time zone has a part without a start.');
  return local;
}

function textOf([, properties]: Component, name: string): string {
  const value = properties.find(([called]) => called === name)?.[3];
  return typeof value === 'string' ? value : '';
}
