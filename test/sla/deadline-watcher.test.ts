import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { StreamCache } from '../../src/event-sourcing/handle-command.js';
import { type ProjectionStatus } from '../../src/event-sourcing/progress.js';
import { watchDeadlines, type WatcherPorts } from '../../src/sla/deadline-watcher.js';
import { type OutcomeData } from '../../src/sla/domain/outcome.js';
import { settleTicket } from '../../src/tickets/commands/change-ticket.js';
import { event } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { importSample, ledgerAt, open, project, type TestLedger } from '../support/ledgers.js';

/** All of it is in March 2026, whose second is a Monday. */
const at = (text: string) => Date.parse(`2026-03-${text}Z`);
/** Under Pro, opened on Monday at nine: at risk at 15:00, due on Tuesday at nine. */
const opening = '2026-03-02T09:00:00Z';
const warning = at('02T15:00:00');
const breach = at('03T09:00:00.001');
/** Opened later on Monday, so that there is a deadline left when the others have passed. */
const later = '2026-03-02T12:00:00Z';
const laterWarning = at('03T10:00:00');
const minute = 60_000;

describe('the deadline watcher', () => {
  let folder: string;
  let ledger: TestLedger;
  let stop: AbortController;
  let running: Promise<unknown>[];
  beforeEach(async () => {
    folder = newFolder();
    ledger = await ledgerAt(opening, folder);
    [stop, running] = [new AbortController(), []];
  });
  afterEach(async () => {
    await rest();
    await ledger.close();
    rmSync(folder, { recursive: true });
  });

  const projecting = (failed: (status: ProjectionStatus) => void = () => undefined) =>
    running.push(ledger.projections.run(stop.signal, failed));
  const watch = (changed: Partial<WatcherPorts> = {}) =>
    running.push(watchDeadlines({ ...ledger.watcher, ...changed }, stop.signal));

  /** Ends what runs in the background. */
  async function rest() {
    stop.abort();
    await Promise.all(running);
    [stop, running] = [new AbortController(), []];
  }

  /** Moves the clock, and resolves when the watcher has seen to what fell due and sleeps again. */
  async function moveTo(now: number, asleepUntil: number) {
    ledger.clock.moveTo(now);
    await ledger.clock.asleepUntil(asleepUntil);
  }

  async function recorded(type: string): Promise<readonly StoredEvent[]> {
    const events: StoredEvent[] = [];
    for await (const found of ledger.store.readAll({ types: [type] })) events.push(found);
    return events;
  }
  const ticketsWith = async (type: string) =>
    (await recorded(type)).map(({ data }) => (data as OutcomeData).ticket).sort();

  it('sleeps until the next deadline, and wakes for a new one that comes before', async () => {
    await open(ledger, 'T-1');
    projecting();
    watch();
    await ledger.clock.asleepUntil(warning);
    await open(ledger, 'T-2', 'pro', '2026-02-27T16:00:00Z');
    await ledger.clock.asleepUntil(at('02T14:00:00'));
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
    for (const ticket of ['T-1', 'T-2', 'T-3']) await open(ledger, ticket);
    const restart = async (now: string) => {
      await rest();
      await ledger.close();
      ledger = await ledgerAt(now, folder);
      projecting();
      watch();
    };
    await restart('2026-03-05T12:00:00Z');
    await open(ledger, 'T-4');
    await ledger.clock.asleepUntil(at('06T10:00:00'));
    const found = (await recorded('SlaBreached')).map(({ data, metadata }) => [
      ...[(data as OutcomeData).ticket, metadata.occurredAt, metadata.recordedAt],
    ]);
    expect(found.sort()).toEqual(['T-1', 'T-2', 'T-3'].map((ticket) => [ticket, at('03T09:00:00'), at('05T12:00:00')]));
    const before = await ledger.store.lastPosition();
    await restart('2026-03-05T13:00:00Z');
    await ledger.clock.asleepUntil(at('06T10:00:00'));
    expect(await ledger.store.lastPosition()).toBe(before);
  });

  it('leaves the tickets of an unfinished import alone until it is finished', async () => {
    const { log, counts } = await importSample(ledger, { tickets: 60, until: '2026-03-02T08:00:00Z', days: 20 });
    await open(ledger, 'T-1', 'pro', '2026-02-27T16:00:00Z');
    const settled: string[] = [];
    let somethingSettled: () => void = () => undefined;
    const settle = (ticket: string) => {
      settled.push(ticket);
      somethingSettled();
      return ledger.watcher.settle(ticket);
    };
    projecting();
    watch({ settle });
    await ledger.clock.asleepUntil(at('02T14:00:00'));
    await moveTo(at('02T14:00:00'), at('02T16:00:00.001'));
    expect(settled).toEqual(['T-1']);

    const isOver = new Promise<void>((resolve) => (somethingSettled = resolve));
    await log.finish(counts);
    await isOver;
    await rest();
    expect(settled.length).toBeGreaterThan(5);
    await project(ledger);
    expect(await ledger.watcher.deadlines.due(ledger.clock.now(), 500, [])).toEqual([]);
    const now = at('02T14:00:00');
    const foundNow = (await recorded('SlaBreached')).filter(({ metadata }) => metadata.recordedAt === now);
    expect(foundNow.length).toBeGreaterThan(0);
    for (const { data } of foundNow)
      expect((data as OutcomeData).historic).toBe((data as OutcomeData).at < log.startedAt);
  });

  it('beside another records each breach once', async () => {
    const tickets = Array.from({ length: 40 }, (_, i) => `T-${i + 10}`);
    await Promise.all(tickets.map((ticket) => open(ledger, ticket)));
    await project(ledger);
    ledger.clock.moveTo(breach);
    const waiting = new Map<string, () => void>();
    let met: () => void;
    const all = new Promise<void>((resolve) => (met = resolve));
    let pairs = 0;
    /** Settles as one of two processes: with what it knows itself, and not before the other is about to. */
    const asOneOfTwo = (): Partial<WatcherPorts> => {
      const ports = { ...ledger, tickets: new StreamCache<never>(100) };
      return {
        settle: async (ticket) => {
          const other = waiting.get(ticket);
          if (other === undefined) await new Promise<void>((resolve) => waiting.set(ticket, resolve));
          else {
            pairs += 1;
            if (pairs === tickets.length) met();
            other();
          }
          return settleTicket(ports, ticket);
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

  it('doubles and loses nothing while the projection lags', async () => {
    await open(ledger, 'T-1');
    await project(ledger);
    await open(ledger, 'T-2'); // not projected yet
    await open(ledger, 'T-3', 'pro', '2026-03-02T09:00:00.005Z');
    let settled = 0;
    const settle = (ticket: string) => {
      settled += 1;
      return ledger.watcher.settle(ticket);
    };
    ledger.clock.moveTo(breach);
    watch({ settle, refreshed: () => Promise.resolve() });
    await ledger.clock.asleepUntil(breach + minute);
    await moveTo(breach + minute, breach + 2 * minute);
    expect([settled, await ticketsWith('SlaBreached')]).toEqual([2, ['T-1']]);
    await open(ledger, 'T-4');
    await rest();
    projecting();
    watch();
    await ledger.clock.asleepUntil(at('03T15:01:00.001'));
    expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'T-2', 'T-3']);
  });

  describe('with a ticket that cannot be settled', () => {
    let isPoisoned: (ticket: string) => boolean;
    let told: string[];
    const settle = (ticket: string) =>
      isPoisoned(ticket) ? Promise.reject(new Error('poison')) : ledger.watcher.settle(ticket);
    beforeEach(() => {
      isPoisoned = (ticket) => ticket.startsWith('poison');
      told = [];
      projecting();
    });
    const failed = (ticket: string) => told.push(ticket);

    it('settles the others at their deadlines, and that one when it can be', async () => {
      await open(ledger, 'poison');
      await open(ledger, 'T-1');
      await open(ledger, 'T-2', 'pro', '2026-03-02T08:59:00Z');
      ledger.clock.moveTo(Date.parse(later));
      await open(ledger, 'T-3', 'pro', '2026-03-02T09:00:30Z');
      await open(ledger, 'T-4');
      watch({ settle, failed });
      await ledger.clock.asleepUntil(warning);
      ledger.clock.moveTo(breach);
      // The next deadline comes before the time to try again, and is not missed for it.
      await ledger.clock.asleepUntil(at('03T09:00:30.001'));
      expect([told, await ticketsWith('SlaBreached')]).toEqual([['poison'], ['T-1', 'T-2']]);
      await moveTo(at('03T09:00:30.001'), breach + minute);
      expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'T-2', 'T-3']);
      await moveTo(breach + minute, breach + 2 * minute);
      expect(told).toEqual(['poison', 'poison']);
      isPoisoned = () => false;
      await moveTo(breach + 2 * minute, laterWarning);
      expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'T-2', 'T-3', 'poison']);
    });

    it('is not kept from the rest by any number of them', async () => {
      const poisons = Array.from({ length: 1_100 }, (_, i) => `poison-${i}`);
      await Promise.all(poisons.map((ticket) => open(ledger, ticket)));
      ledger.clock.moveTo(Date.parse(later));
      await open(ledger, 'T-1', 'pro', '2026-03-02T09:00:01Z');
      await open(ledger, 'T-2');
      ledger.clock.moveTo(breach + 1_000);
      watch({ settle, failed });
      await ledger.clock.asleepUntil(breach + 1_000 + minute);
      expect([told.length, await ticketsWith('SlaBreached')]).toEqual([1_100, ['T-1']]);
    });
  });

  it('goes on with the deadlines it knows when the projection has failed', async () => {
    await open(ledger, 'T-1');
    await project(ledger);
    await ledger.store.append('ticket-never-opened', 'noStream', [event({ ticket: 'never-opened' }, 'SlaBreached')]);
    const hasFailed = new Promise<ProjectionStatus>((resolve) => projecting(resolve));
    watch();
    expect((await hasFailed).state).toBe('failed');
    ledger.clock.moveTo(breach);
    await ledger.clock.asleepUntil(breach + minute);
    expect(await ticketsWith('SlaBreached')).toEqual(['T-1', 'never-opened']);
  });
});
