import { WrongExpectedVersionError } from '@eventstore/db-client';
import {
  type Appended,
  type ExpectedRevision,
  type NewEvent,
  RevisionConflict,
  type StoredEvent,
} from '../../event-sourcing/event-store.js';
import { expectRead } from '../expect-read.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type AppendRequest, sizeOf } from './append-call.js';
import { AppendProbe } from './append-probe.js';
import { AppendSender, type SenderPorts } from './append-sender.js';
import { toText } from './events.js';
import { closed, isDefinite, rejectionOf, tooLarge, unavailable } from './failures.js';
import { BackOff, isAborted } from './retry-policy.js';
import { type StreamIds } from './stream-ids.js';

/** No message of a server's is larger; what is set for appends may be much less. */
const mostBytes = 16_767_216;

export interface AppenderPorts extends SenderPorts {
  readonly ids: StreamIds;
}

/**
 * Appends under the revision that the writer has read. Where nobody knows whether an append was stored, it is sent again
 * as it was, until the server says so: under a revision it answers a repetition as the first time.
 */
export class Appender {
  /** Appends under way, by what makes them equal: the server drops one that comes while its like is not yet indexed. */
  private readonly underWay = new Map<string, Promise<Appended>>();
  private readonly sender: AppendSender;
  private readonly prober: AppendProbe;
  /** How many times an append was sent again. */
  repetitions = 0;

  constructor(private readonly ports: AppenderPorts) {
    this.sender = new AppendSender(ports);
    this.prober = new AppendProbe(ports, this.sender);
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

  /** See {@link AppendProbe.look}. */
  probe(wasFailing: boolean): Promise<void> {
    return this.prober.look(wasFailing);
  }

  /** Gives up what is under way; it fails. */
  close(): Promise<void> {
    return this.sender.close();
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
    this.prober.appended(request, appended.revision);
    return appended;
  }

  private async appended(request: AppendRequest): Promise<Appended> {
    const { retryPolicy, closing, connection } = this.ports;
    const backOff = new BackOff(retryPolicy);
    for (let isRepeated = false; ; isRepeated = true) {
      try {
        const appended = await this.sender.send({ ...request, stream: connection.names.toServer(request.stream) });
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
