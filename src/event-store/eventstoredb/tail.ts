import { Notifier } from '../../event-sourcing/notifier.js';
import { type Position } from '../../event-sourcing/event-store.js';
import { StorageFault } from '../../event-sourcing/storage-fault.js';
import { type Connection } from './connection.js';
import { type Credentials } from './credentials.js';
import { positionOf, start, toStoredEvent } from './events.js';
import { isRefusal, isTooSlow, rejectionOf, Silence } from './failures.js';
import { BackOff, inTime, isAborted, type RetryPolicy } from './retry-policy.js';
import { received } from './received.js';
import { type Reads } from './reads.js';
import { RecentEvents } from './recent-events.js';
import { subscribeAfter } from './requests.js';

/** What the live subscription of a store does. */
export interface TailStatus {
  /** `idle`: nobody subscribes. `catchingUp`: connected, but behind the log. */
  readonly state: 'idle' | 'connecting' | 'catchingUp' | 'live';
  /** Of the last event heard of. */
  readonly position: Position;
  /** How far behind the log it is, in bytes of the log, as far as is known; null while the server cannot be asked. */
  readonly lag: number | null;
  /** How often it had to be made anew. */
  readonly reconnects: number;
  /** Why it is not there; undefined when it is. */
  readonly error?: string;
}

interface Running {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** At most so often it is told how far it has come. */
const tellMs = 100;

/**
 * The end of the log as it grows: one subscription for all who follow the log, so that each event is sent and read once.
 * It takes all events of ours, so that its position is the log's whichever types somebody waits for. It lives while
 * somebody reads, and comes back by itself, from the last event it heard of.
 */
export class Tail {
  private readonly notifier = new Notifier();
  private recent: RecentEvents | undefined;
  private readers = 0;
  private running: Running | undefined;
  private state: TailStatus['state'] = 'idle';
  private reconnects = 0;
  private error: string | undefined;
  /** Where the log ended when that was last looked at; undefined since it could be looked at no more. */
  private logEnd: Position | undefined;
  private isLooking = false;
  private telling: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connection: Connection,
    private readonly reads: Reads,
    private readonly credentials: Credentials,
    private readonly retryPolicy: RetryPolicy,
    private readonly changed: (status: TailStatus) => void,
  ) {}

  get status(): TailStatus {
    const { state, reconnects, error } = this;
    const position = this.recent?.end ?? start;
    const lag = isConnected(state) && this.logEnd !== undefined ? distance(position, this.logEnd) : null;
    return { state, position, lag, reconnects, ...(error === undefined ? {} : { error }) };
  }

  /** Somebody reads; who joins, leaves. */
  join(): void {
    this.readers += 1;
    if (this.running !== undefined) return;
    const stop = new AbortController();
    this.running = { stop, ended: this.run(stop.signal) };
  }

  leave(): void {
    this.readers -= 1;
    if (this.readers === 0) void this.close();
  }

  /** Ends the subscription; resolves when it is over. */
  async close(): Promise<void> {
    const { running } = this;
    if (running === undefined) return;
    this.running = undefined;
    this.recent = undefined;
    running.stop.abort();
    this.is('idle');
    await running.ended;
  }

  /** The last events of the log; waits until it is known where it ends. Undefined when the signal aborts. */
  async events(signal: AbortSignal): Promise<RecentEvents | undefined> {
    while (this.recent === undefined && !isAborted(signal)) await this.notifier.next(signal);
    return this.recent;
  }

  /** Resolves when the log has gone on, or the signal aborts. */
  next(signal: AbortSignal): Promise<void> {
    return this.notifier.next(signal);
  }

  /** Somebody else tells why the log cannot be read, or that it can be again. */
  told(error: string | undefined): void {
    this.error = error;
    this.tell();
  }

  private async run(signal: AbortSignal): Promise<void> {
    const backOff = new BackOff(this.retryPolicy);
    this.is('connecting');
    while (!isAborted(signal)) {
      try {
        const end = await this.reads.last(signal);
        if (isAborted(signal)) return;
        const recent = (this.recent ??= new RecentEvents(end));
        this.sees(end);
        this.notifier.notify();
        await this.follow(recent, backOff, signal);
        this.failed(new Error('the server has ended the subscription'), signal);
      } catch (error) {
        // The server is there, and does not wait for us: what is missed is read on at once.
        const isBehind = isTooSlow(error) && backOff.isFresh;
        if (isBehind) this.fallsBehind();
        else this.failed(error, signal);
        backOff.isFresh = false;
        if (isBehind) continue;
      }
      await backOff.wait(signal);
    }
  }

