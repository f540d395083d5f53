import { IANAZone } from 'luxon';
import { type Instant, InvalidCalendar } from './calendar.js';

/** Milliseconds since 1970-01-01T00:00 on a wall clock, as if it were UTC. */
export type LocalMs = number;

const day = 86_400_000;
/** No zone has changed its offset twice within less than seven days, so this stride steps over no change. */
const stride = 5 * day;
/** Before there were zones, and where the rules of today go on for ever, nothing changes twice within so long. */
const longStride = 50 * day;
const [zonesSince, ruledFrom] = [Date.UTC(1840, 0, 1), Date.UTC(2100, 0, 1)];
const strideAt = (at: Instant) => (at < zonesSince || at >= ruledFrom ? longStride : stride);
/** More than any zone was ever away from UTC. */
const farthest = day;

const known = new Map<string, Zone>();

/**
 * The zone of an IANA name, shared by all who ask: what was found out about it is kept.
 * @throws InvalidCalendar `UNKNOWN_TIME_ZONE`
 */
export function zoneOf(name: string): Zone {
  let zone = known.get(name);
  if (zone === undefined) {
    // Not by Luxon, which keeps each name it is asked about, those of no zone too.
    if (!isZone(name))
      throw new InvalidCalendar('UNKNOWN_TIME_ZONE', 'timeZone', `"${name.slice(0, 60)}" is not an IANA time zone.`);
    known.set(name, (zone = new Zone(IANAZone.create(name))));
  }
  return zone;
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** A zone's offsets as sorted instants: asking `Intl` takes microseconds, a look-up here nanoseconds. */
export class Zone {
  /** From each instant on, up to the next, local time is UTC plus the offset. The first holds for all before, too. */
  private since: Instant[] = [];
  private offsets: number[] = [];
  private first = Infinity;
  private last = -Infinity;

  constructor(private readonly iana: IANAZone) {}

  get name(): string {
    return this.iana.name;
  }

  /** Finds out the offsets between two instants; the questions below are right only there. */
  cover(from: Instant, to: Instant): void {
    const first = Math.floor((from - 2 * stride) / stride) * stride;
    const last = Math.ceil((to + 2 * stride) / stride) * stride;
    if (this.since.length === 0) {
      this.since.push(-Infinity);
      this.offsets.push(this.offsetAt(first));
      this.first = this.last = first;
    }
    if (first < this.first) {
      const before = this.changes(first, this.first);
      this.since = [-Infinity, ...before.map(({ at }) => at), ...this.since.slice(1)];
      this.offsets = [this.offsetAt(first), ...before.map(({ offset }) => offset), ...this.offsets.slice(1)];
      this.first = first;
    }
    if (last > this.last) {
      for (const { at, offset } of this.changes(this.last, last)) {
        this.since.push(at);
        this.offsets.push(offset);
      }
      this.last = last;
    }
  }

  /** The wall clock at an instant. */
  toLocal(at: Instant): LocalMs {
    return at + (this.offsets[this.indexAt(at)] ?? 0);
  }

  /**
   * The instant of a local time. Of one that occurs twice, the pass asked for; of one that the clocks skip, the first
   * instant after the gap.
   */
  toInstant(local: LocalMs, pass: 'first' | 'last'): Instant {
    const { since, offsets } = this;
    let i = this.indexAt(local - farthest);
    let found: Instant | undefined;
    for (; ; i++) {
      const from = since[i] ?? Infinity;
      const at = local - (offsets[i] ?? 0);
      if (at < from) return found ?? from;
      if (at >= (since[i + 1] ?? Infinity)) continue;
      if (pass === 'first' || (since[i + 1] ?? Infinity) > local + farthest) return at;
      found = at;
    }
  }

  /** The offset that holds all through some stretch of local time, if one does. */
  steadyOffset(from: LocalMs, to: LocalMs): number | undefined {
    const i = this.indexAt(from - farthest);
    return (this.since[i + 1] ?? Infinity) > to + farthest ? this.offsets[i] : undefined;
  }

  /** The place of the last change at or before an instant. */
  private indexAt(at: Instant): number {
    const { since } = this;
    let low = 0;
    let high = since.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((since[middle] ?? Infinity) <= at) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private changes(from: Instant, to: Instant): { at: Instant; offset: number }[] {
    const found: { at: Instant; offset: number }[] = [];
    let offset = this.offsetAt(from);
    for (let low = from; low < to;) {
      const high = Math.min(low + strideAt(low), to);
      const then = this.offsetAt(high);
      while (offset !== then) {
        const at = this.firstOther(offset, low, high);
        offset = this.offsetAt(at);
        found.push({ at, offset });
      }
      low = high;
    }
    return found;
  }

  /** Clocks change on whole seconds. */
  private firstOther(offset: number, low: Instant, high: Instant): Instant {
    while (high - low > 1000) {
      const middle = Math.floor((low + high) / 2000) * 1000;
      if (this.offsetAt(middle) === offset) low = middle;
      else high = middle;
    }
    return high;
  }

  private offsetAt(at: Instant): number {
    return Math.round(this.iana.offset(at) * 60_000);
  }
}
