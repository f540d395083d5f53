import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { RightOfWay } from '../../src/event-store/eventstoredb/right-of-way.js';
import { type Turn, ReadTurns } from '../../src/event-store/eventstoredb/turns.js';
import { all, event } from '../contract/event-store.contract.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => {
      resolve();
    });
  });

describe('a log that many follow', () => {
  let server: WireServer;
  let store: EventStoreDbEventStore;
  beforeEach(async () => {
    server = await WireServer.start();
    store = await EventStoreDbEventStore.open(server.url);
    await store.append(
      'long',
      'noStream',
      Array.from({ length: 400 }, () => event()),
    );
  });
  afterEach(async () => {
    await store.close();
    await server.stop();
  });

  /** Appends, and reads what is there then, as a command does. */
  async function change(): Promise<void> {
    const there = await all(store.readStream('s'));
    await store.append('s', there.at(-1)?.revision ?? 'noStream', [event()]);
  }

  /** Others' calls are on other connections, each of which was made once; and of none there were too many. */
  function expectApart(): void {
    const writing = server.streams.purposes.filter((purposes) => purposes.includes('append'));
    expect(writing).toHaveLength(1);
    expect(writing[0]).not.toContain('subscription');
    // Where the log ends, and what stands at one position, may be asked there; who follows does not read there.
    expect(server.streams.purposes.length).toBeLessThanOrEqual(3);
    expect(server.streams.most).toBeLessThan(100);
    expect(store.status.repeatedAppends).toBe(0);
  }

  it('is appended to and read while 250 follow it and stand still', async () => {
    const stop = new AbortController();
    let begun = 0;
    const stand = async () => {
      for await (const _ of store.readAll({ signal: stop.signal })) {
        begun += 1;
        await aborted(stop.signal);
      }
    };
    const followers: Promise<void>[] = [];
    for (let n = 0; n < 250; n++) {
      followers.push(stand());
      if (n % 25 === 0) await change();
    }
    while (begun < 250) await change(); // each has its turn, though nobody ends
    expectApart();
    stop.abort();
    await Promise.all(followers);
    await change();
    expectApart();
    expect(server.streams.open).toBeLessThanOrEqual(1); // that of appends
  });

  it('is subscribed to from the start by 60 who stand still, and heard live by another', async () => {
    const stop = new AbortController();
    const stand = async () => {
      for await (const _ of store.subscribe({ signal: stop.signal })) await aborted(stop.signal);
    };
    const followers = Array.from({ length: 60 }, stand);
    const after = await store.lastPosition();
    let heard = 0;
    for await (const { kind } of store.subscribe({ after, signal: stop.signal })) {
      if (kind === 'event') heard += 1;
      else await change();
      if (heard === 10) break;
    }
    expectApart();
    expect(server.openSubscriptions).toBe(1);
    stop.abort();
    await Promise.all(followers);
  });

  it('is read less while it is appended to, and never not at all', async () => {
    const stop = new AbortController();
    let read = 0;
    const follow = async () => {
      while (!stop.signal.aborted) for await (const _ of store.readAll({ signal: stop.signal })) read += 1;
    };
    const followers = Array.from({ length: 24 }, follow);
    const write = async (stream: string) => {
      for (let n = 0; n < 40; n++) await store.append(stream, n === 0 ? 'noStream' : n - 1, [event()]);
    };
    const lanes = Array.from({ length: 16 }, (_, n) => `lane-${n}`);
    const [before, began] = [read, performance.now()];
    await Promise.all(lanes.map(write));
    const pages = (performance.now() - began) / 50 + 8; // so many may be read though nothing is appended
    expect(read - before).toBeLessThan((16 * 40) / 2 + 64 * pages);
    expect(read).toBeGreaterThan(0);
    stop.abort();
    await Promise.all(followers);
    expectApart();
  });

  it('is read at the same pace by all who catch up', async () => {
    const read = Array.from({ length: 24 }, () => 0);
    let fewest: number | undefined;
    const follow = async (n: number) => {
      for await (const _ of store.readAll()) read[n] = (read[n] ?? 0) + 1;
      fewest ??= Math.min(...read); // when the first is done
    };
    await Promise.all(read.map((_, n) => follow(n)));
    expect(read).toEqual(read.map(() => 400));
    expect(fewest).toBeGreaterThan(200);
    expectApart();
  });
});

