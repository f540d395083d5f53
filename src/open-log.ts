import { type EventStore } from './event-sourcing/event-store.js';
import { Rejection } from './event-sourcing/rejection.js';
import { filesOf, openDataFolder } from './event-store/sqlite/data-folder.js';
import { SqliteEventStore } from './event-store/sqlite/sqlite-event-store.js';

/** A log as it is stored, its events of whatever version. */
export interface StoredLog {
  readonly store: EventStore;
  /** How many appends it takes at once and keeps in the order of the calls, all or none. */
  readonly together: number;
  readonly close: () => Promise<void>;
}

/**
 * Opens a log by its address, a data folder (`PATH` or `sqlite:PATH`): to read it beside whoever writes it, or to write it
 * alone, made where it is not there.
 * @throws Rejection `UNKNOWN_ADDRESS`, `DATA_NOT_FOUND`, `DATA_FOLDER_IN_USE`, `DATA_NOT_WRITABLE`
 */
export async function openStoredLog(address: string, use: 'read' | 'write'): Promise<StoredLog> {
  const [, scheme, path = address] = /^([a-z][a-z\d+.-]+):(.*)$/i.exec(address) ?? [];
  if ((scheme !== undefined && scheme !== 'sqlite') || path === '') {
    throw new Rejection('UNKNOWN_ADDRESS', `«${address}» is no log: a folder, or sqlite:FOLDER.`);
  }
  return Promise.resolve(use === 'read' ? folderToRead(path) : folderToWrite(path));
}

function folderToRead(folder: string): StoredLog {
  const store = SqliteEventStore.open(filesOf(folder).eventsFile, { readonly: true });
  return { store, together: 1, close: () => store.close() };
}

function folderToWrite(path: string): StoredLog {
  const folder = openDataFolder(path, { command: 'copy', since: new Date().toISOString() });
  try {
    const store = SqliteEventStore.open(folder.eventsFile);
    const close = async () => {
      await store.close();
      folder.release();
    };
    return { store, together: 256, close };
  } catch (error) {
    folder.release();
    throw error;
  }
}
