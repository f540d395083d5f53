import { type EventStore, markOf, type Position, type StoredEvent } from './event-store.js';
import { waitToRetry } from './retry-delay.js';
import { Progress, type ProjectionStatus } from './progress.js';
import { StorageFault } from './storage-fault.js';

/** What builds some rows from the log. */
export interface Projection<Tx> {
  readonly name: string;
  /** Another version starts over: what stores the rows drops those of the last. */
  readonly version: number;
  /** The types of event that it takes. */
  readonly types: readonly string[];
  /** Those of them that matter as its rows stand, where it can do without the others; each that comes may change which. */
  typesNow?(tx: Tx): Promise<readonly string[]>;
  /** Applies a batch, in order; a batch applied in parts leaves the same rows. */
  apply(events: readonly StoredEvent[], tx: Tx): Promise<void>;
}

/** Where checkpoints are kept, beside the rows. */
export interface ProjectionStore<Tx> {
  /** How far a projection has come; undefined when it has not begun. */
  checkpoint(name: string, version: number): Promise<Position | undefined>;
  /** Does all of some work or none of it. */
  transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /**
   * Moves a checkpoint, if it still stands where it was read; says whether it did.
   * @param mark what stands there in the log
   */
  advance(
    tx: Tx,
    name: string,
    version: number,
    from: Position | undefined,
    to: Position,
    mark: string | null,
  ): Promise<boolean>;
}

/** Another runner has moved the checkpoint on: this one lets go. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** How often a checkpoint is moved in memory alone where no event of the projection came: what it skips is nothing to do. */
const movesUnsaved = 100;

/** One projection, from its checkpoint on. An event that it cannot take stops it, for all to see; none is skipped. */
export class ProjectionProcessor<Tx> {
  private readonly progress: Progress;
  /** The checkpoint as it is kept, and how often the projection has moved on since without an event of its own. */
  private saved: Position | undefined;
  private unsaved = 0;
  /** The types that matter to it as it stands: another set where they have to be read for anew. */
  types: ReadonlySet<string>;

  constructor(
    private readonly rows: ProjectionStore<Tx>,
    private readonly projection: Projection<Tx>,
    private readonly markAt: EventStore['markAt'],
    changed?: (status: ProjectionStatus) => void,
  ) {
    this.progress = new Progress(projection.name, changed);
    this.types = new Set(projection.types);
  }

  get status(): ProjectionStatus {
    return this.progress.status;
  }

  get position(): Position | undefined {
    return this.status.position;
  }

  private get leavesOut(): boolean {
    return this.types.size < this.projection.types.length;
  }

  /** Goes on from where it is saved. */
  async begin(): Promise<void> {
    const { name, version } = this.projection;
    this.saved = await this.rows.checkpoint(name, version);
    this.moveTo(this.saved, 'catchingUp');
    if (this.projection.typesNow !== undefined) this.types = await this.rows.transaction((tx) => this.typesNow(tx));
  }

  /**
   * Projects a stretch of the log that ends at a position: what it takes, and has not taken yet. Throws where it fails.
   * One that leaves out types goes no further than the first event: what follows it may matter, and is to be read anew.
   * @param state how it is at the end of the stretch
   * @param retryUntil until it aborts, what fails for a fault of the disk is tried again; without it, that throws at once
   */
  async take(
    events: readonly StoredEvent[],
    to: Position,
    state: ProjectionStatus['state'],
    retryUntil?: AbortSignal,
  ): Promise<void> {
    const { position: from = '' } = this;
    if (to < from) return;
    const own = events.filter(({ type, position }) => this.types.has(type) && position > from);
    const [first] = own;
    if (first !== undefined && this.leavesOut) {
      await this.save([first], first.position, retryUntil);
      this.moveTo(first.position, 'catchingUp');
      return;
    }
    const isIdle = own.length === 0 && this.unsaved < movesUnsaved;
    if (to === this.saved || isIdle) {
      this.unsaved += 1;
      this.moveTo(to, state);
      return;
    }
    await this.save(own, to, retryUntil);
    this.moveTo(to, state);
  }

