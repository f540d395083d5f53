import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStoreDbEventStore } from '../../src/event-store/eventstoredb/eventstoredb-event-store.js';
import { FreshAnswer } from '../../src/event-store/eventstoredb/fresh-answer.js';
import { RecentPages } from '../../src/event-store/eventstoredb/recent-pages.js';
import { readAllFrom } from '../../src/event-store/eventstoredb/requests.js';
import { type Leave, RightOfWay } from '../../src/event-store/eventstoredb/right-of-way.js';
import { StreamNames } from '../../src/event-store/eventstoredb/stream-names.js';
import { type Turn, ReadTurns } from '../../src/event-store/eventstoredb/turns.js';
import { all, event } from '../contract/event-store.contract.js';
import { ManualClock } from '../support/manual-clock.js';
import { WireServer } from '../support/eventstoredb/wire-server.js';

const settled = () => new Promise((resolve) => setImmediate(resolve));

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
    let allHave: () => void = () => undefined;
    const haveAllBegun = new Promise<void>((resolve) => (allHave = resolve));
    const stand = async () => {
      for await (const _ of store.readAll({ signal: stop.signal })) {
        if ((begun += 1) === 250) allHave();
        await aborted(stop.signal);
      }
    };
    const followers: Promise<void>[] = [];
    for (let n = 0; n < 250; n++) {
      followers.push(stand());
      if (n % 25 === 0) await change();
    }
    await haveAllBegun; // each has its turn, though nobody ends
    await change();
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

  it('is read a page at a time while it is appended to, by each in turn, though the writers never pause', async () => {
    const stop = new AbortController();
    const write = async (stream: string) => {
      for (let n = 0; !stop.signal.aborted; n++) await store.append(stream, n === 0 ? 'noStream' : n - 1, [event()]);
    };
    const writers = ['a', 'b'].map(write);
    const read = Array.from({ length: 9 }, () => 0);
    const follow = async (n: number) => {
      for await (const _ of store.readAll({ signal: stop.signal })) {
        read[n] = (read[n] ?? 0) + 1;
        if (read[n] === 1) most = Math.max(...read);
        if (read.every((count) => count > 64)) stop.abort();
      }
    };
    let most = 0;
    await Promise.all(read.map((_, n) => follow(n)));
    expect(most).toBeLessThanOrEqual(128); // when the last of them had his first event
    await Promise.all(writers);
    expectApart();
  });

  it('is not read by those who go before it is their turn', async () => {
    server.faults.appends.push('holdAnswer');
    const appending = store.append('s', 'noStream', [event()]);
    await server.faults.holding(1);
    const stop = new AbortController();
    let read = 0;
    const follow = async () => {
      for await (const _ of store.readAll({ signal: stop.signal })) {
        read += 1;
        await aborted(stop.signal);
      }
    };
    const followers = Array.from({ length: 5 }, follow);
    while (read === 0) await settled();
    const before = server.streams.of('log').begun;
    stop.abort();
    await Promise.all(followers);
    server.faults.release();
    await appending;
    await change(); // whatever was asked before has come to the server
    expect(server.streams.of('log').begun).toBe(before);
  });

  it('is read once, and not by each, where many begin at the same place', async () => {
    const time = new ManualClock(0);
    const other = await EventStoreDbEventStore.open(server.url, { retryPolicy: { time } });
    const before = server.streams.of('log').begun;
    const ids = (await all(store.readAll())).map(({ id }) => id);
    const follow = async () => (await all(other.readAll())).map(({ id }) => id);
    for (const read of await Promise.all(Array.from({ length: 50 }, follow))) expect(read).toEqual(ids);
    const pages = Math.ceil(ids.length / 63);
    // Each reads the end of the log for himself. The rest is read by the eight who waited for nobody, and by who of the
    // others is there first, again eight at most.
    expect(server.streams.of('log').begun - before).toBeLessThan(50 + 16 * pages);
    await other.close();
  });

  it('is in the hands of eight at a time where others wait, but for those who stand still', async () => {
    const time = new ManualClock(0);
    const other = await EventStoreDbEventStore.open(server.url, { retryPolicy: { time } });
    const stop = new AbortController();
    let begun = 0;
    const stand = async () => {
      for await (const _ of other.readAll({ signal: stop.signal })) {
        begun += 1;
        await aborted(stop.signal);
      }
    };
    const followers = Array.from({ length: 30 }, stand);
    while (begun < 16) await settled(); // eight read as it comes, and have lost their turns to others
    await change();
    expect(begun).toBe(16);
    time.moveTo(50);
    while (begun < 24) await settled();
    await change();
    expect(begun).toBe(24);
    stop.abort();
    await Promise.all(followers);
    await other.close();
  });

  it('leaves no timer behind for a page that was taken', async () => {
    const time = new ManualClock(0);
    let asleep = 0;
    const sleepUntil = async (at: number, signal: AbortSignal) => {
      asleep += 1;
      await time.sleepUntil(at, signal);
      asleep -= 1;
    };
    const { now, elapsed } = time;
    const retryPolicy = { time: { now, elapsed, sleepUntil } };
    const other = await EventStoreDbEventStore.open(server.url, { retryPolicy });
    server.faults.appends.push('holdAnswer');
    const appending = other.append('s', 'noStream', [event()]);
    await server.faults.holding(1);
    const before = asleep;
    expect(await all(other.readAll())).toHaveLength(401); // a page at a time, since somebody appends
    await settled();
    expect(asleep).toBe(before);
    server.faults.release();
    await appending;
    await other.close();
  });

  it('is read at the same pace by all who catch up, though each wants something else of it', async () => {
    const read = Array.from({ length: 24 }, () => 0);
    let fewest: number | undefined;
    const follow = async (n: number) => {
      for await (const _ of store.readAll({ types: ['Happened', `Never${n}`] })) read[n] = (read[n] ?? 0) + 1;
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
  let time: ManualClock;
  let way: RightOfWay;
  let append: () => void;
  beforeEach(() => {
    time = new ManualClock(1_000);
    way = new RightOfWay(time, never);
  });
  /** Somebody appends until {@link append} is called. */
  const begin = () => way.during(() => new Promise<void>((resolve) => (append = resolve)));

  /** Those who want to read, by name, in the order in which they may. */
  function wanting(names: string, signal = never) {
    const may: string[] = [];
    const leaves = new Map<string, Leave>();
    for (const name of names)
      void way.enter(signal).then((leave) => {
        may.push(leave.isForPage ? name : name.toUpperCase());
        leaves.set(name, leave);
      });
    return { may, leaves };
  }

  it('is taken by nobody where nothing is appended', async () => {
    const { may } = wanting('abc');
    await settled();
    expect(may).toEqual(['A', 'B', 'C']);
  });

  it('lets a page be read at a time, with a rest of three times as long after it, in the order of asking', async () => {
    void begin();
    const { may, leaves } = wanting('ab');
    await settled();
    time.moveTo(1_010);
    leaves.get('a')?.end();
    leaves.get('a')?.end(); // once
    const later = wanting('c');
    time.moveTo(1_039);
    await settled();
    expect(may).toEqual(['a']);
    time.moveTo(1_040);
    await settled();
    expect([may, later.may]).toEqual([['a', 'b'], []]);
    time.moveTo(9_000);
    leaves.get('b')?.end();
    time.moveTo(9_249);
    await settled();
    expect(later.may).toEqual([]);
    time.moveTo(9_250); // however long the page took
    await settled();
    expect(later.may).toEqual(['c']);
  });

  it('is taken until no append has followed the last for a while, and then all may read all', async () => {
    const appending = begin();
    const { may, leaves } = wanting('abc');
    await settled();
    append();
    await appending;
    time.moveTo(1_019);
    expect(way.isTaken).toBe(true);
    leaves.get('a')?.end();
    time.moveTo(1_020);
    expect(way.isTaken).toBe(false);
    time.moveTo(2_000);
    await settled();
    expect(may).toEqual(['a', 'B', 'C']);
  });

  it('is not waited for by who has gone', async () => {
    void begin();
    const { leaves } = wanting('a');
    const gone = new AbortController();
    const going = wanting('b', gone.signal);
    const later = wanting('c');
    gone.abort();
    await settled();
    expect(going.leaves.size).toBe(1);
    leaves.get('a')?.end();
    await settled();
    expect(later.may).toEqual(['c']);
  });
});

describe('the pages that were read just now', () => {
  const askedFor = (count: number) => readAllFrom('0'.repeat(20), new StreamNames(), undefined, count);
  let time: ManualClock;
  let pages: RecentPages;
  let reads: number;
  beforeEach(() => {
    time = new ManualClock(0);
    pages = new RecentPages(time);
    reads = 0;
  });
  const ask = (count: number, hasMore = true) =>
    pages.page(askedFor(count), () => {
      reads += 1;
      return Promise.resolve({ page: [], hasMore });
    });

  it('are kept by what was asked for, for a second', async () => {
    await ask(64);
    await ask(64);
    expect(reads).toBe(1);
    await ask(65);
    expect(reads).toBe(2);
    time.moveTo(1_000);
    await ask(64);
    expect(reads).toBe(2);
    time.moveTo(1_001);
    await ask(64);
    expect(reads).toBe(3);
  });

  it('are full, for the end of the log goes on', async () => {
    await ask(64, false);
    await ask(64, false);
    expect(reads).toBe(2);
  });

  it('are decoded once, and others each time', async () => {
    let decoded = 0;
    const decode = () => {
      decoded += 1;
      return [];
    };
    const { page } = await ask(64);
    for (let n = 0; n < 3; n++) pages.eventsIn(page, decode);
    expect(decoded).toBe(1);
    for (let n = 0; n < 3; n++) pages.eventsIn([], decode);
    expect(decoded).toBe(4);
  });

  it('are the last sixteen', async () => {
    for (let count = 1; count <= 20; count++) await ask(count);
    for (let count = 20; count > 4; count--) await ask(count);
    expect(reads).toBe(20);
    await ask(4);
    expect(reads).toBe(21);
  });
});

describe('an answer that many want', () => {
  it('is asked for once by all who come while the one before is under way, and is never older than the question', async () => {
    const answered: (() => void)[] = [];
    let asked = 0;
    const answer = new FreshAnswer(() => {
      const number = (asked += 1);
      return new Promise<number>((resolve, reject) => {
        answered.push(() => {
          if (number === 2) reject(new Error('gone'));
          else resolve(number);
        });
      });
    });
    const first = answer.get();
    const later = [answer.get(), answer.get()];
    expect(asked).toBe(1);
    answered[0]?.();
    expect(await first).toBe(1);
    await settled();
    expect(asked).toBe(2);
    const last = answer.get();
    answered[1]?.();
    for (const one of later) await expect(one).rejects.toThrow('gone');
    await settled();
    answered[2]?.();
    expect(await last).toBe(3);
    await settled();
    const alone = answer.get();
    answered[3]?.();
    expect(await alone).toBe(4);
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

  it('are for a page where they were waited for', async () => {
    const turns = new ReadTurns(1);
    const { held } = asking(turns, 'ab');
    await settled();
    held.get('a')?.end();
    await settled();
    const wanted = [...held.values()].map((turn) => turn.isWanted());
    expect([wanted, turns.isWanted]).toEqual([[false, true], false]);
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
