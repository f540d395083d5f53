import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventStore, type Position } from '../../src/event-sourcing/event-store.js';
import { Feed, type FeedMessage } from '../../src/feed/feed.js';
import { type FeedFilter, type FeedType } from '../../src/feed/domain/feed-event.js';
import { abortable } from '../../src/api/graphql/abortable.js';
import { Random } from '../../src/imports/random.js';
import { all, event } from '../contract/event-store.contract.js';
import { type ManualClock } from '../support/manual-clock.js';
import { newFolder } from '../support/api.js';
import { ledgerAt, type TestContext } from '../support/application-contexts.js';

const outcome = (ticket: string, type: FeedType = 'SlaBreached') =>
  event(
    {
      ...{ ticket, metric: 'firstResponse', terms: { plan: { code: 'pro' } }, customer: 'acme' },
      ...{ assignee: null, priority: 'normal', historic: false },
    },
    type,
  );

describe('the feed, live', () => {
  let folder: string;
  let context: TestContext;
  let store: EventStore;
  let time: ManualClock;
  let feed: Feed;
  let stop: AbortController;
  beforeEach(async () => {
    folder = newFolder();
    context = await ledgerAt('1970-01-01T00:00:00Z', folder);
    ({ store, time } = context);
    feed = new Feed({ store, time, heartbeatMs: 15_000 });
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await context.close();
    rmSync(folder, { recursive: true });
  });

  let streams = 0;
  /** Appends an outcome, and beside it what is no outcome. */
  async function append(ticket: string, type?: FeedType): Promise<Position> {
    const stream = `ticket-${streams++}`;
    const { position } = await store.append(stream, 'noStream', [
      event({ ticket }, 'TicketOpened'),
      outcome(ticket, type),
    ]);
    return position;
  }
  const listen = (after?: Position, filter: FeedFilter = {}) =>
    feed.listen({ scope: 'everyone', ...(after === undefined ? {} : { after }), filter, signal: stop.signal });
  type Messages = AsyncGenerator<FeedMessage, void>;
  async function next(messages: Messages): Promise<FeedMessage> {
    const { value } = await messages.next();
    if (value === undefined) throw new Error('the feed has ended');
    return value;
  }
  const show = (message: FeedMessage) => (message.kind === 'event' ? message.event.data.ticket : 'heartbeat');
  async function take(messages: Messages, count: number): Promise<readonly string[]> {
    const shown: string[] = [];
    while (shown.length < count) shown.push(show(await next(messages)));
    return shown;
  }
  /** The tickets of the next so many events, and where the last message left off. */
  async function events(messages: Messages, count: number) {
    const tickets: string[] = [];
    let position = '';
    while (tickets.length < count) {
      const message = await next(messages);
      ({ position } = message);
      if (message.kind === 'event') tickets.push(message.event.data.ticket);
    }
    return { tickets, position };
  }

  it('sends what was missed, then a heartbeat, then what happens', async () => {
    const first = await append('T-1');
    await append('T-2');
    await append('T-3');
    const heard = listen(first);
    expect(await take(heard, 3)).toEqual(['T-2', 'T-3', 'heartbeat']);
    await append('T-4');
    await append('T-5');
    expect(await take(heard, 2)).toEqual(['T-4', 'T-5']);
  });

  it('starts from now on where no cursor is given', async () => {
    await append('T-1');
    const heard = listen();
    expect(await take(heard, 1)).toEqual(['heartbeat']);
    await append('T-2');
    expect(await take(heard, 1)).toEqual(['T-2']);
  });

  it('has no gap and no repeat at the seam, however often it is cut while events are appended', async () => {
    const count = 600;
    const random = new Random(7);
    const writing = (async () => {
      for (let i = 0; i < count; i += 10) {
        await Promise.all(Array.from({ length: 10 }, (_, j) => append(`T-${i + j}`)));
        if (random.chance(0.3)) await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    /** Listens in pieces, each cut after some events and taken up from the last cursor, after a while or at once. */
    const inPieces = async (longest: number) => {
      const heard: string[] = [];
      let after: Position = '';
      while (heard.length < count) {
        const messages = listen(after);
        const piece = await events(messages, Math.min(Math.ceil(random.between(0, longest)), count - heard.length));
        await messages.return();
        heard.push(...piece.tickets);
        after = piece.position;
        for (let i = random.between(0, 30); i > 0; i--) await new Promise((resolve) => setImmediate(resolve));
      }
      return heard;
    };
    const heard = await Promise.all([2, 10, 100, count].map(inPieces));
    await writing;
    const recorded = (await all(store.readAll({ types: ['SlaBreached'] }))).map(({ data }) => data);
    for (const list of heard) expect(list).toEqual(recorded.map((data) => (data as { ticket: string }).ticket));
  });

  it('tells each only of what it wants, in the same order', async () => {
    const met = listen('', { types: ['SlaMet'] });
    const other = listen('', { customers: ['globex'] });
    const any = listen('');
    for (const heard of [met, other, any]) expect(await take(heard, 1)).toEqual(['heartbeat']);
    for (let i = 0; i < 60; i++) await append(`T-${i}`, i % 3 === 0 ? 'SlaMet' : 'SlaBreached');
    expect((await events(any, 60)).tickets).toHaveLength(60);
    expect((await events(met, 20)).tickets).toEqual(Array.from({ length: 20 }, (_, i) => `T-${i * 3}`));
    time.moveTo(15_000);
    expect(await take(other, 1)).toEqual(['heartbeat']);
  });

  describe('a heartbeat', () => {
    it('comes at every interval with the newest cursor, whatever the filter, and can be resumed from', async () => {
      const heard = listen(undefined, { ticket: 'nobody' });
      await next(heard);
      const newest = await append('T-1');
      time.moveTo(15_000);
      expect(await next(heard)).toEqual({ kind: 'heartbeat', position: newest });
      await time.asleepUntil(30_000);
      const beyond = await store.append('notes', 'noStream', [event({}, 'InternalNoteAdded')]);
      time.moveTo(30_000);
      expect(await next(heard)).toEqual({ kind: 'heartbeat', position: beyond.position });
      const resumed = listen(newest);
      expect(await take(resumed, 1)).toEqual(['heartbeat']);
      await append('T-2');
      expect(await take(resumed, 1)).toEqual(['T-2']);
    });

    it('says nothing of events that its listener has not been handed yet', async () => {
      const heard = listen('');
      await next(heard);
      await append('T-1');
      await append('T-2');
      time.moveTo(15_000);
      expect(await take(heard, 3)).toEqual(['T-1', 'T-2', 'heartbeat']);
    });
  });

  describe('a subscriber that takes nothing', () => {
    it('is told where to come back when too many events wait, and misses none', async () => {
      feed = new Feed({ store, time, heartbeatMs: 15_000, kept: 8 });
      const slow = listen();
      const quick = listen();
      await Promise.all([next(slow), next(quick)]);
      const first = await append('T-0');
      expect(await take(slow, 1)).toEqual(['T-0']);
      expect(await take(quick, 1)).toEqual(['T-0']);
      for (let i = 1; i <= 9; i++) {
        await append(`T-${i}`);
        expect(await take(quick, 1)).toEqual([`T-${i}`]);
      }
      await expect(next(slow)).rejects.toEqual(expect.objectContaining({ name: 'SubscriberTooSlow', position: first }));
      const back = await events(listen(first), 9);
      expect(back.tickets).toEqual(Array.from({ length: 9 }, (_, i) => `T-${i + 1}`));
    });

    it('is handed all that waits where it is not too much', async () => {
      feed = new Feed({ store, time, heartbeatMs: 15_000, kept: 8 });
      const slow = listen();
      await next(slow);
      for (let i = 0; i < 8; i++) await append(`T-${i}`);
      expect((await events(slow, 8)).tickets).toHaveLength(8);
    });

    it('is not too slow while it catches up, however much there is', async () => {
      feed = new Feed({ store, time, heartbeatMs: 15_000, kept: 8 });
      for (let i = 0; i < 20; i++) await append(`T-${i}`);
      const heard = listen('');
      await next(heard);
      for (let i = 20; i < 40; i++) await append(`T-${i}`);
      expect((await events(heard, 39)).tickets).toEqual(Array.from({ length: 39 }, (_, i) => `T-${i + 1}`));
    });
  });

  describe('with many listeners', () => {
    /** A store that counts who follows it. */
    function counted() {
      const following = { now: 0, ever: 0 };
      const subscribe: EventStore['subscribe'] = async function* (options) {
        following.now += 1;
        following.ever += 1;
        try {
          yield* store.subscribe(options);
        } finally {
          following.now -= 1;
        }
      };
      const counting: EventStore = {
        logId: store.logId,
        append: (...given) => store.append(...given),
        readStream: (...given) => store.readStream(...given),
        readAll: (...given) => store.readAll(...given),
        lastPosition: () => store.lastPosition(),
        markAt: (position) => store.markAt(position),
        subscribe,
      };
      feed = new Feed({ store: counting, time, heartbeatMs: 15_000 });
      return following;
    }

    it('follows the log once for all who have caught up, and lets go of it when the last has left', async () => {
      const following = counted();
      const listeners = Array.from({ length: 50 }, () =>
        abortable((signal) => feed.listen({ scope: 'everyone', signal }), show),
      );
      await Promise.all(listeners.map((heard) => heard.next()));
      const heard = listeners.map((messages) => messages.next());
      await append('T-1');
      expect(new Set((await Promise.all(heard)).map(({ value }) => value as string))).toEqual(new Set(['T-1']));
      expect(following).toEqual({ now: 1, ever: 1 });
      // Some leave while they wait, some between two messages.
      const waiting = listeners.slice(25).map((messages) => messages.next());
      await Promise.all(listeners.map(async (messages) => messages.return?.()));
      await Promise.all(waiting);
      await new Promise((resolve) => setImmediate(resolve));
      expect(following.now).toBe(0);
    });

    it('tells all of a failure to read, and starts anew for the next', async () => {
      const subscribe = store.subscribe.bind(store);
      let breakIt: (error: Error) => void = () => undefined;
      const broken = new Promise<never>((_, reject) => (breakIt = reject));
      store.subscribe = async function* () {
        yield { kind: 'caughtUp', position: await store.lastPosition() };
        await broken;
      };
      const [one, other] = [listen(), listen()];
      await Promise.all([next(one), next(other)]);
      const heard = [next(one), next(other)];
      store.subscribe = subscribe;
      breakIt(new Error('the disk is gone'));
      for (const message of heard) await expect(message).rejects.toThrow('the disk is gone');
      const anew = listen();
      await next(anew);
      await append('T-1');
      expect(await take(anew, 1)).toEqual(['T-1']);
    });
  });
});
