import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { describeEventStore } from '../contract/event-store.contract.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';

describeEventStore('the EventStoreDB event store', async () => {
  const server = await WireServer.start({ maxAppendSize: 8 * 1024 * 1024 });
  const store = await EventStoreDbEventStore.open(server.url);
  return {
    store,
    close: async () => {
      await store.close();
      await server.stop();
    },
  };
});
