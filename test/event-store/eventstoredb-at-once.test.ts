import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { all, event } from '../contract/event-store.contract.js';
import { times } from '../support/lengths.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';

const appends = times({ short: 100, long: 1_000 });
const lanes = 20;

/** A server that drops an append whose like is not indexed yet, and names revisions that a read does not show. */
describe('an append that is sent twice at once', () => {
  let server: WireServer;
  let stores: readonly EventStoreDbEventStore[];
  const retryPolicy = { firstWaitMs: 1, longestWaitMs: 5 };
  beforeEach(async () => {
    server = await WireServer.start({ commitTimeoutMs: 20 });
    Object.assign(server.faults, { aheadEvery: 3, commitMs: 4 });
    stores = await Promise.all([1, 2].map(() => EventStoreDbEventStore.open(server.url, { retryPolicy })));
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.stop();
  });

  /** What two are answered who append the same, again and again, to streams that grow. */
  async function again(two: readonly EventStoreDbEventStore[]): Promise<void> {
    const lane = async (n: number) => {
      for (let revision = -1; revision < appends / lanes - 1; revision++) {
        const events = [event()];
        const expected = revision < 0 ? 'noStream' : revision;
        const answers = two.map((store) => store.append(`lane-${n}`, expected, events));
        const [one, other] = await Promise.all(answers);
        expect(one).toEqual(other);
        expect(one).toMatchObject({ revision: revision + 1 });
      }
    };
    await Promise.all(Array.from({ length: lanes }, (_, n) => lane(n)));
    const [store] = stores;
    if (store !== undefined) expect(await all(store.readAll())).toHaveLength(appends);
  }

  it('by two processes is answered alike, again and again', async () => {
    await again(stores);
    expect(server.faults.repeatedInFlight).toBeGreaterThan(appends / 50);
  });

  it('by one process is in flight once, again and again', async () => {
    await again(stores.slice(0, 1).flatMap((store) => [store, store]));
    expect(server.faults.repeatedInFlight).toBe(0);
  });
});
