import { type Kysely } from 'kysely';
import { type Clock, systemClock } from './clock/clock.js';
import { type Settings } from './config/settings.js';
import { openReadModels, type ReadModels } from './database/read-models.js';
import { type Schema } from './database/schema.js';
import { type EventStore } from './event-sourcing/event-store.js';
import { openDataFolder } from './event-store/sqlite/data-folder.js';
import { SqliteEventStore } from './event-store/sqlite/sqlite-event-store.js';
import { Catalogue } from './plans/catalogue.js';
import { seedCatalogue } from './plans/seed.js';
import { Projections } from './projections.js';
import { type WatcherPorts } from './sla/deadline-watcher.js';
import { dueTickets, nextDeadline } from './sla/queries/deadlines.js';
import { settleTicket } from './tickets/commands/change-ticket.js';

/** An open data folder: the log, what is known of it, and the ports on them. */
export interface Ledger {
  readonly settings: Settings;
  readonly store: EventStore;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly db: Kysely<Schema>;
  readonly projections: Projections;
  readonly watcher: WatcherPorts;
  close(): Promise<void>;
}

/**
 * Opens the data folder for one process, and makes all that it lacks: the one place that picks adapters.
 * @throws Rejection `DATA_FOLDER_IN_USE`, `DATA_NOT_WRITABLE`, `DATA_FROM_NEWER_VERSION`
 */
export async function openLedger(settings: Settings, command: string, clock: Clock = systemClock): Promise<Ledger> {
  const folder = openDataFolder(settings.data, { command, since: new Date(clock.now()).toISOString() });
  let store: SqliteEventStore | undefined;
  let readModels: ReadModels | undefined;
  const close = async () => {
    await readModels?.close();
    store?.close();
    folder.release();
  };
  try {
    store = SqliteEventStore.open(folder.eventsFile);
    readModels = await openReadModels(folder.readModelsFile);
    const catalogue = new Catalogue(store, settings.defaultPlan);
    await seedCatalogue({ store, catalogue, clock }, settings.timeZone);
    await catalogue.expectPlan(settings.defaultPlan);
    const projections = new Projections(store, readModels);
    const opened = { settings, store, catalogue, clock, db: readModels.db, projections };
    return { ...opened, watcher: watcherPorts(opened), close };
  } catch (error) {
    await close();
    throw error;
  }
}

function watcherPorts({ store, catalogue, clock, db, projections }: Omit<Ledger, 'watcher' | 'close'>): WatcherPorts {
  return {
    clock,
    deadlines: {
      next: () => nextDeadline(db),
      due: (now, limit) => dueTickets(db, now, limit),
      changed: (signal) => projections.moved('tickets', signal),
    },
    settle: (ticket) => settleTicket({ store, catalogue, clock }, ticket),
    refreshed: async (signal) => {
      await projections.waitFor(['tickets'], await store.lastPosition(), signal);
    },
    failed: (ticket, error) => {
      console.error(`ticket ${ticket} could not be settled; it is tried again in a minute:`, error);
    },
  };
}
