import { type BusinessMs, type Instant, type Span } from './calendar.js';
import { ownedSpans } from './owned-spans.js';
import { dayMs, type DayNumber, type ParsedCalendar } from './parse-definition.js';
import { type Zone } from './zone.js';

/** A thousand years are enough for any deadline. */
export const earliest: Instant = Date.UTC(1600, 0, 1);
export const latest: Instant = Date.UTC(2600, 0, 1);

/** Somewhat less than a day, and a power of two: the place of an instant is one multiplication. */
const bucketMs = 2 ** 26;
const perBucket = 1 / bucketMs;

/**
 * Some dates of a calendar laid out as sorted instants with the open time before each. A question whose answer lies
 * beyond is answered with NaN: a number like every other answer, which keeps the way here fast.
 */
export class Horizon {
  constructor(
    /** Questions about instants from here… */
    readonly since: Instant,
    /** …to here are answered. */
    readonly until: Instant,
    /** Where each open span starts. */
    private readonly opens: Float64Array,
    /** The open time before each span, and last before the end of all. */
    private readonly before: Float64Array,
    /** The place of each span's owner among the business days. */
    private readonly owner: Int32Array,
    /** The dates that own a span, and when the last span of each ends. */
    private readonly dates: Int32Array,
    private readonly ends: Float64Array,
    /** Where each of them begins, if the clocks do not change about it; else NaN. */
    private readonly midnights: Float64Array,
    /** For each bucket of time, how many spans start before it. */
    private readonly buckets: Int32Array,
    private readonly zone: Zone,
    /** The first date it is for, and the first laid out: those before belong to what comes before. */
    readonly first: DayNumber,
    readonly firstLaidOut: DayNumber,
  ) {}

  get spans(): number {
    return this.opens.length;
  }

  covers(at: Instant): boolean {
    return at >= this.since && at <= this.until;
  }

