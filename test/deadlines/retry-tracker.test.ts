import { describe, expect, it } from '@jest/globals';
import { type Deadlines, settleDue } from '../../src/deadlines/deadline-watcher.js';
import { RetryTracker, type StuckTicket, type StuckTicketStore } from '../../src/deadlines/retry-tracker.js';
import { ManualClock } from '../support/manual-clock.js';

/** Keeps tickets that are stuck in memory. */
function storeOf(...stuck: readonly StuckTicket[]) {
  const kept = new Map(stuck.map((one) => [one.ticket, one]));
  const store: StuckTicketStore = {
    all: () => Promise.resolve([...kept.values()]),
    put: (one) => Promise.resolve(void kept.set(one.ticket, one)),
    remove: (ticket) => Promise.resolve(void kept.delete(ticket)),
  };
  return { store, kept };
}

const stuck = (ticket: string): StuckTicket => ({
  ...{ ticket, error: 'poison', tries: 3, since: 0, lastAt: 1_000, retryAt: 5_000 },
});

describe('tickets that cannot be settled', () => {
  it('wait across restarts until they are tried again', async () => {
    const { store, kept } = storeOf(stuck('T-1'));
    const tracker = await RetryTracker.of(store);
    expect(tracker.until()).toBe(5_000);
    expect([tracker.look(4_999, undefined).takes('T-1'), tracker.look(4_999, undefined).takes('T-2')]).toEqual([
      false,
      true,
    ]);
    expect(tracker.look(5_000, undefined).takes('T-1')).toBe(true);
    await tracker.failed('T-1', new Error('poison'), 5_000);
    expect(kept.get('T-1')).toEqual({ ...stuck('T-1'), tries: 4, lastAt: 5_000, retryAt: 13_000 });
  });

  it('wait no longer where the clock has gone back before they failed', async () => {
    const tracker = await RetryTracker.of(storeOf(stuck('T-1')).store);
    expect(tracker.look(999, undefined).takes('T-1')).toBe(true);
  });

  it('are shown until they are settled', async () => {
    const { store, kept } = storeOf(stuck('T-1'));
    const tracker = await RetryTracker.of(store);
    await tracker.settled('T-1', { position: '1', isNews: true });
    expect([...kept.keys()]).toEqual([]);
  });
});

describe('a ticket that is on the list twice', () => {
  it('is settled once', async () => {
    const pages = [['T-1', 'T-2', 'T-1']];
    const deadlines: Deadlines = {
      next: () => Promise.resolve(undefined),
      due: async function* () {
        const page = pages.shift();
        if (page !== undefined) yield page;
      },
      seen: () => undefined,
      changed: () => Promise.resolve(),
      refreshed: () => Promise.resolve(),
    };
    const settled: string[] = [];
    const settle = (ticket: string) => {
      settled.push(ticket);
      return Promise.resolve({ position: '1', isNews: true });
    };
    const lease = { take: () => Promise.resolve(true), retryMs: 1 };
    const ports = { deadlines, time: new ManualClock(0), lease, settle, stuck: storeOf().store };
    await settleDue(ports, new AbortController().signal);
    expect(settled).toEqual(['T-1', 'T-2']);
  });
});
