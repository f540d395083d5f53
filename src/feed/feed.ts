import { type Scope, sees } from '../auth/scope.js';
import { TimeSlice } from '../event-sourcing/yield-to-event-loop.js';
import { type Position } from '../event-sourcing/event-store.js';
import { type FeedEvent, type FeedFilter, feedTypes, isWanted } from './domain/feed-event.js';
import { LiveTail, paced, type TailPorts } from './live-tail.js';

/** What a subscriber is handed: an event, or the news that it has been handed all it wants up to a position. */
export type FeedMessage =
  | { readonly kind: 'event'; readonly event: FeedEvent; readonly position: Position }
  | { readonly kind: 'heartbeat'; readonly position: Position };

export interface FeedOptions {
  /** Whose events the subscriber may hear of. */
  readonly scope: Scope;
  /** Exclusive; from now on if it is left out. */
  readonly after?: Position;
  readonly filter?: FeedFilter;
  readonly signal: AbortSignal;
}

/** So many events were recorded while a subscriber took none that the next is no longer cached. */
export class SubscriberTooSlow extends Error {
  override readonly name = 'SubscriberTooSlow';

  /** @param position of the last event that it was handed or did not want: where to come back */
  constructor(readonly position: Position) {
    super('the subscriber takes events more slowly than they are recorded');
  }
}

type Wanted = (event: FeedEvent) => boolean;

/** A tail of the log, while there is somebody to share it. */
interface SharedTail {
  readonly tail: LiveTail;
  readonly stop: AbortController;
  listeners: number;
}

/**
 * The feed of outcomes: first what was missed, then live, in order, each once. Who is behind reads the log itself; who has
 * caught up shares one tail of it with all others, so that an event is read once for all of them. A subscriber is asked for
 * nothing: it takes the next when it can, and holds a place in the tail, not a queue.
 */
export class Feed {
  private shared: SharedTail | undefined;

  constructor(private readonly ports: TailPorts) {}

  /**
   * Messages until the signal aborts; a heartbeat first comes when all that was missed has been delivered.
   * @throws SubscriberTooSlow
   */
  async *listen({ scope, after, filter = {}, signal }: FeedOptions): AsyncGenerator<FeedMessage, void, undefined> {
    const shared = this.join();
    try {
      await shared.tail.started;
      const from = after ?? (await this.ports.store.lastPosition());
      const wanted: Wanted = (event) => sees(scope, event.data.customer) && isWanted(event, filter);
      const position = yield* this.missed(shared.tail, from, wanted, signal);
      yield* live(shared.tail, position, wanted, signal);
    } finally {
      this.leave(shared);
    }
  }

  /** What is in the log, until the tail holds what follows; answers with the position reached. */
  private async *missed(
    tail: LiveTail,
    from: Position,
    wanted: Wanted,
    signal: AbortSignal,
  ): AsyncGenerator<FeedMessage, Position, undefined> {
    let position = from;
    if (tail.holdsAllAfter(position)) return position;
    const turns = new TimeSlice('feed');
    for await (const message of this.ports.store.subscribe({ after: from, types: feedTypes, signal })) {
      if (message.kind === 'event') {
        const event = message.event as FeedEvent;
        ({ position } = event);
        if (wanted(event)) yield { kind: 'event', event, position };
        if (turns.isOver) await turns.yield();
      } else {
        ({ position } = message);
        if (tail.holdsAllAfter(position)) break;
      }
    }
    return position;
  }

  private join(): SharedTail {
    if (this.shared === undefined || this.shared.tail.failure !== undefined) {
      const tail = new LiveTail(this.ports);
      const stop = new AbortController();
      this.shared = { tail, stop, listeners: 0 };
      void tail.run(stop.signal);
    }
    this.shared.listeners += 1;
    return this.shared;
  }

  private leave(shared: SharedTail): void {
    shared.listeners -= 1;
    if (shared.listeners > 0) return;
    shared.stop.abort();
    if (this.shared === shared) this.shared = undefined;
  }
}

/** What the tail sees from a position on, and its heartbeats. */
async function* live(
  tail: LiveTail,
  from: Position,
  wanted: Wanted,
  signal: AbortSignal,
): AsyncGenerator<FeedMessage, void, undefined> {
  let position = from;
  let next = tail.firstAfter(position);
  let beat = -1; // the first heartbeat says that all that was missed has been delivered
  const pace = paced();
  while (!signal.aborted) {
    const changed = tail.changed(signal); // asked before looking, so that no change is missed in between
    for (; next < tail.end; next++) {
      const event = tail.at(next);
      if (event === undefined) throw new SubscriberTooSlow(position);
      if (event.position <= position) continue;
      ({ position } = event);
      if (wanted(event)) yield { kind: 'event', event, position };
      await pace();
    }
    if (tail.failure !== undefined) throw tail.failure;
    if (tail.reached > position) position = tail.reached;
    if (beat === tail.beats) {
      await changed;
      continue;
    }
    beat = tail.beats;
    yield { kind: 'heartbeat', position };
  }
}
