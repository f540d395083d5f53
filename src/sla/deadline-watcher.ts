import { type Instant } from '../business-time/calendar.js';
import { type Clock } from '../clock/clock.js';

/** Where the watcher finds tickets on which something fell due. They are candidates: each ticket's decider has the word. */
export interface Deadlines {
  /** The next instant at which something falls due; undefined when nothing will. */
  next(): Promise<Instant | undefined>;
  /** Tickets on which something has fallen due, soonest first, but for those to leave out. */
  due(now: Instant, limit: number): Promise<readonly string[]>;
  /** Resolves when the deadlines may have changed, or the signal aborts. */
  changed(signal: AbortSignal): Promise<void>;
}

export interface WatcherPorts {
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  /** Sends a ticket a command that only settles. */
  readonly settle: (ticket: string) => Promise<unknown>;
  /** Resolves when the deadlines show what has been recorded so far. */
  readonly refreshed: (signal: AbortSignal) => Promise<void>;
  /** A ticket that cannot be settled is told of, set aside and tried again later. */
  readonly failed: (ticket: string, error: unknown) => void;
}

const batchSize = 500;

/** How long a ticket that stayed due after settling, or failed to, is left alone. */
const setAsideMs = 60_000;

/** Settles every ticket that falls due, from those that did while nobody watched on, until the signal aborts. */
export async function watchDeadlines(ports: WatcherPorts, signal: AbortSignal): Promise<void> {
  const { deadlines, clock } = ports;
  const aside = new Map<string, Instant>();
  while (!signal.aborted) {
    await settleDue(ports, aside, signal);
    const next = await deadlines.next();
    const tryAgain = Math.min(...aside.values());
    const now = clock.now();
    const wakeAt = Math.min(next === undefined || next <= now ? Infinity : next, tryAgain);
    await either(signal, (stop) => [
      deadlines.changed(stop),
      ...(Number.isFinite(wakeAt) ? [clock.sleepUntil(wakeAt, stop)] : []),
    ]);
  }
}

/** Settles what is due now, batch after batch, until nothing is. */
export async function settleDue(
  { deadlines, clock, settle, refreshed, failed }: WatcherPorts,
  aside: Map<string, Instant>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const now = clock.now();
    for (const [ticket, until] of aside) if (until <= now) aside.delete(ticket);
    const due = (await deadlines.due(now, batchSize + aside.size)).filter((ticket) => !aside.has(ticket));
    if (due.length === 0) return;
    await Promise.all(
      due.map((ticket) =>
        settle(ticket).catch((error: unknown) => {
          failed(ticket, error);
        }),
      ),
    );
    await refreshed(signal);
    // What is still due after settling was judged not to be, or failed: asking again at once would spin.
    const left = new Set(await deadlines.due(now, batchSize + aside.size));
    for (const ticket of due) if (left.has(ticket)) aside.set(ticket, now + setAsideMs);
  }
}

/** Waits for the first of some waits and lets go of the others. */
async function either(signal: AbortSignal, waits: (stop: AbortSignal) => readonly Promise<void>[]): Promise<void> {
  const stop = new AbortController();
  try {
    await Promise.race(waits(AbortSignal.any([signal, stop.signal])));
  } finally {
    stop.abort();
  }
}
