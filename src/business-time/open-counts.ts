import { type BusinessMs } from './calendar.js';
import { ownedSpans } from './owned-spans.js';
import { dayMs, type DayNumber, type ParsedCalendar } from './parse-definition.js';
import { zoneOf } from './zone.js';

/** What some dates own: open time, and how many of them are business days. */
export interface Owned {
  readonly open: BusinessMs;
  readonly days: number;
}

const nothing: Owned = { open: 0, days: 0 };
/** Dates that are counted at once where nothing sets them apart. */
const block = 28;

/**
 * Counts what dates own without laying them out: a date that has the hours of its weekday, before one that has, owns what
 * every such weekday does.
 */
export class OpenCounts {
  /** What each weekday owns, Monday first, and all of them together. */
  private readonly weekdays: readonly Owned[];
  private readonly week: Owned;
  /** Dates that have hours or holidays of their own, and those before them whose nights may reach into them. */
  private readonly special: Int32Array;
  private readonly hasNights: boolean;
  /** How many dates were looked at; a block counts as one. */
  steps = 0;

  constructor(private readonly calendar: ParsedCalendar) {
    this.weekdays = weekdaysOf(calendar);
    this.week = this.weekdays.reduce(plus);
    const { dates, wholeHolidays, partHolidays } = calendar;
    const own = [...dates.keys(), ...wholeHolidays, ...partHolidays.keys()];
    this.hasNights = [...calendar.weekly, ...dates.values()].some((hours) =>
      hours.some(({ closes }) => closes > dayMs),
    );
    this.special = Int32Array.from(new Set(own.flatMap((day) => (this.hasNights ? [day - 1, day] : [day])))).sort();
  }

  /** What the dates from `first` up to `end` own. */
  between(first: DayNumber, end: DayNumber): Owned {
    this.calendar.zone.cover((first - 1) * dayMs, (end + 3) * dayMs);
    let { open, days } = nothing;
    for (let day = first; day < end;) {
      this.steps += 1;
      const isBlock = day + block <= end && this.isUsual(day, block);
      const owned = isBlock ? times(this.week, block / 7) : this.ofDate(day);
      open += owned.open;
      days += owned.days;
      day += isBlock ? block : 1;
    }
    return { open, days };
  }

  private ofDate(day: DayNumber): Owned {
    if (this.isUsual(day, 1)) return this.weekdays[(((day + 3) % 7) + 7) % 7] ?? nothing;
    const spans = ownedSpans(this.calendar, day, day + (this.hasNights ? 2 : 1));
    this.steps += spans.length;
    return ownedBy(day, spans);
  }

  /** Whether some dates and the one after them have the hours of their weekdays, and the clocks do not change. */
  private isUsual(day: DayNumber, count: number): boolean {
    const { special, calendar } = this;
    let low = 0;
    let high = special.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((special[middle] ?? Infinity) < day) low = middle + 1;
      else high = middle;
    }
    if ((special[low] ?? Infinity) < day + count) return false;
    return calendar.zone.steadyOffset(day * dayMs, (day + count + 2) * dayMs) !== undefined;
  }
}

const plus = (a: Owned, b: Owned): Owned => ({ open: a.open + b.open, days: a.days + b.days });
const times = ({ open, days }: Owned, n: number): Owned => ({ open: open * n, days: days * n });

function ownedBy(day: DayNumber, spans: ReturnType<typeof ownedSpans>): Owned {
  const own = spans.filter((span) => span.day === day && span.from < span.to);
  return { open: own.reduce((sum, { from, to }) => sum + to - from, 0), days: own.length > 0 ? 1 : 0 };
}

/** A Monday, and the seven days from it on. */
const monday: DayNumber = 4;

function weekdaysOf(calendar: ParsedCalendar): readonly Owned[] {
  const zone = zoneOf('UTC');
  zone.cover(0, 30 * dayMs);
  const usual = { ...calendar, zone, dates: new Map(), wholeHolidays: new Set<number>(), partHolidays: new Map() };
  const spans = ownedSpans(usual, monday, monday + 8);
  return Array.from({ length: 7 }, (_, i) => ownedBy(monday + i, spans));
}
