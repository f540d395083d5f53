import { type ReadModel, type Tx } from '../../read-models/read-model.js';
import { type EventStore, type Position } from '../../event-sourcing/event-store.js';
import { type ProjectionStatus } from '../../event-sourcing/progress.js';
import { type ProjectionStore } from '../../event-sourcing/projection-processor.js';
import { ProjectionRunner } from '../../event-sourcing/projection-runner.js';
import { type SubscriptionStatus } from '../../event-sourcing/subscription-status.js';
import { catalogueProjection } from '../../catalogue/projections/catalogue-projection.js';
import { summaryProjection } from '../../reports/projections/summary-projection.js';
import { breachesProjection } from '../../reports/projections/breaches-projection.js';
import { mergePropagationsProjection } from '../../tickets/projections/merge-propagations-projection.js';
import { recalculationsProjection } from '../../tickets/projections/recalculations-projection.js';
import { ticketsProjection } from '../../tickets/projections/tickets-projection.js';

/** Every projection there is. */
export const allProjections: readonly ReadModel[] = [
  catalogueProjection,
  ticketsProjection,
  breachesProjection,
  summaryProjection,
  recalculationsProjection,
  mergePropagationsProjection,
];

export const projectionNames: readonly string[] = allProjections.map(({ name }) => name);

/** All projections at work, in this thread or another. */
export interface RunningProjections {
  /** How each of them is doing. */
  readonly statuses: readonly ProjectionStatus[];
  /** How the log is that they follow. */
  readonly subscription: SubscriptionStatus;
  /** Projects until the signal aborts. One that fails is told of, and stops alone. */
  run(signal: AbortSignal, failed: (status: ProjectionStatus) => void): Promise<void>;
  /**
   * Whether some of them reached a position before the signal aborted.
   * @throws Rejection `PROJECTION_FAILED` where one failed before that position
   */
  waitFor(names: readonly string[], position: Position, signal: AbortSignal): Promise<boolean>;
  /** Resolves when one has moved on or failed, or the signal aborts. */
  moved(name: string, signal: AbortSignal): Promise<void>;
}

/** The log, and how those who follow it are served. */
export interface Followed {
  readonly store: EventStore;
  readonly status: () => SubscriptionStatus;
}

/** All projections, run in this thread. */
export class Projections extends ProjectionRunner<Tx> implements RunningProjections {
  constructor(
    private readonly log: Followed,
    rows: ProjectionStore<Tx>,
    changed?: (status: ProjectionStatus) => void,
  ) {
    super(log.store, rows, allProjections, changed);
  }

  get subscription(): SubscriptionStatus {
    return this.log.status();
  }
}
