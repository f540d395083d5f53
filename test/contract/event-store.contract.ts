import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type StoredEvent,
} from '../../src/event-sourcing/event-store.js';

export interface OpenStore {
  readonly store: EventStore;
  readonly close: () => Promise<void> | void;
}

let made = 0;

/** An event of a test, with an id of its own. */
export const event = (data: unknown = { n: made }, type = 'Happened', id?: string): NewEvent => {
  made += 1;
  const at = 1_700_000_000_000 + made;
  return {
    id: id ?? `00000000-0000-4000-8000-${String(made).padStart(12, '0')}`,
    ...{ type, data },
    metadata: { actor: { id: 'test', kind: 'person' }, occurredAt: at, recordedAt: at, schemaVersion: 1 },
  };
};

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

const ids = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);

/** The first `count` events that a subscription yields; it is ended then. */
export async function hear(store: EventStore, count: number, options: Parameters<EventStore['subscribe']>[0] = {}) {
  const stop = new AbortController();
  const heard: StoredEvent[] = [];
  for await (const message of store.subscribe({ ...options, signal: stop.signal })) {
    if (message.kind === 'event') heard.push(message.event);
    if (heard.length >= count) stop.abort();
  }
  return heard;
}

/** All that a subscription yields until an event of some type. */
async function hearUntil(store: EventStore, type: string, after?: Position): Promise<StoredEvent[]> {
  const heard: StoredEvent[] = [];
  for await (const message of store.subscribe(after === undefined ? {} : { after })) {
    if (message.kind === 'event') heard.push(message.event);
    if (heard.at(-1)?.type === type) break;
  }
  return heard;
}

