import { type ReadReq, type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type Connection } from './connection.js';
import { type ReadCall } from './link.js';
import { type Asked, isDefinite, isOfNoRecord, isRefusal, isWaitedOut, rejectionOf, unavailable } from './failures.js';
import { BackOff, inTime, isAborted, over, type RetryPolicy } from './retry-policy.js';
import { received } from './received.js';
import { type Page, type RecentPages } from './recent-pages.js';
import { everyEvent } from './requests.js';
import { type RightOfWay } from './right-of-way.js';
import { type ReadTurns } from './turns.js';

/** What is read at once where others wait for a turn, or appends go first: in events, and in bytes. */
const mostInPage = 64;
const mostBytesInPage = 256 * 1024;

/** For how long a page keeps its reader's turn while he works on it, in milliseconds. */
const longestWorkMs = 50;

export interface ReadPorts {
  readonly connection: Connection;
  readonly retryPolicy: RetryPolicy;
  readonly turns: ReadTurns;
  /** Called with a refusal that is waited out, and with none when it is over; if it is left out, one ends the read. */
  readonly refused?: (error: unknown) => void;
  /** What these reads give way to; nothing if it is left out. */
  readonly rightOfWay?: RightOfWay;
  /** The pages that several read; if it is left out, each reads his own. */
  readonly recentPages?: RecentPages;
}

/** The calls of reads that end. A connection that is lost is made again, and the read goes on from where it was. */
export class ReadCalls {
  constructor(private readonly ports: ReadPorts) {}

  /** What the server answers to requests for so many, each of which goes on where the one before was lost or left. */
  async *responses(
    request: (count: number) => ReadReq,
    signal: AbortSignal,
    asked: Asked,
  ): AsyncGenerator<readonly ReadResp[], void, undefined> {
    const { retryPolicy, connection, refused } = this.ports;
    const backOff = new BackOff(retryPolicy);
    let [wasRefused, hasBegun] = [false, false];
    const answered = () => {
      if (wasRefused) refused?.(undefined);
      wasRefused = false;
      hasBegun = true;
      backOff.reset();
    };
    while (!isAborted(signal)) {
      try {
        if (yield* this.inTurn(request, signal, answered)) continue;
        return;
      } catch (error) {
        if (isAborted(signal)) return;
        if (isRefusal(error) && connection.readPasswordAgain()) continue;
        wasRefused = refused !== undefined && isWaitedOut(error);
        // Servers before 24.2 say the same of a read that went wrong: where some was read, the place is right.
        const isOver = isDefinite(error) && !wasRefused && !(hasBegun && isOfNoRecord(error));
        if (isOver) throw rejectionOf(error, asked);
        if (wasRefused) refused?.(rejectionOf(error, asked));
        if (backOff.isOver) throw unavailable(new Error(await connection.explained(error)));
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
    const { turns, rightOfWay, retryPolicy } = this.ports;
    const { time } = retryPolicy;
    const turn = await turns.take(signal);
    if (turn === undefined) return false;
    const leave = await rightOfWay?.enter(signal);
    const ended = new AbortController();
    const end = () => {
      turn.end();
      leave?.end();
      ended.abort(over);
    };
    try {
      if (isAborted(signal)) return false;
      if (turn.isWanted() || leave?.isForPage === true) {
        const { page, hasMore } = await this.page(request(mostInPage), signal);
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
        if (turn.over.aborted || turn.isWanted() || rightOfWay?.isTaken === true) return true;
      }
      return turn.over.aborted;
    } finally {
      end();
    }
  }

  private page(request: ReadReq, signal: AbortSignal): Promise<Page> {
    const read = () => this.readPage(request, signal);
    return this.ports.recentPages?.page(request, read) ?? read();
  }

  /** All that a call for a page brings, but for what makes it large. The first event may be the last one of the page before. */
  private async readPage(request: ReadReq, signal: AbortSignal): Promise<Page> {
    const page: ReadResp[] = [];
    let [count, bytes] = [0, 0];
    for await (const responses of this.call(request, signal)) {
      for (const response of responses) {
        page.push(response);
        if (response.hasEvent()) count += 1;
        bytes += sizeOf(response);
      }
      if (bytes >= mostBytesInPage && count > 1) return { page, hasMore: true };
    }
    return { page, hasMore: count >= mostInPage };
  }

  /** What one call brings, as it comes. */
  private call(request: ReadReq, signal: AbortSignal): AsyncGenerator<readonly ReadResp[], void, undefined> {
    const { connection, retryPolicy } = this.ports;
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
}

const sizeOf = (response: ReadResp): number => response.getEvent()?.getEvent()?.getData_asU8().length ?? 0;
