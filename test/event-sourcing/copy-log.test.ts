import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Copied, copyLog, type CopyOptions, verifyCopy } from '../../src/event-sourcing/copy-log.js';
import { type EventStore, type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { Rejection } from '../../src/event-sourcing/rejection.js';
import { all, event, type OpenStore } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { ledgerAt, type TestContext } from '../support/application-contexts.js';
import { eachStore, newStore, openLocal, withAppend } from '../support/stores.js';
import { liveWholeLife } from '../support/whole-life.js';

/** What a copy must keep: all but the position. */
const asKept = async (store: EventStore) =>
  (await all(store.readAll())).map(({ position: _position, ...kept }: StoredEvent) => kept);

/** A store whose events are read otherwise than they are. */
const misread = (store: EventStore, change: (event: StoredEvent, n: number) => readonly StoredEvent[]): EventStore => ({
  ...withAppend(store, (append) => append),
  async *readAll(given) {
    let n = 0;
    for await (const read of store.readAll(given)) yield* change(read, (n += 1));
  },
});

describe.each(eachStore)('a copy of a log, $where,', ({ open, together }) => {
  let context: TestContext;
  let from: EventStore;
  let target: OpenStore;
  let to: EventStore;
  beforeAll(async () => {
    context = await ledgerAt('2026-03-02T09:00:00Z', newFolder());
    await liveWholeLife(context);
    from = context.store;
  });
  afterAll(() => context.close());
  beforeEach(async () => {
    target = await open();
    to = target.store;
  });
  afterEach(() => target.close());

  const options: CopyOptions = { together, signal: new AbortController().signal, progressed: () => undefined };
  const copy = (onto: EventStore, more: Partial<CopyOptions> = {}): Promise<Copied> =>
    copyLog(from, onto, { ...options, ...more });
  const verify = (onto: EventStore, events: number) => verifyCopy(from, onto, events, options);

  it('has the same events in the same order, one append after another or several at once', async () => {
    const { events, before } = await copy(to);
    const whole = await asKept(from);
    expect(await asKept(to)).toEqual(whole);
    expect({ events, before }).toEqual({ events: whole.length, before: 0 });
    const { streams } = await verify(to, events);
    expect(streams).toBe(new Set(whole.map(({ stream }) => stream)).size);
    expect(to.logId).not.toBe(from.logId);
  });

  it('comes back the same', async () => {
    await copy(to);
    const { store: back, close } = await openLocal();
    const { events } = await copyLog(to, back, options);
    expect(await asKept(back)).toEqual(await asKept(from));
    await expect(verifyCopy(to, back, events, options)).resolves.toMatchObject({ streams: expect.any(Number) });
    await close();
  });

  it('that was stopped anywhere goes on, and doubles nothing', async () => {
    const whole = await asKept(from);
    for (let sofar = -1; sofar < whole.length;) {
      const stop = new AbortController();
      const { events, before } = await copy(to, {
        signal: stop.signal,
        progressed: (done) => {
          if (done > Math.max(sofar, 0) + 150) stop.abort();
        },
      });
      expect(before).toBe(Math.max(sofar, 0));
      expect(events).toBeGreaterThan(sofar);
      sofar = events;
    }
    expect(await asKept(to)).toEqual(whole);
  });

  it('that failed in between goes on', async () => {
    let appends = 0;
    const failing = withAppend(to, (append) => async (...given) => {
      appends += 1;
      if (appends === 40) throw new Rejection('STORE_UNAVAILABLE', 'gone');
      return append(...given);
    });
    await expect(copy(failing, { together: 1 })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const { events, before } = await copy(to);
    expect(before).toBeGreaterThanOrEqual(39);
    await verify(to, events);
  });

  it('takes what has come since when it is run again', async () => {
    const source = newStore();
    await source.append('a', 'noStream', [event(), event()]);
    await copyLog(source, to, options);
    await source.append('a', 1, [event()]);
    expect(await copyLog(source, to, options)).toEqual({ events: 3, before: 2 });
    expect(await asKept(to)).toEqual(await asKept(source));
  });

  it('of an empty log is empty', async () => {
    expect(await copyLog(newStore(), to, options)).toEqual({ events: 0, before: 0 });
  });

  it('splits what no store takes in one append, and keeps it together where it can', async () => {
    const source = newStore();
    const large = Array.from({ length: 4 }, () => event({ text: 'x'.repeat(100_000) }));
    await source.append('a', 'noStream', large);
    await source.append('b', 'noStream', [event(), event(), event()]);
    const sizes: number[] = [];
    const counted = withAppend(to, (append) => (...given) => {
      sizes.push(given[2].length);
      return append(...given);
    });
    await copyLog(source, counted, options);
    expect(sizes).toEqual([2, 2, 3]);
    expect(await asKept(to)).toEqual(await asKept(source));
  });

  describe('is refused, and nothing is written,', () => {
    const refused = async (target: EventStore, code: string, ofLog = from) => {
      const before = await asKept(target);
      await expect(copyLog(ofLog, target, options)).rejects.toMatchObject({ name: 'Rejection', code });
      expect(await asKept(target)).toEqual(before);
    };

    it('onto itself', () => refused(from, 'COPY_ONTO_ITSELF'));

    it('onto a log with another beginning', async () => {
      await to.append('elsewhere', 'noStream', [event()]);
      await refused(to, 'COPY_TARGET_DIFFERS');
    });

    it('onto a copy that has gone on by itself', async () => {
      await copy(to);
      await to.append('elsewhere', 'noStream', [event()]);
      await refused(to, 'COPY_TARGET_DIFFERS');
    });

    it.each<[string, Partial<StoredEvent>]>([
      ['content', { data: { said: 'otherwise' } }],
      ['type', { type: 'Otherwise' }],
      ['id', { id: '00000000-0000-4000-8000-000000000000' }],
    ])('onto a log whose event has another %s', async (_, change) => {
      const [first] = await all(from.readAll());
      if (first === undefined) throw new Error('the log is empty');
      const { stream, id, type, data, metadata } = { ...first, ...change };
      await to.append(stream, 'noStream', [{ id, type, data, metadata }]);
      await refused(to, 'COPY_TARGET_DIFFERS');
    });

    it('onto a log that somebody else writes', async () => {
      const meddled = withAppend(to, (append) => async (stream, expected, events) => {
        await append(stream, expected, [event()]);
        return append(stream, expected, events);
      });
      await expect(copy(meddled, { together: 1 })).rejects.toMatchObject({ code: 'COPY_TARGET_DIFFERS' });
    });
  });

  describe('is found wanting', () => {
    const changes: [string, (event: StoredEvent, n: number) => readonly StoredEvent[]][] = [
      ['an event', (read, n) => (n === 77 ? [] : [read])],
      [
        'its last event',
        (read) => (read.type === 'TicketCancelled' && read.stream === 'ticket-T-enterprise' ? [] : [read]),
      ],
      ['the content of an event', (read, n) => [n === 77 ? { ...read, data: {} } : read]],
      ['when it was recorded', (read) => [{ ...read, metadata: { ...read.metadata, recordedAt: 1 } }]],
      ['its revision', (read, n) => [n === 77 ? { ...read, revision: read.revision + 1 } : read]],
    ];
    it.each(changes)('without %s', async (_, change) => {
      const { events } = await copy(to);
      await expect(verify(misread(to, change), events)).rejects.toMatchObject({ code: 'COPY_DIFFERS' });
    });

    it('with an event too many', async () => {
      const { events } = await copy(to);
      await to.append('elsewhere', 'noStream', [event()]);
      await expect(verify(to, events)).rejects.toMatchObject({ code: 'COPY_DIFFERS' });
    });
  });
});
