/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** A place in the whole log: opaque, sortable text (zero-padded), the same in SQL, JSON and cursors. */
export type Position = string;

/** Who did it. Only what a person says to a customer can be a response. */
export interface Actor {
  readonly id: string;
  readonly kind: 'person' | 'automatic' | 'system';
}

export interface EventMetadata {
  /** Who recorded it. */
  readonly actor: Actor;
  /** Who did what it says, where the actor reports what somebody else did. */
  readonly onBehalfOf?: string;
  /** What kind of actor that was; older events do not say, and then the actor's own kind counts. */
  readonly onBehalfOfKind?: Actor['kind'];
  /** When it happened, as its source says. */
  readonly occurredAt: Instant;
  /** When it was appended here; kept when a log is copied. */
  readonly recordedAt: Instant;
  /** What all events of one request share. */
  readonly correlationId?: string;
  /** The id of the event that caused this one. */
  readonly causationId?: string;
  /** The system that the fact was imported from. */
  readonly source?: string;
  readonly schemaVersion: number;
  /** A digest of the command's content: tells a repeated idempotency key from a reused one. */
  readonly commandHash?: string;
}

/** On whose behalf somebody acted who reports what others did; undefined where nobody is named. */
export const reportedOf = ({ onBehalfOf: id, onBehalfOfKind, actor }: EventMetadata): Actor | undefined =>
  id === undefined ? undefined : { id, kind: onBehalfOfKind ?? actor.kind };

/** Who did what an event says. */
export const doerOf = (metadata: EventMetadata): Actor => reportedOf(metadata) ?? metadata.actor;

export interface NewEvent<Type extends string = string, Data = unknown> {
  /** UUID; unique in its stream. Appending it again changes nothing. */
  readonly id: string;
  readonly type: Type;
  readonly data: Data;
  readonly metadata: EventMetadata;
}

export interface StoredEvent<Type extends string = string, Data = unknown> extends NewEvent<Type, Data> {
  readonly stream: string;
  /** 0 for the first event of its stream. */
  readonly revision: number;
  readonly position: Position;
}

/** The revision of the last event read, or `noStream`. There is no "any": a writer says what it has read. */
export type ExpectedRevision = number | 'noStream';

export interface Appended {
  /** The stream's last revision after the append. */
  readonly revision: number;
  /** The position of the last event of this append. */
  readonly position: Position;
}

export interface ReadAllOptions {
  /** Exclusive; from the beginning if it is left out. */
  readonly after?: Position;
  /** Only events of these types. */
  readonly types?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface ReadStreamOptions {
  /** Inclusive; the first event if it is left out. `end`: the last event, and no other is read for it. */
  readonly from?: number | 'end';
  /** How many at most; all if it is left out. No more are read for it. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
}

/** What a subscriber is handed: an event, or the news that it has seen all there is up to `position`. */
export type SubscriptionMessage =
  { readonly kind: 'event'; readonly event: StoredEvent } | { readonly kind: 'caughtUp'; readonly position: Position };

/** The log: its name, and six operations. Reading never buffers without bound; every wait ends when its signal aborts. */
export interface EventStore {
  /** Which log this is; cursors given out carry it, so that another log's are refused. */
  readonly logId: string;
  /**
   * Appends all of the events or none, durably: when the promise resolves they survive a power cut.
   * Repeating an append with the same event ids answers as the first time.
   * @throws RevisionConflict when the stream has moved on.
   * @throws Rejection `EVENT_ID_REUSED` when an id is already in the stream with other content.
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended>;
  /** The events of one stream in order; none for a stream that is not there. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<StoredEvent>;
  /** The whole log in order, up to its end at the time of the call. */
  readAll(options?: ReadAllOptions): AsyncIterable<StoredEvent>;
  /** As `readAll`, then live for ever; each event once, in order. Ends quietly when the signal aborts. */
  subscribe(options?: ReadAllOptions): AsyncIterable<SubscriptionMessage>;
  /** The position of the last event in the log; sorts before every event's when the log is empty. */
  lastPosition(): Promise<Position>;
  /** What tells the event at a position from any other that might have come to stand there; undefined where none does. */
  markAt(position: Position): Promise<string | undefined>;
}

/** See {@link EventStore.markAt}: ids alone would not do, for a fact that is recorded again has the same. */
export const markOf = ({ id, metadata }: Pick<NewEvent, 'id' | 'metadata'>): string => `${id}@${metadata.recordedAt}`;

/** The stream has other events than its writer had read. */
export class RevisionConflict extends Error {
  override readonly name = 'RevisionConflict';

  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: ExpectedRevision,
  ) {
    super(`stream ${stream} is at revision ${actual}, not at ${expected}`);
  }
}
