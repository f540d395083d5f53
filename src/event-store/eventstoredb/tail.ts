import { Notifier } from '../../event-sourcing/notifier.js';
import { type Position } from '../../event-sourcing/event-store.js';
import { type Connection } from './connection.js';
import { type Credentials } from './credentials.js';
import { isSameRecord, positionOf, type RecordedEvent, start, toStoredEvent } from './events.js';
import { anotherLog, isNoPlace, isRefusal, isTooSlow, Silence } from './failures.js';
import { BackOff, inTime, isAborted, type RetryPolicy } from './retry-policy.js';
import { received } from './received.js';
import { type Reads } from './reads.js';
import { RecentEvents } from './recent-events.js';
import { subscribeAfter } from './requests.js';
import { TailState, type TailStatus } from './tail-state.js';

interface Running {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

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
  private readonly about: TailState;
  /** The last event of ours that was heard of, or what the log ended with when it began. */
  private last: RecordedEvent | undefined;
  /** The server was away: the log may be another when it is back. */
  private mayBeAnother = false;

  constructor(
    private readonly connection: Connection,
    private readonly reads: Reads,
    private readonly credentials: Credentials,
    private readonly retryPolicy: RetryPolicy,
    changed: (status: TailStatus) => void,
  ) {
    const explained = (error: unknown) => connection.explained(error);
    this.about = new TailState(() => this.recent?.end ?? start, explained, changed);
  }

  get status(): TailStatus {
    return this.about.status;
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
    this.last = undefined;
    this.mayBeAnother = false;
    running.stop.abort();
    this.about.is('idle');
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
    this.about.told(error);
  }

  private async run(signal: AbortSignal): Promise<void> {
    const backOff = new BackOff(this.retryPolicy);
    this.about.is('connecting');
    while (!isAborted(signal)) {
      try {
        const last = await this.reads.lastRecorded(signal);
        if (this.mayBeAnother) await this.expectHasLast(signal);
        if (isAborted(signal)) return;
        const end = last === undefined ? start : positionOf(last);
        if (this.recent === undefined) this.last = last;
        const recent = (this.recent ??= new RecentEvents(end));
        this.about.sees(end);
        this.notifier.notify();
        await this.follow(recent, backOff, signal);
        this.failed(new Error('the server has ended the subscription'), signal);
      } catch (error) {
        // The server is there, and does not wait for us: what is missed is read on at once.
        const isBehind = isTooSlow(error) && backOff.isFresh;
        if (isBehind) this.about.fallsBehind();
        else this.failed(error, signal);
        backOff.isFresh = false;
        if (isBehind) continue;
      }
      await backOff.wait(signal);
    }
  }

  /** What was heard of last is where it was: what follows it is not another log's. @throws StorageFault `LOG_OLDER` */
  private async expectHasLast(signal: AbortSignal): Promise<void> {
    const { last } = this;
    if (last !== undefined) {
      const there = await this.reads.at(positionOf(last), signal).catch((error: unknown) => {
        if (!isNoPlace(error)) throw error;
      });
      if (isAborted(signal)) return;
      if (there === undefined || !isSameRecord(there, last)) throw anotherLog('it has lost events');
    }
    this.mayBeAnother = false;
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
            const [position, event] = [positionOf(recorded), toStoredEvent(recorded, connection.names)];
            if (event !== undefined && position > recent.end) this.last = recorded;
            recent.add(position, event, recorded.getData_asU8().length);
            backOff.reset();
          } else if (response.hasCaughtUp()) this.about.is('live');
          else if ((response.hasConfirmation() && this.about.state !== 'live') || response.hasFellBehind())
            this.about.is('catchingUp');
        }
        this.about.sees(recent.end);
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
      if (isAborted(signal) || (recent.end !== before && this.about.state === 'live')) continue;
      const asked = new AbortController();
      let end: Position | undefined;
      const answer = this.reads.last(AbortSignal.any([signal, asked.signal])).then(
        (position) => (end = position),
        () => undefined,
      );
      const isAnswered = await inTime(answer, answerMs, time);
      asked.abort();
      if (isAborted(signal)) return;
      if (end !== undefined) this.about.sees(end);
      // Servers of old never say that a subscription has caught up.
      if (end !== undefined && recent.end >= end) this.about.is('live');
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

  private failed(error: unknown, signal: AbortSignal): void {
    if (isAborted(signal)) return;
    this.mayBeAnother = true;
    if (isRefusal(error)) this.credentials.readAgain();
    this.about.failed(error);
  }
}
