import { Inject, Injectable } from '@nestjs/common';
import { fromCursor } from '../event-sourcing/cursor.js';
import { type EventStore, type Position } from '../event-sourcing/event-store.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { EVENT_STORE, PROJECTIONS } from '../tokens.js';

/** How far the read models are. */
export interface Progress {
  /** Whether all of some projections reached a position before the signal aborted. */
  waitFor(projections: readonly string[], position: Position, signal: AbortSignal): Promise<boolean>;
}

/** How long a query waits for the write it is to see. */
const patienceMs = 5_000;

/** Lets a reader see its own writes. */
@Injectable()
export class ReadBarrier {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(PROJECTIONS) private readonly progress: Progress,
  ) {}

  /**
   * Resolves once the projections have seen a write.
   * @throws Rejection `READ_MODEL_BEHIND`, `PROJECTION_FAILED`, and what {@link fromCursor} throws
   */
  async seen(projections: readonly string[], after: string | undefined): Promise<void> {
    if (after === undefined) return;
    const position = fromCursor(this.store, after);
    const signal = AbortSignal.timeout(patienceMs);
    if (await this.progress.waitFor(projections, position, signal).catch(withoutEvent)) return;
    throw new Rejection('READ_MODEL_BEHIND', `The read models have not seen ${after} within 5 seconds; ask again.`);
  }
}

/** The event that a projection stopped at is for operators: it may be of a customer whom the reader may not see. */
function withoutEvent(error: unknown): never {
  if (!(error instanceof Rejection && error.code === 'PROJECTION_FAILED')) throw error;
  throw new Rejection(error.code, 'A projection has stopped; GET /health says at what, with the permission «operate».');
}