  /** The last span that starts at or before an instant; -1 where none does. */
  spanAt(at: Instant): number {
    const { opens, buckets } = this;
    const bucket = ((at - this.since) * perBucket) | 0;
    let low = buckets[bucket] ?? 0;
    let high = buckets[bucket + 1] ?? opens.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((opens[middle] ?? NaN) <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  opensAt(i: number): Instant {
    return this.opens[i] ?? NaN;
  }

  closesAt(i: number): Instant {
    return (this.opens[i] ?? NaN) + (this.before[i + 1] ?? NaN) - (this.before[i] ?? NaN);
  }

  isOpen(at: Instant): boolean {
    return at < this.closesAt(this.spanAt(at));
  }

  nextOpening(at: Instant): Instant {
    const i = this.spanAt(at);
    return at < this.closesAt(i) ? at : this.within(this.opensAt(i + 1));
  }

  /** Spans of two dates may touch; only where none goes on is closing time. */
  nextClosing(at: Instant): Instant {
    let i = this.spanAt(at);
    if (!(at < this.closesAt(i))) i += 1;
    while (this.closesAt(i) === this.opensAt(i + 1)) i += 1;
    return this.within(this.closesAt(i));
  }

  /** The open spans between two instants, clipped to them; those that touch are one. */
  *openSpans(from: Instant, to: Instant): Iterable<Span> {
    let i = Math.max(0, this.spanAt(from));
    while (this.opensAt(i) < to) {
      const opens = this.opensAt(i);
      while (this.closesAt(i) === this.opensAt(i + 1)) i += 1;
      const span = { from: Math.max(from, opens), to: Math.min(to, this.closesAt(i)) };
      if (span.from < span.to) yield span;
      i += 1;
    }
  }

  /** Open time from the first date laid out until an instant. */
  openUntil(at: Instant): BusinessMs {
    return this.openWithin(this.spanAt(at), at);
  }

  private openWithin(i: number, at: Instant): BusinessMs {
    if (i < 0) return 0;
    const open = (this.before[i] ?? NaN) + at - (this.opens[i] ?? NaN);
    const most = this.before[i + 1] ?? NaN;
    return open < most ? open : most;
  }

  /** The earliest instant at which so much open time has gone by; the latest before for a negative amount. */
  add(from: Instant, amount: BusinessMs): Instant {
    const i = this.spanAt(from);
    const goal = this.openWithin(i, from) + amount;
    return this.openedIn(amount > 0 ? this.spanThatReaches(goal, i) : this.spanThatHolds(goal), goal);
  }

  /** The earliest instant until which so much open time has gone by since the first date laid out. */
  reached(goal: BusinessMs): Instant {
    return this.openedIn(this.spanThatReaches(goal, 0), goal);
  }

  /** The latest such instant. */
  held(goal: BusinessMs): Instant {
    return this.openedIn(this.spanThatHolds(goal), goal);
  }

  private openedIn(i: number, goal: BusinessMs): Instant {
    return this.within((this.opens[i] ?? NaN) + goal - (this.before[i] ?? NaN));
  }

  /**
   * The last span with less open time before it – an amount that ends exactly at closing time ends there –, looked for
   * from the i-th on in steps that double: most deadlines are near.
   */
  private spanThatReaches(goal: BusinessMs, i: number): number {
    const { before } = this;
    const spans = this.opens.length;
    let low = i < 0 ? 0 : i;
    let high = low + 1;
    for (let step = 2; high < spans && (before[high] ?? NaN) < goal; step *= 2) {
      low = high;
      high += step;
    }
    if (high > spans) high = spans;
    if (high === spans && (before[spans] ?? 0) < goal) return -1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((before[middle] ?? NaN) < goal) low = middle;
      else high = middle;
    }
    return low;
  }

  /** The last span with at most so much open time before it. */
  private spanThatHolds(goal: BusinessMs): number {
    if (goal < 0) return -1;
    const { before } = this;
    let low = 0;
    let high = this.opens.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((before[middle] ?? NaN) <= goal) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /**
   * The n-th business day after that of a start, which outside opening hours moves to the next opening first: at the
   * same local time or the next opening after it, or at the day's end.
   */
  dayAfter(start: Instant, n: number, rule: 'sameTime' | 'endOfDay'): Instant {
    let i = this.spanAt(start);
    let from = start;
    if (!(start < this.closesAt(i))) {
      i += 1;
      from = this.opens[i] ?? NaN;
    }
    const owner = this.owner[i] ?? NaN;
    for (let day = owner + n; day < this.dates.length; day++) {
      const due = rule === 'sameTime' ? this.sameTime(from, owner, day) : (this.ends[day] ?? NaN);
      if (!this.covers(due)) return NaN;
      // A day whose hours lie within the night shift of the day before may end before that does.
      if (due > from) return rule === 'sameTime' ? this.nextOpening(due) : this.within(due);
    }
    return NaN;
  }

  /** The place among the business days of the one that owns an open instant. */
  ownerAt(at: Instant): number {
    return this.owner[this.spanAt(at)] ?? NaN;
  }

  dateOf(place: number): DayNumber {
    return this.dates[place] ?? NaN;
  }

  /** When the last hours of a business day end. */
  endOf(place: number): Instant {
    return this.ends[place] ?? NaN;
  }

  /** As far from the midnight of a later business day as an instant is from that of its own, on the wall clock. */
  private sameTime(from: Instant, owner: number, later: number): Instant {
    const steady = from - (this.midnights[owner] ?? NaN) + (this.midnights[later] ?? NaN);
    if (!Number.isNaN(steady)) return steady;
    const time = this.zone.toLocal(from) - (this.dates[owner] ?? NaN) * dayMs;
    return this.zone.toInstant((this.dates[later] ?? NaN) * dayMs + time, 'first');
  }

  private within(answer: Instant): Instant {
    return this.covers(answer) ? answer : NaN;
  }
}

/** A window is a day long at most, and a local date begins less than a day from the UTC date of its name. */
const margin = 3;

/**
 * Lays out the dates from `first` up to `end`, and some about them: it answers for every instant at which one of them may
 * be open.
 */
export function layOutHorizon(calendar: ParsedCalendar, first: DayNumber, end: DayNumber): Horizon {
  const { zone } = calendar;
  const [from, to] = [first - 2 * margin, end + 2 * margin];
  zone.cover((from - 1) * dayMs, (to + 2) * dayMs);
  const spans = ownedSpans(calendar, from, to);
  const opens = new Float64Array(spans.length);
  const before = new Float64Array(spans.length + 1);
  const ends = new Map<DayNumber, Instant>();
  let open = 0;
  for (const [i, span] of spans.entries()) {
    opens[i] = span.from;
    before[i] = open;
    open += span.to - span.from;
    ends.set(span.day, span.to);
  }
  before[spans.length] = open;
  // A night shift that goes on after a window of the next date comes after it, so spans are not in the order of dates.
  const dates = Int32Array.from(ends.keys()).sort();
  const owner = new Int32Array(spans.length);
  let place = 0;
  for (const [i, { day }] of spans.entries()) {
    while ((dates[place] ?? Infinity) < day) place += 1;
    while ((dates[place] ?? -Infinity) > day) place -= 1;
    owner[i] = place;
  }
  const endOf = Float64Array.from(dates, (date) => ends.get(date) ?? NaN);
  const midnights = Float64Array.from(dates, (date) => midnightOf(zone, date));
  const since = Math.max((first - margin) * dayMs, earliest);
  const until = Math.min((end + margin) * dayMs, latest);
  const buckets = bucketsOf(opens, since, until);
  return new Horizon(since, until, opens, before, owner, dates, endOf, midnights, buckets, zone, first, from);
}

function midnightOf(zone: Zone, date: DayNumber): Instant {
  return date * dayMs - (zone.steadyOffset(date * dayMs, (date + 2) * dayMs) ?? NaN);
}

function bucketsOf(opens: Float64Array, since: Instant, until: Instant): Int32Array {
  const buckets = new Int32Array(Math.ceil((until - since) / bucketMs) + 2);
  let spans = 0;
  for (let bucket = 0; bucket < buckets.length; bucket++) {
    while ((opens[spans] ?? Infinity) < since + bucket * bucketMs) spans += 1;
    buckets[bucket] = spans;
  }
  return buckets;
}
