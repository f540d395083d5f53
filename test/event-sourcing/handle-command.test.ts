import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Decider } from '../../src/event-sourcing/decider.js';
import {
  type EventMetadata,
  type EventStore,
  type NewEvent,
  type StoredEvent,
} from '../../src/event-sourcing/event-store.js';
import { handleCommand, handleCommands } from '../../src/event-sourcing/handle-command.js';
import { StreamCache } from '../../src/event-sourcing/stream-cache.js';
import { loadStream, LongLane } from '../../src/event-sourcing/load-stream.js';
import { newId } from '../../src/event-sourcing/new-id.js';
import { Rejection } from '../../src/event-sourcing/rejection.js';
import { type SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { all, event } from '../contract/event-store.contract.js';
import { conflicting, forgetful, newStore, withAppend } from '../support/stores.js';
import { turnsWithin } from '../support/turns.js';

/** A shelf with room for so many things; the same thing twice is already so. */
interface Put {
  readonly thing: string;
  readonly id?: string;
  /** What the event says of when it was decided, as an outcome says `asOf`. */
  readonly asOf?: number;
}
type Stored = NewEvent<'Stored', { readonly thing: string; readonly asOf: number }>;

const room = 40;

const shelf: Decider<readonly string[], Put, Stored> = {
  initial: [],
  evolve: (things, { type, data }) => ((type as string) === 'Stored' ? [...things, data.thing] : things),
  decide({ thing, id = newId(), asOf = 0 }, things) {
    if (things.includes(thing)) return [];
    if (thing === 'elephant' || things.length >= room) throw new Rejection('NO_ROOM', 'It does not fit.');
    const metadata = { actor: { id: 'mia', kind: 'person' }, occurredAt: 0, recordedAt: 0, schemaVersion: 1 } as const;
    return [{ id, type: 'Stored', data: { thing, asOf }, metadata }];
  },
};

describe('a command', () => {
  let log: SqliteEventStore;
  beforeEach(() => {
    log = newStore();
  });
  afterEach(() => log.close());

  const things = async () => (await all(log.readStream('shelf'))).map(({ data }) => (data as { thing: string }).thing);
  const put = (store: EventStore, thing: string) => handleCommand(store, 'shelf', shelf, { thing });
  const putKept = (store: EventStore, cache: StreamCache<readonly string[]>, ...puts: Put[]) =>
    handleCommands(store, 'shelf', shelf, () => puts, { cache });

  it('is recorded, and answers the state it leaves and where it stands', async () => {
    const handled = await put(log, 'book');
    expect(handled).toMatchObject({ state: ['book'], recorded: 1, position: await log.lastPosition() });
    expect(await things()).toEqual(['book']);
  });

  it('that finds it already so appends nothing, and answers the position of its stream', async () => {
    const { position } = await put(log, 'book');
    await handleCommand(log, 'other', shelf, { thing: 'book' });
    const { store, tries } = conflicting(log, 0);
    expect(await put(store, 'book')).toMatchObject({ recorded: 0, position });
    expect(tries()).toBe(0);
  });

  it('that is refused records nothing, and throws its code', async () => {
    await expect(put(log, 'elephant')).rejects.toMatchObject({ code: 'NO_ROOM' });
    expect(await all(log.readAll())).toEqual([]);
  });

  it('that is refused stops none of its neighbours', async () => {
    const commands = ['book', 'elephant', 'lamp'].map((thing) => ({ thing }));
    const { results } = await handleCommands(log, 'shelf', shelf, () => commands);
    expect(results.map((result) => ('rejection' in result ? result.rejection.code : result.events.length))).toEqual([
      1,
      'NO_ROOM',
      1,
    ]);
    expect(await things()).toEqual(['book', 'lamp']);
  });

  it('whose decider breaks records nothing of its neighbours either', async () => {
    const broken: typeof shelf = {
      ...shelf,
      decide: (command, state) => {
        if (command.thing === 'bomb') throw new TypeError('broken');
        return shelf.decide(command, state);
      },
    };
    const commands = ['book', 'bomb'].map((thing) => ({ thing }));
    await expect(handleCommands(log, 'shelf', broken, () => commands)).rejects.toThrow('broken');
    expect(await things()).toEqual([]);
  });

  it.each([1, 2, 5])('that meets %d others is tried again', async (times) => {
    const { store, tries } = conflicting(log, times);
    expect(await put(store, 'book')).toMatchObject({ recorded: 1 });
    expect(tries()).toBe(times + 1);
    expect(await things()).toEqual(['book']);
  });

  it('that meets others without end is given up, with a code', async () => {
    const { store, tries } = conflicting(log, Infinity);
    await expect(put(store, 'book')).rejects.toMatchObject({ code: 'TOO_MANY_CONFLICTS' });
    expect(tries()).toBe(20);
    expect(await things()).toEqual([]);
  });

  it('that meets another is judged anew, on what the other left', async () => {
    let isFirst = true;
    const met = withAppend(log, (append) => async (...given) => {
      if (isFirst) {
        isFirst = false;
        await put(log, 'book');
      }
      return append(...given);
    });
    expect(await put(met, 'book')).toMatchObject({ recorded: 0 });
    expect(await things()).toEqual(['book']);
  });

  it('and 31 others at once on one stream all land, each judged on those before it', async () => {
    const names = Array.from({ length: 32 }, (_, i) => `thing ${i}`);
    const cache = new StreamCache<readonly string[]>({ streams: 10 });
    const handled = await Promise.all(
      names.map((thing, i) => (i % 2 === 0 ? put(log, thing) : putKept(log, cache, { thing }))),
    );
    const landed = await things();
    expect([...landed].sort()).toEqual([...names].sort());
    for (const { state } of handled) expect(state).toEqual(landed.slice(0, state.length));
    expect(new Set(handled.map(({ position }) => position)).size).toBe(32);
  });

  it('is never let past a limit by others at once', async () => {
    const cache = new StreamCache<readonly string[]>({ streams: 10 });
    const commands = Array.from({ length: room + 20 }, (_, i) => ({ thing: `thing ${i}` }));
    const parts = Array.from({ length: 20 }, (_, i) => commands.slice(i * 3, i * 3 + 3));
    const handled = await Promise.all(parts.map((part) => putKept(log, cache, ...part)));
    const refused = handled.flatMap(({ results }) => results.filter((result) => 'rejection' in result));
    expect(refused).toHaveLength(20);
    expect(await things()).toHaveLength(room);
  });

  describe('whose answer was lost', () => {
    const command = { thing: 'book', id: newId() };

    it('is recorded once when it is sent again', async () => {
      const store = forgetful(log);
      await expect(handleCommand(store, 'shelf', shelf, command)).rejects.toThrow('lost');
      expect(await handleCommand(store, 'shelf', shelf, command)).toMatchObject({ recorded: 0, state: ['book'] });
      expect(await things()).toEqual(['book']);
    });

    it('is recorded once when it is sent again later, by one who keeps streams', async () => {
      const cache = new StreamCache<readonly string[]>({ streams: 10 });
      await putKept(log, cache, { thing: 'lamp' });
      const store = forgetful(log);
      await expect(putKept(store, cache, { ...command, asOf: 1 })).rejects.toThrow('lost');
      expect(await putKept(store, cache, { ...command, asOf: 2 })).toMatchObject({ state: ['lamp', 'book'] });
      expect(await things()).toEqual(['lamp', 'book']);
    });
  });

  it('that two decide at once at different times, with one id, is recorded once and refused to neither', async () => {
    const id = newId();
    const sent = [1, 2, 3].map((asOf) => handleCommand(log, 'shelf', shelf, { thing: 'book', id, asOf }));
    expect((await Promise.all(sent)).map(({ state }) => state)).toEqual([['book'], ['book'], ['book']]);
    expect(await things()).toEqual(['book']);
  });

  it('with an id that the stream has for something else is refused', async () => {
    const id = newId();
    await handleCommand(log, 'shelf', shelf, { thing: 'book', id });
    await expect(handleCommand(log, 'shelf', shelf, { thing: 'lamp', id })).rejects.toMatchObject({
      code: 'EVENT_ID_REUSED',
    });
    expect(await things()).toEqual(['book']);
  });
});

describe('many commands at once', () => {
  let log: SqliteEventStore;
  beforeEach(() => {
    log = newStore();
  });
  afterEach(() => log.close());

  /** A shelf without end; `work` is done for each decision. */
  const endless = (work: () => void): Decider<number, Put, Stored> => ({
    initial: 0,
    evolve: (count) => count + 1,
    decide({ thing }) {
      work();
      const metadata = {
        actor: { id: 'mia', kind: 'person' },
        occurredAt: 0,
        recordedAt: 0,
        schemaVersion: 1,
      } as const;
      return [{ id: newId(), type: 'Stored', data: { thing, asOf: 0 }, metadata }];
    },
  });
  const busy = () => {
    for (const start = performance.now(); performance.now() - start < 6;);
  };
  const puts = (count: number) => Array.from({ length: count }, (_, i) => ({ thing: `thing ${i}` }));

  it('give others a turn in between', async () => {
    let turns = 0;
    const other = setInterval(() => (turns += 1), 0);
    await handleCommands(log, 'shelf', endless(busy), () => puts(20));
    clearInterval(other);
    expect(turns).toBeGreaterThan(5);
  });

  it('end where nobody waits for them any more, and leave nothing half done', async () => {
    const gone = new AbortController();
    let decided = 0;
    const decider = endless(() => {
      busy();
      if (++decided === 3) gone.abort();
    });
    const handled = handleCommands(log, 'shelf', decider, () => puts(100), { signal: gone.signal });
    await expect(handled).rejects.toMatchObject({ code: 'REQUEST_ABANDONED' });
    expect(decided).toBeLessThan(10);
    expect(await all(log.readAll())).toEqual([]);
  });

  it('go into several appends where they are very many, each with an outcome of its own', async () => {
    const { store, tries } = conflicting(log, 0);
    let asked = 0;
    const handled = await handleCommands(
      store,
      'shelf',
      endless(() => undefined),
      () => {
        asked += 1;
        return puts(1_200);
      },
    );
    expect([tries(), asked]).toEqual([3, 1]);
    expect(handled).toMatchObject({ recorded: 1_200, state: 1_200, position: await log.lastPosition() });
    expect(handled.results).toHaveLength(1_200);
    const stored = (await all(log.readStream('shelf'))).map(({ data }) => (data as { thing: string }).thing);
    expect(stored).toEqual(puts(1_200).map(({ thing }) => thing));
  });

  it('that meet another in between go on from where they were', async () => {
    let appends = 0;
    const met = withAppend(log, (append) => async (...given) => {
      if (++appends === 2)
        await handleCommand(
          log,
          'shelf',
          endless(() => undefined),
          { thing: "another's" },
        );
      return append(...given);
    });
    const handled = await handleCommands(
      met,
      'shelf',
      endless(() => undefined),
      () => puts(1_200),
    );
    expect(handled).toMatchObject({ recorded: 1_200, state: 1_201 });
    expect(handled.results).toHaveLength(1_200);
  });

  it('read on where another wrote, and not from the beginning', async () => {
    const cache = new StreamCache<number>({ streams: 10 });
    const decider = endless(() => undefined);
    await handleCommands(log, 'shelf', decider, () => puts(700), { cache });
    await handleCommand(log, 'shelf', decider, { thing: "another's" });
    let read = 0;
    const watched: EventStore = {
      ...withAppend(log, (append) => append),
      async *readStream(stream, options) {
        for await (const event of log.readStream(stream, options)) {
          read += 1;
          yield event;
        }
      },
    };
    await handleCommands(watched, 'shelf', decider, () => puts(1), { cache });
    expect(read).toBe(1);
  });
});

describe('long streams', () => {
  /** A store whose streams are long; it tells how many are being read. */
  function longStreams() {
    let [reads, atOnce, most] = [0, 0, 0];
    async function* readStream(stream: string): AsyncGenerator<StoredEvent, void, undefined> {
      reads += 1;
      for (let revision = 0; revision < 2_100; revision++) {
        if (revision === 2_001) most = Math.max(most, ++atOnce);
        if (revision % 25 === 0) await new Promise((resolve) => setImmediate(resolve));
        yield { stream, revision, position: '0', id: '', type: 'Stored', data: {}, metadata: {} as EventMetadata };
      }
      atOnce -= 1;
    }
    return { store: { readStream } as unknown as EventStore, reads: () => reads, most: () => most };
  }
  const counting = { initial: 0, evolve: (count: number) => count + 1 };

  it('are loaded a few at a time', async () => {
    const { store, most } = longStreams();
    const lane = new LongLane();
    const names = Array.from({ length: 8 }, (_, i) => `long ${i}`);
    const loaded = await Promise.all(names.map((name) => loadStream(store, name, counting, { lane })));
    expect(loaded.map(({ state }) => state)).toEqual(names.map(() => 2_100));
    expect(most()).toBe(2);
  });

  it('that the cache has no room for are read anew, each event once and a page in a turn of the event loop', async () => {
    const log = newStore();
    const names = ['a', 'b', 'c'];
    const events = 2_000;
    for (const name of names)
      await log.append(
        name,
        'noStream',
        Array.from({ length: events }, () => event({ thing: 'x' }, 'Stored')),
      );
    const cache = new StreamCache<number>({ streams: 10, bytes: 1.5 * events, bytesOf: (count) => count });
    let read = 0;
    const decider = { initial: 0, evolve: (count: number) => ((read += 1), count + 1) };
    const looks = [...names, ...names];
    const turns = await turnsWithin(async () => {
      for (const name of looks) {
        const { loaded, isFresh } = await cache.look(name, () => loadStream(log, name, decider));
        expect([loaded.state, isFresh]).toEqual([events, true]);
      }
    });
    expect(read).toBe(looks.length * events);
    expect(turns).toBeGreaterThanOrEqual((looks.length * events) / 512);
    await log.close();
  });

  it('are loaded once for all who ask for one at the same time', async () => {
    const { store, reads } = longStreams();
    const cache = new StreamCache<number>({ streams: 10 });
    const look = () => cache.look('long', () => loadStream(store, 'long', counting));
    const seen = await Promise.all([look(), look(), look()]);
    expect(seen.map(({ loaded, isFresh }) => [loaded.state, isFresh])).toEqual([
      [2_100, true],
      [2_100, false],
      [2_100, false],
    ]);
    expect(reads()).toBe(1);
  });
});

describe('a stream kept at hand', () => {
  let log: SqliteEventStore;
  let cache: StreamCache<readonly string[]>;
  beforeEach(() => {
    log = newStore();
    cache = new StreamCache({ streams: 2 });
  });
  afterEach(() => log.close());

  const put = (thing: string, stream = 'shelf') => handleCommands(log, stream, shelf, () => [{ thing }], { cache });

  it('is not read again', async () => {
    await put('book');
    const reads: string[] = [];
    const watched: EventStore = {
      ...withAppend(log, (append) => append),
      readStream: (stream, options) => {
        reads.push(stream);
        return log.readStream(stream, options);
      },
    };
    await handleCommands(watched, 'shelf', shelf, () => [{ thing: 'lamp' }], { cache });
    expect(reads).toEqual([]);
  });

  it('is refreshed when another has written to it', async () => {
    await put('book');
    await handleCommand(log, 'shelf', shelf, { thing: 'lamp' });
    expect(await put('vase')).toMatchObject({ state: ['book', 'lamp', 'vase'] });
    expect(cache.get('shelf')).toMatchObject({ state: ['book', 'lamp', 'vase'], revision: 2 });
  });

  it('is looked at again before a command is refused or taken for already so', async () => {
    cache.set('shelf', { state: Array.from({ length: room }, (_, i) => `${i}`), revision: 'noStream', position: '0' });
    await handleCommand(log, 'shelf', shelf, { thing: 'book' });
    cache.set('shelf', { state: [], revision: 'noStream', position: undefined });
    await expect(
      handleCommands(log, 'shelf', shelf, () => [{ thing: 'elephant' }, { thing: 'book' }], { cache }),
    ).resolves.toMatchObject({ recorded: 0, state: ['book'] });
  });

  it('is looked at again before a command is taken for already so: what was so may be so no more', async () => {
    const lending: typeof shelf = {
      ...shelf,
      evolve: (things, stored) =>
        (stored.type as string) === 'Taken'
          ? things.filter((thing) => thing !== stored.data.thing)
          : shelf.evolve(things, stored),
    };
    const putBook = () => handleCommands(log, 'shelf', lending, () => [{ thing: 'book' }], { cache });
    expect(await putBook()).toMatchObject({ recorded: 1, state: ['book'] });
    await log.append('shelf', 0, [event({ thing: 'book' }, 'Taken')]);
    expect(await putBook()).toMatchObject({ recorded: 1, state: ['book'] });
    expect(await all(log.readStream('shelf'))).toHaveLength(3);
  });

  it('gives way to those used later', async () => {
    for (const stream of ['a', 'b', 'c', 'a', 'd']) await put(`thing for ${stream} ${Math.random()}`, stream);
    expect(['a', 'b', 'c', 'd'].map((stream) => cache.get(stream) !== undefined)).toEqual([true, false, true, true]);
  });

  it('gives way where all of them take too many bytes, and is not kept where it takes too many by itself', () => {
    const kept = new StreamCache<number>({ streams: 1_000, bytes: 1_000, bytesOf: (size) => size });
    const keep = (stream: string, state: number) => {
      kept.set(stream, { state, revision: 0, position: '0' });
    };
    const total = () => names.reduce((sum, name) => sum + (kept.get(name)?.state ?? 0), 0);
    const names = Array.from({ length: 100 }, (_, i) => `stream ${i}`);
    for (const name of names) {
      keep(name, 300);
      keep(name, 310); // it has grown
      expect(total()).toBeLessThanOrEqual(2_000);
    }
    expect(kept.get('stream 99')?.state).toBe(310);
    keep('stream 99', 1_001);
    expect(kept.get('stream 99')).toBeUndefined();
  });
});
