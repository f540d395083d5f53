import { setMaxListeners } from 'node:events';
import {
  type Appended,
  type EventStore,
  type ExpectedRevision,
  markOf,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StoredEvent,
  type SubscriptionMessage,
} from '../../event-sourcing/event-store.js';
import { Appender } from './appender.js';
import { Connection } from './connection.js';
import { readConnectionUrl } from './connection-url.js';
import { Credentials, type SecretFiles } from './credentials.js';
import { positionOf, start, toStoredEvent } from './events.js';
import { closed, invalidCursor, isNoPlace, said } from './failures.js';
import { FreshAnswer } from './fresh-answer.js';
import { nameWhenReady, type Waiting } from './log-name.js';
import { defaultRetryPolicy, isAborted, type RetryPolicy } from './retry-policy.js';
import { type ReadPorts } from './read-calls.js';
import { Reads } from './reads.js';
import { RecentPages } from './recent-pages.js';
import { RightOfWay } from './right-of-way.js';
import { StreamIds } from './stream-ids.js';
import { Tail } from './tail.js';
import { type TailStatus } from './tail-state.js';
import { ReadTurns } from './turns.js';

interface Connections {
  readonly commands: Connection;
  readonly following: Connection;
  readonly live: Connection;
}

/** How many calls of a kind are open at once, of the hundred that a server has for a connection. */
const most = { commands: 64, looks: 8, followers: 8, tail: 8 };

/**
 * What the live subscription may be sent ahead, in bytes. It takes all that comes: with a window that an append of 200
 * events fills, each such append waits for turns of two event loops.
 */
const liveWindow = 1024 * 1024;

export interface EventStoreDbStatus extends TailStatus {
  /** How many times an append was sent again, since nobody knew whether it was stored. */
  readonly repeatedAppends: number;
}

export interface OpenOptions extends Waiting {
  readonly retryPolicy?: Partial<RetryPolicy>;
  /** Called when the live subscription changes its state. */
  readonly changed?: (status: EventStoreDbStatus) => void;
  /** Files with the password and with those who vouch for the server. */
  readonly files?: SecretFiles;
  /** What readers are handed in place of an event as it is stored; by default the event. */
  readonly upcast?: (event: StoredEvent) => StoredEvent;
}

/**
 * The log in EventStoreDB, a node of it or a cluster. Appends and the reads of commands, those who catch up, and the live
 * subscription have a connection each, so that none waits for another.
 */
export class EventStoreDbEventStore implements EventStore {
  private readonly closing = new AbortController();
  private readonly reads: Reads;
  /** Of those who look what the log is and whether the server is there: they look again later. */
  private readonly looks: Reads;
  /** Those who follow the log wait for the server for ever. */
  private readonly followers: Reads;
  /** Where the log ends: hundreds ask when they come back after a restart. */
  private readonly end = new FreshAnswer(() => this.reads.last(this.closing.signal));
  private readonly ids = new StreamIds();
  private readonly rightOfWay: RightOfWay;
  private readonly appender: Appender;
  private readonly tail: Tail;

  private constructor(
    private readonly connections: Connections,
    credentials: Credentials,
    readonly logId: string,
    retryPolicy: RetryPolicy,
    { upcast = (event) => event, changed = () => undefined }: OpenOptions,
  ) {
    const { commands, following, live } = connections;
    const { ids, closing } = this;
    setMaxListeners(0, closing.signal); // all who read at once listen to it
    const tell = () => {
      changed(this.status);
    };
    this.upcast = upcast;
    const readsOf = (connection: Connection, giveUpMs: number, turns: number, more: Partial<ReadPorts> = {}) =>
      new Reads({ connection, retryPolicy: { ...retryPolicy, giveUpMs }, turns: new ReadTurns(turns), ...more });
    this.reads = readsOf(commands, retryPolicy.giveUpMs, most.commands);
    this.looks = readsOf(commands, retryPolicy.quietMs, most.looks);
    const refused = (refusal: unknown) => {
      this.tail.told(refusal === undefined ? undefined : said(refusal));
    };
    this.rightOfWay = new RightOfWay(retryPolicy.time, closing.signal);
    const recentPages = new RecentPages(retryPolicy.time);
    const sharing = { refused, rightOfWay: this.rightOfWay, recentPages };
    this.followers = readsOf(following, Infinity, most.followers, sharing);
    const { reads } = this;
    this.appender = new Appender({
      ...{ connection: commands, credentials, reads, ids, retryPolicy },
      closing: closing.signal,
    });
    const once = readsOf(live, 0, most.tail); // the tail tries again by itself
    this.tail = new Tail(live, once, credentials, retryPolicy, tell);
  }

