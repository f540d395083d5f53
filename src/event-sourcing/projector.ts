import { type EventStore, type Position, type StoredEvent } from './event-store.js';
import { Rejection } from './rejection.js';

/** What builds some rows from the log. */
export interface Projection<Tx> {
  readonly name: string;
  /** Another version starts over. */
  readonly version: number;
  /** The types of event that it takes. */
  readonly types: readonly string[];
  /** Applies a batch, in order; a batch applied in parts leaves the same rows. */
  apply(events: readonly StoredEvent[], tx: Tx): Promise<void>;
}

/** Where checkpoints are kept, beside the rows. */
export interface ProjectionStore<Tx> {
  /** How far a projection has come; undefined when it has not begun. */
  checkpoint(name: string, version: number): Promise<Position | undefined>;
  /** Does all of some work or none of it. */
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** Moves a checkpoint, if it still stands where it was read; says whether it did. */
  advance(tx: Tx, name: string, version: number, from: Position | undefined, to: Position): Promise<boolean>;
}

export interface ProjectionStatus {
  readonly name: string;
  readonly state: 'catchingUp' | 'live' | 'failed' | 'stopped';
  readonly position: Position | undefined;
  readonly error?: string;
  /** The event it failed at. */
  readonly failedEvent?: string;
}

/** Another runner has moved the checkpoint on: this one lets go. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** Events in one transaction while catching up: a row that many of them touch is written once. */
const batchSize = 10_000;

/** A live projection rests between transactions, so that a burst of events makes few of them. Who waits ends the rest. */
const restMs = 100;

/** Runs one projection from its checkpoint. An event that it cannot take stops it, for all to see; none is skipped. */
export class Projector<Tx> {
  status: ProjectionStatus;
  private position: Position | undefined;
  private readonly waiting = new Set<() => void>();
  private hurried = 0;
  private endRest: () => void = () => undefined;

  constructor(
    private readonly store: EventStore,
    private readonly rows: ProjectionStore<Tx>,
    readonly projection: Projection<Tx>,
  ) {
    this.status = { name: projection.name, state: 'stopped', position: undefined };
  }

  /** Projects what is in the log now, and ends. */
  async catchUp(signal?: AbortSignal): Promise<void> {
    await this.run(signal, await this.store.lastPosition());
  }

  /** Projects until the signal aborts, or to the position where one is given. Throws where the projection fails. */
  async run(signal?: AbortSignal, until?: Position): Promise<void> {
    const { name, version, types } = this.projection;
    this.moveTo(await this.rows.checkpoint(name, version), 'catchingUp');
    const stop = new AbortController();
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    const after = this.position === undefined ? {} : { after: this.position };
    let batch: StoredEvent[] = [];
    try {
      for await (const message of this.store.subscribe({ ...after, types, signal: either })) {
        if (message.kind === 'event') {
          batch.push(message.event);
          if (batch.length < batchSize) continue;
          await this.apply(batch, message.event.position, 'catchingUp');
        } else {
          await this.apply(batch, message.position, 'live');
          if (until !== undefined && message.position >= until) stop.abort();
          else if (batch.length > 0) await this.rest(either);
        }
        batch = [];
      }
      this.status = { ...this.status, state: 'stopped' };
    } catch (error) {
      if (this.status.state !== 'failed') this.fail(error);
      throw error;
    }
  }

  /**
   * Whether the projection reached a position before the signal aborted.
   * @throws Rejection `PROJECTION_FAILED` where it failed before that position
   */
  async waitFor(position: Position, signal: AbortSignal): Promise<boolean> {
    this.hurried += 1;
    this.endRest();
    try {
      while (this.position === undefined || this.position < position) {
        if (signal.aborted) return false;
        const { name, state, failedEvent = '?' } = this.status;
        if (state === 'failed')
          throw new Rejection('PROJECTION_FAILED', `The projection ${name} has stopped, at event ${failedEvent}.`);
        await this.moved(signal);
      }
      return true;
    } finally {
      this.hurried -= 1;
    }
  }

  /** Resolves when the projection has moved on or failed, or the signal aborts. */
  moved(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const wake = () => {
        this.waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  private rest(signal: AbortSignal): Promise<void> {
    if (this.hurried > 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, restMs);
      signal.addEventListener('abort', end);
      this.endRest = end;
    });
  }

  private async apply(events: readonly StoredEvent[], to: Position, state: ProjectionStatus['state']): Promise<void> {
    if (to === this.position) {
      this.status = { ...this.status, state };
      return;
    }
    try {
      await this.commit(events, to);
    } catch (error) {
      if (!(error instanceof Overtaken)) await this.failAt(events, error);
      throw error;
    }
    this.moveTo(to, state);
  }

  private async commit(events: readonly StoredEvent[], to: Position): Promise<void> {
    const { name, version } = this.projection;
    await this.rows.transaction(async (tx) => {
      if (events.length > 0) await this.projection.apply(events, tx);
      if (!(await this.rows.advance(tx, name, version, this.position, to))) {
        throw new Overtaken(`another runner has moved the checkpoint of ${name}`);
      }
    });
  }

  /** Finds the event that a batch failed at, one by one; those before it are projected. */
  private async failAt(events: readonly StoredEvent[], cause: unknown): Promise<void> {
    for (const event of events) {
      try {
        await this.commit([event], event.position);
        this.moveTo(event.position, 'catchingUp');
      } catch (error) {
        this.fail(error, event.id);
        return;
      }
    }
    this.fail(cause);
  }

  private fail(error: unknown, failedEvent?: string): void {
    const said = error instanceof Error ? error.message : String(error);
    const { name } = this.projection;
    this.status = {
      name,
      state: 'failed',
      position: this.position,
      error: said,
      ...(failedEvent ? { failedEvent } : {}),
    };
    this.wake();
  }

  private moveTo(position: Position | undefined, state: ProjectionStatus['state']): void {
    this.position = position;
    this.status = { name: this.projection.name, state, position };
    this.wake();
  }

  private wake(): void {
    for (const wake of this.waiting) wake();
  }
}
