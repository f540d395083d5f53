import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  EventStoreDbEventStore,
  type OpenOptions,
} from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { StreamNames } from '../../src/event-store/eventstoredb/stream-names.js';
import { type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { all, event, hear } from '../contract/event-store.contract.js';
import { ManualClock } from '../support/manual-clock.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';

const retryPolicy = { firstWaitMs: 1, longestWaitMs: 20, quietMs: 50, answerMs: 1_000, giveUpMs: 5_000 };

let server: WireServer;
let stores: EventStoreDbEventStore[];
beforeEach(async () => {
  server = await WireServer.start();
  stores = [];
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  await server.stop();
});

async function open(prefix?: string, options: OpenOptions = {}): Promise<EventStoreDbEventStore> {
  const url = prefix === undefined ? server.url : `${server.url}&streamPrefix=${prefix}`;
  const store = await EventStoreDbEventStore.open(url, { retryPolicy, ...options });
  stores.push(store);
  return store;
}

/** Another program writes to streams of its own. */
function others(count: number): void {
  for (let n = 0; n < count; n++) server.write(`orders-${n % 10}`, 'OrderPlaced', { n });
}

describe('a store whose streams have a prefix', () => {
  it('has a log of its own among those of others', async () => {
    const [one, two] = [await open('pledge-'), await open('desk.test-')];
    const [first, second] = [event({ n: 1 }), event({ n: 2 })];
    others(20);
    await one.append('ticket-1', 'noStream', [first]);
    await two.append('ticket-1', 'noStream', [second]);
    others(20);
    expect(one.logId).not.toBe(two.logId);
    for (const [store, { id }] of [
      [one, first],
      [two, second],
    ] as const) {
      const [there] = await all(store.readStream('ticket-1'));
      expect(there).toMatchObject({ id, stream: 'ticket-1', revision: 0 });
      for (const types of [undefined, ['Happened']])
        expect((await all(store.readAll(types && { types }))).map((read) => read.id)).toEqual([id]);
      expect((await hear(store, 1)).map((heard) => heard.id)).toEqual([id]);
      expect(await store.lastPosition()).toBe(there?.position);
    }
    expect(server.log.readStream('pledge-ticket-1')).toHaveLength(1);
    expect((await open('pledge-')).logId).toBe(one.logId);
  });

  it('is sent nothing of what others write', async () => {
    // It does not ask meanwhile where the log ends.
    const store = await open('pledge-', { retryPolicy: { ...retryPolicy, quietMs: 60_000 } });
    await store.append('s', 'noStream', [event()]);
    others(500);
    const heard = hear(store, 2);
    while (store.status.state !== 'live') await sleep(1);
    const before = server.faults.sentEvents;
    others(500);
    await store.append('s', 0, [event()]);
    await heard;
    expect(server.faults.sentEvents - before).toBeLessThan(10);
    expect(await all(store.readAll())).toHaveLength(2);
  });

  it('is read past what another Pledge has written of the same types, also a page at a time', async () => {
    const patient = { retryPolicy: { ...retryPolicy, answerMs: 600_000 } };
    const [one, another] = [await open('pledge-', patient), await open('desk.test-')];
    const [first, last] = [event(), event()];
    await one.append('s', 'noStream', [first]);
    const theirs = Array.from({ length: 200 }, () => event());
    await another.append('s', 'noStream', theirs);
    await one.append('s', 0, [last]);
    server.faults.appends.push('holdAnswer');
    const appending = one.append('t', 'noStream', [event()]); // pages are read beside appends
    await server.faults.holding(1);
    for (const types of [undefined, ['Happened']]) {
      const ids = (await all(one.readAll(types && { types }))).map(({ id }) => id);
      expect(ids.slice(0, 2)).toEqual([first.id, last.id]);
    }
    server.faults.release();
    await appending;
  });

  it('keeps streams of any name apart', async () => {
    const store = await open('pledge-');
    const streams = ['', 'log', '~log', '$all', '~', '$', '~~log', 'pledge-', 's'];
    for (const stream of streams) await store.append(stream, 'noStream', [event()]);
    expect((await all(store.readAll())).map(({ stream }) => stream)).toEqual(streams);
    for (const stream of streams) expect(await all(store.readStream(stream))).toMatchObject([{ stream }]);
  });

  it('has the names on the server that a log without one always had', () => {
    const names = new StreamNames();
    const streams = ['', 'ticket-1', '$x', '~log'];
    expect(streams.map((stream) => names.toServer(stream))).toEqual(['~', 'ticket-1', '~$x', '~~log']);
    expect(streams.map((stream) => names.fromServer(names.toServer(stream)))).toEqual(streams);
    expect(['~log', '$x', 'ticket-1'].map((name) => names.isOurs(name))).toEqual([false, false, true]);
    expect(['$x', '~log', 'ticket-1'].map((name) => new RegExp(names.pattern).test(name))).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe('the last position', () => {
  it.each([undefined, 'pledge-'])(
    'is looked for past what others write once, and then past what is new (%s)',
    async (prefix) => {
      const store = await open(prefix);
      const { position } = await store.append('s', 'noStream', [event()]);
      const write = () => {
        if (prefix === undefined) server.log.writeSystemEvent();
        else others(1);
      };
      for (let n = 0; n < 2_000; n++) write();
      expect(await store.lastPosition()).toBe(position);
      const before = server.faults.consideredRecords;
      for (let n = 0; n < 50; n++) {
        write();
        expect(await store.lastPosition()).toBe(position);
      }
      expect(server.faults.consideredRecords - before).toBeLessThan(50 * 10);
      const next = await store.append('s', 0, [event()]);
      write();
      expect(await store.lastPosition()).toBe(next.position);
    },
  );

  it('is that of the log which was put back', async () => {
    const store = await open('pledge-');
    const { position } = await store.append('s', 'noStream', [event()]);
    others(5);
    const older = server.log.copy();
    await store.append('s', 0, [event()]);
    others(50);
    await store.lastPosition();
    server.log.putBack(older);
    others(7);
    expect(await store.lastPosition()).toBe(position);
    server.write('orders-long', 'OrderPlaced', { text: 'x'.repeat(50_000) }); // over where the other log ended
    expect(await store.lastPosition()).toBe(position);
  });
});

describe('a server that says nothing for long', () => {
  const answerMs = 1_000;
  let time: ManualClock;
  let reading: Promise<readonly StoredEvent[]>;
  let found: () => void;
  /** Reads the log, and the server looks past what others wrote until {@link found} is called. */
  async function read(): Promise<void> {
    time = new ManualClock(0);
    const store = await open('pledge-', { retryPolicy: { time, answerMs, firstWaitMs: 0 } });
    await store.append('s', 'noStream', [event()]);
    server.faults.looksPast = new Promise((resolve) => (found = resolve));
    reading = all(store.readAll());
    while (server.faults.filteredReads === 0) await sleep(1);
  }

  it('since it looks past what others wrote is waited for, as long as it answers beside that', async () => {
    await read();
    const { connections } = server.wire;
    for (let n = 0; n < 5; n++) {
      const silent = time.now() + answerMs;
      time.moveTo(silent);
      await time.asleepUntil(silent + answerMs); // it is asked a small question
      time.moveTo(silent + 1);
      await time.asleepUntil(silent + 1 + answerMs); // it has answered that, and is waited for
    }
    found();
    expect(await reading).toHaveLength(1);
    expect(server.wire.connections).toBe(connections);
    expect(server.faults.filteredReads).toBe(1);
  });

  it('and answers nothing beside it is left', async () => {
    await read();
    server.faults.looksPast = undefined;
    server.wire.silence();
    time.moveTo(answerMs);
    await time.asleepUntil(2 * answerMs);
    time.moveTo(2 * answerMs);
    expect(await reading).toHaveLength(1);
    expect(server.faults.filteredReads).toBe(2);
  });
});

describe('a server from before 23.10, which never says that a subscription has caught up', () => {
  it('is live when it has heard what there was, also under load', async () => {
    server.faults.saysCaughtUp = false;
    const store = await open();
    await store.append('s', 'noStream', [event()]);
    const stop = new AbortController();
    const listening = all(store.subscribe({ signal: stop.signal }));
    const state = () => store.status.state;
    while (state() !== 'live') await sleep(1);
    await server.stop();
    await server.start();
    const over = new AbortController();
    const writing = (async () => {
      for (let n = 0; !over.signal.aborted; n++) await store.append(`t${n}`, 'noStream', [event()]);
    })();
    while (store.status.reconnects === 0 || state() !== 'live') await sleep(1);
    over.abort();
    await writing;
    stop.abort();
    await listening;
  });
});
