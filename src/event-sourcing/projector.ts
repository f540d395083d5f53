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

/** As {@link batchSize} where some projections share the events that are read: what is in memory is there once. */
const sharedBatchSize = 12_000;

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

  /** Projects until the signal aborts. Throws where the projection fails. */
  async run(signal: AbortSignal): Promise<void> {
    const from = await this.begin();
    const after = from === undefined ? {} : { after: from };
    let batch: StoredEvent[] = [];
    try {
      for await (const message of this.store.subscribe({ ...after, types: this.projection.types, signal })) {
        if (message.kind === 'event') {
          batch.push(message.event);
          if (batch.length < batchSize) continue;
          await this.apply(batch, message.event.position, 'catchingUp');
        } else {
          await this.apply(batch, message.position, 'live');
          await this.rest(signal);
        }
        batch = [];
      }
      await this.end();
    } catch (error) {
      if (this.status.state !== 'failed') this.fail(error);
      throw error;
    }
  }

  /** Where it goes on from. */
  async begin(): Promise<Position | undefined> {
    const { name, version } = this.projection;
    this.saved = await this.rows.checkpoint(name, version);
    this.moveTo(this.saved, 'catchingUp');
    return this.saved;
  }

  /** Projects a stretch of the log that ends at a position: what it takes, and has not taken yet. */
  async take(events: readonly StoredEvent[], to: Position): Promise<void> {
    const { position: from, projection } = this;
    if (from !== undefined && to <= from) return;
    const own = events.filter(
      ({ type, position }) => projection.types.includes(type) && (from === undefined || position > from),
    );
    await this.apply(own, to, 'catchingUp');
  }

  /** Saves how far it has come. */
  async end(): Promise<void> {
    if (this.position !== undefined && this.position !== this.saved) await this.commit([], this.position);
    this.progress.status = { ...this.status, state: 'stopped' };
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

  private async apply(events: readonly StoredEvent[], to: Position, state: ProjectionStatus['state']): Promise<void> {
    const isIdle = events.length === 0 && this.unsaved < movesUnsaved;
    if (to === this.saved || isIdle) {
      this.unsaved += 1;
      this.moveTo(to, state);
      return;
    }
    try {
      await this.commit(events, to);
    } catch (error) {
      if (error instanceof Overtaken) this.fail(error);
      else await this.failAt(events, error);
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

/** Projects what is in the log now, and ends. The log is read once for all; where one projection fails, all stop. */
export async function catchUp<Tx>(store: EventStore, projectors: readonly Projector<Tx>[]): Promise<void> {
  const end = await store.lastPosition();
  const begun = await Promise.all(projectors.map((projector) => projector.begin()));
  const [after = ''] = begun.map((position = '') => position).sort();
  const types = [...new Set(projectors.flatMap(({ projection }) => projection.types))];
  let batch: StoredEvent[] = [];
  const give = async (to: Position) => {
    for (const projector of projectors) await projector.take(batch, to); // one by one: they share a connection
    batch = [];
  };
  for await (const event of store.readAll({ ...(after === '' ? {} : { after }), types })) {
    batch.push(event);
    if (batch.length === sharedBatchSize) await give(event.position);
  }
  const last = batch.at(-1)?.position ?? end;
  await give(last > end ? last : end);
  for (const projector of projectors) await projector.end();
}
