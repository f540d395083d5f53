import { join } from 'node:path';
import {
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  RevisionConflict,
} from '../../src/event-sourcing/event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { newFolder } from './api.js';

/** A log in a file of a test's own. */
export const newStore = (): SqliteEventStore => SqliteEventStore.open(join(newFolder(), 'events.db'));

type Append = (stream: string, expected: ExpectedRevision, events: readonly NewEvent[]) => Promise<Appended>;

/** A store whose appends go through a test's hands; the rest is as it was. */
export function withAppend(store: EventStore, append: (original: Append) => Append): EventStore {
  return {
    logId: store.logId,
    append: append((...given) => store.append(...given)),
    readStream: (...given) => store.readStream(...given),
    readAll: (...given) => store.readAll(...given),
    subscribe: (...given) => store.subscribe(...given),
    lastPosition: () => store.lastPosition(),
  };
}

/** A store whose first appends meet another writer; `tries` counts all of them. */
export function conflicting(
  store: EventStore,
  times: number,
): { readonly store: EventStore; readonly tries: () => number } {
  let tries = 0;
  const met = withAppend(store, (append) => (stream, expected, events) => {
    tries += 1;
    return tries > times
      ? append(stream, expected, events)
      : Promise.reject(new RevisionConflict(stream, expected, expected === 'noStream' ? 0 : expected + 1));
  });
  return { store: met, tries: () => tries };
}

/** A store whose first append is done, and yet says that it failed: the answer was lost. */
export function forgetful(store: EventStore): EventStore {
  let isLost = false;
  return withAppend(store, (append) => async (...given) => {
    const appended = await append(...given);
    if (isLost) return appended;
    isLost = true;
    throw new Error('the answer was lost');
  });
}
