import { type ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { markOf, type Position, type StoredEvent } from '../../event-sourcing/event-store.js';
import { type Connection } from './connection.js';
import { positionOf, start, toStoredEvent, toStreamName } from './events.js';
import { isDefinite, rejectionOf, Silence, unavailable } from './failures.js';
import { BackOff, isAborted, type Patience } from './patience.js';
import { received } from './received.js';
import { readAllFrom, readLast, readOneFrom, readStreamFrom } from './requests.js';

/** Reads that end. A connection that is lost is made again, and the read goes on from where it was. */
export class Reads {
  constructor(
    private readonly connection: Connection,
    private readonly patience: Patience,
  ) {}

  /** The events of a stream from a revision on. @throws Rejection `EVENT_STORE_UNAVAILABLE`, `STREAM_DELETED` */
  async *stream(
    stream: string,
    from: number,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StoredEvent[], void, undefined> {
    let next = from;
    for await (const responses of this.responses(() => readStreamFrom(toStreamName(stream), next), signal)) {
      const events = eventsOf(responses);
      next = (events.at(-1)?.revision ?? next - 1) + 1;
      if (events.length > 0) yield events;
    }
  }

  /** The events of the log after a position, up to another. @throws Rejection `EVENT_STORE_UNAVAILABLE` */
  async *all(
    after: Position,
    until: Position,
    types: readonly string[] | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StoredEvent[], void, undefined> {
    let last = after;
    const wanted = ({ position }: StoredEvent) => position > last && position <= until;
    for await (const responses of this.responses(() => readAllFrom(last, types), signal)) {
      const events = eventsOf(responses);
      const fresh = events.filter(wanted);
      last = fresh.at(-1)?.position ?? last;
      if (fresh.length > 0) yield fresh;
      if ((events.at(-1)?.position ?? start) >= until) return;
    }
  }

  /** Where the last event of the log stands. @throws Rejection `EVENT_STORE_UNAVAILABLE` */
  async last(signal: AbortSignal): Promise<Position> {
    for await (const responses of this.responses(readLast, signal)) {
      for (const response of responses) {
        const recorded = response.getEvent()?.getEvent();
        if (recorded !== undefined) return positionOf(recorded);
      }
    }
    return start;
  }

  /** What marks the event at a position; undefined where none of ours stands there. @throws Rejection `EVENT_STORE_UNAVAILABLE` */
  async markAt(position: Position, signal: AbortSignal): Promise<string | undefined> {
    for await (const responses of this.responses(() => readOneFrom(position), signal)) {
      for (const response of responses) {
        const recorded = response.getEvent()?.getEvent();
        if (recorded === undefined) continue;
        const event = positionOf(recorded) === position ? toStoredEvent(recorded) : undefined;
        return event === undefined ? undefined : markOf(event);
      }
    }
    return undefined;
  }

  /** What the server answers to requests, each of which goes on where the one before was lost. */
  async *responses(request: () => ReadReq, signal: AbortSignal): AsyncGenerator<readonly ReadResp[], void, undefined> {
    const { connection, patience } = this;
    const backOff = new BackOff(patience);
    while (!isAborted(signal)) {
      try {
        const call = connection.read(request(), { requiresLeader: true });
        for await (const responses of received(call, { patience, signal, silenceMs: patience.answerMs })) {
          yield responses;
          backOff.reset();
        }
        return;
      } catch (error) {
        if (isAborted(signal)) return;
        if (isDefinite(error)) throw rejectionOf(error);
        if (error instanceof Silence) connection.abandon();
        if (backOff.isOver) throw unavailable(error);
      }
      await backOff.wait(signal);
    }
  }
}

const eventsOf = (responses: readonly ReadResp[]): readonly StoredEvent[] =>
  responses.flatMap((response) => {
    const recorded = response.getEvent()?.getEvent();
    return (recorded === undefined ? undefined : toStoredEvent(recorded)) ?? [];
  });
