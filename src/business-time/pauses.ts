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
  return uniteSpans(pauses).reduce((due, pause) => {
    if (pause.from > due) return due;
    const paused = calendar.between(pause.from, pause.to);
    if (paused === 0) return due;
    const moved = calendar.add(due, paused);
    return moved < pause.to ? calendar.nextOpening(pause.to) : moved;
  }, dueAt);
}

/** The earliest instant at which `amount` of open time outside the pauses has gone by since `start`. */
export function addSkipping(start: Instant, amount: BusinessMs, pauses: readonly Span[], calendar: Calendar): Instant {
  let from = start;
  let left = amount;
  for (const pause of uniteSpans(pauses)) {
    if (pause.to <= from) continue;
    const open = calendar.between(from, Math.max(from, pause.from));
    if (open >= left) break;
    left -= open;
    from = pause.to;
  }
  return calendar.add(from, left);
}
