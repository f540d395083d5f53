import { existsSync } from 'node:fs';
import { type Kysely } from 'kysely';
import { resolveHolidays } from '../business-time/holiday-sources.js';
import { type TimeSource, systemTime } from '../time/time-source.js';
import { type Settings } from '../config/settings.js';
import { type LeaseDatabase, endLeases, openLeases } from '../deadlines/leases.js';
import {
  damageIn,
  openReadModels,
  openReadModelsForReading,
  type ReadModels,
  removeReadModels,
  replaceReadModels,
} from '../read-models/read-models.js';
import { type Schema } from '../read-models/schema.js';
import { type Readers, readersOf } from '../read-models/scoped.js';
import { logToStderr } from '../observability/log.js';
import { type EventStore, type Position } from '../event-sourcing/event-store.js';
import { type StorageFault } from '../event-sourcing/storage-fault.js';
import { StreamCache } from '../event-sourcing/stream-cache.js';
import { WatchedLog, type WatchPorts } from '../event-sourcing/watched-log.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type Finding } from '../event-sourcing/standing.js';
import { type DataFolder, filesOf, openDataFolder } from '../event-store/sqlite/data-folder.js';
import { LastSeen } from '../event-store/last-seen.js';
import { expectAllThatWasSeen, expectLog } from './expected-log.js';
import { type OpenEventStore, openEventStore, type Waiting } from './open-event-store.js';
import { Catalogue } from '../catalogue/catalogue.js';
import { HolidaysApart, type ResolveHolidays } from '../catalogue/holidays-apart.js';
import { seedCatalogue } from '../catalogue/seed.js';
import { allProjections, Projections, type RunningProjections } from './projection-worker/projections.js';
import { FirstBuild } from './projection-worker/first-build.js';
import { ThreadedProjections } from './projection-worker/threaded-projections.js';
import { ReadFiles } from './read-threads/read-files.js';
import { type AllReads, ReadsHere } from './read-threads/reads-here.js';
import { ThreadedReads } from './read-threads/threaded-reads.js';
import { type Ticket } from '../tickets/domain/ticket.js';
import { openWebhooks, type Webhooks } from '../webhooks/open-webhooks.js';
import { type BackgroundProcessors, backgroundProcessors } from './background-processors.js';

/** How many tickets are cached, those at work now, and how many bytes they take. At most twice as much is. */
const ticketsKept = { streams: 128, bytes: 64 * 2 ** 20, bytesOf: (ticket: Ticket) => ticket.bytes };

/** An open data folder: the log, what is known of it, and the ports on them. */
export interface PledgeContext {
  readonly settings: Settings;
  readonly store: WatchedLog;
  readonly catalogue: Catalogue;
  readonly time: TimeSource;
  readonly resolveHolidays: ResolveHolidays;
  /** Tickets seen recently. */
  readonly tickets: StreamCache<Ticket>;
  readonly db: Kysely<Schema>;
  /** The read models, for whoever says for whom. */
  readonly readers: Readers;
  /** What may take long to read. */
  readonly reads: AllReads;
  readonly projections: RunningProjections;
  /** Whether the read models have what was recorded before they were opened. */
  readonly firstBuild: FirstBuild;
  /** The damage that was met in the read models since. */
  readonly damage: () => StorageFault | undefined;
  readonly webhooks: Webhooks;
  /** Who does what work behind, and what it is stuck on. */
  readonly leases: LeaseDatabase;
  readonly work: BackgroundProcessors;
  close(): Promise<void>;
}

export interface ContextOptions {
  readonly time?: TimeSource;
  /** Whether appends, projections and reads have threads of their own, as a server's should. */
  readonly threaded?: boolean;
  /** Whether holidays are resolved in a thread that is ended when it takes too long; as `threaded` says by default. */
  readonly holidaysApart?: boolean;
  /** For how long a store that does not answer is waited for; some seconds by default. */
  readonly waiting?: Waiting;
  /** Opens its log; by default the one that the settings name. */
  readonly open?: typeof openEventStore;
  /** How it takes what it finds; by default it refuses a log that is older than what is known of it. */
  readonly finding?: Finding;
}

/**
 * Opens the data folder for one process, and makes all that it lacks.
 * @throws Rejection `DATA_FOLDER_IN_USE`, `DATA_NOT_WRITABLE`, `DATA_FROM_NEWER_VERSION`; `LOG_OLDER` where the log is missing,
 * shorter or other than what is known of it; and what {@link openEventStore} throws
 */
