import { type EventStore, type Position, type StoredEvent } from './event-store.js';
import { waitToRetry } from './retry-delay.js';
import { type ProjectionStatus } from './progress.js';
import { type Projection, type ProjectionStore, ProjectionProcessor } from './projection-processor.js';
import { StorageFault } from './storage-fault.js';

/** Events in one transaction while catching up: a row that many of them touch is written once. */
const batchSize = 12_000;

/** Live projections rest between looks, so that a burst of events makes few transactions. Who waits ends the rest. */
const restMs = 100;

type Take = (events: readonly StoredEvent[], to: Position, state: ProjectionStatus['state']) => Promise<void>;

/** How a projection is that has failed, and what it failed with. */
type Failed = (status: ProjectionStatus, error: unknown) => void;

/** Some projections with rows in one place. The log is read once for all of them; they take it in by turns. */
export class ProjectionRunner<Tx> {
  private readonly processors: readonly ProjectionProcessor<Tx>[];
  private hurried = 0;
  private endRest: () => void = () => undefined;

  /** @param changed is called at each step of each projection */
  constructor(
    private readonly store: EventStore,
    rows: ProjectionStore<Tx>,
    projections: readonly Projection<Tx>[],
    changed?: (status: ProjectionStatus) => void,
  ) {
    this.processors = projections.map(
      (projection) => new ProjectionProcessor(rows, projection, (position) => store.markAt(position), changed),
    );
  }

  get statuses(): readonly ProjectionStatus[] {
    return this.processors.map(({ status }) => status);
  }

  /** Projects what is in the log now, and ends. Throws where a projection fails. */
  async catchUp(): Promise<void> {
    const end = await this.store.lastPosition();
    const stop = new AbortController();
    await this.read(this.processors, stop.signal, async (events, to, state) => {
      for (const processor of this.processors) await processor.take(events, to, state);
      if (this.processors.every(({ position = '' }) => position >= end)) stop.abort();
    });
    for (const processor of this.processors) await processor.end();
  }

  /**
   * Projects until the signal aborts. One that fails is reported, and stops alone; where the log fails, all do. A disk that
   * fails stops none: they wait for it.
   */
  async run(signal: AbortSignal, failed: Failed = () => undefined): Promise<void> {
    const working = new Set(this.processors);
    const each = async (work: (processor: ProjectionProcessor<Tx>) => Promise<void>) => {
      for (const processor of working) {
        try {
          await work(processor);
        } catch (error) {
          working.delete(processor);
          failed(processor.status, error);
        }
      }
    };
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    let tries = 0;
    const take: Take = async (events, to, state) => {
      tries = 0;
      await each((processor) => processor.take(events, to, state, either));
      if (working.size === 0) stop.abort();
      else if (state === 'live') await this.rest(either);
    };
    for (let isOver = false; !isOver;) {
      try {
        await this.read(working, either, take);
        isOver = true;
      } catch (error) {
        if (!(error instanceof StorageFault) || error.isLasting || either.aborted) {
          for (const processor of working) {
            processor.fail(error);
            failed(processor.status, error);
          }
          return;
        }
        for (const processor of working) processor.retry(error);
        await waitToRetry((tries += 1), either);
      }
    }
    // Where a store or a disk is away, what was not saved is projected again: no stop waits for it.
    let isAway = false;
    await each(async (processor) => {
      if (isAway) return;
      await processor.end().catch((error: unknown) => {
        if (!(error instanceof StorageFault)) throw error;
        isAway = true;
      });
    });
  }

  /**
   * Whether some of them reached a position before the signal aborted; who waits is not kept waiting by a rest.
   * @throws Rejection `PROJECTION_FAILED` where one failed before that position
   */
  async waitFor(names: readonly string[], position: Position, signal: AbortSignal): Promise<boolean> {
    this.hurried += 1;
    this.endRest();
    try {
      const reached = await Promise.all(names.map((name) => this.of(name).waitFor(position, signal)));
      return reached.every(Boolean);
    } finally {
      this.hurried -= 1;
    }
  }

  /** Resolves when one has moved on or failed, or the signal aborts. */
  moved(name: string, signal: AbortSignal): Promise<void> {
    return this.of(name).moved(signal);
  }

  /** Reads on from where each of some stands, until the signal aborts. */
  private async read(readers: Iterable<ProjectionProcessor<Tx>>, signal: AbortSignal, take: Take): Promise<void> {
    for (const processor of readers) await processor.begin();
    let isChanged = true;
    while (isChanged) isChanged = await this.readOn([...readers], signal, take);
  }

  /** Reads on from where the first of them stands, a batch at a time, until the end or until other types matter to one. */
  private async readOn(readers: readonly ProjectionProcessor<Tx>[], signal: AbortSignal, take: Take): Promise<boolean> {
    const [after = ''] = readers.map(({ position = '' }) => position).sort();
    const known = readers.map(({ types }) => types);
    const types = [...new Set(known.flatMap((own) => [...own]))];
    let batch: StoredEvent[] = [];
    for await (const message of this.store.subscribe({ ...(after === '' ? {} : { after }), types, signal })) {
      if (message.kind === 'event') {
        batch.push(message.event);
        if (batch.length < batchSize) continue;
        await take(batch, message.event.position, 'catchingUp');
      } else await take(batch, message.position, 'live');
      if (readers.some((reader, i) => reader.types !== known[i])) return true;
      batch = [];
    }
    return false;
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

  private of(name: string): ProjectionProcessor<Tx> {
    const processor = this.processors.find(({ status }) => status.name === name);
    if (processor === undefined) throw new Error(`there is no projection ${name}`);
    return processor;
  }
}