/** What every event store must do; an adapter is one call of this. */
export function describeEventStore(name: string, open: () => Promise<OpenStore> | OpenStore): void {
  describe(name, () => {
    let opened: OpenStore;
    let store: EventStore;
    beforeEach(async () => {
      opened = await open();
      ({ store } = opened);
    });
    afterEach(() => opened.close());

    describe('appending', () => {
      it('numbers the events of a stream from 0, and answers where the last one stands', async () => {
        const [a, b, c] = [event(), event(), event()];
        expect(await store.append('s', 'noStream', [a, b])).toMatchObject({ revision: 1 });
        const { revision, position } = await store.append('s', 1, [c]);
        const read = await all(store.readStream('s'));
        expect(read.map((e) => [e.id, e.revision])).toEqual([
          [a.id, 0],
          [b.id, 1],
          [c.id, 2],
        ]);
        expect({ revision, position }).toEqual({ revision: 2, position: read[2]?.position });
        expect(await store.lastPosition()).toBe(position);
      });

      it('is read from where somebody wants, and as far', async () => {
        const events = [event(), event(), event(), event()];
        await store.append('s', 'noStream', events);
        expect(ids(await all(store.readStream('s', { limit: 1 })))).toEqual(ids(events.slice(0, 1)));
        expect(ids(await all(store.readStream('s', { from: 1, limit: 2 })))).toEqual(ids(events.slice(1, 3)));
        expect(ids(await all(store.readStream('s', { from: 3, limit: 9 })))).toEqual(ids(events.slice(3)));
        expect(ids(await all(store.readStream('s', { from: 'end' })))).toEqual(ids(events.slice(3)));
        expect(await all(store.readStream('none', { from: 'end' }))).toEqual([]);
        expect(await all(store.readStream('none', { limit: 1 }))).toEqual([]);
        expect(await all(store.readStream('s', { limit: 0 }))).toEqual([]);
      });

      it('keeps type, data and metadata as they are', async () => {
        const odd = event({ text: '«naïve» 𝄞 \u0000 "\'\\', list: [1, null, { deep: true }], none: {} }, 'Odd.Type-1');
        await store.append('s', 'noStream', [odd]);
        expect((await all(store.readStream('s')))[0]).toMatchObject(odd);
      });

      it.each([
        ['a stream that is there, as new', 'noStream' as const],
        ['behind its end', 0],
        ['beyond its end', 7],
      ])('refuses %s', async (_, expected) => {
        await store.append('s', 'noStream', [event(), event()]);
        const refused = await store.append('s', expected, [event()]).catch((error: unknown) => error);
        expect(refused).toMatchObject({ name: 'RevisionConflict', stream: 's', expected, actual: 1 });
        expect(await all(store.readStream('s'))).toHaveLength(2);
      });

      it('refuses a stream that is not there, at a revision', async () => {
        await expect(store.append('s', 0, [event()])).rejects.toMatchObject({ actual: 'noStream' });
        expect(await all(store.readStream('s'))).toEqual([]);
      });

      it('answers a repeated append as the first time, and records nothing more', async () => {
        const events = [event(), event()];
        const first = await store.append('s', 'noStream', events);
        await store.append('s', 1, [event()]);
        expect(await store.append('s', 'noStream', events)).toEqual(first);
        expect(await all(store.readStream('s'))).toHaveLength(3);
      });

      it('refuses an id that is in the stream with other content', async () => {
        const first = event({ a: 1 });
        await store.append('s', 'noStream', [first]);
        await expect(store.append('s', 'noStream', [{ ...first, data: { a: 2 } }])).rejects.toMatchObject({
          code: 'EVENT_ID_REUSED',
        });
        await expect(store.append('s', 0, [event(), { ...first, data: { a: 3 } }])).rejects.toMatchObject({
          code: 'EVENT_ID_REUSED',
        });
        expect(ids(await all(store.readStream('s')))).toEqual([first.id]);
      });

      it('lets the same id stand in two streams', async () => {
        const same = event();
        await store.append('a', 'noStream', [same]);
        await store.append('b', 'noStream', [same]);
        expect(await all(store.readAll())).toHaveLength(2);
      });

      it('answers an append that is sent twice at once alike, and records it once', async () => {
        for (let revision = -1; revision < 9; revision++) {
          const again = [event(), event()];
          const expected = revision < 0 ? 'noStream' : revision;
          const [one, two] = await Promise.all([1, 2].map(() => store.append(`twice-${revision}`, 'noStream', again)));
          expect(one).toEqual(two);
          expect(await store.append('s', expected, [event()])).toMatchObject({ revision: revision + 1 });
          expect(await all(store.readStream(`twice-${revision}`))).toHaveLength(2);
        }
      });

      it('refuses a writer that has read nothing and would write whatever there is', async () => {
        const any = 'any' as unknown as ExpectedRevision;
        await expect(store.append('s', any, [event()])).rejects.toMatchObject({ code: 'REVISION_MISSING' });
        await store.append('s', 'noStream', [event()]);
        await expect(store.append('s', any, [event()])).rejects.toMatchObject({ code: 'REVISION_MISSING' });
        expect(await all(store.readStream('s'))).toHaveLength(1);
      });

      it('lets 32 writers to one stream all have their turn, each once', async () => {
        const events = Array.from({ length: 32 }, () => event());
        const write = async (one: NewEvent) => {
          for (;;) {
            const read = await all(store.readStream('s'));
            const expected = read.at(-1)?.revision ?? 'noStream';
            const appended = await store.append('s', expected, [one]).catch((error: unknown) => error);
            if (!(appended instanceof Error && appended.name === 'RevisionConflict')) return appended;
          }
        };
        const appended = await Promise.all(events.map(write));
        const stored = await all(store.readStream('s'));
        expect(ids(stored).sort()).toEqual(ids(events).sort());
        for (const [i, one] of events.entries()) {
          const { revision, position } = stored.find(({ id }) => id === one.id) ?? {};
          expect(appended[i]).toEqual({ revision, position });
        }
      });

      it('lets one of 32 writers to a revision win, again and again', async () => {
        await store.append('s', 'noStream', [event()]);
        for (let revision = 0; revision < 5; revision++) {
          const tries = Array.from({ length: 32 }, () => store.append('s', revision, [event()]));
          const results = await Promise.allSettled(tries);
          expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        }
        expect((await all(store.readStream('s'))).map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4, 5]);
      });

      it('lets a loser take none of its neighbours with it', async () => {
        await store.append('taken', 'noStream', [event()]);
        const tries = ['a', 'taken', 'b', 'taken', 'c'].map((stream) =>
          store.append(stream, 'noStream', [event(), event()]),
        );
        const results = await Promise.allSettled(tries);
        expect(results.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, false, true]);
        expect(await all(store.readAll())).toHaveLength(7);
      });

      it('takes an event of a megabyte', async () => {
        const large = event({ text: 'x'.repeat(1_000_000) });
        await store.append('s', 'noStream', [large]);
        expect((await all(store.readStream('s')))[0]?.data).toEqual(large.data);
      });

      it('takes events of a megabyte one after another, and hands them to who listens', async () => {
        const large = Array.from({ length: 5 }, (_, i) => event({ i, text: String(i).repeat(900_000) }));
        const heard = hear(store, 5);
        for (const [i, one] of large.entries()) await store.append('s', i === 0 ? 'noStream' : i - 1, [one]);
        expect((await heard).map(({ data }) => data)).toEqual(large.map(({ data }) => data));
      });

      it('keeps all that is said of an event', async () => {
        const at = { occurredAt: -1, recordedAt: 9_007_199_254_740_991, schemaVersion: 3 };
        const ids = { correlationId: 'c', causationId: 'd', commandHash: 'e' };
        const full = {
          ...event(),
          metadata: { actor: { id: 'a«»', kind: 'automatic' as const }, onBehalfOf: 'b', source: 's', ...at, ...ids },
        };
        await store.append('s', 'noStream', [full]);
        const [stored] = await all(store.readStream('s'));
        expect(stored).toEqual({ ...full, stream: 's', revision: 0, position: stored?.position });
        expect(await all(store.readAll())).toEqual([stored]);
        expect(await hear(store, 1)).toEqual([stored]);
      });

      it('keeps streams apart whose names are alike', async () => {
        const names = [
          'a',
          'A',
          'a ',
          ' a',
          '~a',
          '~~a',
          '$a',
          '$$a',
          '~$a',
          '~',
          '$',
          'á',
          'a\u0301',
          'a\nb',
          '-',
          '../a',
          '💥',
        ];
        for (const name of names) await store.append(name, 'noStream', [event({ name })]);
        for (const name of names) {
          const [stored, ...more] = await all(store.readStream(name));
          expect([stored?.stream, stored?.data, more]).toEqual([name, { name }, []]);
        }
        expect((await all(store.readAll())).map(({ stream }) => stream)).toEqual(names);
      });

      it.each(['', ' ', 'a b', "it's; --", 'ticket-ß∂ƒ-日本', 'x'.repeat(2000), '%_', '$all'])(
        'takes a stream named "%s"',
        async (stream) => {
          const one = event();
          await store.append(stream, 'noStream', [one]);
          expect(await all(store.readStream(stream))).toMatchObject([{ stream, id: one.id }]);
        },
      );
    });

    describe('reading', () => {
      it('yields nothing of a stream that is not there', async () => {
        expect(await all(store.readStream('nobody'))).toEqual([]);
      });

      it('starts a stream where it is told, that revision among them', async () => {
        const events = [event(), event(), event()];
        await store.append('s', 'noStream', events);
        expect(ids(await all(store.readStream('s', { from: 1 })))).toEqual(ids(events.slice(1)));
        expect(await all(store.readStream('s', { from: 3 }))).toEqual([]);
      });

      it('yields a stream of 10,000 events in order', async () => {
        const events = Array.from({ length: 10_000 }, () => event());
        for (let i = 0; i < 10_000; i += 2_000) {
          await store.append('s', i === 0 ? 'noStream' : i - 1, events.slice(i, i + 2_000));
        }
        expect(ids(await all(store.readStream('s')))).toEqual(ids(events));
      });

      it('yields the whole log in order, after a position, and of some types only', async () => {
        for (let i = 0; i < 30; i++)
          await store.append(`s${i % 3}`, i < 3 ? 'noStream' : Math.floor(i / 3) - 1, [
            event({ i }, i % 2 ? 'Odd' : 'Even'),
          ]);
        const log = await all(store.readAll());
        expect(log.map((e) => (e.data as { i: number }).i)).toEqual(Array.from({ length: 30 }, (_, i) => i));
        expect(log.map(({ position }) => position)).toEqual(log.map(({ position }) => position).sort());
        expect(new Set(log.map(({ position }) => position)).size).toBe(30);
        const after = log[9]?.position ?? '';
        expect(ids(await all(store.readAll({ after })))).toEqual(ids(log.slice(10)));
        expect(ids(await all(store.readAll({ after, types: ['Odd', 'Unknown'] })))).toEqual(
          ids(log.slice(10).filter((e) => e.type === 'Odd')),
        );
        expect(await all(store.readAll({ after: log[29]?.position ?? '' }))).toEqual([]);
      });

      it('goes on after each position with exactly what comes then', async () => {
        for (let i = 0; i < 15; i++) {
          await store.append(`s${i % 4}`, i < 4 ? 'noStream' : 2 * Math.floor(i / 4) - 1, [event(), event()]);
        }
        const log = await all(store.readAll());
        expect(log).toHaveLength(30);
        for (const [i, { position }] of log.entries()) {
          expect(ids(await all(store.readAll({ after: position })))).toEqual(ids(log.slice(i + 1)));
        }
        const positions = log.map(({ position }) => position);
        expect(positions).toEqual([...new Set(positions)].sort());
        expect(new Set(positions.map((position) => position.length)).size).toBe(1);
      });

      it('starts with a last position before every event', async () => {
        const empty = await store.lastPosition();
        await store.append('s', 'noStream', [event()]);
        expect((await all(store.readAll({ after: empty }))).length).toBe(1);
        expect((await store.lastPosition()) > empty).toBe(true);
      });

      it.each([0, 1, 5])('ends when it is aborted after %d events', async (count) => {
        await store.append(
          's',
          'noStream',
          Array.from({ length: 2_000 }, () => event()),
        );
        const stop = new AbortController();
        if (count === 0) stop.abort();
        let seen = 0;
        for await (const _ of store.readAll({ signal: stop.signal })) if (++seen >= count) stop.abort();
        // Once it has begun, what was read at a time is on the way.
        expect(seen).toBeLessThanOrEqual(count === 0 ? 0 : 512);
      });
    });

    describe('subscribing', () => {
      it('yields what is there, says that it has caught up, and goes on live', async () => {
        const [a, b] = [event(), event()];
        await store.append('s', 'noStream', [a]);
        const stop = new AbortController();
        const seen: string[] = [];
        for await (const message of store.subscribe({ signal: stop.signal })) {
          if (message.kind === 'event') seen.push(message.event.id);
          else if (seen.length === 1) await store.append('s', 0, [b]);
          if (seen.length === 2) stop.abort();
        }
        expect(seen).toEqual([a.id, b.id]);
      });

      it('loses and repeats nothing at the seam, wherever it begins', async () => {
        const heard: Promise<StoredEvent[]>[] = [];
        const lanes = Array.from({ length: 8 }, async (_, lane) => {
          for (let i = 0; i < 150; i++) {
            const { position } = await store.append(`lane-${lane}`, i === 0 ? 'noStream' : i - 1, [event({ lane, i })]);
            if (lane === 0 && i % 50 === 0)
              heard.push(hearUntil(store, 'The end'), hearUntil(store, 'The end', position));
          }
        });
        await Promise.all(lanes);
        await store.append('end', 'noStream', [event({}, 'The end')]);
        const log = await all(store.readAll());
        for (const list of await Promise.all(heard)) {
          expect(list.length).toBeGreaterThan(0);
          expect(ids(list)).toEqual(ids(log.slice(-list.length)));
        }
        expect((await heard[0])?.length).toBe(1_201);
      });

      it('starts after a position, of some types only', async () => {
        const events = [event({}, 'A'), event({}, 'B'), event({}, 'A')];
        const { position } = await store.append('s', 'noStream', events.slice(0, 1));
        await store.append('s', 0, events.slice(1));
        expect(ids(await hear(store, 1, { after: position, types: ['A'] }))).toEqual([events[2]?.id]);
      });

      it('says how far the log is, also where its types leave the events out', async () => {
        const stop = new AbortController();
        const positions: string[] = [];
        let appended = '';
        for await (const message of store.subscribe({ types: ['Never'], signal: stop.signal })) {
          if (message.kind === 'caughtUp') positions.push(message.position);
          if (positions.length === 1) appended = (await store.append('s', 'noStream', [event()])).position;
          if (positions.at(-1) === appended) stop.abort();
        }
        expect(positions.at(-1)).toBe(appended);
      });

      it('lets a slow reader have every event, however far the log goes on meanwhile', async () => {
        const events = Array.from({ length: 6_000 }, () => event());
        await store.append('s', 'noStream', events.slice(0, 1_500));
        const stop = new AbortController();
        const seen: string[] = [];
        for await (const message of store.subscribe({ signal: stop.signal })) {
          if (message.kind === 'event') seen.push(message.event.id);
          if (seen.length === 10 || seen.length === 1_500) {
            for (let i = seen.length === 10 ? 1_500 : 3_750; i < (seen.length === 10 ? 3_750 : 6_000); i += 750) {
              await store.append('s', i - 1, events.slice(i, i + 750));
            }
          }
          if (seen.length === events.length) stop.abort();
        }
        expect(seen).toEqual(ids(events));
      });

      it('marks each event by its place, and no other place', async () => {
        const { position: first } = await store.append('s', 'noStream', [event()]);
        const { position: second } = await store.append('t', 'noStream', [event(), event()]);
        const [one, two] = [await store.markAt(first), await store.markAt(second)];
        expect([typeof one, typeof two]).toEqual(['string', 'string']);
        expect(one).not.toBe(two);
        expect(await store.markAt(first)).toBe(one);
        const beyond = String(BigInt(second) + 1_000n).padStart(second.length, '0');
        expect(await store.markAt(beyond)).toBeUndefined();
      });

      it('takes types for what they are, and leaves out what is like them', async () => {
        const types = ['A', 'AB', 'BA', 'a', 'A.B', 'AxB', 'A|B', '^A$', '(', '日本', 'Unknown type'];
        const events = types.map((type) => event({}, type));
        await store.append('s', 'noStream', events);
        for (const type of types) {
          const [only] = await all(store.readAll({ types: [type] }));
          expect(only?.type).toBe(type);
          expect(await all(store.readAll({ types: [type] }))).toHaveLength(1);
        }
        expect((await hear(store, 3, { types: ['A|B', 'A.B', '('] })).map(({ type }) => type)).toEqual([
          'A.B',
          'A|B',
          '(',
        ]);
        expect(await all(store.readAll({ types: [] }))).toEqual([]);
      });

      it.each([0, 1, 2, 5, 6, 7, 8, 10, 11])('ends quietly when it is aborted at message %d', async (count) => {
        await store.append(
          's',
          'noStream',
          Array.from({ length: 6 }, () => event()),
        );
        const stop = new AbortController();
        if (count === 0) stop.abort();
        let revision = 5;
        let seen = 0;
        for await (const message of store.subscribe({ signal: stop.signal })) {
          seen += 1;
          if (seen === count) stop.abort();
          else if (message.kind === 'caughtUp') revision = (await store.append('s', revision, [event()])).revision;
        }
        expect(seen).toBe(count);
      });

      it('ends quietly when it is aborted while it waits', async () => {
        const waiting = new AbortController();
        const messages = all(store.subscribe({ signal: waiting.signal }));
        await new Promise((resolve) => setImmediate(resolve));
        waiting.abort();
        expect((await messages).every(({ kind }) => kind === 'caughtUp')).toBe(true);
      });

      it('lets go where its reader leaves, wherever that is', async () => {
        await store.append('s', 'noStream', [event(), event(), event()]);
        for (const count of [1, 2, 3, 4]) {
          let seen = 0;
          for await (const _ of store.subscribe()) if (++seen === count) break;
          for await (const _ of store.readAll()) break;
          for await (const _ of store.readStream('s')) break;
        }
        expect(await store.append('s', 2, [event()])).toMatchObject({ revision: 3 });
      });
    });

    it('has a name, for cursors', () => {
      expect(store.logId).toMatch(/^[\w-]+$/);
    });
  });
}
