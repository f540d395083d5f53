import { join } from 'node:path';
import {
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  RevisionConflict,
  type StoredEvent,
} from '../../src/event-sourcing/event-store.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { type OpenStore } from '../contract/event-store.contract.js';
import { newFolder } from './api.js';
import { WireServer } from './eventstoredb/wire-server.js';

/** A log in a file of a test's own. */
export const newStore = (): SqliteEventStore => SqliteEventStore.open(join(newFolder(), 'events.db'));

type Upcast = (event: StoredEvent) => StoredEvent;

/** A log of a test's own in each of the stores; the one elsewhere is on the wire. */
export const eachStore: readonly { where: string; together: number; open: (upcast?: Upcast) => Promise<OpenStore> }[] =
  [
    { where: 'in the embedded store', together: 16, open: openLocal },
    { where: 'in EventStoreDB', together: 1, open: openRemote },
  ];

export async function openLocal(upcast: Upcast = (event) => event): Promise<OpenStore> {
  const store = SqliteEventStore.open(join(newFolder(), 'events.db'), { upcast });
  return Promise.resolve({ store, close: () => store.close() });
}

async function openRemote(upcast: Upcast = (event) => event): Promise<OpenStore> {
  const server = await WireServer.start();
  const store = await EventStoreDbEventStore.open(server.url, { upcast });
  const close = async () => {
    await store.close();
    await server.stop();
  };
  return { store, close };
}

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
    markAt: (position) => store.markAt(position),
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
