import { type ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type Position, type StoredEvent } from '../../event-sourcing/event-store.js';
import { positionOf, type RecordedEvent, start, streamNameOf, toStoredEvent } from './events.js';
import { type Asked, isNoPlace } from './failures.js';
import { BackOff, isAborted } from './retry-policy.js';
import { ReadCalls, type ReadPorts } from './read-calls.js';
import { readAllFrom, readEnd, readFrom, readLast, readNext, readStreamEnd, readStreamFrom } from './requests.js';
import { type StreamNames } from './stream-names.js';

/** For how long a read that lies behind what the server has named is read again. */
const behindMs = 3_000;

const everything: Asked = { right: 'read', stream: '$all' };

/** What is read of the log and its streams, as far as they go now. */
export class Reads {
  private readonly calls: ReadCalls;
  private readonly names: StreamNames;
  /** The last event in a stream of ours, and where the log ended when it was looked for. */
  private lastSeen: { readonly end: Position; readonly last: RecordedEvent | undefined } | undefined;

  constructor(private readonly ports: ReadPorts) {
    this.calls = new ReadCalls(ports);
    this.names = ports.connection.names;
  }

  /**
   * The events of a stream from a revision on. Where the server has named a revision that the read does not show yet, it is
   * read again for a while.
   * @throws Rejection `EVENT_STORE_UNAVAILABLE`, `EVENT_STORE_REFUSES`, `STREAM_DELETED`
   */
  async *stream(
    stream: string,
    from: number,
    signal: AbortSignal,
    named = -1,
  ): AsyncGenerator<readonly StoredEvent[], void, undefined> {
    let next = from;
    const request = (count: number) => readStreamFrom(this.names.toServer(stream), next, count);
    const backOff = new BackOff({ ...this.ports.retryPolicy, giveUpMs: behindMs });
    for (;;) {
      for await (const responses of this.calls.responses(request, signal, { right: 'read', stream })) {
        const events = this.eventsIn(responses);
        next = lastRevisionOf(responses, next - 1) + 1;
        if (events.length > 0) yield events;
      }
      if (next > named || backOff.isOver || isAborted(signal)) return;
      await backOff.wait(signal);
    }
  }

  /** The last event of a stream. @throws Rejection as {@link stream} */
  async lastOf(stream: string, signal: AbortSignal): Promise<StoredEvent | undefined> {
    const request = () => readStreamEnd(this.names.toServer(stream));
    const last = await this.first(request, signal, { right: 'read', stream });
    return last === undefined ? undefined : toStoredEvent(last, this.names);
  }

  /** The events of the log after a position, up to another. @throws Rejection `EVENT_STORE_UNAVAILABLE`, `INVALID_CURSOR` */
  async *all(
    after: Position,
    until: Position,
    types: readonly string[] | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StoredEvent[], void, undefined> {
    let last = after;
    const wanted = ({ position }: StoredEvent) => position > last && position <= until;
    const request = (count: number) => readAllFrom(last, this.names, types, count);
    for await (const responses of this.calls.responses(request, signal, everything)) {
      const fresh = this.eventsIn(responses).filter(wanted);
      const reached = lastPositionOf(responses);
      if (reached > last) last = reached; // though none of them is ours
      if (fresh.length > 0) yield fresh;
      if (reached >= until) return;
    }
  }

  /** Where the last event of the log stands. @throws Rejection `EVENT_STORE_UNAVAILABLE` */
  async last(signal: AbortSignal): Promise<Position> {
    const last = await this.lastRecorded(signal);
    return last === undefined ? start : positionOf(last);
  }

  /**
   * The last event in a stream of ours. What others have written after it – the server itself, other programs – is looked
   * past once: from then on what has come since is looked at alone.
   */
  async lastRecorded(signal: AbortSignal): Promise<RecordedEvent | undefined> {
    const end = await this.first(readEnd, signal);
    if (end === undefined || this.names.isOurs(streamNameOf(end))) return end;
    const at = positionOf(end);
    const { lastSeen } = this;
    if (lastSeen?.end === at) return lastSeen.last;
    const isSame = lastSeen !== undefined && lastSeen.end < at && (await this.hasNothingFrom(lastSeen.end, signal));
    const last = isSame ? lastSeen.last : await this.first(() => readLast(this.names), signal);
    this.lastSeen = { end: at, last };
    return last;
  }

  /** Whether no event of ours is at a position or after it. A position that no record begins at is of another log. */
  private async hasNothingFrom(position: Position, signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.first(() => readNext(position, this.names), signal)) === undefined;
    } catch (error) {
      if (isNoPlace(error)) return false;
      throw error;
    }
  }

  /**
   * The first record of the log at a position, whoever wrote it; undefined where the log does not go so far.
   * @throws Rejection `INVALID_CURSOR` for a position within a record
   */
  at(position: Position, signal: AbortSignal): Promise<RecordedEvent | undefined> {
    return this.first(() => readFrom(position), signal);
  }

  /** The first event that the server answers to a request. @throws Rejection as {@link stream} */
  async first(
    request: () => ReadReq,
    signal: AbortSignal,
    asked: Asked = everything,
  ): Promise<RecordedEvent | undefined> {
    for await (const responses of this.calls.responses(request, signal, asked)) {
      for (const response of responses) {
        const recorded = response.getEvent()?.getEvent();
        if (recorded !== undefined) return recorded;
      }
    }
    return undefined;
  }

  private eventsIn(responses: readonly ReadResp[]): readonly StoredEvent[] {
    const decoded = () => decode(responses, this.names);
    return this.ports.recentPages?.eventsIn(responses, decoded) ?? decoded();
  }
}

/** The last event of some, whosever it is. */
const lastOf = (responses: readonly ReadResp[]): RecordedEvent | undefined =>
  responses
    .findLast((response) => response.hasEvent())
    ?.getEvent()
    ?.getEvent();

function lastRevisionOf(responses: readonly ReadResp[], otherwise: number): number {
  const last = lastOf(responses);
  return last === undefined ? otherwise : Number(last.getStreamRevision());
}

function lastPositionOf(responses: readonly ReadResp[]): Position {
  const last = lastOf(responses);
  return last === undefined ? start : positionOf(last);
}

const decode = (responses: readonly ReadResp[], names: StreamNames): readonly StoredEvent[] =>
  responses.flatMap((response) => {
    const recorded = response.getEvent()?.getEvent();
    return (recorded === undefined ? undefined : toStoredEvent(recorded, names)) ?? [];
  });
