import { type Instant } from '../business-time/calendar.js';
import { type Clock } from '../clock/clock.js';

/** Where the watcher finds tickets on which something fell due. They are candidates: each ticket's decider has the word. */
export interface Deadlines {
  /** The first instant after another at which something falls due; undefined when nothing will. */
  next(after: Instant): Promise<Instant | undefined>;
  /** Tickets on which something has fallen due, soonest first, but for those to leave out. */
  due(now: Instant, limit: number, except: Iterable<string>): Promise<readonly string[]>;
  /** Resolves when the deadlines may have changed, or the signal aborts. */
  changed(signal: AbortSignal): Promise<void>;
}

export interface WatcherPorts {
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  /** Sends a ticket a command that only settles. */
  readonly settle: (ticket: string) => Promise<unknown>;
  /** Resolves when the deadlines show what has been recorded so far, or will not any more. */
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
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    try {
      const changed = deadlines.changed(either); // asked before looking, so that no change is missed in between
      const looked = await settleDue(ports, aside, either);
      const next = await deadlines.next(looked);
      const wakeAt = [...aside.values()].reduce((soonest, at) => Math.min(soonest, at), next ?? Infinity);
      await Promise.race([changed, ...(Number.isFinite(wakeAt) ? [clock.sleepUntil(wakeAt, either)] : [])]);
    } finally {
      stop.abort();
    }
  }
}

/** Settles what is due now, batch after batch, until nothing is; answers when it last looked. */
export async function settleDue(
  { deadlines, clock, settle, refreshed, failed }: WatcherPorts,
  aside: Map<string, Instant>,
  signal: AbortSignal,
): Promise<Instant> {
  for (;;) {
    const now = clock.now();
    for (const [ticket, until] of aside) if (until <= now) aside.delete(ticket);
    const due = await deadlines.due(now, batchSize, aside.keys());
    if (due.length === 0 || signal.aborted) return now;
    await Promise.all(
      due.map((ticket) =>
        settle(ticket).catch((error: unknown) => {
          failed(ticket, error);
        }),
      ),
    );
    await refreshed(signal);
    // What is still due after settling was judged not to be, or failed: asking again at once would spin.
    const left = new Set(await deadlines.due(now, batchSize, aside.keys()));
    for (const ticket of due) if (left.has(ticket)) aside.set(ticket, now + setAsideMs);
  }
}
