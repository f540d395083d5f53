import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type NewEvent } from '../../src/event-sourcing/event-store.js';
import { newId } from '../../src/event-sourcing/new-id.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { BackOff, defaultRetryPolicy } from '../../src/event-store/eventstoredb/retry-policy.js';
import { all, event, hear } from '../contract/event-store.contract.js';
import { type AppendFault } from '../support/eventstoredb/faults.js';
import { callError } from '../support/eventstoredb/messages.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';
import { ManualClock } from '../support/manual-clock.js';
import { meant } from '../support/meant.js';

const answerMs = 5_000;
const quietMs = 2_000;

let time: ManualClock;
let server: WireServer;
let store: EventStoreDbEventStore;

beforeEach(async () => {
  time = new ManualClock(0);
  server = await WireServer.start();
  store = await open();
});

afterEach(async () => {
  await store.close();
  await server.stop();
});

/** A store that tries again at once, and whose patience ends when the test says so. */
const open = (options: Parameters<typeof EventStoreDbEventStore.open>[1] = {}) =>
  EventStoreDbEventStore.open(server.url, { retryPolicy: { time, firstWaitMs: 0, answerMs, quietMs }, ...options });

const eventsOf = (count: number) => Array.from({ length: count }, () => event());

/** Writes events one after another to a stream of their own. */
async function write(stream: string, events: readonly NewEvent[]): Promise<void> {
  for (const [i, one] of events.entries()) await store.append(stream, i === 0 ? 'noStream' : i - 1, [one]);
}

/** Writes to many streams at a time; says what the log is to hold. */
async function writeMany(lanes: number, each: number): Promise<ReadonlyMap<string, readonly NewEvent[]>> {
  const streams = new Map(Array.from({ length: lanes }, (_, lane) => [`lane-${lane}`, eventsOf(each)]));
  await Promise.all([...streams].map(([stream, events]) => write(stream, events)));
  return streams;
}

