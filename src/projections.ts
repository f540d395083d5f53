import { type Tx } from './database/read-models.js';
import { type EventStore, type Position } from './event-sourcing/event-store.js';
import { type Projection, type ProjectionStatus, type ProjectionStore, Projector } from './event-sourcing/projector.js';
import { catalogueProjection } from './plans/projections/catalogue-projection.js';
import { summaryProjection } from './reports/projections/summary-projection.js';
import { breachesProjection } from './sla/projections/breaches-projection.js';
import { ticketsProjection } from './tickets/projections/tickets-projection.js';

const all: readonly Projection<Tx>[] = [catalogueProjection, ticketsProjection, breachesProjection, summaryProjection];

/** All projections, run side by side. */
export class Projections {
  private readonly projectors: readonly Projector<Tx>[];

  constructor(store: EventStore, rows: ProjectionStore<Tx>) {
    this.projectors = all.map((projection) => new Projector(store, rows, projection));
  }

  /** How each of them is doing. */
  get statuses(): readonly ProjectionStatus[] {
    return this.projectors.map(({ status }) => status);
  }

  /** Projects what is in the log now, and ends. One after another: they share a connection. */
  async catchUp(signal?: AbortSignal): Promise<void> {
    for (const projector of this.projectors) await projector.catchUp(signal);
  }

  /** Projects until the signal aborts. One that fails is told of, and stops alone. */
  async run(signal: AbortSignal, failed: (status: ProjectionStatus) => void): Promise<void> {
    await Promise.all(
      this.projectors.map((projector) =>
        projector.run(signal).catch(() => {
          failed(projector.status);
        }),
      ),
    );
  }

  /** Whether some of them reached a position before the signal aborted. */
  async waitFor(names: readonly string[], position: Position, signal: AbortSignal): Promise<boolean> {
    const reached = await Promise.all(names.map((name) => this.of(name).waitFor(position, signal)));
    return reached.every(Boolean);
  }

  /** Resolves when one has moved on, or the signal aborts. */
  moved(name: string, signal: AbortSignal): Promise<void> {
    return this.of(name).moved(signal);
  }

  private of(name: string): Projector<Tx> {
    const projector = this.projectors.find(({ projection }) => projection.name === name);
    if (projector === undefined) throw new Error(`there is no projection ${name}`);
    return projector;
  }
}
