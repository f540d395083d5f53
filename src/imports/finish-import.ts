import { settleDue, type WatcherPorts } from '../deadlines/deadline-watcher.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { type ProjectionStatus } from '../event-sourcing/progress.js';
import { type Counts } from './import-log.js';
import { type Import, type Projecting } from './import-sink.js';

/** What an import needs to finish what it began. */
export interface FinishPorts {
  readonly store: Pick<EventStore, 'lastPosition'>;
  readonly projections: Projecting & { readonly statuses: readonly ProjectionStatus[] };
  /** What is to be done of each ticket, in its order: merges, revisions, deadlines. */
  readonly processors: readonly WatcherPorts[];
  /** Told of a projection that stops. */
  readonly failed: (status: ProjectionStatus) => void;
}

/**
 * Says that an import is done, and does what follows: projects what came in, tells tickets of merges, recalculates those that
 * revisions apply to, and records what fell due on tickets left open.
 */
export async function finishImport(
  log: Import,
  counts: Counts,
  { store, projections, processors, failed }: FinishPorts,
): Promise<void> {
  await log.finish(counts);
  const stop = new AbortController();
  const running = projections.run(stop.signal, (status) => {
    failed(status);
    stop.abort();
  });
  const names = projections.statuses.map(({ name }) => name);
  const seen = async () => projections.waitFor(names, await store.lastPosition(), stop.signal);
  await seen();
  for (const ports of processors) await settleDue(ports, stop.signal);
  await seen();
  stop.abort();
  await running;
}
