import { binaryEvent, EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { newId } from '../../src/event-sourcing/new-id.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { all, describeEventStore, event, hear } from '../contract/event-store.contract.js';
import { type Cluster } from '../support/eventstoredb/cluster.js';
import { secureCluster, smallUser } from '../support/eventstoredb/secure-cluster.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';
import { asIfEmpty } from '../support/on-shared-server.js';

/** A real server to run this on, by its connection string. */
const real = process.env['TEST_EVENTSTOREDB_URL'];

let cluster: Cluster | undefined;
let url = real ?? '';
beforeAll(async () => {
  if (real !== undefined) return;
  cluster = await secureCluster();
  url = cluster.urlFor(smallUser);
});
afterAll(() => cluster?.stop());

describeEventStore(
  `the EventStoreDB event store, on ${real === undefined ? 'a cluster on TLS, with a user of the smallest rights' : 'a real server'}`,
  async () => {
    const server = await EventStoreDbEventStore.open(url);
    const store = await asIfEmpty(server, `test-${newId()}-`);
    await server.append(`another-${newId()}`, 'noStream', [event({}, 'OfAnotherTest')]);
    return { store, close: () => server.close() };
  },
);

describe('a log in EventStoreDB', () => {
  let server: WireServer;
  let store: EventStoreDbEventStore;
  let client: EventStoreDBClient;
  beforeEach(async () => {
    server = await WireServer.start();
    store = await EventStoreDbEventStore.open(server.url);
    client = EventStoreDBClient.connectionString(server.directUrl);
  });
  afterEach(async () => {
    await store.close();
    await client.dispose();
    await server.stop();
  });

  it("that is empty has events of the server's own, and none for those who read it", async () => {
    expect(server.log.records.length).toBeGreaterThan(0);
    expect(await all(store.readAll())).toEqual([]);
    expect(await store.lastPosition()).toMatch(/^0+$/);
    for await (const message of store.subscribe()) {
      expect(message).toEqual({ kind: 'caughtUp', position: await store.lastPosition() });
      break;
    }
  });

  it('has events as they are for others to read, with what was said of them as their metadata', async () => {
    const one = event({ a: [1, 'ä'] }, 'TicketOpened');
    await store.append('ticket-1', 'noStream', [one]);
    const [read] = await all(client.readStream('ticket-1'));
    expect(read?.event).toMatchObject({ isJson: true, type: 'TicketOpened', data: one.data, revision: 0n });
    expect(read?.event?.metadata).toEqual({ ...one.metadata, eventId: one.id });
  });

  it('is read past what other programs have put into it', async () => {
    const [first, last] = [event(), event()];
    await store.append('s', 'noStream', [first]);
    const theirs = [
      jsonEvent({ type: 'Theirs', data: {} }),
      jsonEvent({ type: 'Theirs', data: {}, metadata: { $correlationId: 'x' } }),
      jsonEvent({ type: 'Theirs', data: {}, metadata: Uint8Array.from([1, 2]) }),
      jsonEvent({ type: 'Theirs', data: {}, metadata: Buffer.from('null') }),
      binaryEvent({ type: 'Theirs', data: Buffer.from([0, 255]), metadata: Buffer.from([255]) }),
    ];
    const { position } = await client.appendToStream('theirs', theirs);
    expect(await store.lastPosition()).toBe(String(position?.commit).padStart(20, '0'));
    for await (const message of store.subscribe({ types: ['Never'] })) {
      expect(message).toEqual({ kind: 'caughtUp', position: await store.lastPosition() });
      break;
    }
    await store.append('s', 0, [last]);
    expect((await all(store.readAll())).map(({ id }) => id)).toEqual([first.id, last.id]);
    expect((await hear(store, 2)).map(({ id }) => id)).toEqual([first.id, last.id]);
    expect(await all(store.readStream('theirs'))).toEqual([]);
  });
});