  /** Hears what is after the last event, until the subscription is over. */
  private async follow(recent: RecentEvents, backOff: BackOff, signal: AbortSignal): Promise<void> {
    const { connection, retryPolicy } = this;
    const silent = new AbortController();
    const either = AbortSignal.any([signal, silent.signal]);
    const call = connection.read(subscribeAfter(recent.end, connection.names), { requiresLeader: false });
    const watch = this.watch(recent, silent, either);
    const receiving = { retryPolicy, signal: either, silenceMs: Infinity, silent: () => undefined };
    try {
      for await (const responses of received(call, receiving)) {
        for (const response of responses) {
          const recorded = response.getEvent()?.getEvent();
          if (recorded !== undefined) {
            recent.add(positionOf(recorded), toStoredEvent(recorded, connection.names), recorded.getData_asU8().length);
            backOff.reset();
          } else if (response.hasCaughtUp()) this.is('live');
          else if ((response.hasConfirmation() && this.state !== 'live') || response.hasFellBehind())
            this.is('catchingUp');
        }
        this.sees(recent.end);
        this.notifier.notify();
      }
    } finally {
      silent.abort(silent.signal.reason);
      await watch;
    }
    if (silent.signal.reason instanceof Silence && !isAborted(signal)) {
      connection.abandon(await call);
      throw silent.signal.reason;
    }
  }

  /** Asks the server, where nothing is heard for a while, whether there was something to hear; and how far the log goes. */
  private async watch(recent: RecentEvents, silent: AbortController, signal: AbortSignal): Promise<void> {
    const { time, quietMs, answerMs } = this.retryPolicy;
    while (!isAborted(signal)) {
      const before = recent.end;
      await time.sleepUntil(time.now() + quietMs, signal);
      if (isAborted(signal) || (recent.end !== before && this.state === 'live')) continue;
      const asked = new AbortController();
      let end: Position | undefined;
      const answer = this.reads.last(AbortSignal.any([signal, asked.signal])).then(
        (position) => (end = position),
        () => undefined,
      );
      const isAnswered = await inTime(answer, answerMs, time);
      asked.abort();
      if (isAborted(signal)) return;
      if (end !== undefined) this.sees(end);
      // Servers of old never say that a subscription has caught up.
      if (end !== undefined && recent.end >= end) this.is('live');
      if (recent.end !== before) continue;
      if (isAnswered && (end === undefined || recent.end >= end)) continue;
      // It may be on its way.
      if (isAnswered && (await inTime(this.goesOn(recent, before, signal), quietMs, time))) continue;
      silent.abort(new Silence(isAnswered ? 'events were not heard of' : `no answer in ${answerMs} ms`));
    }
  }

  private async goesOn(recent: RecentEvents, before: Position, signal: AbortSignal): Promise<void> {
    while (recent.end === before && !isAborted(signal)) await this.notifier.next(signal);
  }

  private sees(end: Position): void {
    if (this.logEnd === undefined || end > this.logEnd) this.logEnd = end;
    this.telling ??= setTimeout(() => {
      this.tell();
    }, tellMs).unref();
  }

  private is(state: TailStatus['state']): void {
    if (state === this.state) return;
    this.state = state;
    if (state !== 'connecting') this.error = undefined;
    this.tell();
  }

  /** It is not known how far the log has gone on since. */
  private fallsBehind(): void {
    this.logEnd = undefined;
    this.is('catchingUp');
  }

  private failed(error: unknown, signal: AbortSignal): void {
    if (isAborted(signal)) return;
    this.reconnects += 1;
    this.state = 'connecting';
    this.logEnd = undefined;
    if (isRefusal(error)) this.credentials.readAgain();
    const fault = rejectionOf(error, { right: 'read', stream: '$all' });
    if (fault instanceof StorageFault) this.error = fault.detail;
    else void this.explain(error);
    this.tell();
  }

  /** Looks why the server is not there, which may take a while; it is tried again meanwhile. */
  private async explain(error: unknown): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    const why = await this.connection.explained(error);
    this.isLooking = false;
    if (this.state !== 'connecting') return;
    this.error = why;
    this.tell();
  }

  private tell(): void {
    clearTimeout(this.telling);
    this.telling = undefined;
    this.changed(this.status);
  }
}

const isConnected = (state: TailStatus['state']) => state === 'live' || state === 'catchingUp';

const distance = (from: Position, to: Position): number => (to <= from ? 0 : Number(BigInt(to) - BigInt(from)));
