import { setMaxListeners } from 'node:events';
import {
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type StoredEvent,
  type SubscriptionMessage,
} from '../../event-sourcing/event-store.js';
import { Appender } from './appender.js';
import { Connection } from './connection.js';
import { start } from './events.js';
import { closed } from './failures.js';
import { nameWhenReady, type Waiting } from './log-name.js';
import { defaultPatience, isAborted, type Patience } from './patience.js';
import { Reads } from './reads.js';
import { StreamIds } from './stream-ids.js';
import { Tail, type TailStatus } from './tail.js';

export interface EventStoreDbStatus extends TailStatus {
  /** How many times an append was sent again, since nobody knew whether it was stored. */
  readonly repeatedAppends: number;
}

export interface OpenOptions extends Waiting {
  readonly patience?: Partial<Patience>;
  /** Called when the live subscription changes its state. */
  readonly changed?: (status: TailStatus) => void;
  /** What readers are handed in place of an event as it is stored; by default the event. */
  readonly upcast?: (event: StoredEvent) => StoredEvent;
}

/** The log in EventStoreDB, a node of it or a cluster. */
export class EventStoreDbEventStore implements EventStore {
  private readonly closing = new AbortController();
  private readonly reads: Reads;
  /** Those who follow the log wait for the server for ever. */
  private readonly patientReads: Reads;
  private readonly ids = new StreamIds();
  private readonly appender: Appender;
  private readonly tail: Tail;

  private constructor(
    private readonly connection: Connection,
    readonly logId: string,
    patience: Patience,
    private readonly upcast: (event: StoredEvent) => StoredEvent,
    changed: (status: TailStatus) => void,
  ) {
    setMaxListeners(0, this.closing.signal); // all who read at once listen to it
    this.reads = new Reads(connection, patience);
    this.patientReads = new Reads(connection, { ...patience, giveUpMs: Infinity });
    this.appender = new Appender(connection, this.reads, this.ids, patience, this.closing.signal);
    this.tail = new Tail(connection, this.reads, patience, changed);
  }

  /**
   * Opens the log at a connection string (`esdb://host:port`, `esdb://a,b,c`, `esdb+discover://name`). Where the server does
   * not answer it waits until it does, for as long as the signal lets it.
   * @throws Rejection `INVALID_EVENT_STORE_URL`, `EVENT_STORE_REFUSES`; `EVENT_STORE_UNAVAILABLE` when the signal aborts
   */
  static async open(url: string, options: OpenOptions = {}): Promise<EventStoreDbEventStore> {
    const patience = { ...defaultPatience, ...options.patience };
    const connection = new Connection(url);
    try {
      const logId = await nameWhenReady(connection, patience, options);
      const { upcast = (event) => event, changed = () => undefined } = options;
      return new EventStoreDbEventStore(connection, logId, patience, upcast, changed);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  /** For health and metrics. */
  get status(): EventStoreDbStatus {
    return { ...this.tail.status, repeatedAppends: this.appender.repetitions };
  }

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    return this.appender.append(stream, expected, events);
  }

  async *readStream(
    stream: string,
    { from = 0, signal }: { readonly from?: number; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<StoredEvent, void, undefined> {
    const over = this.until(signal);
    for await (const events of this.reads.stream(stream, from, over)) {
      const [first] = events;
      if (first !== undefined) this.ids.saw(stream, first.revision, events);
      for (const event of events) {
        if (isAborted(over)) return;
        yield this.upcast(event);
      }
    }
  }

  async *readAll({ after = start, types, signal }: ReadAllOptions = {}): AsyncGenerator<StoredEvent, void, undefined> {
    const over = this.until(signal);
    if (isAborted(over)) return;
    const end = await this.reads.last(over);
    if (end <= after) return;
    for await (const events of this.reads.all(after, end, types, over)) {
      for (const event of events) {
        if (isAborted(over)) return;
        yield this.upcast(event);
      }
    }
  }

  async *subscribe({ after = start, types, signal }: ReadAllOptions = {}): AsyncGenerator<
    SubscriptionMessage,
    void,
    undefined
  > {
    const over = this.until(signal);
    if (isAborted(over)) return;
    const wanted = types === undefined ? undefined : new Set(types);
    let position = after;
    this.tail.join();
    try {
      for (;;) {
        const recent = await this.tail.events(over);
        if (recent === undefined || isAborted(over)) return;
        const gone = this.tail.next(over);
        if (!recent.covers(position)) {
          const { end } = recent;
          for await (const events of this.patientReads.all(position, end, types, over)) {
            for (const event of events) {
              yield { kind: 'event', event: this.upcast(event) };
              if (isAborted(over)) return;
            }
          }
          if (isAborted(over)) return;
          position = end;
          continue;
        }
        const { end } = recent;
        for (const event of recent.since(position)) {
          if (wanted?.has(event.type) === false) continue;
          yield { kind: 'event', event: this.upcast(event) };
          if (isAborted(over)) return;
        }
        if (end > position) position = end;
        yield { kind: 'caughtUp', position };
        if (recent.end === end) await gone;
      }
    } finally {
      this.tail.leave();
    }
  }

  async lastPosition(): Promise<Position> {
    const position = await this.reads.last(this.closing.signal);
    if (isAborted(this.closing.signal)) throw closed();
    return position;
  }

  markAt(position: Position): Promise<string | undefined> {
    return this.reads.markAt(position, this.closing.signal);
  }

  /** Ends what is under way and lets go of the server. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.tail.close();
    await this.appender.close();
    await this.connection.close();
  }

  private until(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.closing.signal : AbortSignal.any([signal, this.closing.signal]);
  }
}
