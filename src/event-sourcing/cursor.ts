import { type EventStore, type Position } from './event-store.js';
import { Rejection } from './rejection.js';

/** A position as it is given out: with the log it belongs to, so that another log's cursor is refused. */
export const toCursor = (store: Pick<EventStore, 'logId'>, position: Position): string => `${store.logId}.${position}`;

/**
 * The position in a cursor that was given out.
 * @throws Rejection `INVALID_CURSOR`, `CURSOR_OF_ANOTHER_LOG`
 */
export function fromCursor(store: Pick<EventStore, 'logId'>, cursor: string): Position {
  const [, logId, position] = /^([\w-]+)\.(\d+)$/.exec(cursor) ?? [];
  if (logId === undefined || position === undefined) {
    throw new Rejection('INVALID_CURSOR', `"${cursor.slice(0, 80)}" is not a cursor of this API.`);
  }
  if (logId !== store.logId) {
    throw new Rejection('CURSOR_OF_ANOTHER_LOG', 'The cursor is from another event store; start without one.');
  }
  return position;
}

/**
 * Whoever has a position that the log has not come to has seen events that it has lost since.
 * @throws Rejection `CURSOR_BEYOND_END`
 */
export async function expectReached(store: Pick<EventStore, 'lastPosition'>, position: Position): Promise<void> {
  if (position <= (await store.lastPosition())) return;
  const why =
    'The cursor is beyond the end of the event store, perhaps because an older copy was restored; start without one.';
  throw new Rejection('CURSOR_BEYOND_END', why);
}
