import { WrongExpectedVersionError } from '@eventstore/db-client';
import {
  type Appended,
  type ExpectedRevision,
  type NewEvent,
  RevisionConflict,
  type StoredEvent,
} from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { AppendCall, type Order } from './append-call.js';
import { type Connection } from './connection.js';
import { toStreamName, toText } from './events.js';
import { closed, isDefinite, rejectionOf, Silence, unavailable } from './failures.js';
import { BackOff, isAborted, type Patience } from './patience.js';
import { type Reads } from './reads.js';
import { type StreamIds } from './stream-ids.js';

/**
 * Appends under the revision that the writer has read. Where nobody knows whether an append was stored, it is sent again
 * as it was, until the server says so: under a revision it answers a repetition as the first time.
 */
export class Appender {
  private call: Promise<AppendCall> | undefined;
  /** Appends under way, by what makes them equal: the server drops one that comes while its like is not yet indexed. */
  private readonly underWay = new Map<string, Promise<Appended>>();
  /** How many times an append was sent again. */
  repetitions = 0;

  constructor(
    private readonly connection: Connection,
    private readonly reads: Reads,
    private readonly ids: StreamIds,
    private readonly patience: Patience,
    private readonly closing: AbortSignal,
  ) {}

  /** See `EventStore.append`. @throws Rejection `EVENT_STORE_UNAVAILABLE`, `APPEND_TOO_LARGE` */
  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    expectRead(expected);
    if (isAborted(this.closing)) throw closed();
    const order = { stream, expected, events: events.map(toText) };
    const key = [expected, stream, ...order.events.map(({ wireId }) => wireId)].join('\n');
    const likeIt = this.underWay.get(key) ?? this.appendOnce(order, events).finally(() => this.underWay.delete(key));
    this.underWay.set(key, likeIt);
    return likeIt;
  }

  private async appendOnce(order: Order, events: readonly NewEvent[]): Promise<Appended> {
    const { stream, expected } = order;
    const ids = events.map(({ id }) => id);
    await this.learn(order);
    if (new Set(ids).size < ids.length) throw reused(stream);
    if (ids.some((id) => this.ids.has(stream, id))) return this.repeated(order, this.ids.known(stream) - 1);
    const appended = await this.appended(order);
    this.ids.saw(stream, revisionOf(expected) + 1, events);
    return appended;
  }

  /** Gives up the call; what waits fails. */
  async close(): Promise<void> {
    const call = await this.call?.catch(() => undefined);
    call?.fail(closed());
  }

  /** Sends an append once. */
  async send(order: Order): Promise<Appended> {
    return (await this.open()).send(order);
  }

  private async appended(order: Order): Promise<Appended> {
    const backOff = new BackOff(this.patience);
    for (let isRepeated = false; ; isRepeated = true) {
      try {
        const appended = await this.send({ ...order, stream: toStreamName(order.stream) });
        // What is answered to a repetition need not say where the first one stands.
        return isRepeated ? await this.repeated(order, appended.revision) : appended;
      } catch (error) {
        if (error instanceof WrongExpectedVersionError) return await this.repeated(order, actualOf(error));
        if (isDefinite(error)) throw rejectionOf(error);
        if (backOff.isOver || this.closing.aborted) throw unavailable(error);
      }
      this.repetitions += 1;
      await backOff.wait(this.closing);
    }
  }

  private open(): Promise<AppendCall> {
    this.call ??= this.connection.batchAppend().then(
      (call) =>
        new AppendCall(call, this.patience, (error) => {
          this.call = undefined;
          if (error instanceof Silence) this.connection.abandon();
        }),
      (error: unknown) => {
        this.call = undefined;
        throw error;
      },
    );
    return this.call;
  }

  /** Answers an append that was done before as the first time; any other is a conflict. */
  private async repeated({ stream, expected, events }: Order, actual: number): Promise<Appended> {
    const from = revisionOf(expected);
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
    const slice: StoredEvent[] = [];
    for await (const events of this.reads.stream(stream, from, this.closing)) {
      slice.push(...events);
      if (slice.length >= count) break;
    }
    return slice.slice(0, count);
  }

  /** Reads what is not known yet of the ids up to the revision that the writer has read. */
  private async learn({ stream, expected }: Order): Promise<void> {
    const known = this.ids.known(stream);
    if (known > revisionOf(expected)) return;
    for await (const events of this.reads.stream(stream, known, this.closing)) {
      const [first] = events;
      if (first !== undefined) this.ids.saw(stream, first.revision, events);
      if (this.ids.known(stream) > revisionOf(expected)) return;
    }
  }
}

/** A writer that takes whatever there is would be written twice when it is sent again. */
function expectRead(expected: ExpectedRevision): void {
  if (expected === 'noStream' || Number.isSafeInteger(expected)) return;
  throw new Rejection('REVISION_MISSING', 'An append says which revision of its stream it follows.');
}

const revisionOf = (expected: ExpectedRevision) => (expected === 'noStream' ? -1 : expected);

const actualOf = ({ actualVersion }: WrongExpectedVersionError) =>
  actualVersion === 'no_stream' ? -1 : Number(actualVersion);

const reused = (stream: string) =>
  new Rejection('EVENT_ID_REUSED', `An event with the same id and other content is in ${stream} already.`);
