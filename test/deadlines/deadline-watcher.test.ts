import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type EventStore, type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { StreamCache } from '../../src/event-sourcing/stream-cache.js';
import { type Ticket } from '../../src/tickets/domain/ticket.js';
import { StorageFault } from '../../src/event-sourcing/storage-fault.js';
import { type ProjectionStatus } from '../../src/event-sourcing/progress.js';
import { type Lease, settleDue, watchDeadlines, type WatcherPorts } from '../../src/deadlines/deadline-watcher.js';
import { type OutcomeData } from '../../src/tickets/domain/ticket-clocks.js';
import { type TicketSettled, type StuckTicket } from '../../src/deadlines/retry-tracker.js';
import { type TicketPorts } from '../../src/tickets/commands/change-ticket.js';
import { backgroundProcessors } from '../../src/app/background-processors.js';
import { event } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { importSample, ledgerAt, open, project, say, type TestContext } from '../support/application-contexts.js';
import { conflicting, forgetful, withAppend } from '../support/stores.js';

/** All of it is in March 2026, whose second is a Monday. */
const at = (text: string) => Date.parse(`2026-03-${text}Z`);
/** Under Pro, opened on Monday at nine: at risk at 15:00, due on Tuesday at nine. */
const opening = '2026-03-02T09:00:00Z';
const warning = at('02T15:00:00');
const breach = at('03T09:00:00.001');
/** Opened later on Monday, so that there is a deadline left when the others have passed. */
const later = '2026-03-02T12:00:00Z';
const laterWarning = at('03T10:00:00');
const second = 1_000;
const hour = 3_600_000;

/** Believes that it is always its turn. */
const always: Lease = { take: () => Promise.resolve(true), retryMs: 1 };

