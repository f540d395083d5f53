import { type ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type Position, type StoredEvent } from '../../event-sourcing/event-store.js';
import { type Connection, type ReadCall } from './connection.js';
import { positionOf, start, streamNameOf, toStoredEvent } from './events.js';
import { type Asked, isDefinite, isNoPlace, isRefusal, rejectionOf, unavailable } from './failures.js';
import { BackOff, inTime, isAborted, type RetryPolicy } from './retry-policy.js';
import { received } from './received.js';
import { type Page, type RecentPages } from './recent-pages.js';
import {
  everyEvent,
  readAllFrom,
  readEnd,
  readFrom,
  readLast,
  readNext,
  readStreamEnd,
  readStreamFrom,
} from './requests.js';
import { type StreamNames } from './stream-names.js';
import { type RightOfWay } from './right-of-way.js';
import { type ReadTurns } from './turns.js';

/** What is read at once where others wait for a turn, or appends go first: in events, and in bytes. */
const mostInPage = 64;
const mostBytesInPage = 256 * 1024;

/** For how long a page keeps its reader's turn while he works on it, in milliseconds. */
const longestWorkMs = 50;

/** For how long a read that lies behind what the server has named is read again. */
const behindMs = 3_000;

export type RecordedEvent = NonNullable<ReturnType<NonNullable<ReturnType<ReadResp['getEvent']>>['getEvent']>>;

const everything: Asked = { right: 'read', stream: '$all' };

