import { IANAZone } from 'luxon';
import {
  type CalendarDefinition,
  type DayRule,
  type Instant,
  weekdays,
  type Window,
} from '../../src/business-time/calendar.js';

const minute = 60_000;
const dayMs = 1440 * minute;
const nobody = -1_000_000;

/** The wall clock at every minute of some weeks, asked of Luxon one by one. */
export class Weeks {
  private readonly clock: Float64Array;
  private readonly found = new Map<string, number>();

  constructor(
    readonly timeZone: string,
    readonly from: Instant,
    readonly days: number,
  ) {
    const zone = IANAZone.create(timeZone);
    this.clock = Float64Array.from({ length: days * 1440 }, (_, i) => {
      const at = from + i * minute;
      return at + Math.round(zone.offset(at) * minute);
    });
  }

  get until(): Instant {
    return this.from + this.days * dayMs;
  }

  /** Local time at an instant, as if it were UTC. */
  localAt(at: Instant): number {
    const whole = Math.floor((at - this.from) / minute);
    return (this.clock[whole] ?? NaN) + ((at - this.from) % minute);
  }

  /** The minute that shows a local time: the first or the last that does, else the first that shows a later one. */
  minuteOf(local: number, pass: 'first' | 'last'): number {
    const key = `${local} ${pass}`;
    let i = this.found.get(key);
    if (i === undefined) this.found.set(key, (i = this.lookFor(local, pass)));
    return i;
  }

  private lookFor(local: number, pass: 'first' | 'last'): number {
    // No wall clock was ever two days away from UTC.
    const start = Math.max(0, (local - this.from - 2 * dayMs) / minute);
    const near = this.clock.subarray(start, (local - this.from + 2 * dayMs) / minute);
    let i = pass === 'first' ? near.indexOf(local) : near.lastIndexOf(local);
    if (i < 0) i = near.findIndex((shown, k) => shown > local && (near[k - 1] ?? NaN) < local);
    return start + i;
  }

  /** The first instant that shows a local time, or the end of the gap that it lies in. */
  instantOf(local: number): Instant {
    const whole = Math.floor(local / minute) * minute;
    const i = this.minuteOf(whole, 'first');
    return this.from + i * minute + (this.clock[i] === whole ? local - whole : 0);
  }
}

const timeOf = (text: string) => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * minute;
};

/**
 * A calendar as a row of minutes, each with the date that owns it, painted by the definition: slow, obvious, and nothing
 * in common with the engine. Where the weeks end, answers are undefined.
 */
export class MinuteWalk {
  private readonly owner: Int32Array;
  /** The dates that own a minute, and where their last ends. */
  private readonly ends = new Map<number, Instant>();

  constructor(
    private readonly definition: CalendarDefinition,
    private readonly weeks: Weeks,
  ) {
    this.owner = new Int32Array(weeks.days * 1440).fill(nobody);
    const [first, last] = [Math.floor(weeks.from / dayMs) + 1, Math.floor(weeks.until / dayMs) - 3];
    for (let day = first; day <= last; day++) this.paint(day);
    this.owner.forEach((day, i) => {
      if (day !== nobody) this.ends.set(day, weeks.from + (i + 1) * minute);
    });
  }

  /** The windows of a date, over those of dates before. */
  private paint(day: number): void {
    const name = new Date(day * dayMs).toISOString().slice(0, 10);
    const { weekly, dates = {}, holidays = [] } = this.definition;
    if (holidays.includes(name)) return;
    const closed = new Set<number>();
    for (const holiday of holidays) {
      if (typeof holiday === 'string' || holiday.date !== name || holiday.hours === undefined) continue;
      const [from, to] = this.minutesOf(day, holiday.hours, 'untilMidnight');
      for (let i = from; i < to; i++) closed.add(i);
    }
    for (const window of dates[name] ?? weekly[weekdays[(day + 3) % 7] ?? 'mon'] ?? []) {
      const [from, to] = this.minutesOf(day, window, 'acrossMidnight');
      for (let i = from; i < to; i++) if (!closed.has(i)) this.owner[i] = day;
    }
  }

  private minutesOf(day: number, [opens, closes]: Window, reach: 'untilMidnight' | 'acrossMidnight') {
    const midnight = day * dayMs;
    const crosses = timeOf(closes) <= timeOf(opens);
    const end = !crosses ? timeOf(closes) : reach === 'untilMidnight' ? dayMs : timeOf(closes) + dayMs;
    return [
      this.weeks.minuteOf(midnight + timeOf(opens), 'first'),
      this.weeks.minuteOf(midnight + end, 'last'),
    ] as const;
  }

  private ownerAt(at: Instant): number {
    return this.owner[this.minuteAt(at)] ?? nobody;
  }

  private minuteAt(at: Instant): number {
    return Math.floor((at - this.weeks.from) / minute);
  }

  private isOpenMinute(i: number): boolean {
    return (this.owner[i] ?? nobody) !== nobody;
  }

  private startOf(i: number): Instant {
    return this.weeks.from + i * minute;
  }

  isOpen(at: Instant): boolean {
    return this.isOpenMinute(this.minuteAt(at));
  }

  between(from: Instant, to: Instant): number {
    let open = 0;
    for (let i = this.minuteAt(from); this.startOf(i) < to; i++) {
      if (this.isOpenMinute(i)) open += Math.min(to, this.startOf(i + 1)) - Math.max(from, this.startOf(i));
    }
    return open;
  }

  add(from: Instant, amount: number): Instant | undefined {
    let left = amount;
    for (let i = this.minuteAt(from); i < this.owner.length; i++) {
      if (!this.isOpenMinute(i)) continue;
      const begin = Math.max(from, this.startOf(i));
      const open = this.startOf(i + 1) - begin;
      if (left <= open) return begin + left;
      left -= open;
    }
    return undefined;
  }

  subtract(from: Instant, amount: number): Instant | undefined {
    let left = amount;
    for (let i = this.minuteAt(from); i >= 0; i--) {
      if (!this.isOpenMinute(i)) continue;
      const end = Math.min(from, this.startOf(i + 1));
      const open = end - this.startOf(i);
      if (open > 0 && left <= open) return end - left;
      left -= open;
    }
    return undefined;
  }

  nextOpening(from: Instant): Instant | undefined {
    for (let i = this.minuteAt(from); i < this.owner.length; i++) {
      if (this.isOpenMinute(i)) return Math.max(from, this.startOf(i));
    }
    return undefined;
  }

  nextClosing(from: Instant): Instant | undefined {
    for (let i = this.minuteAt(from) + 1; i < this.owner.length; i++) {
      if (this.isOpenMinute(i - 1) && !this.isOpenMinute(i)) return this.startOf(i);
    }
    return undefined;
  }

  businessDays(start: Instant, n: number, rule: DayRule): Instant | undefined {
    const from = this.nextOpening(start);
    if (from === undefined) return undefined;
    if (rule === 'workingHours') return this.add(from, n * (this.definition.nominalDayMinutes ?? 480) * minute);
    const day = this.ownerAt(from);
    const later = [...this.ends].filter(([date]) => date > day).sort(([a], [b]) => a - b);
    const time = this.weeks.localAt(from) - day * dayMs;
    for (const [date, end] of later.slice(n - 1)) {
      const due = rule === 'endOfDay' ? end : this.weeks.instantOf(date * dayMs + time);
      if (due > from) return rule === 'endOfDay' ? due : this.nextOpening(due);
    }
    return undefined;
  }
}
