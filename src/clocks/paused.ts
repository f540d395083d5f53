import { type BusinessMs, type Calendar, type Instant, type Span } from '../business-time/calendar.js';
import { moveByPause, skipPause, type Way } from '../business-time/pauses.js';

/**
 * The pauses of a run that have ended, in order of time, and what comes of them. A pause more costs the same however many
 * there were: the last is kept apart from the results, for the next may touch it, and then the two count as one.
 */
export interface Paused {
  /** The pauses as they were; null where there is none. */
  readonly ended: Ended | null;
  /** The last, with those that touch it; null where there is none. */
  readonly last: Span | null;
  /** The deadline after those before the last. */
  readonly dueAt: Instant;
  /** How far it is from there until the run is at risk. */
  readonly way: Way;
}

/** A pause that has ended, and those before it. */
interface Ended {
  readonly span: Span;
  readonly before: Ended | null;
  /** The open time of all of them. */
  readonly openMs: BusinessMs;
}

/** A run without pauses: its deadline, and the open time after which it is at risk. */
export const unpaused = (startedAt: Instant, dueAt: Instant, riskMs: BusinessMs): Paused => ({
  ended: null,
  last: null,
  dueAt,
  way: { from: startedAt, left: riskMs, isReached: false },
});

/** With a pause more, which starts no earlier than those before it. */
export function addPause(paused: Paused, span: Span, calendar: Calendar): Paused {
  const { last, dueAt, way } = paused;
  const openMs = (paused.ended?.openMs ?? 0) + calendar.between(span.from, span.to);
  const ended = { span, before: paused.ended, openMs };
  if (span.from >= span.to) return { ended, last, dueAt, way };
  if (last === null) return { ended, last: span, dueAt, way };
  if (span.from <= last.to) return { ended, last: { from: last.from, to: Math.max(last.to, span.to) }, dueAt, way };
  return { ended, last: span, dueAt: moveByPause(dueAt, last, calendar), way: skipPause(way, last, calendar) };
}

/** The deadline after all of them. */
export const dueAfter = ({ last, dueAt }: Paused, calendar: Calendar): Instant =>
  last === null ? dueAt : moveByPause(dueAt, last, calendar);

/** When the run is at risk, by all of them. */
export function riskAfter({ last, way }: Paused, calendar: Calendar): Instant {
  const { from, left } = last === null ? way : skipPause(way, last, calendar);
  return calendar.add(from, left);
}

/** Their open time until an instant. */
export function pausedUntil({ ended }: Paused, until: Instant, calendar: Calendar): BusinessMs {
  let pause = ended;
  while (pause !== null && pause.span.from >= until) pause = pause.before;
  if (pause === null) return 0;
  const { span, before, openMs } = pause;
  return span.to <= until ? openMs : (before?.openMs ?? 0) + calendar.between(span.from, until);
}

/** The same pauses under another deadline, from another start or in another calendar. */
export function pausedAnew(paused: Paused, anew: Paused, calendar: Calendar): Paused {
  return spansOf(paused).reduce((all, span) => addPause(all, span, calendar), anew);
}

/** The pauses themselves, in order. */
export function spansOf({ ended }: Pick<Paused, 'ended'>): readonly Span[] {
  const spans: Span[] = [];
  for (let pause = ended; pause !== null; pause = pause.before) spans.push(pause.span);
  return spans.reverse();
}
