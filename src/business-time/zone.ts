import { IANAZone } from 'luxon';
import { type Instant } from './calendar.js';

/** Milliseconds since 1970-01-01T00:00 on a wall clock, as if it were UTC. */
export type LocalMs = number;

const day = 86_400_000;
const week = 7 * day;

/** A zone’s offsets over some years: from each instant on, local time is UTC plus the offset. */
export class ZoneOffsets {
  private readonly from: Instant[] = [];
  private readonly offset: number[] = [];

  constructor(zone: IANAZone, first: Instant, last: Instant) {
    let at = first - week;
    let offset = zone.offset(at) * 60_000;
    this.from.push(-Infinity);
    this.offset.push(offset);
    for (; at < last + week; at += week) {
      const then = zone.offset(at + week) * 60_000;
      if (then === offset) continue;
      this.bisect(zone, at, at + week, offset, then);
      offset = then;
    }
  }

  private bisect(zone: IANAZone, low: Instant, high: Instant, before: number, after: number): void {
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (zone.offset(middle) * 60_000 === before) low = middle;
      else high = middle;
    }
    this.from.push(high);
    const now = zone.offset(high) * 60_000;
    this.offset.push(now);
    if (now !== after) throw new RangeError(`two changes of offset within a week in ${zone.name}`);
  }

  /** The wall clock at an instant. */
  toLocal(at: Instant): LocalMs {
    let i = this.from.length - 1;
    while ((this.from[i] ?? -Infinity) > at) i -= 1;
    return at + (this.offset[i] ?? 0);
  }

  /** The instant of a local time; of one that occurs twice the first or the last, of one that does not, the next that does. */
  toInstant(local: LocalMs, pass: 'first' | 'last'): Instant {
    let found: Instant | undefined;
    let gap: Instant | undefined;
    for (let i = 0; i < this.from.length; i++) {
      const from = this.from[i] ?? -Infinity;
      const until = this.from[i + 1] ?? Infinity;
      const at = local - (this.offset[i] ?? 0);
      if (at < from) {
        if (found === undefined) gap ??= from;
        continue;
      }
      if (at >= until) {
        gap = undefined;
        continue;
      }
      gap = undefined;
      found = at;
      if (pass === 'first') return at;
    }
    return found ?? gap ?? local;
  }
}
