import { type Instant } from '../business-time/calendar.js';
import { type TimeSource } from '../time/time-source.js';
import { type Position } from '../event-sourcing/event-store.js';
import { waitToRetry } from '../event-sourcing/retry-delay.js';
import { StorageFault } from '../event-sourcing/storage-fault.js';
import { RetryTracker, type TicketSettled, type StuckTicketStore } from './retry-tracker.js';

/** Where the watcher finds tickets on which something fell due. They are candidates: each ticket's decider has the word. */
export interface Deadlines {
  /** The first instant after another at which something falls due; undefined when nothing will. */
  next(after: Instant): Promise<Instant | undefined>;
  /** Tickets on which something has fallen due, some at a time, none left waiting for long; one may come more than once. */
  due(now: Instant): AsyncIterable<readonly string[]>;
  /** Up to where in the log they have come. */
  seen(): Position | undefined;
  /** Resolves when they may have changed, or the signal aborts. */
  changed(signal: AbortSignal): Promise<void>;
  /** Resolves when they show what has been recorded so far, or will not any more. */
  refreshed(signal: AbortSignal): Promise<void>;
}

/** Which of several nodes works. Two that both believe it is they do the same twice, and record it once. */
export interface Lease {
  /** Takes or renews it; says whether this node has it. */
  take(): Promise<boolean>;
  /** After how long one that has not got it asks again, in milliseconds. */
  readonly retryMs: number;
}

export interface WatcherPorts {
  readonly deadlines: Deadlines;
  readonly time: TimeSource;
  readonly lease: Lease;
  /** Sends a ticket a command that only settles. */
  readonly settle: (ticket: string) => Promise<TicketSettled>;
  /** Where tickets that cannot be settled are shown, until they can be. */
  readonly stuck: StuckTicketStore;
}

/** What came of a look at what is due. */
interface Look {
  readonly at: Instant;
  readonly settled: number;
  /** Something is due, and another node's to settle, or there is no store to record it in. */
  readonly isPutOff: boolean;
}

/** Settles every ticket that falls due, from those that did while nobody watched on, until the signal aborts. */
export async function watchDeadlines(ports: WatcherPorts, signal: AbortSignal): Promise<void> {
  const { deadlines, time, lease } = ports;
  let tracker: RetryTracker | undefined;
  let tries = 0;
  while (!signal.aborted) {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    try {
      tracker ??= await RetryTracker.of(ports.stuck);
      const changed = deadlines.changed(either); // asked before looking, so that no change is missed in between
      const { at, isPutOff } = await settleOnce(ports, tracker, either);
      tries = 0;
      if (!isPutOff && tracker.mayBeOver(deadlines.seen())) continue;
      const wakeAt = Math.min(
        (await deadlines.next(at)) ?? Infinity,
        tracker.until(),
        isPutOff ? at + lease.retryMs : Infinity,
      );
      await Promise.race([changed, ...(Number.isFinite(wakeAt) ? [time.sleepUntil(wakeAt, either)] : [])]);
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
      await waitToRetry((tries += 1), signal); // /health says what fails
    } finally {
      stop.abort();
    }
  }
}

/** Settles all that is due now, until nothing is that can be. */
export async function settleDue(ports: WatcherPorts, signal: AbortSignal): Promise<void> {
  const tracker = await RetryTracker.of(ports.stuck);
  for (;;) {
    const { settled } = await settleOnce(ports, tracker, signal);
    if (settled === 0 || signal.aborted) return;
    await ports.deadlines.refreshed(signal);
  }
}

/**
 * Goes once through what is due; waits for no projection, so that one deadline delays no other. The next are read and
 * decided on while those before them are recorded.
 */
async function settleOnce(ports: WatcherPorts, tracker: RetryTracker, signal: AbortSignal): Promise<Look> {
  const { deadlines, time, lease, settle } = ports;
  const at = time.now();
  const look = tracker.look(at, deadlines.seen());
  let settled = 0;
  let isAnothers = false;
  const down: StorageFault[] = [];
  const settleOne = async (ticket: string): Promise<void> => {
    try {
      await tracker.settled(ticket, await settle(ticket));
      settled += 1;
    } catch (error) {
      if (error instanceof StorageFault)
        down.push(error); // no ticket's fault
      else await tracker.failed(ticket, error, time.now());
    }
  };
  let underWay: Promise<unknown> = Promise.resolve();
  try {
    for await (const page of deadlines.due(at)) {
      if (signal.aborted || down.length > 0) break;
      const due = [...new Set(page)].filter((ticket) => look.takes(ticket));
      if (due.length === 0) continue;
      isAnothers = !(await lease.take());
      if (isAnothers) break;
      const before = underWay;
      underWay = Promise.all(due.map(settleOne));
      underWay.catch(() => undefined); // what it throws, it throws when it is waited for
      await before;
    }
  } finally {
    await underWay;
  }
  const isPutOff = isAnothers || down.length > 0;
  if (!isPutOff && !signal.aborted) await look.end();
  return { at, settled, isPutOff };
}
