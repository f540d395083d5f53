import { type Settings } from '../config/settings.js';
import { upcast } from '../event-schema/upcasters.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type SubscriptionStatus } from '../event-sourcing/subscription-status.js';
import { type OpenOptions as EventStoreDbOptions } from '../event-store/eventstoredb/eventstoredb-event-store.js';
import { readConnectionUrl } from '../event-store/eventstoredb/connection-url.js';
import { missingIn, type SecretFiles } from '../event-store/eventstoredb/credentials.js';
import { filesOf, openDataFolder } from '../event-store/sqlite/data-folder.js';
import { type OpenOptions, SqliteEventStore } from '../event-store/sqlite/sqlite-event-store.js';

/** A log of whichever store, open. */
export interface OpenEventStore {
  readonly store: EventStore;
  /** How those in this thread follow it. */
  readonly status: () => SubscriptionStatus;
  /** Calls back after each commit that other threads must hear of, until the signal aborts. */
  readonly committed: (listener: () => void, signal: AbortSignal) => Promise<void>;
  /**
   * Whether it can be written and still is the log that was opened, as far as its files tell.
   * @param wasFailing whether its last append failed: then something is written, to find out
   * @throws StorageFault
   */
  readonly probe: (wasFailing: boolean) => Promise<void>;
  /** Wakes those who follow it in this thread: another thread has committed. */
  readonly notify: () => void;
  readonly close: () => Promise<void>;
}

/** How a store that does not answer is waited for: until the signal aborts, with a call after each vain try. */
export interface Waiting {
  readonly signal: AbortSignal;
  readonly onRetry: (why: string) => void;
}

/** How long a command waits. */
const timeoutMs = 10_000;

const shortly = (): Waiting => ({ signal: AbortSignal.timeout(timeoutMs), onRetry: () => undefined });

export interface LogOptions extends Pick<OpenOptions, 'readonly' | 'threaded'> {
  readonly waiting?: Waiting;
  /** How long one who waits for an answer of a store elsewhere does so, in milliseconds; by default as a command does. */
  readonly patienceMs?: number;
  /** Called when the subscription is otherwise by which those in this thread follow it. */
  readonly subscribed?: (status: SubscriptionStatus) => void;
}

/**
 * Opens the log that the settings name: in EventStoreDB where they have a URL of one, else in the data folder.
 * @throws Rejection `EVENT_STORE_UNAVAILABLE`, `EVENT_STORE_REFUSES`, `INVALID_EVENT_STORE_URL`; for a folder see
 * {@link SqliteEventStore.open}
 */
export async function openEventStore(
  { data, eventStoreUrl, eventStorePasswordFile: passwordFile, eventStoreCaFile: caFile }: Settings,
  { waiting = shortly(), subscribed = () => undefined, patienceMs, ...options }: LogOptions = {},
): Promise<OpenEventStore> {
  const files = { passwordFile, caFile };
  if (eventStoreUrl !== null) {
    const retryPolicy = patienceMs === undefined ? {} : { giveUpMs: patienceMs };
    return inEventStoreDb(eventStoreUrl, waiting, { changed: subscribed, upcast, files, retryPolicy });
  }
  return inFolder(data, { ...options, upcast });
}

const alwaysLive: SubscriptionStatus = { state: 'live', lag: 0, reconnects: 0 };

function inFolder(folder: string, options: OpenOptions): OpenEventStore {
  const { eventsFile, lastSeenFile } = filesOf(folder);
  const store = SqliteEventStore.open(eventsFile, { lastSeenFile, ...options });
  const { committed, notify } = store;
  return { store, status: () => alwaysLive, committed, notify, probe: store.probe, close: () => store.close() };
}

/** The server itself tells of commits, in whichever thread or process. */
async function inEventStoreDb(
  url: string,
  { signal, onRetry }: Waiting,
  options: Pick<EventStoreDbOptions, 'changed' | 'upcast' | 'files' | 'retryPolicy'> = {},
): Promise<OpenEventStore> {
  // Loaded where it is asked for: the client is a fifth of a second that nobody else need wait.
  const { EventStoreDbEventStore } = await import('../event-store/eventstoredb/eventstoredb-event-store.js');
  const store = await EventStoreDbEventStore.open(url, { signal, waiting: onRetry, ...options });
  return {
    store,
    status: () => store.status,
    committed: () => Promise.resolve(),
    probe: (wasFailing) => store.probe(wasFailing),
    notify: () => undefined,
    close: () => store.close(),
  };
}

/** A log as it is stored, its events of whatever version. */
export interface StoredLog {
  readonly store: EventStore;
  /** How many appends it takes at once and keeps in the order of the calls, all or none. */
  readonly together: number;
  readonly close: () => Promise<void>;
}

/**
 * Opens a log by its address, a data folder (`PATH` or `sqlite:PATH`), EventStoreDB (`esdb://…`) or `env:NAME`, a variable
 * that has one: to read it beside whoever writes it, or to write it alone, made where it is not there.
 * @param files with what a connection string does not say by itself
 * @throws Rejection `UNKNOWN_ADDRESS`, `DATA_NOT_FOUND`, `DATA_FOLDER_IN_USE`, `DATA_NOT_WRITABLE`, `EVENT_STORE_UNAVAILABLE`
 */
export async function openStoredLog(
  address: string,
  use: 'read' | 'write',
  files: SecretFiles = {},
): Promise<StoredLog> {
  const [, scheme, path = address] = /^([a-z][a-z\d+.-]+):(.*)$/i.exec(address) ?? [];
  if (scheme === 'env') return openStoredLog(addressIn(path), use, files);
  if (scheme !== undefined && /^(esdb|kurrentdb)(\+discover)?$/.test(scheme)) {
    const log = await inEventStoreDb(address, shortly(), { files: missingIn(readConnectionUrl(address), files) });
    return { ...log, together: 1 };
  }
  if ((scheme !== undefined && scheme !== 'sqlite') || path === '') {
    throw new Rejection(
      'UNKNOWN_ADDRESS',
      'An event store is a folder, sqlite:FOLDER, esdb://… for EventStoreDB, or env:NAME.',
    );
  }
  return use === 'read' ? { ...inFolder(path, { readonly: true }), together: 1 } : folderToWrite(path);
}

/** An address that is told by the environment: so its password is in no list of processes. */
function addressIn(variable: string): string {
  const address = process.env[variable] ?? '';
  if (address !== '' && !address.startsWith('env:')) return address;
  throw new Rejection(
    'UNKNOWN_ADDRESS',
    `The variable ${/^\w{1,80}$/.test(variable) ? variable : 'named'} contains no address of an event store.`,
  );
}

function folderToWrite(path: string): StoredLog {
  const folder = openDataFolder(path, { command: 'copy', since: new Date().toISOString() });
  try {
    const log = inFolder(path, {});
    const close = async () => {
      await log.close();
      folder.release();
    };
    return { ...log, together: 256, close };
  } catch (error) {
    folder.release();
    throw error;
  }
}
