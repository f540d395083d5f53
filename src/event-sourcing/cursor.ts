import { type EventStore, type Position } from './event-store.js';
import { Rejection } from './rejection.js';

/** A position as it is given out: with the log it belongs to, so that another log's cursor is refused. */
export const toCursor = (store: Pick<EventStore, 'logId'>, position: Position): string => `${store.logId}.${position}`;

/**
 * The position in a cursor that was given out.
 * @param name the argument that holds the cursor, for messages
 * @throws Rejection `INVALID_CURSOR`, `CURSOR_OF_ANOTHER_LOG`
 */
export function fromCursor(store: Pick<EventStore, 'logId'>, cursor: string, name = 'after'): Position {
  const [, logId, position] = /^([\w-]+)\.(\d+)$/.exec(cursor) ?? [];
  if (logId === undefined || position === undefined) {
    const why = `${name}: "${cursor.slice(0, 80)}" is not a cursor of this API; take one from its answers.`;
    throw new Rejection('INVALID_CURSOR', why);
  }
  if (logId !== store.logId) {
    throw new Rejection('CURSOR_OF_ANOTHER_LOG', `${name} is from another event store; leave ${name} out.`);
  }
  return position;
}

/**
 * Whoever has a position that the log has not come to has seen events that it has lost since.
 * @param name the argument that holds the cursor, for messages
 * @throws Rejection `CURSOR_BEYOND_END`
 */
export async function expectReached(
  store: Pick<EventStore, 'lastPosition'>,
  position: Position,
  name = 'after',
): Promise<void> {
  if (position <= (await store.lastPosition())) return;
  throw new Rejection(
    'CURSOR_BEYOND_END',
    `${name} is beyond the end of the event store: perhaps an older copy was restored. Leave ${name} out.`,
  );
}