describe('the deadline watcher', () => {
  let folder: string;
  let context: TestContext;
  let stop: AbortController;
  let running: Promise<unknown>[];
  beforeEach(async () => {
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
    folder = newFolder();
    context = await ledgerAt(opening, folder);
    [stop, running] = [new AbortController(), []];
  });
  afterEach(async () => {
    await rest();
    await context.close();
    rmSync(folder, { recursive: true });
    jest.restoreAllMocks();
  });

  const projecting = (failed: (status: ProjectionStatus) => void = () => undefined) =>
    running.push(context.projections.run(stop.signal, failed));
  const watch = (changed: Partial<WatcherPorts> = {}) =>
    running.push(watchDeadlines({ ...context.work.deadlines, ...changed }, stop.signal));
  /** The watcher of another node: with what it knows itself, and a lease of its own. */
  const another = (changed: Partial<TicketPorts> = {}) =>
    backgroundProcessors({ ...context, tickets: new StreamCache<Ticket>({ streams: 100 }), ...changed }).deadlines;

  /** Ends what runs in the background. */
  async function rest() {
    stop.abort();
    await Promise.all(running);
    [stop, running] = [new AbortController(), []];
  }

  /** Starts anew on the same folder, as after a crash. */
  async function restart(now: number) {
    await rest();
    await context.close();
    context = await ledgerAt(new Date(now).toISOString(), folder);
    projecting();
  }

  /** Resolves when the list shows all that was recorded. */
  const listed = async () => context.projections.waitFor(['tickets'], await context.store.lastPosition(), stop.signal);

  /** Moves the clock, and resolves when the watcher has seen to what fell due and sleeps again. */
  async function moveTo(now: number, asleepUntil: number) {
    await listed();
    context.time.moveTo(now);
    await context.time.asleepUntil(asleepUntil);
  }

  async function recorded(type: string): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    for await (const found of context.store.readAll({ types: [type] })) events.push(found);
    return events;
  }
  const ticketsWith = async (type: string) =>
    (await recorded(type)).map(({ data }) => (data as OutcomeData).ticket).sort();
  const stuck = () => context.work.deadlines.stuck.all();

  it('sleeps until the next deadline, and wakes for a new one that comes before', async () => {
    await open(context, 'T-1');
    projecting();
    watch();
    await context.time.asleepUntil(warning);
    await open(context, 'T-2', 'pro', '2026-02-27T16:00:00Z');
    await context.time.asleepUntil(at('02T14:00:00'));
    await moveTo(at('02T14:00:00'), warning);
    expect(await ticketsWith('SlaAtRisk')).toEqual(['T-2']);
    await moveTo(warning, at('02T16:00:00.001'));
    expect(await ticketsWith('SlaAtRisk')).toEqual(['T-1', 'T-2']);
    await moveTo(at('02T16:00:00'), at('02T16:00:00.001'));
    expect(await ticketsWith('SlaBreached')).toEqual([]);
    await moveTo(at('02T16:00:00.001'), breach);
    expect(await ticketsWith('SlaBreached')).toEqual(['T-2']);
  });

  it('catches up after a restart on what fell due meanwhile, once, at its own instant', async () => {
    for (const ticket of ['T-1', 'T-2', 'T-3']) await open(context, ticket);
    await restart(at('05T12:00:00'));
    watch();
    await open(context, 'T-4');
    await context.time.asleepUntil(at('06T10:00:00'));
    const found = (await recorded('SlaBreached')).map(({ data, metadata }) => [
      ...[(data as OutcomeData).ticket, metadata.occurredAt, metadata.recordedAt],
    ]);
    expect(found.sort()).toEqual(['T-1', 'T-2', 'T-3'].map((ticket) => [ticket, at('03T09:00:00'), at('05T12:00:00')]));
    const before = await context.store.lastPosition();
    await restart(at('05T13:00:00'));
    watch();
    await context.time.asleepUntil(at('06T10:00:00'));
    expect(await context.store.lastPosition()).toBe(before);
  });

  describe('with more due than it settles at once', () => {
    const pages = [['T-1', 'T-2'], ['T-3'], ['T-4']];
    /** Work of which each ticket is done when it is told. */
    function byHand() {
      const asked: string[] = [];
      const ends = new Map<string, (error?: Error) => void>();
      const settle = (ticket: string) =>
        new Promise<TicketSettled>((resolve, reject) => {
          asked.push(ticket);
          ends.set(ticket, (error) => {
            if (error === undefined) resolve({ position: '1', isNews: true });
            else reject(error);
          });
        });
      const due = async function* () {
        for (const page of pages) yield Promise.resolve(page);
      };
      const ports = { ...context.work.deadlines, lease: always, settle };
      return { asked, ends, ports: { ...ports, deadlines: { ...ports.deadlines, due } } };
    }
    const turns = () => new Promise((resolve) => setTimeout(resolve, 20));

    it('decides on the next while those before them are recorded, and on no more', async () => {
      const { asked, ends, ports } = byHand();
      const settling = settleDue(ports, stop.signal);
      await turns();
      expect(asked).toEqual(['T-1', 'T-2', 'T-3']);
      ends.get('T-1')?.();
      await turns();
      expect(asked).toHaveLength(3);
      ends.get('T-2')?.();
      await turns();
      expect(asked).toEqual(['T-1', 'T-2', 'T-3', 'T-4']);
      stop.abort();
      for (const end of ends.values()) end();
      await settling;
    });

    it('ends when those under way have ended, where it is stopped or the store is away', async () => {
      for (const error of [undefined, new StorageFault('EVENT_STORE_UNAVAILABLE', 'It is away.')]) {
        const { asked, ends, ports } = byHand();
        let hasEnded = false;
        const settling = settleDue(ports, stop.signal).then(() => (hasEnded = true));
        await turns();
        if (error === undefined) stop.abort();
        ends.get('T-1')?.(error);
        ends.get('T-2')?.();
        await turns();
        expect([asked, hasEnded]).toEqual([['T-1', 'T-2', 'T-3'], false]);
        stop.abort();
        ends.get('T-3')?.();
        await settling;
        stop = new AbortController();
      }
    });

    it('says so where a ticket can neither be settled nor set aside', async () => {
      const { ends, ports } = byHand();
      const put = () => Promise.reject(new Error('the disk is full'));
      let said: string | undefined;
      const settling = settleDue({ ...ports, stuck: { ...ports.stuck, put } }, stop.signal);
      const ended = settling.catch((error: unknown) => (said = (error as Error).message));
      await turns();
      ends.get('T-3')?.(new Error('poison'));
      await turns();
      for (const ticket of ['T-1', 'T-2']) ends.get(ticket)?.();
      await turns();
      expect(said).toBeUndefined(); // T-4 is under way
      ends.get('T-4')?.();
      await ended;
      expect(said).toBe('the disk is full');
    });
  });

  it('leaves the tickets of an unfinished import alone until it is finished', async () => {
    const { log, counts } = await importSample(context, { tickets: 60, until: '2026-03-02T08:00:00Z', days: 20 });
    await open(context, 'T-1', 'pro', '2026-02-27T16:00:00Z');
    const settled: string[] = [];
    let somethingSettled: () => void = () => undefined;
    const settle = (ticket: string) => {
      settled.push(ticket);
      somethingSettled();
      return context.work.deadlines.settle(ticket);
    };
    projecting();
    watch({ settle });
    await context.time.asleepUntil(at('02T14:00:00'));
    await moveTo(at('02T14:00:00'), at('02T16:00:00.001'));
    expect(settled).toEqual(['T-1']);

    const isOver = new Promise<void>((resolve) => (somethingSettled = resolve));
    await log.finish(counts);
    await isOver;
    await rest();
    expect(settled.length).toBeGreaterThan(5);
    await project(context);
    const left: string[] = [];
    for await (const page of context.work.deadlines.deadlines.due(context.time.now())) left.push(...page);
    expect(left).toEqual([]);
    const now = at('02T14:00:00');
    const foundNow = (await recorded('SlaBreached')).filter(({ metadata }) => metadata.recordedAt === now);
    expect(foundNow.length).toBeGreaterThan(0);
    for (const { data } of foundNow)
      expect((data as OutcomeData).historic).toBe((data as OutcomeData).at < log.startedAt);
  });

  describe('killed', () => {
    const lines: Readonly<Record<string, (store: EventStore) => EventStore>> = {
      'before the append': (store) => withAppend(store, () => () => new Promise(() => undefined)),
      'after the append, before it knows': (store) =>
        withAppend(store, (append) => async (...given) => {
          await append(...given);
          return new Promise(() => undefined);
        }),
    };

    it.each(Object.entries(lines))('%s, it leaves one breach a ticket after a restart', async (_, dying) => {
      for (const ticket of ['T-1', 'T-2', 'T-3']) await open(context, ticket);
      await project(context);
      context.time.moveTo(breach);
      const { settle, ...rest } = another({ store: dying(context.store) });
      let isReached: () => void;
      const reached = new Promise<void>((resolve) => (isReached = resolve));
      // Its promise never settles: the process it ran in is gone.
      void watchDeadlines(
        {
          ...rest,
          settle: async (ticket) => {
            const settling = settle(ticket);
            // Long enough for the append to have been asked for.
            for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
            isReached();
            return settling;
          },
        },
        stop.signal,
      );
      await reached;
      stop = new AbortController();
      await restart(breach + second);
      watch();
      await open(context, 'T-4');
      await context.time.asleepUntil(at('03T15:00:01.001'));
      expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'T-2', 'T-3']);
    });

    it('before the row is updated, it leaves one breach a ticket after a restart', async () => {
      for (const ticket of ['T-1', 'T-2']) await open(context, ticket);
      await project(context);
      context.time.moveTo(breach);
      for (const ticket of ['T-1', 'T-2']) await context.work.deadlines.settle(ticket); // projected by nobody
      const before = await context.store.lastPosition();
      await restart(breach);
      watch();
      await open(context, 'T-3', 'pro', later);
      await context.time.asleepUntil(laterWarning);
      expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'T-2']);
      const more = (await recorded('SlaAtRisk')).filter(({ position }) => position > before);
      expect(more).toEqual([]);
    });

    it('where the answer to an append was lost, it leaves one breach', async () => {
      await open(context, 'T-1');
      projecting();
      context.time.moveTo(breach);
      await open(context, 'T-3');
      watch(another({ store: forgetful(context.store) }));
      await context.time.asleepUntil(breach + second);
      await moveTo(breach + second, at('03T15:00:00.001'));
      expect(await ticketsWith('SlaBreached')).toEqual(['T-1']);
    });
  });

  describe('beside another', () => {
    it('records each breach once, though both believe that it is their turn', async () => {
      const tickets = Array.from({ length: 40 }, (_, i) => `T-${i + 10}`);
      await Promise.all(tickets.map((ticket) => open(context, ticket)));
      await project(context);
      context.time.moveTo(breach);
      const waiting = new Map<string, () => void>();
      let met: () => void;
      const all = new Promise<void>((resolve) => (met = resolve));
      let pairs = 0;
      /** Settles not before the other is about to. */
      const asOneOfTwo = (): Partial<WatcherPorts> => {
        const node = another();
        return {
          lease: always,
          settle: async (ticket) => {
            const other = waiting.get(ticket);
            if (other === undefined) await new Promise<void>((resolve) => waiting.set(ticket, resolve));
            else {
              pairs += 1;
              if (pairs === tickets.length) met();
              other();
            }
            return node.settle(ticket);
          },
        };
      };
      projecting();
      watch(asOneOfTwo());
      watch(asOneOfTwo());
      await all;
      await rest();
      expect(await ticketsWith('SlaBreached')).toEqual(tickets);
    });

    it('works while it has the lease; the other takes over once that has run out', async () => {
      await open(context, 'T-1');
      await open(context, 'T-2', 'pro', '2026-03-02T09:00:05Z');
      context.time.moveTo(Date.parse(later));
      await open(context, 'T-3', 'pro', '2026-03-02T09:00:30Z');
      await open(context, 'T-4');
      await project(context);
      const [one, two] = [another(), another()];
      const settledBy: string[] = [];
      const as = (name: string, node: WatcherPorts): WatcherPorts => ({
        ...node,
        settle: (ticket) => {
          settledBy.push(`${name} ${ticket}`);
          return node.settle(ticket);
        },
      });
      projecting();
      context.time.moveTo(breach);
      expect(await one.lease.take()).toBe(true);
      expect(await two.lease.take()).toBe(false);
      watch(as('two', two));
      await context.time.asleepUntil(breach + two.lease.retryMs);
      expect(settledBy).toEqual([]);
      // The first is gone, and renews it no more.
      await moveTo(breach + two.lease.retryMs, breach + 2 * two.lease.retryMs);
      await moveTo(breach + 2 * two.lease.retryMs, at('03T09:00:30.001'));
      expect(settledBy).toEqual(['two T-1', 'two T-2', 'two T-3']);
      expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'T-2']);
      expect(await one.lease.take()).toBe(false);
      await moveTo(at('03T09:00:30.001'), laterWarning);
      expect(settledBy).toEqual(['two T-1', 'two T-2', 'two T-3', 'two T-3']);
      expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'T-2', 'T-3']);
    });

    it('takes no lease for good that was taken by a clock gone wrong', async () => {
      const [one, two] = [another(), another()];
      context.time.moveTo(at('30T09:00:00'));
      expect(await one.lease.take()).toBe(true);
      context.time.moveTo(at('02T09:00:00'));
      expect(await two.lease.take()).toBe(true);
      expect(await one.lease.take()).toBe(false);
    });
  });

  describe('with a clock that jumps', () => {
    it('forward, records what is due by then; back again, records nothing twice and goes on', async () => {
      await open(context, 'T-1');
      projecting();
      watch();
      await context.time.asleepUntil(warning);
      context.time.moveTo(at('09T09:00:00'));
      await open(context, 'T-2');
      await context.time.asleepUntil(at('09T15:00:00'));
      expect(await ticketsWith('SlaBreached')).toEqual(['T-1']);
      await moveTo(Date.parse(opening) + hour, at('09T15:00:00'));
      await open(context, 'T-3');
      await context.time.asleepUntil(at('02T16:00:00'));
      await moveTo(at('03T10:00:00.001'), at('09T15:00:00'));
      expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'T-3']);
      // The breach was found too soon: a reply in time takes it back.
      await say(context, 'T-1', { type: 'RecordFirstResponse' }, '2026-03-03T09:00:00Z');
      expect(await ticketsWith('SlaBreachWithdrawn')).toEqual(['T-1']);
    });

    it('back, tries again what it had set aside, and does not wait for the old time', async () => {
      let isPoisoned = true;
      await open(context, 'T-1');
      await open(context, 'T-2', 'pro', '2026-03-02T08:30:00Z');
      projecting();
      context.time.moveTo(at('20T09:00:00'));
      watch({
        settle: (ticket) =>
          isPoisoned && ticket === 'T-1' ? Promise.reject(new Error('poison')) : context.work.deadlines.settle(ticket),
      });
      await context.time.asleepUntil(at('20T09:00:01'));
      isPoisoned = false;
      context.time.moveTo(breach);
      await open(context, 'T-3');
      await context.time.asleepUntil(at('03T15:00:00.001'));
      expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'T-2']);
      expect(await stuck()).toEqual([]);
    });
  });

  it('of a process that was suspended for an hour settles all that fell due in it, in the order of the deadlines', async () => {
    context.time.moveTo(at('02T10:00:00'));
    for (const minute of ['30', '10', '20']) await open(context, `T-${minute}`, 'pro', `2026-03-02T09:${minute}:00Z`);
    projecting();
    const order: string[] = [];
    watch({
      settle: (ticket) => {
        order.push(ticket);
        return context.work.deadlines.settle(ticket);
      },
    });
    await open(context, 'T-last', 'pro', '2026-03-02T09:45:00Z');
    await context.time.asleepUntil(at('02T15:10:00'));
    await moveTo(at('03T09:30:00.001'), at('03T09:45:00.001'));
    expect(order.slice(0, 3)).toEqual(['T-10', 'T-20', 'T-30']);
    expect(await ticketsWith('SlaBreached')).toEqual(['T-10', 'T-20', 'T-30']);
  });

  it("doubles and loses nothing while the projection lags: each ticket's decider has the last word", async () => {
    await open(context, 'T-1');
    await open(context, 'T-answered');
    await project(context);
    await say(context, 'T-answered', { type: 'RecordFirstResponse' }); // not projected yet
    await open(context, 'T-2');
    const settled: string[] = [];
    let isSettled: () => void;
    const all = new Promise<void>((resolve) => (isSettled = resolve));
    const settle = async (ticket: string) => {
      const done = await context.work.deadlines.settle(ticket);
      settled.push(ticket);
      if (settled.length === 2) isSettled();
      return done;
    };
    context.time.moveTo(breach);
    watch({ settle });
    await all;
    context.time.moveTo(breach + hour);
    await open(context, 'T-3');
    await rest();
    expect(settled.sort()).toEqual(['T-1', 'T-answered']);
    projecting();
    watch();
    await context.time.asleepUntil(at('03T16:00:00.001'));
    expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'T-2']);
  });

  it('leaves a ticket alone for a minute whose decider says that nothing fell due, whatever the list says', async () => {
    await open(context, 'T-1');
    await project(context);
    await context.db
      .updateTable('clocks')
      .set({ next_at: at('02T10:00:00') })
      .execute();
    let asked = 0;
    projecting();
    watch({
      settle: (ticket) => {
        asked += 1;
        return context.work.deadlines.settle(ticket);
      },
    });
    await context.time.asleepUntil(at('02T10:00:00'));
    await moveTo(at('02T10:00:00'), at('02T10:01:00'));
    expect(asked).toBe(1);
    await moveTo(at('02T10:01:00'), at('02T10:02:00'));
    expect(asked).toBe(2);
  });

  it('settles 100,000 tickets due in the same second, each once, with some that fail among them', async () => {
    const pages = Array.from({ length: 100 }, (_, page) =>
      Array.from({ length: 1_000 }, (__, i) => `T-${page * 1_000 + i}`),
    );
    const [settled, failed] = [new Map<string, number>(), new Map<string, StuckTicket>()];
    const isPoison = (ticket: string) => ticket.endsWith('777');
    const ports: WatcherPorts = {
      ...context.work.deadlines,
      deadlines: {
        ...context.work.deadlines.deadlines,
        due: async function* () {
          for (const page of pages) yield await Promise.resolve(page); // the list lags: all of it stays
        },
        next: () => Promise.resolve(undefined),
        seen: () => '1',
      },
      lease: always,
      settle: (ticket) => {
        if (isPoison(ticket)) return Promise.reject(new Error('poison'));
        settled.set(ticket, (settled.get(ticket) ?? 0) + 1);
        return Promise.resolve({ position: '2', isNews: true });
      },
      stuck: {
        all: () => Promise.resolve([]),
        put: (ticket) => Promise.resolve(void failed.set(ticket.ticket, ticket)),
        remove: (ticket) => Promise.resolve(void failed.delete(ticket)),
      },
    };
    running.push(watchDeadlines(ports, stop.signal));
    await context.time.asleepUntil(Date.parse(opening) + second);
    context.time.moveTo(Date.parse(opening) + second);
    await context.time.asleepUntil(Date.parse(opening) + 3 * second);
    expect([settled.size, failed.size]).toEqual([99_900, 100]);
    expect([...new Set(settled.values())]).toEqual([1]);
    expect([...new Set([...failed.values()].map(({ tries }) => tries))]).toEqual([2]);
  });

  describe('with a ticket that cannot be settled', () => {
    let isPoisoned: (ticket: string) => boolean;
    let told: string[];
    const settle = (ticket: string) => {
      if (!isPoisoned(ticket)) return context.work.deadlines.settle(ticket);
      told.push(ticket);
      return Promise.reject(new Error('poison'));
    };
    beforeEach(() => {
      isPoisoned = (ticket) => ticket.startsWith('poison');
      told = [];
      projecting();
    });

    it('settles the others at their deadlines, and that one when it can be, trying less and less often', async () => {
      await open(context, 'poison');
      await open(context, 'T-1');
      await open(context, 'T-2', 'pro', '2026-03-02T08:59:00Z');
      context.time.moveTo(Date.parse(later));
      await open(context, 'T-3', 'pro', '2026-03-02T09:00:02Z');
      await open(context, 'T-4');
      watch({ settle });
      await context.time.asleepUntil(warning);
      await moveTo(breach, breach + second);
      expect([told, await ticketsWith('SlaBreached')]).toEqual([['poison'], ['T-1', 'T-2']]);
      // The next deadline comes before the time to try again, and is not missed for it.
      await moveTo(breach + second, at('03T09:00:02.001'));
      await moveTo(at('03T09:00:02.001'), breach + 3 * second);
      expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'T-2', 'T-3']);
      await moveTo(breach + 3 * second, breach + 7 * second);
      expect(told).toEqual(['poison', 'poison', 'poison']);
      expect(await stuck()).toMatchObject([
        {
          ticket: 'poison',
          error: 'poison',
          tries: 3,
          since: breach,
          lastAt: breach + 3 * second,
          retryAt: breach + 7 * second,
        },
      ]);
      isPoisoned = () => false;
      await moveTo(breach + 7 * second, laterWarning);
      expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'T-2', 'T-3', 'poison']);
      expect(await stuck()).toEqual([]);
    });

    it('goes on with its back-off after a restart, an hour at most, and forgets it once nothing is due on it', async () => {
      await open(context, 'poison');
      context.time.moveTo(breach);
      watch({ settle });
      await context.time.asleepUntil(breach + second);
      await restart(breach);
      watch({ settle });
      for (let [now, tries] = [breach, 1]; tries < 14; tries++) {
        const wait = Math.min(2 ** (tries - 1) * second, hour);
        await context.time.asleepUntil(now + wait);
        expect(await stuck()).toMatchObject([{ tries, retryAt: now + wait }]);
        now += wait;
        context.time.moveTo(now);
      }
      await say(context, 'poison', { type: 'RecordFirstResponse' });
      await open(context, 'T-2');
      await listed();
      const now = context.time.now() + hour;
      await moveTo(now, (await context.work.deadlines.deadlines.next(now)) ?? now);
      expect(await stuck()).toEqual([]);
    });

    it('is not kept from the rest by any number of them', async () => {
      const poisons = Array.from({ length: 1_100 }, (_, i) => `poison-${i}`);
      await Promise.all(poisons.map((ticket) => open(context, ticket)));
      context.time.moveTo(Date.parse(later));
      await open(context, 'T-1', 'pro', '2026-03-02T09:00:01Z');
      await open(context, 'T-2');
      await listed();
      context.time.moveTo(breach + 1_000);
      watch({ settle });
      await context.time.asleepUntil(breach + 2_000);
      expect([told.length, await ticketsWith('SlaBreached')]).toEqual([1_100, ['T-1']]);
    });

    it('that conflicts with others for longer than it tries is settled when they let it', async () => {
      await open(context, 'T-1');
      context.time.moveTo(breach);
      watch(another({ store: conflicting(context.store, 25).store }));
      await context.time.asleepUntil(breach + second);
      expect(await stuck()).toMatchObject([
        { ticket: 'T-1', error: expect.stringContaining('Too many concurrent changes') },
      ]);
      await open(context, 'T-2');
      await moveTo(breach + second, at('03T15:00:00.001'));
      expect([await ticketsWith('SlaBreached'), await stuck()]).toEqual([['T-1'], []]);
    });
  });

  it('goes on with the deadlines it knows when the projection has failed', async () => {
    await open(context, 'T-1');
    await open(context, 'T-2', 'pro', later);
    await project(context);
    await context.store.append('ticket-never-opened', 'noStream', [event({ ticket: 'never-opened' }, 'SlaBreached')]);
    const hasFailed = new Promise<ProjectionStatus>((resolve) => projecting(resolve));
    let isSettled: () => void;
    const settled = new Promise<void>((resolve) => (isSettled = resolve));
    watch({
      settle: (ticket) =>
        context.work.deadlines.settle(ticket).finally(() => {
          isSettled();
        }),
    });
    expect((await hasFailed).state).toBe('failed');
    context.time.moveTo(breach);
    await settled;
    await rest();
    expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'never-opened']);
  });
});
