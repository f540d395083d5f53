import { type Instant, type Span } from './calendar.js';
import { dayMs, type DayNumber, type Hours, type ParsedCalendar } from './parse-definition.js';
import { uniteSpans } from './pauses.js';
import { type Zone } from './zone.js';

/** An open stretch and the local date that owns it. */
export interface OwnedSpan extends Span {
  readonly day: DayNumber;
}

/**
 * What each date from `first` up to `end` owns, in order of time. No two overlap: where windows of two dates do, the
 * later date owns the overlap, so a span may be cut in two by one of the next date.
 */
export function ownedSpans(calendar: ParsedCalendar, first: DayNumber, end: DayNumber): readonly OwnedSpan[] {
  const spans: OwnedSpan[] = [];
  for (let day = first; day < end; day++) {
    for (const { from, to } of spansOf(calendar, day)) claim(spans, { from, to, day });
  }
  return spans;
}

/** Adds a span of the latest date so far; those of earlier dates give way. */
function claim(spans: OwnedSpan[], span: OwnedSpan): void {
  const later: OwnedSpan[] = [];
  for (let last = spans.at(-1); last !== undefined && last.to > span.from; last = spans.at(-1)) {
    spans.pop();
    if (last.to > span.to) later.unshift({ ...last, from: Math.max(last.from, span.to) });
    if (last.from < span.from) spans.push({ ...last, to: span.from });
  }
  spans.push(span, ...later);
}

/** The open spans of one date: its own hours, else its weekday's, less what holidays close. */
function spansOf(calendar: ParsedCalendar, day: DayNumber): readonly Span[] {
  const { zone, weekly, dates, wholeHolidays, partHolidays } = calendar;
  if (wholeHolidays.has(day)) return [];
  const weekday = (((day + 3) % 7) + 7) % 7; // 1970-01-01 was a Thursday
  const hours = dates.get(day) ?? weekly[weekday] ?? [];
  if (hours.length === 0) return hours as [];
  const steady = zone.steadyOffset(day * dayMs, (day + 2) * dayMs);
  const place = (window: Hours) =>
    steady === undefined ? toSpan(zone, day, window) : spanFrom(day * dayMs - steady, window);
  const placed = hours.map(place);
  // A holiday ends with its date, whatever its hours say.
  return (partHolidays.get(day) ?? []).reduce(
    (left, { opens, closes }) => less(left, place({ opens, closes: Math.min(closes, dayMs) })),
    // Hours that the clocks skip, or pass twice, may meet others.
    steady === undefined ? uniteSpans(placed) : placed,
  );
}

const spanFrom = (midnight: Instant, { opens, closes }: Hours): Span => ({
  from: midnight + opens,
  to: midnight + closes,
});

/** Of a time that occurs twice, an opening means the first and a closing the last. Skipped by the clocks: empty. */
const toSpan = (zone: Zone, day: DayNumber, { opens, closes }: Hours): Span => ({
  from: zone.toInstant(day * dayMs + opens, 'first'),
  to: zone.toInstant(day * dayMs + closes, 'last'),
});

function less(spans: readonly Span[], cut: { readonly from: Instant; readonly to: Instant }): readonly Span[] {
  if (cut.from >= cut.to) return spans;
  return spans.flatMap((span) => {
    const { from, to } = span;
    if (to <= cut.from || from >= cut.to) return [span];
    return [
      { from, to: Math.min(to, cut.from) },
      { from: Math.max(from, cut.to), to },
    ].filter((left) => left.from < left.to);
  });
}
