import { type BusinessMs, type Calendar, type Instant, InvalidCalendar, type Span, type Target } from './calendar.js';
import { moveByPauses, uniteSpans } from './pauses.js';

/** When something is due, and why. */
export interface Deadline {
  readonly dueAt: Instant;
  /** The open spans that the target was laid over, pauses left out; the first thousand. */
  readonly openSpans: readonly Span[];
  readonly hasMoreOpenSpans: boolean;
  readonly openMs: BusinessMs;
  /** It starts before, or is due after, the time for which somebody has said which days are off. */
  readonly isBeyondKnownHolidays: boolean;
}

/**
 * Lays a target out from its start; pauses are united, clipped to the run, and move the deadline.
 * @throws InvalidCalendar `INVALID_PAUSE` for one that ends before it begins, and what {@link Calendar.dueAt} throws
 */
export function layOutTarget(calendar: Calendar, start: Instant, target: Target, pauses: readonly Span[]): Deadline {
  const backwards = pauses.findIndex(({ from, to }) => to < from);
  if (backwards >= 0) throw new InvalidCalendar('INVALID_PAUSE', `pauses[${backwards}]`, 'ends before it begins.');
  const clipped = clip(pauses, start, Infinity);
  const dueAt = moveByPauses(calendar.dueAt(start, target), clipped, calendar);
  const united = uniteSpans(clipped);
  const openSpans = firstOf(withoutPauses(calendar.openSpans(start, dueAt), united), mostSpans + 1);
  const { holidaysKnownFrom, holidaysKnownUntil } = calendar;
  return {
    dueAt,
    openSpans: openSpans.slice(0, mostSpans),
    hasMoreOpenSpans: openSpans.length > mostSpans,
    openMs: clip(united, start, dueAt).reduce(
      (open, { from, to }) => open - calendar.between(from, to),
      calendar.between(start, dueAt),
    ),
    isBeyondKnownHolidays:
      (holidaysKnownFrom !== null && start < holidaysKnownFrom) ||
      (holidaysKnownUntil !== null && dueAt > holidaysKnownUntil),
  };
}

/** Nobody reads more of them; a promise of years may have a million. */
const mostSpans = 1_000;

function firstOf<Item>(items: Iterable<Item>, most: number): readonly Item[] {
  const first: Item[] = [];
  for (const item of items) {
    first.push(item);
    if (first.length === most) break;
  }
  return first;
}

/** The parts of spans that lie between two instants. */
export const clip = (spans: readonly Span[], from: Instant, to: Instant): readonly Span[] =>
  spans
    .map((span) => ({ from: Math.max(span.from, from), to: Math.min(span.to, to) }))
    .filter((span) => span.from < span.to);

function* withoutPauses(spans: Iterable<Span>, pauses: readonly Span[]): Iterable<Span> {
  let next = 0;
  for (const { from, to } of spans) {
    let since = from;
    for (let pause = pauses[next]; pause !== undefined && pause.from < to; pause = pauses[next]) {
      if (since < pause.from) yield { from: since, to: pause.from };
      since = Math.max(since, pause.to);
      if (pause.to > to) break; // it may reach into the next span
      next += 1;
    }
    if (since < to) yield { from: since, to };
  }
}
