import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { RecentEvents } from '../../src/event-store/eventstoredb/recent-events.js';
import { event } from '../contract/event-store.contract.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';

describe('a reader that takes its time', () => {
  let server: WireServer;
  let store: EventStoreDbEventStore;
  beforeEach(async () => {
    server = await WireServer.start();
    store = await EventStoreDbEventStore.open(server.url);
    const text = 'x'.repeat(10_000);
    for (let i = 0; i < 1_000; i += 50) {
      const events = Array.from({ length: 50 }, () => event({ text }));
      await store.append('s', i === 0 ? 'noStream' : i - 1, events);
    }
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  const ways = [
    ['a stream', () => store.readStream('s')],
    ['the log', () => store.readAll()],
    ['a subscription', () => store.subscribe()],
  ] as const;
  it.each(ways)('of %s is sent little more than it has taken, and then the rest', async (_, read) => {
    let taken = 0;
    for await (const item of read()) {
      if ('kind' in item && item.kind === 'caughtUp') break;
      taken += 1;
      if (taken !== 1) continue;
      // Others are served meanwhile, and the server sends what it may.
      for (let i = 0; i < 20; i++) await store.lastPosition();
      expect(server.faults.sentEvents).toBeLessThan(400);
    }
    expect(taken).toBe(1_000);
  });
});

describe('the events kept at hand', () => {
  const at = (n: number) => String(n).padStart(20, '0');
  const stored = (n: number): StoredEvent => ({ ...event(), stream: 's', revision: n, position: at(n) });

  it('are some thousands, the last of them', () => {
    const recent = new RecentEvents(at(0));
    for (let n = 1; n <= 20_000; n++) recent.add(at(n), stored(n), 100);
    expect(recent.end).toBe(at(20_000));
    expect(recent.covers(at(10_000))).toBe(false);
    expect(recent.covers(at(19_999))).toBe(true);
    expect(recent.since(at(19_990)).map(({ revision }) => revision)).toEqual(
      Array.from({ length: 10 }, (_, i) => 19_991 + i),
    );
    expect(recent.since(at(0)).length).toBeLessThan(4_200);
  });

  it('are fewer where they are large', () => {
    const recent = new RecentEvents(at(0));
    for (let n = 1; n <= 200; n++) recent.add(at(n), stored(n), 1_000_000);
    expect(recent.since(at(0)).length).toBeLessThan(40);
    expect(recent.covers(recent.since(at(0))[0]?.position ?? at(0))).toBe(true);
  });

  it('have no gaps where something in the log is none of ours, or comes again', () => {
    const recent = new RecentEvents(at(5));
    for (const n of [5, 7, 6, 7, 9]) recent.add(at(n), stored(n), 1);
    recent.add(at(12), undefined, 1);
    expect(recent.since(at(5)).map(({ revision }) => revision)).toEqual([7, 9]);
    expect([recent.end, recent.covers(at(5)), recent.covers(at(4))]).toEqual([at(12), true, false]);
  });
});