  private readonly upcast: (event: StoredEvent) => StoredEvent;

  /**
   * Opens the log at a connection string (`esdb://host:port`, `esdb://a,b,c`, `esdb+discover://name`). Where the server does
   * not answer it waits until it does, for as long as the signal lets it.
   * @throws Rejection `INVALID_EVENT_STORE_URL`, `EVENT_STORE_REFUSES`; `EVENT_STORE_UNAVAILABLE` when the signal aborts
   */
  static async open(url: string, options: OpenOptions = {}): Promise<EventStoreDbEventStore> {
    const retryPolicy = { ...defaultRetryPolicy, ...options.retryPolicy };
    const read = readConnectionUrl(url);
    const credentials = new Credentials(read, options.files);
    const connect = (window?: number) => new Connection(read, credentials, window);
    const connections = { commands: connect(), following: connect(), live: connect(liveWindow) };
    try {
      const logId = await nameWhenReady(connections.commands, credentials, retryPolicy, options);
      for (const connection of Object.values(connections)) connection.expect(logId);
      return new EventStoreDbEventStore(connections, credentials, logId, retryPolicy, options);
    } catch (error) {
      await connections.commands.close();
      throw error;
    }
  }

  /** For health and metrics. */
  get status(): EventStoreDbStatus {
    return { ...this.tail.status, repeatedAppends: this.appender.repetitions };
  }

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    return this.rightOfWay.during(() => this.appender.append(stream, expected, events));
  }

  async *readStream(
    stream: string,
    { from = 0, limit = Infinity, signal }: ReadStreamOptions = {},
  ): AsyncGenerator<StoredEvent, void, undefined> {
    const over = this.until(signal);
    let left = limit;
    if (left <= 0) return;
    if (from === 'end') {
      const last = await this.reads.lastOf(stream, over);
      if (last !== undefined && !isAborted(over)) yield this.upcast(last);
      return;
    }
    for await (const events of this.reads.stream(stream, from, over, this.ids.named(stream))) {
      const [first] = events;
      if (first !== undefined) this.ids.saw(stream, first.revision, events);
      for (const event of events) {
        if (isAborted(over)) return;
        yield this.upcast(event);
        if (--left <= 0) return;
      }
    }
    this.ids.shown(stream);
  }

  async *readAll({ after = start, types, signal }: ReadAllOptions = {}): AsyncGenerator<StoredEvent, void, undefined> {
    const over = this.until(signal);
    if (isAborted(over)) return;
    const end = await this.reads.last(over);
    if (end < after) await this.expectPosition(after, over);
    if (end <= after) return;
    for await (const events of this.followers.all(after, end, types, over)) {
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
    if (after !== start) await this.expectPosition(after, over);
    if (isAborted(over)) return;
    this.tail.join();
    try {
      for (;;) {
        const recent = await this.tail.events(over);
        if (recent === undefined || isAborted(over)) return;
        const gone = this.tail.next(over);
        if (!recent.covers(position)) {
          const { end } = recent;
          for await (const events of this.followers.all(position, end, types, over)) {
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
    const position = await this.end.get();
    if (isAborted(this.closing.signal)) throw closed();
    return position;
  }

  async markAt(position: Position): Promise<string | undefined> {
    const recorded = await this.looks.at(position, this.closing.signal).catch((error: unknown) => {
      if (isNoPlace(error)) return undefined;
      throw error;
    });
    const { names } = this.connections.commands;
    const event =
      recorded !== undefined && positionOf(recorded) === position ? toStoredEvent(recorded, names) : undefined;
    return event === undefined ? undefined : markOf(event);
  }

  /**
   * Whether appends are taken, by sending the last one again where none was answered for a while, and whether the log is read.
   * @throws StorageFault `EVENT_STORE_REFUSES`, `EVENT_STORE_UNAVAILABLE`
   */
  async probe(wasFailing: boolean): Promise<void> {
    await this.appender.probe(wasFailing);
    await this.looks.last(this.closing.signal);
  }

  /** @throws Rejection `INVALID_CURSOR` for a position beyond the end of the log, or within an event */
  private async expectPosition(position: Position, signal: AbortSignal): Promise<void> {
    const recorded = await this.followers.at(position, signal);
    if (recorded === undefined && !isAborted(signal)) throw invalidCursor();
  }

  /** Ends what is under way and lets go of the server. */
  async close(): Promise<void> {
    this.closing.abort();
    await this.tail.close();
    await this.appender.close();
    const { commands, following, live } = this.connections;
    await Promise.all([commands, following, live].map((connection) => connection.close()));
  }

  private until(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.closing.signal : AbortSignal.any([signal, this.closing.signal]);
  }
}
