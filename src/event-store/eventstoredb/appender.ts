import { WrongExpectedVersionError } from '@eventstore/db-client';
import {
  type Appended,
  type ExpectedRevision,
  type NewEvent,
  RevisionConflict,
  type StoredEvent,
} from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { StorageFault } from '../../event-sourcing/storage-fault.js';
import { AppendCall, type AppendRequest, sizeOf } from './append-call.js';
import { type BatchAppendCall, type Connection } from './connection.js';
import { type Credentials } from './credentials.js';
import { toStoredEvent, toText, toTextAgain } from './events.js';
import {
  areWrongCredentials,
  closed,
  isDefinite,
  isRefusal,
  rejectionOf,
  Silence,
  tooLarge,
  unavailable,
} from './failures.js';
import { BackOff, inTime, isAborted, type RetryPolicy } from './retry-policy.js';
import { type Reads } from './reads.js';
import { type StreamIds } from './stream-ids.js';

/** No message of a server's is larger; what is set for appends may be much less. */
const mostBytes = 16_767_216;

export interface AppenderPorts {
  readonly connection: Connection;
  readonly credentials: Credentials;
  readonly reads: Reads;
  readonly ids: StreamIds;
  readonly retryPolicy: RetryPolicy;
  readonly closing: AbortSignal;
}

/**
 * Appends under the revision that the writer has read. Where nobody knows whether an append was stored, it is sent again
 * as it was, until the server says so: under a revision it answers a repetition as the first time.
 */
export class Appender {
  private call: Promise<AppendCall> | undefined;
  /** What carries it; undefined while it begins. */
  private carried: BatchAppendCall | undefined;
  /** Who the call was made as. */
  private shownTo: string | undefined;
  /** Appends under way, by what makes them equal: the server drops one that comes while its like is not yet indexed. */
  private readonly underWay = new Map<string, Promise<Appended>>();
  /** The last event that was appended, to be sent again where it is looked whether the server takes any. */
  private lastRequest: AppendRequest | undefined;
  private answeredAt: number;
  /** How many times an append was sent again. */
  repetitions = 0;

  constructor(private readonly ports: AppenderPorts) {
    this.answeredAt = ports.retryPolicy.time.now();
  }

