import { type EventStore, type Position, type StoredEvent } from './event-store.js';
import { Progress, type ProjectionStatus } from './progress.js';

/** What builds some rows from the log. */
export interface Projection<Tx> {
  readonly name: string;
  /** Another version starts over: what stores the rows drops those of the last. */
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

/** Another runner has moved the checkpoint on: this one lets go. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** Events in one transaction while catching up: a row that many of them touch is written once. */
const batchSize = 10_000;

/** A live projection rests between looks, so that a burst of events makes few transactions. Who waits ends the rest. */
const restMs = 100;

/** How often a checkpoint is moved in memory alone where no event of the projection came: what it skips is nothing to do. */
const movesUnsaved = 100;

/** Runs one projection from its checkpoint. An event that it cannot take stops it, for all to see; none is skipped. */
export class Projector<Tx> {
  private readonly progress: Progress;
  /** The checkpoint as it is kept, and how often the projection has moved on since without an event of its own. */
  private saved: Position | undefined;
  private unsaved = 0;
  private hurried = 0;
  private endRest: () => void = () => undefined;

  constructor(
    private readonly store: EventStore,
    private readonly rows: ProjectionStore<Tx>,
    readonly projection: Projection<Tx>,
    changed?: (status: ProjectionStatus) => void,
  ) {
    this.progress = new Progress(projection.name, changed);
  }

  get status(): ProjectionStatus {
    return this.progress.status;
  }

  private get position(): Position | undefined {
    return this.status.position;
  }

  /** Projects what is in the log now, and ends. */
  async catchUp(signal?: AbortSignal): Promise<void> {
    await this.run(signal, await this.store.lastPosition());
  }

  /** Projects until the signal aborts, or to the position where one is given. Throws where the projection fails. */
  async run(signal?: AbortSignal, until?: Position): Promise<void> {
    const { name, version, types } = this.projection;
    this.saved = await this.rows.checkpoint(name, version);
    this.moveTo(this.saved, 'catchingUp');
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
          const isLast = until !== undefined && message.position >= until;
          await this.apply(batch, message.position, 'live', isLast);
          if (isLast) stop.abort();
          else await this.rest(either);
        }
        batch = [];
      }
      if (this.position !== undefined && this.position !== this.saved) await this.commit([], this.position);
      this.progress.status = { ...this.status, state: 'stopped' };
    } catch (error) {
      if (this.status.state !== 'failed') this.fail(error);
      throw error;
    }
  }

  /** As {@link Progress.waitFor}; who waits is not kept waiting by a rest. */
  async waitFor(position: Position, signal: AbortSignal): Promise<boolean> {
    this.hurried += 1;
    this.endRest();
    try {
      return await this.progress.waitFor(position, signal);
    } finally {
      this.hurried -= 1;
    }
  }

  /** Resolves when the projection has moved on or failed, or the signal aborts. */
  moved(signal: AbortSignal): Promise<void> {
    return this.progress.moved(signal);
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

  private async apply(
    events: readonly StoredEvent[],
    to: Position,
    state: ProjectionStatus['state'],
    isLast = false,
  ): Promise<void> {
    const isIdle = events.length === 0 && !isLast && this.unsaved < movesUnsaved;
    if (to === this.saved || isIdle) {
      this.unsaved += 1;
      this.moveTo(to, state);
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
      if (!(await this.rows.advance(tx, name, version, this.saved, to))) {
        throw new Overtaken(`another runner has moved the checkpoint of ${name}`);
      }
    });
    this.saved = to;
    this.unsaved = 0;
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
    this.progress.status = {
      name,
      state: 'failed',
      position: this.position,
      error: said,
      ...(failedEvent ? { failedEvent } : {}),
    };
  }

  private moveTo(position: Position | undefined, state: ProjectionStatus['state']): void {
    this.progress.status = { name: this.projection.name, state, position };
  }
}
