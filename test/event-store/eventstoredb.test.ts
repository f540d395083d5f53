import { afterAll, beforeAll } from '@jest/globals';
import { newId } from '../../src/event-sourcing/new-id.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { describeEventStore, event } from '../contract/event-store.contract.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';
import { asIfEmpty } from '../support/on-shared-server.js';

/** A real server to run this on, by its connection string. */
const real = process.env['TEST_EVENTSTOREDB_URL'];

let wire: WireServer | undefined;
let url = real ?? '';
beforeAll(async () => {
  if (real !== undefined) return;
  wire = await WireServer.start();
  ({ url } = wire);
});
afterAll(() => wire?.stop());

describeEventStore(
  `the EventStoreDB event store, on ${real === undefined ? 'the wire' : 'a real server'}`,
  async () => {
    const server = await EventStoreDbEventStore.open(url);
    const store = await asIfEmpty(server, `test-${newId()}-`);
    await server.append(`another-${newId()}`, 'noStream', [event({}, 'OfAnotherTest')]);
    return { store, close: () => server.close() };
  },
);
