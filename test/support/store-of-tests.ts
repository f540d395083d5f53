import { afterAll } from '@jest/globals';
import { newId } from '../../src/event-sourcing/new-id.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { type ContextOptions } from '../../src/app/pledge-context.js';
import { type OpenEventStore } from '../../src/app/open-event-store.js';
import { WireServer } from './eventstoredb/wire-server.js';
import { asIfEmpty } from './on-shared-server.js';

/** The store that these tests are on; jest.config.js runs some of them once on each. */
export const storeOfTests = Reflect.get(globalThis, 'storeOfTests') === 'eventstoredb' ? 'eventstoredb' : 'sqlite';

/** A real server of EventStoreDB to be on instead of the wire, by its connection string. */
const real = process.env['TEST_EVENTSTOREDB_URL'];

/** Whether a process of its own can be on the store of a test: on a real server all of them share one log. */
export const mayBeProcesses = storeOfTests === 'sqlite' || real === undefined;

/** A server for each data folder of these tests, as if it were in there. */
const servers = new Map<string, Promise<WireServer>>();
const logs = new Map<string, Promise<OpenEventStore>>();
afterAll(async () => {
  for (const log of await Promise.all(logs.values())) await log.close();
  for (const server of await Promise.all(servers.values())) await server.stop();
  logs.clear();
  servers.clear();
});

function ofFolder<Kept>(kept: Map<string, Promise<Kept>>, folder: string, make: () => Promise<Kept>): Promise<Kept> {
  const made = kept.get(folder) ?? make();
  kept.set(folder, made);
  return made;
}

/** The server of a data folder, on the wire. */
export const serverOf = (folder: string): Promise<WireServer> =>
  ofFolder(servers, folder, () => WireServer.start({ maxAppendSize: 8 * 1024 * 1024 }));

/** The URL of the store of a data folder; null where it is in there. */
export const storeUrlOf = async (folder: string): Promise<string | null> =>
  storeOfTests === 'sqlite' ? null : (real ?? (await serverOf(folder)).url);

/** What a process is told, to be on the store of a data folder. */
export async function environmentOf(folder: string): Promise<NodeJS.ProcessEnv> {
  const url = await storeUrlOf(folder);
  return url === null ? {} : { EVENT_STORE_URL: url };
}

/** How a ledger of this process opens its log: on a real server each folder has one as if it were alone there. */
export async function openingOf(folder: string): Promise<Pick<ContextOptions, 'open'>> {
  if (mayBeProcesses || real === undefined) return {};
  const log = await ofFolder(logs, folder, () => sharedLog(real));
  return { open: () => Promise.resolve({ ...log, close: () => Promise.resolve() }) };
}

async function sharedLog(url: string): Promise<OpenEventStore> {
  const server = await EventStoreDbEventStore.open(url);
  return {
    store: await asIfEmpty(server, `test-${newId()}-`),
    status: () => server.status,
    committed: () => Promise.resolve(),
    notify: () => undefined,
    probe: () => Promise.resolve(),
    close: () => server.close(),
  };
}
