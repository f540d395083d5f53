import { type BusinessMs, type Calendar, type Instant, type Span } from './calendar.js';

/** The same time as spans that neither overlap nor touch, in order. */
export function uniteSpans(spans: readonly Span[]): readonly Span[] {
  const united: Span[] = [];
  for (const span of spans.filter(({ from, to }) => from < to).sort((a, b) => a.from - b.from)) {
    const last = united.at(-1);
    if (last !== undefined && span.from <= last.to)
      united[united.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else united.push(span);
  }
  return united;
}

/**
 * The deadline after pauses: it moves by the open time paused, so a pause in closed hours changes nothing and no pause
 * ever brings it nearer. A pause that starts after the deadline undoes nothing; one at exactly the deadline is in time.
 */
export function moveByPauses(dueAt: Instant, pauses: readonly Span[], calendar: Calendar): Instant {
  return uniteSpans(pauses).reduce((due, pause) => moveByPause(due, pause, calendar), dueAt);
}

/** As {@link moveByPauses} for one pause that neither overlaps nor touches those before it. */
export function moveByPause(due: Instant, pause: Span, calendar: Calendar): Instant {
  if (pause.from > due) return due;
  const paused = calendar.between(pause.from, pause.to);
  if (paused === 0) return due;
  const moved = calendar.add(due, paused);
  return moved < pause.to ? calendar.nextOpening(pause.to) : moved;
}

/** The earliest instant at which `amount` of open time outside the pauses has gone by since `start`. */
export function addSkipping(start: Instant, amount: BusinessMs, pauses: readonly Span[], calendar: Calendar): Instant {
  let way: Way = { from: start, left: amount, isReached: false };
  for (const pause of uniteSpans(pauses)) way = skipPause(way, pause, calendar);
  return calendar.add(way.from, way.left);
}

/** How much open time is left to go from an instant; reached where no later pause lies on the way. */
export interface Way {
  readonly from: Instant;
  readonly left: BusinessMs;
  readonly isReached: boolean;
}

/** As {@link addSkipping} for one pause that neither overlaps nor touches those before it. */
export function skipPause(way: Way, pause: Span, calendar: Calendar): Way {
  if (way.isReached || pause.to <= way.from) return way;
  const open = calendar.between(way.from, Math.max(way.from, pause.from));
  if (open >= way.left) return { ...way, isReached: true };
  return { from: pause.to, left: way.left - open, isReached: false };
}
