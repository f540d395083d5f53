import { Inject, Injectable } from '@nestjs/common';
import { expectReached, fromCursor, toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore, type Position } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { soon } from '../../event-sourcing/soon.js';
import { EVENT_STORE, FIRST_BUILD, PROJECTIONS } from '../../di-tokens.js';

/** Projections that can be waited for. */
export interface ReadProgress {
  /** Whether all of some projections reached a position before the signal aborted. */
  waitFor(projections: readonly string[], position: Position, signal: AbortSignal): Promise<boolean>;
}

/** Whether the read models have what was recorded before they were opened. */
export interface Build {
  readonly isOver: boolean;
  /** Whether some projections have it before the signal aborted. */
  over(projections: readonly string[], signal: AbortSignal): Promise<boolean>;
}

/** How long a query waits for what it is to see. */
const timeoutMs = 5_000;

/** Lets a reader see its own writes, and nobody take read models that are being built for all there is. */
@Injectable()
export class ReadBarrier {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(PROJECTIONS) private readonly progress: ReadProgress,
    @Inject(FIRST_BUILD) private readonly build: Build,
  ) {}

  /**
   * Resolves once the projections have been built, and have seen a write where one is named.
   * @throws Rejection `READ_MODEL_BUILDING`, `READ_MODEL_BEHIND`, `CURSOR_BEYOND_END`, `PROJECTION_FAILED`,
   * `EVENT_STORE_UNAVAILABLE`, and what {@link fromCursor} throws
   */
  async seen(projections: readonly string[], minPosition: string | undefined): Promise<void> {
    const position = minPosition === undefined ? undefined : fromCursor(this.store, minPosition, 'minPosition');
    if (position === undefined && this.build.isOver) return;
    const signal = AbortSignal.timeout(timeoutMs);
    if (!this.build.isOver && !(await this.build.over(projections, signal).catch(withoutEvent)))
      throw new Rejection('READ_MODEL_BUILDING', 'The read models are being built; try again later.');
    if (position !== undefined) await waitForPosition(this.store, this.progress, projections, position, signal);
  }
}

/**
 * Resolves once some projections have seen what was recorded up to a position.
 * @throws Rejection `READ_MODEL_BEHIND`, `CURSOR_BEYOND_END`, `PROJECTION_FAILED`, `EVENT_STORE_UNAVAILABLE`
 */
export async function waitForPosition(
  store: Pick<EventStore, 'logId' | 'lastPosition'>,
  progress: ReadProgress,
  projections: readonly string[],
  position: Position,
  signal = AbortSignal.timeout(timeoutMs),
): Promise<void> {
  // What they have seen is in the log, so that the store need not be asked.
  if (await progress.waitFor(projections, position, AbortSignal.abort())) return;
  await soon(expectReached(store, position, 'minPosition'));
  if (await progress.waitFor(projections, position, signal).catch(withoutEvent)) return;
  const why = `The read models did not reach ${toCursor(store, position)} within 5 seconds; try again.`;
  throw new Rejection('READ_MODEL_BEHIND', why);
}

/** The event that a projection stopped at is for operators: it may be of a customer whom the reader may not see. */
function withoutEvent(error: unknown): never {
  if (!(error instanceof Rejection && error.code === 'PROJECTION_FAILED')) throw error;
  throw new Rejection(
    error.code,
    'A projection has stopped; GET /health shows the event to users with the permission "operate".',
  );
}
