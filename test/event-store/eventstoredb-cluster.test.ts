import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Connection } from '../../src/event-store/eventstoredb/connection.js';
import { readConnectionUrl } from '../../src/event-store/eventstoredb/connection-url.js';
import { Credentials } from '../../src/event-store/eventstoredb/credentials.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { all, event, hear } from '../contract/event-store.contract.js';
import { Cluster } from '../support/eventstoredb/cluster.js';
import { ManualClock } from '../support/manual-clock.js';

const retryPolicy = { firstWaitMs: 5, longestWaitMs: 50 };

describe('a cluster', () => {
  let cluster: Cluster;
  beforeEach(async () => {
    cluster = await Cluster.start(3);
  });
  afterEach(() => cluster.stop());

  it.each([
    ['each of its nodes', () => cluster.url],
    ['a name that discovers it', () => cluster.discoverUrl()],
    ['a name that leads to a node that does not lead', () => cluster.discoverUrl(2)],
    ['the one that leads', () => cluster.urlOf(0)],
    ['one that does not lead, and says which does', () => cluster.urlOf(1)],
  ])('is found by %s', async (_, url) => {
    const store = await EventStoreDbEventStore.open(url(), { retryPolicy });
    const one = event();
    await store.append('s', 'noStream', [one]);
    expect((await all(store.readAll())).map(({ id }) => id)).toEqual([one.id]);
    await store.close();
  });

  it.each([
    ['leads no more', () => Promise.resolve()],
    ['is killed', (node: number) => cluster.kill(node)],
  ])('whose leader %s, again and again, loses nothing and doubles nothing', async (_, before) => {
    const store = await EventStoreDbEventStore.open(cluster.url, { retryPolicy });
    const heard = hear(store, 300);
    const streams = Array.from({ length: 15 }, (_, i) => ({
      name: `s${i}`,
      events: Array.from({ length: 20 }, () => event()),
    }));
    let written = 0;
    const writing = streams.map(async ({ name, events }) => {
      for (const [i, one] of events.entries()) {
        await store.append(name, i === 0 ? 'noStream' : i - 1, [one]);
        written += 1;
      }
    });
    for (const [node, enough] of [
      [1, 60],
      [2, 180],
    ] as const) {
      while (written < enough) await new Promise((resolve) => setImmediate(resolve));
      await before(node - 1);
      cluster.elect(node);
    }
    await Promise.all(writing);
    for (const { name, events } of streams) {
      expect((await all(store.readStream(name))).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    }
    const log = (await all(store.readAll())).map(({ id }) => id);
    expect(log).toHaveLength(300);
    expect((await heard).map(({ id }) => id)).toEqual(log);
    await store.close();
  });

  it('whose leader stands still keeps a change waiting for one silence, though the next leads only later', async () => {
    const time = new ManualClock(0);
    const url = `${cluster.url}&gossipTimeout=600&keepAliveInterval=-1`; // one silence more is for ever
    const store = await EventStoreDbEventStore.open(url, { retryPolicy: { time, firstWaitMs: 0, answerMs: 3_000 } });
    await store.append('s', 'noStream', [event()]);
    time.moveTo(1_000);
    cluster.node(0).wire.suspend();
    const changed = async () => {
      const read = await all(store.readStream('s')); // as a command does
      return store.append('s', read.length - 1, [event()]);
    };
    const changing = changed();
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve)); // it is sent, and waits
    const asked = cluster.node(1).gossips;
    time.moveTo(4_000);
    while (cluster.node(1).gossips < asked + 2) await new Promise((resolve) => setImmediate(resolve));
    cluster.elect(1);
    expect(await changing).toMatchObject({ revision: 1 });
    cluster.node(0).wire.resume();
    await store.close();
  }, 20_000);

  it('that is given up while it is looked for in vain ends no process', async () => {
    const unhandled: unknown[] = [];
    const collect = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', collect);
    const url = readConnectionUrl(cluster.url);
    const connection = new Connection(url, new Credentials(url));
    const call = await connection.batchAppend();
    await Promise.all([0, 1, 2].map((node) => cluster.kill(node)));
    connection.abandon(call);
    await new Promise((resolve) => setImmediate(resolve));
    const finding = connection.batchAppend();
    connection.abandon(call);
    await expect(finding).rejects.toThrow('no leader can be reached');
    await new Promise((resolve) => setImmediate(resolve));
    await connection.close();
    process.off('unhandledRejection', collect);
    expect(unhandled).toEqual([]);
  });

  it('that is gone altogether is waited for, and ends no process', async () => {
    const store = await EventStoreDbEventStore.open(cluster.url, { retryPolicy: { ...retryPolicy, giveUpMs: 400 } });
    await store.append('s', 'noStream', [event()]);
    const stop = new AbortController();
    const listening = all(store.subscribe({ signal: stop.signal }));
    await Promise.all([0, 1, 2].map((node) => cluster.kill(node)));
    const asked = [store.append('s', 0, [event()]), store.lastPosition(), all(store.readStream('s'))];
    for (const answer of await Promise.allSettled(asked)) {
      expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'EVENT_STORE_UNAVAILABLE' } });
    }
    stop.abort();
    await listening;
    await store.close();
  });
});