/** Nothing is lost and nothing doubled: neither in the streams nor in the log, nor for who has listened. */
async function expectEach(
  streams: ReadonlyMap<string, readonly NewEvent[]>,
  heard?: readonly { readonly id: string }[],
): Promise<void> {
  for (const [stream, events] of streams) {
    expect((await all(store.readStream(stream))).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  }
  const log = (await all(store.readAll())).map(({ id }) => id);
  expect([...log].sort()).toEqual([...streams.values()].flatMap((events) => events.map(({ id }) => id)).sort());
  if (heard !== undefined) expect(heard.map(({ id }) => id)).toEqual(log);
}

describe('an append', () => {
  it.each<[string, AppendFault]>([
    ['the connection is cut before it was stored', 'cutBefore'],
    ['the connection is cut while it is sent', 'cutDuring'],
    ['the connection is cut after it was stored', 'cutAfter'],
    ['the answer comes twice', 'answerTwice'],
    ['the server says that it is not ready', 'notReady'],
    ['the server says that it could not write it in time', 'timeout'],
  ])('is stored once where %s', async (_, fault) => {
    server.faults.appends.push(fault);
    const [first, second] = [eventsOf(2), eventsOf(1)];
    const appended = await store.append('s', 'noStream', first);
    await store.append('s', appended.revision, second);
    expect(server.faults.appends).toEqual([]);
    await expectEach(new Map([['s', [...first, ...second]]]));
    expect(appended).toEqual({ revision: 1, position: (await all(store.readStream('s')))[1]?.position });
  });

  it('that is sent in parts is stored once and whole where the connection is cut between them', async () => {
    const events = Array.from({ length: 3 }, (_, i) => event({ text: String(i).repeat(300_000) }));
    server.faults.appends.push('cutDuring', 'cutAfter');
    expect(await store.append('s', 'noStream', events)).toMatchObject({ revision: 2 });
    expect(server.faults.appends).toEqual([]);
    await expectEach(new Map([['s', events]]));
  });

  it.each<[string, AppendFault]>([
    ['before one was stored', 'cutBefore'],
    ['after one was stored', 'cutAfter'],
  ])('among many is stored once where the connection is cut %s', async (_, fault) => {
    const heard = hear(store, 160);
    server.faults.appends.push('answerTwice', fault, 'answerTwice', fault, fault);
    const streams = await writeMany(32, 5);
    expect(server.faults.appends).toEqual([]);
    await expectEach(streams, await heard);
    expect(store.status.repeatedAppends).toBeGreaterThan(0);
  });

  it('is stored once where its answer is delayed past the time-out', async () => {
    server.faults.appends.push('holdAnswer');
    const events = eventsOf(1);
    const appending = store.append('s', 'noStream', events);
    await server.faults.holding(1);
    time.moveTo(answerMs);
    expect(await appending).toMatchObject({ revision: 0 });
    server.faults.release(); // to nobody
    await store.append('s', 0, [event()]);
    expect(await all(store.readStream('s'))).toHaveLength(2);
    expect(store.status.repeatedAppends).toBe(1);
  });

  it('that another has forestalled meanwhile is a conflict, however often it was sent', async () => {
    await server.stop();
    const appending = store.append('s', 'noStream', [event()]);
    await until(() => store.status.repeatedAppends > 1);
    const metadata = new Uint8Array();
    const theirs = { id: newId(), type: 'Theirs', contentType: 'application/json', data: Buffer.from('{}'), metadata };
    server.log.append('s', 'noStream', [theirs]);
    await server.start();
    await expect(appending).rejects.toMatchObject({ name: 'RevisionConflict', actual: 0 });
  });

  it('with an id that another writes with other content at the same time is refused to one', async () => {
    const other = await open();
    const one = event({ asOf: 1 });
    const tries = await Promise.allSettled([
      store.append('s', 'noStream', [one]),
      other.append('s', 'noStream', [{ ...one, data: { asOf: 2 } }]),
    ]);
    expect(tries.map(({ status: outcome }) => outcome).sort()).toEqual(['fulfilled', 'rejected']);
    expect(tries.find((tried) => tried.status === 'rejected')).toMatchObject({ reason: { code: 'EVENT_ID_REUSED' } });
    await other.close();
  });

  it('fails, and says why, when the server is gone for too long', async () => {
    await server.stop();
    const appending = store.append('s', 'noStream', [event()]);
    await until(() => store.status.repeatedAppends > 1);
    time.moveTo(60_000);
    await expect(appending).rejects.toMatchObject({ code: 'EVENT_STORE_UNAVAILABLE' });
  });

  it('larger than the server takes is refused', async () => {
    const large = event({ text: 'x'.repeat(1024 * 1024) });
    await expect(store.append('s', 'noStream', [large])).rejects.toMatchObject({ code: 'APPEND_TOO_LARGE' });
    await store.append('s', 'noStream', [event()]);
  });

  it('is taken by a server whose clock is far ahead', async () => {
    const ahead = await WireServer.start({ now: () => Date.now() + 3_600_000 });
    const other = await EventStoreDbEventStore.open(ahead.url);
    expect(await other.append('s', 'noStream', [event()])).toMatchObject({ revision: 0 });
    await other.close();
    await ahead.stop();
  });
});

describe('a subscription', () => {
  /** Hears events appended before, while and after something goes wrong. */
  async function through(wrong: () => Promise<void> | void): Promise<void> {
    const events = eventsOf(30);
    const heard = hear(store, 30);
    await write('s', events.slice(0, 10));
    await live();
    await wrong();
    for (const [i, one] of events.slice(10).entries()) await store.append('s', 9 + i, [one]);
    await settled();
    await expectEach(new Map([['s', events]]), await heard);
  }

  const live = async () => {
    while (store.status.state !== 'live') await new Promise((resolve) => setImmediate(resolve));
  };

  /** Moves on to when somebody sleeps until. */
  const pass = async (at: number) => {
    await time.asleepUntil(at);
    time.moveTo(at);
  };

  /** Lets the time pass that a store without news waits until it asks; does nothing where there is news. */
  let settled: () => Promise<void> = () => Promise.resolve();
  beforeEach(() => {
    settled = () => Promise.resolve();
  });

  const failures = [
    callError(status.UNAVAILABLE, 'gone'),
    callError(status.CANCELLED, 'Operation was cancelled by the server'),
    callError(status.INTERNAL, 'an error of the server'),
    callError(status.ABORTED, 'consumer too slow', { exception: 'consumer-too-slow' }),
  ];
  it.each(failures)('that the server ends with "$details" goes on where it was', async (failure) => {
    await through(() => {
      server.endSubscriptions(failure);
    });
    expect(store.status.reconnects).toBeGreaterThan(0);
  });

  it('that the server ends quietly goes on where it was', () =>
    through(() => {
      server.endSubscriptions();
    }));

  it('whose connection is cut goes on where it was', () =>
    through(() => {
      server.wire.cut();
    }));

  it('that has stalled is found out and made anew', async () => {
    settled = async () => {
      for (const quiet of [1, 2, 3]) await pass(quiet * quietMs); // it hears nothing, asks, and waits for what it misses
    };
    await through(() => {
      server.stallSubscriptions();
    });
    expect(store.status.reconnects).toBe(1);
  });

  it('whose connection was cut without a word is found out and made anew', async () => {
    const events = eventsOf(20);
    const heard = hear(store, 20);
    await write('s', events.slice(0, 10));
    await live();
    server.wire.silence();
    const other = await EventStoreDbEventStore.open(server.directUrl); // another node of the application
    await other.append('s', 9, events.slice(10));
    // It asks, and is not answered.
    for (const at of [quietMs, 2 * quietMs, 2 * quietMs + answerMs]) {
      await pass(at);
    }
    expect((await heard).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    // The connection of commands was cut as well; it is given up by a read of theirs, that is not answered.
    const reading = all(store.readStream('s'));
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      time.moveTo(time.now() + answerMs / 10);
    }
    expect(await reading).toHaveLength(20);
    await other.close();
  });

  it('that delivers events twice, and old ones again, is heard once', async () => {
    server.faults.isRepeating = true;
    await through(() => undefined);
  });

  it('comes back later and later, within bounds, and never at the same moment as others', async () => {
    const waited = async (random: number) => {
      const waits: number[] = [];
      const recording = { now: () => 0, elapsed: () => 0, sleepUntil: async (at: number) => void waits.push(at) };
      const backOff = new BackOff({ ...defaultRetryPolicy, time: recording, random: () => random });
      for (let i = 0; i < 10; i++) await backOff.wait(new AbortController().signal);
      backOff.reset();
      await backOff.wait(new AbortController().signal);
      return waits;
    };
    expect(await waited(0)).toEqual([25, 50, 100, 200, 400, 800, 1600, 2500, 2500, 2500, 25]);
    expect((await waited(0.5)).slice(0, 3)).toEqual([37.5, 75, 150]);
  });
});

describe('a read', () => {
  const ways = [
    ['a stream', (signal?: AbortSignal) => store.readStream('s', signal && { signal })],
    ['the log', (signal?: AbortSignal) => store.readAll(signal && { signal })],
    ['a subscription that catches up', (signal?: AbortSignal) => store.subscribe(signal && { signal })],
  ] as const;

  it.each(ways)('of %s goes on where it was when its connection is cut, again and again', async (_, read) => {
    const events = eventsOf(900);
    for (let i = 0; i < 900; i += 300) await store.append('s', i === 0 ? 'noStream' : i - 1, events.slice(i, i + 300));
    const seen: string[] = [];
    for await (const item of read()) {
      if (!('kind' in item)) seen.push(item.id);
      else if (item.kind === 'event') seen.push(item.event.id);
      else break;
      if (seen.length % 250 === 1) server.wire.cut();
    }
    expect(seen).toEqual(events.map(({ id }) => id));
  });

  it.each(ways)('of %s ends quietly when it is aborted while the server is away', async (_, read) => {
    await write('s', eventsOf(3));
    await server.stop();
    const stop = new AbortController();
    const reading = all<unknown>(read(stop.signal));
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect(await reading).toEqual([]);
    await server.start();
  });
});

describe('a store', () => {
  it('whose server is down at its start waits for it, and says so', async () => {
    await store.close();
    await server.stop();
    const whys: string[] = [];
    const told = new Promise<void>((resolve) => {
      const opening = open({
        waiting: (why) => {
          whys.push(why);
          if (whys.length === 2) resolve();
        },
      });
      void opening.then((opened) => (store = opened));
    });
    await told;
    await server.start();
    expect(whys[0]).toMatch(/^127\.0\.0\.1:\d+: ECONNREFUSED, nothing listens there$/);
    await until(
      async () =>
        (await store.lastPosition().catch(meant('EVENT_STORE_CLOSED', 'EVENT_STORE_UNAVAILABLE'))) !== undefined,
    );
    await store.append('s', 'noStream', [event()]);
  });

  it('that is told to stop waiting for its server does', async () => {
    await store.close();
    await server.stop();
    const stop = new AbortController();
    const opening = open({ signal: stop.signal, waiting: stop.abort.bind(stop) });
    await expect(opening).rejects.toMatchObject({ code: 'EVENT_STORE_UNAVAILABLE' });
    await server.start();
    store = await open();
  });

  it('whose server is restarted under load loses nothing and doubles nothing', async () => {
    const heard = hear(store, 400);
    const writing = writeMany(20, 20);
    for (const enough of [60, 150, 250]) {
      await until(() => server.log.records.length >= enough);
      await server.stop();
      await server.start();
    }
    await expectEach(await writing, await heard);
  });

  it('gives a log one name, also where two open it at once', async () => {
    const empty = await WireServer.start();
    const stores = await Promise.all([1, 2, 3, 4].map(() => EventStoreDbEventStore.open(empty.url)));
    expect(new Set(stores.map(({ logId }) => logId)).size).toBe(1);
    expect(await stores[0]?.lastPosition()).toMatch(/^0+$/);
    await Promise.all(stores.map((one) => one.close()));
    await empty.stop();
  });

  it('leaves nothing open when it is closed, whatever was under way', async () => {
    const listening = [hear(store, 1_000), hear(store, 1_000, { types: ['Never'] })];
    await write('s', eventsOf(20));
    await store.close();
    await Promise.all(listening);
    await until(() => server.openSubscriptions === 0 && server.wire.connections === 0);
  });

  it('that is closed does nothing more', async () => {
    await store.append('s', 'noStream', [event()]);
    await store.close();
    await expect(store.append('s', 0, [event()])).rejects.toMatchObject({ code: 'EVENT_STORE_CLOSED' });
    await expect(store.lastPosition()).rejects.toMatchObject({ code: 'EVENT_STORE_CLOSED' });
    for (const read of [store.readStream('s'), store.readAll(), store.subscribe()])
      expect(await all<unknown>(read)).toEqual([]);
    await until(() => server.wire.connections === 0);
  });

  it('has one subscription for all who follow it, and none when none does', async () => {
    const listening = Array.from({ length: 5 }, () => hear(store, 10));
    await write('s', eventsOf(10));
    expect(server.openSubscriptions).toBe(1);
    await Promise.all(listening);
    await until(() => server.openSubscriptions === 0);
  });

  it.each(['http://localhost', 'esdb://', 'esdb://me:secret@host:port', 'esdb://a?tls=perhaps'])(
    'refuses "%s" for a connection string, and repeats no password',
    async (url) => {
      const refused: unknown = await EventStoreDbEventStore.open(url).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'INVALID_EVENT_STORE_URL' });
      expect(String(refused)).not.toContain('secret');
    },
  );
});

/** Looks again and again, while others work. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
