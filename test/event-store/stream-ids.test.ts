import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { newId } from '../../src/event-sourcing/new-id.js';
import { StreamIds } from '../../src/event-store/eventstoredb/stream-ids.js';

const idsOf = (count: number) => Array.from({ length: count }, () => ({ id: newId() }));

/** What is in use after a collection, in bytes. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

describe('the ids of streams', () => {
  it('are known from the first on, without a gap', () => {
    const ids = new StreamIds();
    const events = idsOf(10);
    ids.saw('s', 5, events.slice(5));
    expect(ids.known('s')).toBe(0);
    ids.saw('s', 0, events.slice(0, 4));
    ids.saw('s', 2, events.slice(2, 8));
    ids.saw('s', 0, events.slice(0, 3));
    expect(ids.known('s')).toBe(8);
    expect(events.map(({ id }) => ids.has('s', id))).toEqual(events.map((_, i) => i < 8));
    expect(ids.has('t', events[0]?.id ?? '')).toBe(false);
  });

  it.each([
    ['of one event', 1],
    ['of ten events', 10],
    ['of a thousand events', 1_000],
  ])('of streams %s are kept as long as they take no more bytes than they may', (_, each) => {
    const most = 1024 * 1024;
    const before = heapUsed();
    const ids = new StreamIds(most);
    const last: { readonly id: string }[] = [];
    for (let n = 0; n < 40_000; n += each) {
      const events = idsOf(each);
      ids.saw(`ticket-${n}`, 0, events);
      if (n + each >= 40_000) last.push(...events);
    }
    expect(ids.bytes).toBeLessThanOrEqual(most);
    expect(heapUsed() - before).toBeLessThan(1.5 * most);
    expect(last.every(({ id }) => ids.has(`ticket-${40_000 - each}`, id))).toBe(true);
  });

  it('of a stream that grows by one event at a time take a dozen bytes each at most', () => {
    const ids = new StreamIds();
    for (let n = 0; n < 500; n++) ids.saw('s', n, idsOf(1));
    expect(ids.bytes).toBeLessThan(500 * 12 + 500);
    expect(ids.known('s')).toBe(500);
  });

  it('of one stream are kept whole, though they are more than may be kept of all', () => {
    const ids = new StreamIds(10_000);
    ids.saw('other', 0, idsOf(1));
    ids.saw('s', 0, idsOf(5_000));
    expect([ids.known('s'), ids.known('other')]).toEqual([5_000, 0]);
  });
});
