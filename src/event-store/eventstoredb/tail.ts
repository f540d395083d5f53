import { Bell } from '../../event-sourcing/bell.js';
import { type Position } from '../../event-sourcing/event-store.js';
import { type Connection } from './connection.js';
import { positionOf, start, toStoredEvent } from './events.js';
import { said } from './failures.js';
import { BackOff, inTime, isAborted, type Patience } from './patience.js';
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
  /** How far behind the log it was when that was last looked at, in bytes of the log. */
  readonly lag: number;
  /** How often it had to be made anew. */
  readonly reconnects: number;
  /** Why it is not there; undefined when it is. */
  readonly error?: string;
}

interface Running {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

const idle: TailStatus = { state: 'idle', position: start, lag: 0, reconnects: 0 };

/**
 * The end of the log as it grows: one subscription for all who follow the log, so that each event is sent and read once.
 * It takes all events of ours, so that its position is the log's whichever types somebody waits for. It lives while
 * somebody reads, and comes back by itself, from the last event it heard of.
 */
export class Tail {
  private readonly bell = new Bell();
  private recent: RecentEvents | undefined;
  private readers = 0;
  private running: Running | undefined;
  private last = idle;

  constructor(
    private readonly connection: Connection,
    private readonly reads: Reads,
    private readonly patience: Patience,
    private readonly changed: (status: TailStatus) => void,
  ) {}

  get status(): TailStatus {
    return this.last;
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
    this.tell({ ...idle, reconnects: this.last.reconnects });
    await running.ended;
  }

  /** The last events of the log; waits until it is known where it ends. Undefined when the signal aborts. */
  async events(signal: AbortSignal): Promise<RecentEvents | undefined> {
    while (this.recent === undefined && !isAborted(signal)) await this.bell.next(signal);
    return this.recent;
  }

  /** Resolves when the log has gone on, or the signal aborts. */
  next(signal: AbortSignal): Promise<void> {
    return this.bell.next(signal);
  }

  private async run(signal: AbortSignal): Promise<void> {
    const backOff = new BackOff(this.patience);
    while (!isAborted(signal)) {
      this.tell({ ...this.last, state: 'connecting' });
      try {
        const recent = this.recent ?? new RecentEvents(await this.reads.last(signal));
        if (isAborted(signal)) return;
        this.recent = recent;
        this.bell.ring();
        await this.follow(recent, backOff, signal);
        this.failed('the server has ended the subscription', signal);
      } catch (error) {
        this.failed(said(error), signal);
      }
      await backOff.wait(signal);
    }
  }

  /** Hears what is after the last event, until the subscription is over. */
  private async follow(recent: RecentEvents, backOff: BackOff, signal: AbortSignal): Promise<void> {
    const { connection, patience } = this;
    const silent = new AbortController();
    const either = AbortSignal.any([signal, silent.signal]);
    const call = connection.read(subscribeAfter(recent.end), { requiresLeader: false });
    const watch = this.watch(recent, silent, either);
    try {
      for await (const responses of received(call, { patience, signal: either, silenceMs: Infinity })) {
        for (const response of responses) {
          const recorded = response.getEvent()?.getEvent();
          if (recorded !== undefined) {
            recent.add(positionOf(recorded), toStoredEvent(recorded), recorded.getData_asU8().length);
            backOff.reset();
          } else if (response.hasCaughtUp()) this.heard('live', recent);
          else if (response.hasConfirmation() || response.hasFellBehind()) this.heard('catchingUp', recent);
        }
        this.bell.ring();
      }
    } finally {
      silent.abort();
      await watch;
    }
  }

  /** Asks the server, where nothing is heard for a while, whether there was something to hear. */
  private async watch(recent: RecentEvents, silent: AbortController, signal: AbortSignal): Promise<void> {
    const { clock, quietMs, answerMs } = this.patience;
    while (!isAborted(signal)) {
      const before = recent.end;
      await clock.sleepUntil(clock.now() + quietMs, signal);
      if (isAborted(signal) || recent.end !== before) continue;
      const asked = new AbortController();
      let end: Position | undefined;
      const answer = this.reads.last(AbortSignal.any([signal, asked.signal])).then(
        (position) => (end = position),
        () => undefined,
      );
      const isAnswered = await inTime(answer, answerMs, clock);
      asked.abort();
      if (isAborted(signal)) return;
      this.tell({ ...this.last, position: recent.end, lag: distance(recent.end, end) });
      if (isAnswered && (end === undefined || recent.end >= end)) continue;
      // It may be on its way.
      if (isAnswered && (await inTime(this.reaches(recent, end ?? start, signal), quietMs, clock))) continue;
      silent.abort();
    }
  }

  private async reaches(recent: RecentEvents, position: Position, signal: AbortSignal): Promise<void> {
    while (recent.end < position && !isAborted(signal)) await this.bell.next(signal);
  }

  private heard(state: TailStatus['state'], { end }: RecentEvents): void {
    const { reconnects, lag } = this.last;
    this.tell({ state, position: end, lag: state === 'live' ? 0 : lag, reconnects });
  }

  private failed(error: string, signal: AbortSignal): void {
    if (isAborted(signal)) return;
    this.tell({ ...this.last, state: 'connecting', reconnects: this.last.reconnects + 1, error });
  }

  private tell(status: TailStatus): void {
    this.last = status;
    this.changed(status);
  }
}

const distance = (from: Position, to: Position | undefined): number =>
  to === undefined || to <= from ? 0 : Number(BigInt(to) - BigInt(from));