describe('the right of way', () => {
  const never = new AbortController().signal;

  it('is taken by nobody where nothing is appended', () => {
    expect(new RightOfWay().after(1_000, never)).toBeUndefined();
  });

  it('lets one event be read for two that are appended, first who has waited longest', async () => {
    const way = new RightOfWay();
    const went: string[] = [];
    let end: () => void = () => undefined;
    const others = way.during(1, () => new Promise<void>((resolve) => (end = resolve)));
    for (const [name, read] of [
      ['a', 2],
      ['b', 1],
    ] as const)
      void way.after(read, never)?.then(() => went.push(name));
    await way.during(3, () => Promise.resolve());
    expect(went).toEqual([]);
    await way.during(2, () => Promise.resolve());
    expect(went).toEqual(['a']);
    void way.after(9, never)?.then(() => went.push('c'));
    end();
    await others;
    await Promise.resolve();
    expect(went).toEqual(['a', 'b', 'c']); // nothing is appended any more
  });

  it('is not waited for by who has gone, nor for ever', async () => {
    const way = new RightOfWay();
    void way.during(1, () => new Promise(() => undefined));
    const gone = new AbortController();
    const waiting = way.after(1_000, gone.signal);
    gone.abort();
    await waiting;
    await way.after(1_000, never);
  });
});

describe('turns', () => {
  const never = new AbortController().signal;
  /** So many who ask for a turn, one after another; who has one, in the order in which they got it. */
  function asking(turns: ReadTurns, names: string) {
    const has: string[] = [];
    const held = new Map<string, Turn>();
    for (const name of names)
      void turns.take(never).then((turn) => {
        if (turn === undefined) return;
        has.push(name);
        held.set(name, turn);
      });
    return { has, held };
  }
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('are given in the order of asking, so many at a time', async () => {
    const turns = new ReadTurns(2);
    const { has, held } = asking(turns, 'abcde');
    await settled();
    expect([has, turns.taken]).toEqual([['a', 'b'], 2]);
    held.get('b')?.end();
    await settled();
    held.get('b')?.end(); // ended before
    await settled();
    expect([has, turns.taken]).toEqual([['a', 'b', 'c'], 2]);
    for (const name of 'acde') {
      held.get(name)?.end();
      await settled();
    }
    expect([has, turns.taken]).toEqual([['a', 'b', 'c', 'd', 'e'], 0]);
  });

  it('are lost by who stands still to who waits, and by nobody else', async () => {
    const turns = new ReadTurns(2);
    const first = asking(turns, 'ab');
    await settled();
    first.held.get('a')?.rests();
    expect(first.held.get('a')?.over.aborted).toBe(false); // nobody waits
    const later = asking(turns, 'cd');
    await settled();
    expect([later.has, first.held.get('a')?.over.aborted, first.held.get('b')?.over.aborted]).toEqual([
      ['c'],
      true,
      false,
    ]);
    first.held.get('b')?.rests();
    await settled();
    expect([later.has, first.held.get('b')?.over.aborted]).toEqual([['c', 'd'], true]);
  });

  it('are not kept for who has gone', async () => {
    const turns = new ReadTurns(1);
    const first = await turns.take(never);
    const gone = new AbortController();
    const going = turns.take(gone.signal);
    const { has } = asking(turns, 'c');
    gone.abort();
    expect(await going).toBeUndefined();
    first?.end();
    await settled();
    expect(has).toEqual(['c']);
  });
});