  /** Saves how far it has come. Throws where that fails. */
  async end(): Promise<void> {
    try {
      if (this.position !== undefined && this.position !== this.saved) await this.commitWithRetries([], this.position);
    } catch (error) {
      if (!(error instanceof StorageFault)) this.fail(error);
      throw error;
    }
    this.progress.status = { ...this.status, state: 'stopped' };
  }

  /** As {@link Progress.waitFor}. */
  waitFor(position: Position, signal: AbortSignal): Promise<boolean> {
    return this.progress.waitFor(position, signal);
  }

  /** Resolves when the projection has moved on or failed, or the signal aborts. */
  moved(signal: AbortSignal): Promise<void> {
    return this.progress.moved(signal);
  }

  private async save(events: readonly StoredEvent[], to: Position, retryUntil?: AbortSignal): Promise<void> {
    try {
      await this.commitWithRetries(events, to, retryUntil);
    } catch (error) {
      if (error instanceof Overtaken || error instanceof StorageFault) this.fail(error);
      else await this.failAt(events, error, retryUntil);
      throw error;
    }
  }

  /** A fault of the disk is no fault of the events: they are taken as soon as it is over. */
  private async commitWithRetries(
    events: readonly StoredEvent[],
    to: Position,
    retryUntil?: AbortSignal,
  ): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        // A commit that failed may have come to the disk all the same.
        if (tries === 1 || !(await this.isSavedAt(to))) await this.commit(events, to);
        return;
      } catch (error) {
        if (retryUntil === undefined || !(error instanceof StorageFault) || error.isLasting) throw error;
        this.retry(error);
        await waitToRetry(tries, retryUntil);
        if (retryUntil.aborted) throw error;
      }
    }
  }

  private async isSavedAt(to: Position): Promise<boolean> {
    const { name, version } = this.projection;
    if ((await this.rows.checkpoint(name, version)) !== to) return false;
    this.saved = to;
    this.unsaved = 0;
    return true;
  }

  /** It waits for the disk. */
  retry({ message: error }: StorageFault): void {
    const { name, position } = this.status;
    this.progress.status = { name, state: 'retrying', position, error };
  }

  private async commit(events: readonly StoredEvent[], to: Position): Promise<void> {
    let { types } = this;
    const { name, version } = this.projection;
    const last = events.at(-1);
    const mark = last?.position === to ? markOf(last) : ((await this.markAt(to)) ?? null);
    await this.rows.transaction(async (tx) => {
      if (events.length > 0) await this.projection.apply(events, tx);
      if (!(await this.rows.advance(tx, name, version, this.saved, to, mark))) {
        throw new Overtaken(`another runner has moved the checkpoint of ${name}`);
      }
      if (events.length > 0) types = await this.typesNow(tx);
    });
    this.saved = to;
    this.unsaved = 0;
    if (this.leavesOut || types.size !== this.types.size) this.types = types;
  }

  private async typesNow(tx: Tx): Promise<ReadonlySet<string>> {
    const now = await this.projection.typesNow?.(tx);
    return now === undefined ? this.types : new Set(now);
  }

  /** Finds the event that a batch failed at, one by one; those before it are projected. */
  private async failAt(events: readonly StoredEvent[], cause: unknown, retryUntil?: AbortSignal): Promise<void> {
    for (const event of events) {
      try {
        await this.commitWithRetries([event], event.position, retryUntil);
        this.moveTo(event.position, 'catchingUp');
      } catch (error) {
        this.fail(error, event.id);
        return;
      }
    }
    this.fail(cause);
  }

  /** It stops. */
  fail(error: unknown, failedEvent?: string): void {
    const message = error instanceof Error ? error.message : String(error);
    const { name } = this.projection;
    this.progress.status = {
      name,
      state: 'failed',
      position: this.position,
      error: message,
      ...(failedEvent ? { failedEvent } : {}),
    };
  }

  private moveTo(position: Position | undefined, state: ProjectionStatus['state']): void {
    this.progress.status = { name: this.projection.name, state, position };
  }
}