  /** See `EventStore.append`. @throws Rejection `EVENT_STORE_UNAVAILABLE`, `EVENT_STORE_REFUSES`, `APPEND_TOO_LARGE` */
  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    expectRead(expected);
    expectTypes(events);
    if (isAborted(this.ports.closing)) throw closed();
    const request = { stream, expected, events: events.map(toText) };
    if (request.events.some((one) => sizeOf(one) > mostBytes))
      throw tooLarge(`EventStoreDB takes at most ${mostBytes} bytes for an event`);
    const key = [expected, stream, ...request.events.map(({ wireId }) => wireId)].join('\n');
    const likeIt = this.underWay.get(key) ?? this.appendOnce(request, events).finally(() => this.underWay.delete(key));
    this.underWay.set(key, likeIt);
    return likeIt;
  }

  /**
   * Whether appends are taken. Where none was answered for a while, or one was refused, the last is sent again: nothing is
   * added by it.
   * @throws StorageFault `EVENT_STORE_REFUSES`, `EVENT_STORE_UNAVAILABLE`
   */
  async probe(wasFailing: boolean): Promise<void> {
    const { time, quietMs } = this.ports.retryPolicy;
    if (!wasFailing && time.now() - this.answeredAt < quietMs) return;
    let error: unknown = new Silence(`an append was not answered in ${quietMs} ms`);
    const asked = this.probeOnce().then(
      () => (error = undefined),
      (failed: unknown) => (error = failed),
    );
    await inTime(asked, quietMs, time);
    if (error === undefined || isAborted(this.ports.closing)) return;
    const failed = rejectionOf(error, { right: 'write', stream: this.lastRequest?.stream ?? '' });
    if (failed instanceof StorageFault) throw failed;
    // Whatever else is definite comes of who takes appends.
    if (!isDefinite(error)) throw unavailable(new Error(await this.ports.connection.explained(error)));
  }

  /** Gives up the call; what waits fails. */
  async close(): Promise<void> {
    const call = await this.call?.catch(() => undefined);
    call?.fail(closed());
  }

  /** Sends an append once. */
  async send(request: AppendRequest): Promise<Appended> {
    const call = await this.open();
    const { shownTo } = this;
    try {
      const appended = await call.send(request);
      this.answered();
      return appended;
    } catch (error) {
      if (error instanceof WrongExpectedVersionError) this.answered();
      throw isRefusal(error) ? await this.refused(error, request, call, shownTo) : error;
    }
  }

  /** What a refusal is: of a password that has changed meanwhile, of the user, or of a right on the stream. */
  private async refused(error: unknown, { stream }: AppendRequest, call: AppendCall, shownTo: string | undefined) {
    const { credentials, closing, reads } = this.ports;
    credentials.readAgain();
    if (credentials.authorization !== shownTo) {
      const changed = new Error('the password has changed meanwhile');
      call.fail(changed);
      return changed;
    }
    // A call that was admitted before does not say whether its user would be admitted now.
    const asked = await reads.last(closing).catch((failed: unknown) => failed);
    return areWrongCredentials(asked) ? asked : rejectionOf(error, { right: 'write', stream });
  }

  private answered(): void {
    this.answeredAt = this.ports.retryPolicy.time.now();
  }

  private async probeOnce(): Promise<void> {
    this.lastRequest ??= await this.lastOfLog();
    const { lastRequest: request } = this;
    if (request !== undefined)
      await this.send({ ...request, stream: this.ports.connection.names.toServer(request.stream) });
  }

  private async lastOfLog(): Promise<AppendRequest | undefined> {
    const last = await this.ports.reads.lastRecorded(this.ports.closing);
    const event = last === undefined ? undefined : toStoredEvent(last, this.ports.connection.names);
    if (last === undefined || event === undefined) return undefined;
    const expected = event.revision === 0 ? 'noStream' : event.revision - 1;
    return { stream: event.stream, expected, events: [toTextAgain(last)] };
  }

  private async appendOnce(request: AppendRequest, events: readonly NewEvent[]): Promise<Appended> {
    const { ids } = this.ports;
    const { stream, expected } = request;
    const given = events.map(({ id }) => id);
    await this.learn(request);
    if (new Set(given).size < given.length) throw reused(stream);
    if (given.some((id) => ids.has(stream, id))) return this.repeated(request, ids.known(stream) - 1);
    const appended = await this.appended(request);
    ids.saw(stream, revisionOf(expected) + 1, events);
    const last = request.events.at(-1);
    const before = appended.revision - 1;
    if (last !== undefined) this.lastRequest = { stream, expected: before < 0 ? 'noStream' : before, events: [last] };
    return appended;
  }

  private async appended(request: AppendRequest): Promise<Appended> {
    const { retryPolicy, closing, connection } = this.ports;
    const backOff = new BackOff(retryPolicy);
    for (let isRepeated = false; ; isRepeated = true) {
      try {
        const appended = await this.send({ ...request, stream: this.ports.connection.names.toServer(request.stream) });
        // What is answered to a repetition need not say where the first one stands.
        return isRepeated ? await this.repeated(request, appended.revision) : appended;
      } catch (error) {
        if (error instanceof WrongExpectedVersionError) return await this.repeated(request, actualOf(error));
        if (isDefinite(error)) throw rejectionOf(error, { right: 'write', stream: request.stream });
        if (isAborted(closing)) throw unavailable(error);
        if (backOff.isOver) throw unavailable(new Error(await connection.explained(error)));
      }
      this.repetitions += 1;
      await backOff.wait(closing);
    }
  }

  /** The call to append by. One on a connection that was given up, as by a read, is left to those who wait for it. */
  private open(): Promise<AppendCall> {
    const { connection, credentials, retryPolicy } = this.ports;
    const { call, carried } = this;
    if (call !== undefined && (carried === undefined || connection.carries(carried))) return call;
    call?.then(
      (left) => {
        left.leave();
      },
      () => undefined,
    );
    this.carried = undefined;
    this.shownTo = credentials.authorization;
    const isOver = () => {
      if (this.call === opening) this.call = undefined;
    };
    const opening = connection.batchAppend().then(
      (begun) => {
        if (this.call === opening) this.carried = begun;
        return new AppendCall(begun, retryPolicy, (error) => {
          isOver();
          if (error instanceof Silence) connection.abandon(begun);
        });
      },
      (error: unknown) => {
        isOver();
        throw error;
      },
    );
    this.call = opening;
    return opening;
  }

  /** Answers an append that was done before as the first time; any other is a conflict. */
  private async repeated({ stream, expected, events }: AppendRequest, actual: number): Promise<Appended> {
    const from = revisionOf(expected);
    this.ports.ids.name(stream, actual);
    const there = await this.slice(stream, from + 1, events.length);
    const isSame = there.length === events.length && events.every(({ id }, i) => id === there[i]?.id);
    if (!isSame && actual === from) throw reused(stream);
    if (!isSame) throw new RevisionConflict(stream, expected, actual < 0 ? 'noStream' : actual);
    if (events.some(({ type, data }, i) => type !== there[i]?.type || data !== JSON.stringify(there[i].data))) {
      throw reused(stream);
    }
    return { revision: from + events.length, position: there.at(-1)?.position ?? '' };
  }

  private async slice(stream: string, from: number, count: number): Promise<readonly StoredEvent[]> {
    const { reads, ids, closing } = this.ports;
    const slice: StoredEvent[] = [];
    for await (const events of reads.stream(stream, from, closing, Math.min(ids.named(stream), from + count - 1))) {
      slice.push(...events);
      if (slice.length >= count) break;
    }
    return slice.slice(0, count);
  }

  /** Reads what is not known yet of the ids up to the revision that the writer has read. */
  private async learn({ stream, expected }: AppendRequest): Promise<void> {
    const { reads, ids, closing } = this.ports;
    const known = ids.known(stream);
    if (known > revisionOf(expected)) return;
    for await (const events of reads.stream(stream, known, closing)) {
      const [first] = events;
      if (first !== undefined) ids.saw(stream, first.revision, events);
      if (ids.known(stream) > revisionOf(expected)) return;
    }
  }
}

/** A writer that takes whatever there is would be written twice when it is sent again. */
function expectRead(expected: ExpectedRevision): void {
  if (expected === 'noStream' || Number.isSafeInteger(expected)) return;
  throw new Rejection('REVISION_MISSING', 'An append needs the expected revision of its stream.');
}

/** The server has no event without a type, and says so in no words of use. */
function expectTypes(events: readonly NewEvent[]): void {
  if (events.every(({ type }) => type !== '')) return;
  throw new Rejection('EVENT_TYPE_MISSING', 'An event needs a type.');
}

const revisionOf = (expected: ExpectedRevision) => (expected === 'noStream' ? -1 : expected);

const actualOf = ({ actualVersion }: WrongExpectedVersionError) =>
  actualVersion === 'no_stream' ? -1 : Number(actualVersion);

const reused = (stream: string) =>
  new Rejection('EVENT_ID_REUSED', `An event with the same id and other content is already in ${stream}.`);