/** Reads that end. A connection that is lost is made again, and the read goes on from where it was. */
export class Reads {
  /** The last event in a stream of ours, and where the log ended when it was looked for. */
  private lastSeen: { readonly end: Position; readonly last: RecordedEvent | undefined } | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly retryPolicy: RetryPolicy,
    private readonly turns: ReadTurns,
    /** Called with a refusal that is waited out, and with none when it is over; where it is left out, one ends the read. */
    private readonly refused?: (error: unknown) => void,
    /** What these reads give way to; nothing where it is left out. */
    private readonly rightOfWay?: RightOfWay,
    /** The pages that several read; where it is left out, each reads his own. */
    private readonly recentPages?: RecentPages,
  ) {}

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
    const request = (count: number) => readStreamFrom(this.connection.names.toServer(stream), next, count);
    const backOff = new BackOff({ ...this.retryPolicy, giveUpMs: behindMs });
    for (;;) {
      for await (const responses of this.responses(request, signal, { right: 'read', stream })) {
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
    const request = () => readStreamEnd(this.connection.names.toServer(stream));
    const last = await this.first(request, signal, { right: 'read', stream });
    return last === undefined ? undefined : toStoredEvent(last, this.connection.names);
  }

  /** The events of the log after a position, up to another. @throws Rejection `EVENT_STORE_UNAVAILABLE`, `CURSOR_INVALID` */
  async *all(
    after: Position,
    until: Position,
    types: readonly string[] | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<readonly StoredEvent[], void, undefined> {
    let last = after;
    const wanted = ({ position }: StoredEvent) => position > last && position <= until;
    const request = (count: number) => readAllFrom(last, this.connection.names, types, count);
    for await (const responses of this.responses(request, signal)) {
      const events = this.eventsIn(responses);
      const fresh = events.filter(wanted);
      last = fresh.at(-1)?.position ?? last;
      if (fresh.length > 0) yield fresh;
      if ((events.at(-1)?.position ?? start) >= until) return;
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
    if (end === undefined || this.connection.names.isOurs(streamNameOf(end))) return end;
    const at = positionOf(end);
    const { lastSeen } = this;
    if (lastSeen?.end === at) return lastSeen.last;
    const isSame = lastSeen !== undefined && lastSeen.end < at && (await this.hasNothingFrom(lastSeen.end, signal));
    const last = isSame ? lastSeen.last : await this.first(() => readLast(this.connection.names), signal);
    this.lastSeen = { end: at, last };
    return last;
  }

  /** Whether no event of ours is at a position or after it. A position that no record begins at is of another log. */
  private async hasNothingFrom(position: Position, signal: AbortSignal): Promise<boolean> {
    try {
      return (await this.first(() => readNext(position, this.connection.names), signal)) === undefined;
    } catch (error) {
      if (isNoPlace(error)) return false;
      throw error;
    }
  }

  /**
   * The first record of the log at a position, whoever wrote it; undefined where the log does not go so far.
   * @throws Rejection `CURSOR_INVALID` for a position within a record
   */
  at(position: Position, signal: AbortSignal): Promise<RecordedEvent | undefined> {
    return this.first(() => readFrom(position), signal);
  }

  /** What the server answers to requests for so many, each of which goes on where the one before was lost or left. */
  async *responses(
    request: (count: number) => ReadReq,
    signal: AbortSignal,
    asked: Asked = everything,
  ): AsyncGenerator<readonly ReadResp[], void, undefined> {
    const backOff = new BackOff(this.retryPolicy);
    let wasRefused = false;
    const answered = () => {
      if (wasRefused) this.refused?.(undefined);
      wasRefused = false;
      backOff.reset();
    };
    while (!isAborted(signal)) {
      try {
        if (yield* this.inTurn(request, signal, answered)) continue;
        return;
      } catch (error) {
        if (isAborted(signal)) return;
        wasRefused = this.refused !== undefined && isRefusal(error);
        if (isDefinite(error) && !wasRefused) throw rejectionOf(error, asked);
        if (wasRefused) this.refused?.(rejectionOf(error, asked));
        if (backOff.isOver) throw unavailable(new Error(await this.connection.explained(error)));
      }
      await backOff.wait(signal);
    }
  }

  /**
   * What is read in one turn: a page while others wait for a turn or appends go first, and else as it comes. Returns whether
   * there is more.
   */
  private async *inTurn(
    request: (count: number) => ReadReq,
    signal: AbortSignal,
    answered: () => void,
  ): AsyncGenerator<readonly ReadResp[], boolean, undefined> {
    const { time } = this.retryPolicy;
    const turn = await this.turns.take(signal);
    if (turn === undefined) return false;
    const leave = await this.rightOfWay?.enter(signal);
    const ended = new AbortController();
    const end = () => {
      turn.end();
      leave?.end();
      ended.abort();
    };
    try {
      if (isAborted(signal)) return false;
      if (turn.isWanted() || leave?.isForPage === true) {
        const asked = request(mostInPage);
        const { page, hasMore } = this.recentPages?.get(asked) ?? (await this.page(asked, signal));
        answered();
        // What is done with it is work as well: until then it is his turn, but who stands still stops nobody for long.
        void time.sleepUntil(time.now() + longestWorkMs, ended.signal).then(end);
        if (page.length > 0) yield page;
        answered();
        return hasMore;
      }
      for await (const responses of this.call(request(everyEvent), AbortSignal.any([signal, turn.over]))) {
        answered();
        turn.rests();
        yield responses;
        turn.works();
        answered();
        if (turn.over.aborted || turn.isWanted() || this.rightOfWay?.isTaken === true) return true;
      }
      return turn.over.aborted;
    } finally {
      end();
    }
  }

  /** All that a call for a page brings, but for what makes it large. The first event may be the last one of the page before. */
  private async page(request: ReadReq, signal: AbortSignal): Promise<Page> {
    const page: ReadResp[] = [];
    let [count, bytes] = [0, 0];
    const read = (hasMore: boolean): Page => {
      this.recentPages?.keep(request, { page, hasMore });
      return { page, hasMore };
    };
    for await (const responses of this.call(request, signal)) {
      for (const response of responses) {
        page.push(response);
        if (response.hasEvent()) count += 1;
        bytes += sizeOf(response);
      }
      if (bytes >= mostBytesInPage && count > 1) return read(true);
    }
    return read(count >= mostInPage);
  }

  /** What one call brings, as it comes. */
  private call(request: ReadReq, signal: AbortSignal): AsyncGenerator<readonly ReadResp[], void, undefined> {
    const { connection, retryPolicy } = this;
    // The server says nothing while it looks past the events of others, however many there are.
    const isWorking = async (call: ReadCall) => {
      const answered = connection.isAnsweredBeside(call);
      return (await inTime(answered, retryPolicy.answerMs, retryPolicy.time)) && (await answered);
    };
    return received(connection.read(request, { requiresLeader: true }), {
      ...(request.getOptions()?.hasFilter() === true ? { isWorking } : {}),
      ...{ retryPolicy, signal, silenceMs: retryPolicy.answerMs },
      silent: (call) => {
        connection.abandon(call);
      },
    });
  }

  private eventsIn(responses: readonly ReadResp[]): readonly StoredEvent[] {
    const decoded = () => decode(responses, this.connection.names);
    return this.recentPages?.eventsIn(responses, decoded) ?? decoded();
  }

  private async first(
    request: () => ReadReq,
    signal: AbortSignal,
    asked: Asked = everything,
  ): Promise<RecordedEvent | undefined> {
    for await (const responses of this.responses(request, signal, asked)) {
      for (const response of responses) {
        const recorded = response.getEvent()?.getEvent();
        if (recorded !== undefined) return recorded;
      }
    }
    return undefined;
  }
}

/** Of whoever's events they are. */
function lastRevisionOf(responses: readonly ReadResp[], otherwise: number): number {
  const last = responses
    .findLast((response) => response.hasEvent())
    ?.getEvent()
    ?.getEvent();
  return last === undefined ? otherwise : Number(last.getStreamRevision());
}

const sizeOf = (response: ReadResp): number => response.getEvent()?.getEvent()?.getData_asU8().length ?? 0;

const decode = (responses: readonly ReadResp[], names: StreamNames): readonly StoredEvent[] =>
  responses.flatMap((response) => {
    const recorded = response.getEvent()?.getEvent();
    return (recorded === undefined ? undefined : toStoredEvent(recorded, names)) ?? [];
  });
