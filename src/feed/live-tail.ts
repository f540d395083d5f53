import { type TimeSource } from '../time/time-source.js';
import { Notifier } from '../event-sourcing/notifier.js';
import { type EventStore, type Position } from '../event-sourcing/event-store.js';
import { yieldToEventLoop } from '../event-sourcing/yield-to-event-loop.js';
import { type FeedEvent, feedTypes } from './domain/feed-event.js';

/** How many of the newest events are cached for those who listen: some 20 MB where all of them are in use. */
const newestKept = 10_000;

/** Events read or handed on before others have the event loop: so the tail never runs away from those who keep up. */
const inOneTurn = 16;

export interface TailPorts {
  readonly store: EventStore;
  readonly time: TimeSource;
  /** How often those who listen are told how far they have come. */
  readonly heartbeatMs: number;
  /** How many events are cached, and so how far behind a subscriber may be. */
  readonly kept?: number;
}

/** Lets others have the event loop now and then; call it after each event. */
export function paced(): () => Promise<void> | undefined {
  let taken = 0;
  return () => (++taken % inOneTurn === 0 ? yieldToEventLoop() : undefined);
}

/**
 * The end of the feed as it grows, read once for all who listen. It keeps the newest events, numbered from 0 in the order
 * in which it saw them; who listens holds a number.
 */
export class LiveTail {
  /** Resolves when it holds what is recorded from now on. */
  readonly started: Promise<void>;
  /** Why it ended, where nobody asked it to. */
  failure: Error | undefined;
  /** How often it was time for a heartbeat. */
  beats = 0;
  /** One more than the number of the last event. */
  end = 0;
  /** It has seen all that the log holds up to here. */
  reached: Position = '';

  private readonly notifier = new Notifier();
  private readonly slots: FeedEvent[] = [];
  private readonly kept: number;
  /** It holds every event after this one; undefined before it has started. */
  private from: Position | undefined;
  private start: () => void = () => undefined;

  constructor(private readonly ports: TailPorts) {
    this.kept = ports.kept ?? newestKept;
    this.started = new Promise((resolve) => {
      this.start = resolve;
    });
  }

  /** Whether every event after a position that it has seen is still cached. */
  holdsAllAfter(position: Position): boolean {
    return this.from !== undefined && position >= this.from;
  }

  /** An event by its number; undefined where it is no longer cached. */
  at(number: number): FeedEvent | undefined {
    return number < this.end - this.kept ? undefined : this.slots[number % this.kept];
  }

  /** The number of the first event after a position that it holds all after. */
  firstAfter(position: Position): number {
    let first = this.end;
    for (let event = this.at(first - 1); event !== undefined && event.position > position; event = this.at(first - 1)) {
      first -= 1;
    }
    return first;
  }

  /** Resolves when there is something new, or the signal aborts. */
  changed(signal: AbortSignal): Promise<void> {
    return this.notifier.next(signal);
  }

  /** Follows the log until the signal aborts; a failure is told to who listens. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    try {
      this.from = this.reached = await this.ports.store.lastPosition();
      this.start();
      await Promise.race([this.follow(this.from, either), this.beat(either)]);
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      this.start();
      this.notifier.notify();
    } finally {
      stop.abort();
    }
  }

  private async follow(after: Position, signal: AbortSignal): Promise<void> {
    const pace = paced();
    for await (const message of this.ports.store.subscribe({ after, types: feedTypes, signal })) {
      if (message.kind === 'caughtUp') {
        this.reached = message.position;
        this.notifier.notify();
        continue;
      }
      this.hold(message.event as FeedEvent);
      const turn = pace();
      if (turn === undefined) continue;
      this.notifier.notify();
      await turn;
    }
  }

  private hold(event: FeedEvent): void {
    const slot = this.end % this.kept;
    if (this.end >= this.kept) this.from = this.slots[slot]?.position;
    this.slots[slot] = event;
    this.end += 1;
    this.reached = event.position;
  }

  private async beat(signal: AbortSignal): Promise<void> {
    const { time, heartbeatMs } = this.ports;
    while (!signal.aborted) {
      await time.sleepUntil(time.now() + heartbeatMs, signal);
      this.beats += 1;
      this.notifier.notify();
    }
  }
}