export async function openPledgeContext(
  settings: Settings,
  command: string,
  {
    time = systemTime,
    threaded = false,
    holidaysApart = threaded,
    open = openEventStore,
    finding = inTheLog,
    ...options
  }: ContextOptions = {},
): Promise<PledgeContext> {
  const folder = openDataFolder(settings.data, { command, since: new Date(time.now()).toISOString() });
  let log: OpenEventStore | undefined;
  let readModels: ReadModels | undefined;
  let webhooks: Webhooks | undefined;
  let leases: LeaseDatabase | undefined;
  let reads: AllReads | undefined;
  const apart = holidaysApart ? new HolidaysApart() : undefined;
  let lastSeen: LastSeen | undefined;
  const close = async () => {
    await apart?.close();
    await reads?.close();
    await webhooks?.close();
    await leases?.destroy();
    await readModels?.close();
    await log?.close();
    lastSeen?.close();
    folder.release();
  };
  /** A log elsewhere is remembered here as it is looked at; one in the folder by its writer, at each commit. */
  const seenElsewhere = (): Pick<WatchPorts, 'seen'> => {
    if (settings.eventStoreUrl === null) return {};
    const kept = (lastSeen = new LastSeen(folder.lastSeenFile));
    return {
      seen: (logId, { position, mark }) => {
        if (mark !== undefined) kept.write({ logId, position, mark });
      },
    };
  };
  try {
    expectLog(settings, folder, finding);
    log = await open(settings, { threaded, ...options });
    const store = new WatchedLog({ ...log, ...seenElsewhere() });
    await expectAllThatWasSeen(folder, store, finding);
    readModels = await openReadModels(folder.readModelsFile, { log: store, projections: allProjections }, finding);
    webhooks = await openWebhooks(folder.webhookFiles, { store, time }, finding);
    leases = await openLeases(folder.leasesFile, finding);
    await endLeases(leases); // the folder is ours alone
    const catalogue = new Catalogue(store, settings.defaultPlan);
    const ports = { store, catalogue, time, resolveHolidays: apart?.resolve ?? resolveHolidays };
    await seedCatalogue(ports, settings.timeZone);
    await catalogue.expectPlan(settings.defaultPlan);
    const projections = threaded
      ? new ThreadedProjections(settings, log.committed, log.status())
      : new Projections(log, readModels);
    const tickets = new StreamCache<Ticket>(ticketsKept);
    reads = threaded ? new ThreadedReads(settings) : readsHere(folder, { store, catalogue });
    const { db } = readModels;
    const readers = readersOf(db, reads, allProjections);
    const opened = { settings, ...ports, tickets, db, readers, reads, projections, leases };
    const firstBuild = new FirstBuild(projections, await store.lastPosition());
    const damage = () => damageIn(folder.readModelsFile);
    return { ...opened, firstBuild, damage, webhooks, work: backgroundProcessors(opened), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Writes to the log what is made or replaced in a data folder. */
export const reportInLog = (message: string): void => {
  logToStderr({ level: 'warn', code: 'DATA_FOLDER', message });
};

const inTheLog: Finding = { acceptsOlderLog: false, report: reportInLog };

const readsHere = (
  { readModelsFile, webhookFiles }: DataFolder,
  log: { readonly store: EventStore; readonly catalogue: Catalogue },
): AllReads => {
  const files = new ReadFiles({ readModels: readModelsFile, outbox: webhookFiles.outbox });
  return new ReadsHere({ files, log: () => Promise.resolve(log) });
};

export interface ReadOnlyContext {
  readonly store: EventStore;
  readonly catalogue: Catalogue;
  /** The read models as far as they have come; undefined where there are none yet. */
  readonly db: Kysely<Schema> | undefined;
  close(): Promise<void>;
}

/** The log and the read models for reading alone, beside whoever owns them. @throws what {@link openEventStore} throws */
export async function openForReading(settings: Settings): Promise<ReadOnlyContext> {
  const log = await openEventStore(settings, { readonly: true });
  const { store } = log;
  try {
    const db = await openReadModelsForReading(filesOf(settings.data).readModelsFile, store.logId);
    const close = async () => {
      await db?.destroy();
      await log.close();
    };
    return { store, catalogue: new Catalogue(store, settings.defaultPlan), db, close };
  } catch (error) {
    await log.close();
    throw error;
  }
}

/**
 * Builds the read models anew beside the old ones, and puts them in their place when they have seen the whole log; answers
 * how far that goes.
 * @throws Rejection `DATA_NOT_FOUND`, and what {@link openPledgeContext} throws
 */
export async function rebuildReadModels(settings: Settings, finding = inTheLog): Promise<Position> {
  const { path, eventsFile } = filesOf(settings.data);
  if (settings.eventStoreUrl === null && !existsSync(eventsFile))
    throw new Rejection('DATA_NOT_FOUND', `There is no event store in ${path} to build from.`);
  const folder = openDataFolder(settings.data, { command: 'rebuild', since: new Date().toISOString() });
  const anew = `${folder.readModelsFile}.new`;
  let log: OpenEventStore | undefined;
  try {
    expectLog(settings, folder, finding);
    removeReadModels(anew);
    log = await openEventStore(settings);
    await expectAllThatWasSeen(folder, log.store, finding);
    const readModels = await openReadModels(anew, { log: log.store, projections: allProjections });
    try {
      await new Projections(log, readModels).catchUp();
    } finally {
      await readModels.close();
    }
    replaceReadModels(folder.readModelsFile, anew);
    return await log.store.lastPosition();
  } finally {
    await log?.close();
    folder.release();
  }
}
