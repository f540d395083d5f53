import { type Instant } from './calendar.js';
import { dayMs, type DayNumber, type Hours, type ParsedCalendar } from './parse-definition.js';
import { ZoneOffsets } from './zone.js';

/** The local dates that own a window, in order, and when the last window of each closes. */
interface BusinessDays {
  readonly dates: Int32Array;
  readonly ends: Float64Array;
}

/** Some years of a calendar: its open spans in order, the open time before each, and the date that owns it. */
export class Horizon {
  /** What is asked between these has all it needs within. */
  readonly safeFrom: Instant;
  readonly safeTo: Instant;

  constructor(
    readonly firstYear: number,
    readonly lastYear: number,
    private readonly opens: Float64Array,
    private readonly closes: Float64Array,
    private readonly before: Float64Array,
    /** The place of each span’s owner among the days. */
    private readonly dayOf: Int32Array,
    private readonly days: BusinessDays,
    private readonly zone: ZoneOffsets,
  ) {
    this.safeFrom = Date.UTC(firstYear + 1, 0, 1);
    this.safeTo = Date.UTC(lastYear, 0, 1) - 1;
  }

  /** The last span that opens at or before an instant; -1 when none does. */
  windowAt(at: Instant): number {
    return lastAtMost(this.opens, at);
  }

  opensAt(i: number): Instant {
    return this.opens[i] ?? Infinity;
  }

  closesAt(i: number): Instant {
    return this.closes[i] ?? Infinity;
  }

  /** Open time from the horizon’s start until an instant. */
  openUntil(at: Instant): number {
    const i = this.windowAt(at);
    if (i < 0) return 0;
    return (this.before[i] ?? 0) + Math.min(at, this.closesAt(i)) - this.opensAt(i);
  }

  /** The earliest instant with so much open time before it. */
  firstAt(open: number): Instant {
    // The last span that starts with less: an amount that ends exactly at closing time ends at the closing instant.
    const i = lastBelow(this.before, open);
    const at = this.opensAt(i) + open - (this.before[i] ?? 0);
    return i >= 0 && at <= this.closesAt(i) ? at : Infinity;
  }

  /** The latest instant with so much open time before it. */
  lastAt(open: number): Instant {
    const i = lastAtMost(this.before, open);
    return i >= 0 && open >= 0 ? this.opensAt(i) + open - (this.before[i] ?? 0) : -Infinity;
  }

  /** The `n`-th business day after that of an open instant: at the same local time, or its end; undefined beyond the horizon. */
  dayAfter(start: Instant, n: number, rule: 'sameTime' | 'endOfDay'): Instant | undefined {
    const from = this.dayOf[this.windowAt(start)] ?? 0;
    const time = this.zone.toLocal(start) - (this.days.dates[from] ?? 0) * dayMs;
    for (let i = from + n; i + 1 < this.days.dates.length; i++) {
      const due =
        rule === 'sameTime'
          ? this.zone.toInstant((this.days.dates[i] ?? 0) * dayMs + time, 'first')
          : (this.days.ends[i] ?? Infinity);
      // A day whose hours lie within the night shift of the day before may end before that does.
      if (due > start) return due;
    }
    return undefined;
  }
}

function lastAtMost(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function lastBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

interface Opening {
  readonly from: Instant;
  readonly to: Instant;
  readonly day: DayNumber;
}

/** Lays the years of a calendar out. */
export function compileHorizon(parsed: ParsedCalendar, firstYear: number, lastYear: number): Horizon {
  const [first, end] = [Date.UTC(firstYear, 0, 1), Date.UTC(lastYear + 1, 0, 1)];
  const zone = new ZoneOffsets(parsed.zone, first, end);
  const openings: Opening[] = [];
  for (let day = first / dayMs - 1; day < end / dayMs; day++) {
    for (const { opens, closes } of hoursOf(parsed, day)) {
      const from = zone.toInstant(day * dayMs + opens, 'first');
      const to = zone.toInstant(day * dayMs + closes, 'last');
      if (from < to) openings.push({ from, to, day });
    }
  }
  const spans = withoutOverlaps(openings);
  const [opens, closes, before] = [0, 1, 2].map(() => new Float64Array(spans.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const ends = new Map<DayNumber, Instant>();
  let open = 0;
  for (const [i, { from, to, day }] of spans.entries()) {
    opens[i] = from;
    closes[i] = to;
    before[i] = open;
    open += to - from;
    ends.set(day, to);
  }
  const dates = Int32Array.from(ends.keys()).sort();
  const places = new Map(Array.from(dates, (date, i) => [date, i]));
  const dayOf = Int32Array.from(spans, ({ day }) => places.get(day) ?? 0);
  const days = { dates, ends: Float64Array.from(dates, (date) => ends.get(date) ?? Infinity) };
  return new Horizon(firstYear, lastYear, opens, closes, before, dayOf, days, zone);
}

/** The windows a date owns: those of the date, else of its weekday, less holidays. */
function hoursOf({ weekly, dates, wholeHolidays, partHolidays }: ParsedCalendar, day: DayNumber): readonly Hours[] {
  if (wholeHolidays.has(day)) return [];
  const weekday = (((day + 3) % 7) + 7) % 7; // 1970-01-01 was a Thursday
  const cuts = partHolidays.get(day) ?? [];
  const hours = dates.get(day) ?? weekly[weekday] ?? [];
  // A part-day holiday cuts up to midnight only.
  return cuts.reduce(
    (left, cut) => left.flatMap((window) => without(window, { ...cut, closes: Math.min(cut.closes, dayMs) })),
    hours,
  );
}

function without(window: Hours, cut: Hours): readonly Hours[] {
  return [
    { opens: window.opens, closes: Math.min(window.closes, cut.opens) },
    { opens: Math.max(window.opens, cut.closes), closes: window.closes },
  ].filter(({ opens, closes }) => opens < closes);
}

/** Windows of one date that overlap or touch are one; where those of two dates overlap, the later date owns the overlap. */
function withoutOverlaps(openings: readonly Opening[]): readonly Opening[] {
  const days = new Map<DayNumber, Opening[]>();
  for (const opening of openings.toSorted((a, b) => a.from - b.from)) {
    const own = days.get(opening.day) ?? [];
    days.set(opening.day, own);
    const last = own.at(-1);
    if (last !== undefined && opening.from <= last.to)
      own[own.length - 1] = { ...last, to: Math.max(last.to, opening.to) };
    else own.push(opening);
  }
  // A window is a day long at most, so it reaches into the next date and, when clocks go back, the one after.
  const later = (day: DayNumber) => [...(days.get(day + 1) ?? []), ...(days.get(day + 2) ?? [])];
  return [...days]
    .flatMap(([day, own]) =>
      later(day).reduce<readonly Opening[]>((left, cut) => left.flatMap((span) => less(span, cut)), own),
    )
    .sort((a, b) => a.from - b.from);
}

const less = (span: Opening, cut: Opening): readonly Opening[] =>
  cut.from >= span.to || cut.to <= span.from
    ? [span]
    : [
        { ...span, to: cut.from },
        { ...span, from: cut.to },
      ].filter(({ from, to }) => from < to);
