import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
} from './event-store.js';
import { logOlder, StorageFault } from './storage-fault.js';

/** How often the log is looked at. */
const everyMs = 1_000;

/** How many faults one after the other are told of until there is none. */
const mostReported = 8;

/** A place in a log, and what stands there. */
export interface Place {
  readonly position: Position;
  /** See {@link EventStore.markAt}. */
  readonly mark: string | undefined;
}

export interface WatchPorts {
  readonly store: EventStore;
  /** @throws StorageFault where the log cannot be written, or its files are others */
  readonly probe: (wasFailing: boolean) => Promise<void>;
  /** Told at each look how far the log goes. */
  readonly seen?: (logId: string, end: Place) => void;
}

/**
 * A log that is looked at again and again. It takes no appends while it is not what it was: an acknowledged event that it
 * has lost would be papered over by the next. What fails by itself goes on by itself.
 */
export class WatchedLog implements EventStore {
  readonly logId: string;
  private now: StorageFault | undefined;
  private known: Place | undefined;

  constructor(private readonly ports: WatchPorts) {
    this.logId = ports.store.logId;
  }

  /** Why nothing can be recorded; undefined where it can. */
  get fault(): StorageFault | undefined {
    return this.now;
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    if (this.now?.isLasting === true) throw this.now;
    try {
      const appended = await this.ports.store.append(stream, expected, events);
      this.now = undefined;
      return appended;
    } catch (error) {
      if (error instanceof StorageFault) this.now = error;
      throw error;
    }
  }

  readStream(stream: string, options?: ReadStreamOptions) {
    return this.ports.store.readStream(stream, options);
  }

  readAll(options?: ReadAllOptions) {
    return this.ports.store.readAll(options);
  }

  subscribe(options?: ReadAllOptions) {
    return this.ports.store.subscribe(options);
  }

  lastPosition(): Promise<Position> {
    return this.ports.store.lastPosition();
  }

  markAt(position: Position): Promise<string | undefined> {
    return this.ports.store.markAt(position);
  }

  /**
   * Looks until the signal aborts.
   * @param changed is told when there is another fault, once each, and when there is none any more
   */
  async watch(signal: AbortSignal, changed: (fault: StorageFault | undefined) => void): Promise<void> {
    const reported = new Set<string>();
    const over = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
    while (!signal.aborted) {
      const looked = this.look();
      looked.catch(() => undefined); // said where it is waited for; a stop waits for no store
      await Promise.race([looked, over]);
      const { now } = this;
      const why = now === undefined ? undefined : `${now.message} ${now.detail}`;
      const isNews = why === undefined ? reported.size > 0 : !reported.has(why) && reported.size < mostReported;
      if (isNews) changed(now);
      if (why === undefined) reported.clear();
      else if (isNews) reported.add(why);
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Whether it still has what it had, and can be written. What finds out may write, and must not write to another log. */
  async look(): Promise<void> {
    const { store, probe, seen } = this.ports;
    const { known } = this;
    try {
      if (known !== undefined && (await store.markAt(known.position)) !== known.mark)
        throw older((await store.lastPosition()) < known.position);
      await probe(this.now !== undefined);
      const position = await store.lastPosition();
      if (known !== undefined && position < known.position) throw older(true);
      if (known?.position !== position) this.known = { position, mark: await store.markAt(position) };
      this.now = undefined;
      if (this.known !== undefined) seen?.(this.logId, this.known);
    } catch (error) {
      if (!(error instanceof StorageFault)) throw error;
      this.now = error;
    }
  }
}

function older(isShorter: boolean): StorageFault {
  const why = isShorter
    ? 'The event store has lost events while the server ran.'
    : 'The event store has other events than before, in the same place.';
  return new StorageFault(logOlder, `${why} Restore the right event store.`, true);
}
