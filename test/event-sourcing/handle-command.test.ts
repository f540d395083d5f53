import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Decider } from '../../src/event-sourcing/decider.js';
import { type EventStore, type NewEvent } from '../../src/event-sourcing/event-store.js';
import { handleCommand, handleCommands, StreamCache } from '../../src/event-sourcing/handle-command.js';
import { newId } from '../../src/event-sourcing/new-id.js';
import { Rejection } from '../../src/event-sourcing/rejection.js';
import { type SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { all } from '../contract/event-store.contract.js';
import { conflicting, forgetful, newStore, withAppend } from '../support/stores.js';

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
    handleCommands(store, 'shelf', shelf, () => puts, cache);

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
    const cache = new StreamCache<readonly string[]>(10);
    const handled = await Promise.all(
      names.map((thing, i) => (i % 2 === 0 ? put(log, thing) : putKept(log, cache, { thing }))),
    );
    const landed = await things();
    expect([...landed].sort()).toEqual([...names].sort());
    for (const { state } of handled) expect(state).toEqual(landed.slice(0, state.length));
    expect(new Set(handled.map(({ position }) => position)).size).toBe(32);
  });

  it('is never let past a limit by others at once', async () => {
    const cache = new StreamCache<readonly string[]>(10);
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
      const cache = new StreamCache<readonly string[]>(10);
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

describe('a stream kept at hand', () => {
  let log: SqliteEventStore;
  let cache: StreamCache<readonly string[]>;
  beforeEach(() => {
    log = newStore();
    cache = new StreamCache(2);
  });
  afterEach(() => log.close());

  const put = (thing: string, stream = 'shelf') => handleCommands(log, stream, shelf, () => [{ thing }], cache);

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
    await handleCommands(watched, 'shelf', shelf, () => [{ thing: 'lamp' }], cache);
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
      handleCommands(log, 'shelf', shelf, () => [{ thing: 'elephant' }, { thing: 'book' }], cache),
    ).resolves.toMatchObject({ recorded: 0, state: ['book'] });
  });

  it('gives way to those used later', async () => {
    for (const stream of ['a', 'b', 'c', 'a', 'd']) await put(`thing for ${stream} ${Math.random()}`, stream);
    expect(['a', 'b', 'c', 'd'].map((stream) => cache.get(stream) !== undefined)).toEqual([true, false, true, true]);
  });
});
