import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ReadBarrier } from '../../src/api/graphql/read-barrier.js';
import { Catalogue } from '../../src/catalogue/catalogue.js';
import { DueAtQuery, DueAtHandler } from '../../src/catalogue/queries/due-at-query.js';
import { toCursor } from '../../src/event-sourcing/cursor.js';
import { type EventStore } from '../../src/event-sourcing/event-store.js';
import { soon, soonMs } from '../../src/event-sourcing/soon.js';
import { SlaEventsResolver } from '../../src/feed/graphql/sla-events.resolver.js';
import { toTicketTypes } from '../../src/tickets/graphql/ticket.type.js';
import { newStore } from '../support/stores.js';

/** A log whose server is away, and for which commands wait. */
const never = new Promise<never>(() => undefined);
async function* nothing(): AsyncGenerator<never, void, undefined> {
  yield await never;
}
const log = newStore();
const away: EventStore = {
  logId: log.logId,
  append: () => never,
  readStream: nothing,
  readAll: nothing,
  subscribe: nothing,
  lastPosition: () => never,
  markAt: () => never,
};
const unavailable = { code: 'EVENT_STORE_UNAVAILABLE', message: 'The event store does not answer.' };

describe('what is asked of a log', () => {
  it('is answered as the log does, where it does soon', async () => {
    expect(await soon(Promise.resolve(1))).toBe(1);
    await expect(soon(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});

describe('a reader, while the event store is away,', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });
  const catalogue = new Catalogue(away, 'community');
  const terms = { plan: { code: 'pro', version: 1 }, calendar: { code: 'business-hours', version: 1 } };
  const view = { terms, clocks: () => [] } as never;
  const due = { customer: null, plan: 'pro', calendar: null, from: 0 } as never;
  const barrier = new ReadBarrier(
    away,
    { waitFor: () => Promise.resolve(false) },
    { isOver: true, over: () => Promise.resolve(true) },
  );

  const cursor = toCursor(away, '0'.repeat(20));
  const feed = new SlaEventsResolver({} as never, {} as never, away);

  it.each<[string, () => Promise<unknown>]>([
    ['that asks for a ticket whose plan is not in memory', () => toTicketTypes([view], catalogue, 0)],
    ['that asks for what would be due', () => new DueAtHandler(catalogue).execute(new DueAtQuery('everyone', due))],
    ['that asks for a position that nobody has seen', () => barrier.seen(['tickets'], cursor)],
    ['that asks for the feed since a cursor', () => feed.slaEvents({ after: cursor }, { scope: 'everyone' } as never)],
  ])('%s is told so soon', async (_, ask) => {
    const answer = expect(ask()).rejects.toMatchObject(unavailable);
    await jest.advanceTimersByTimeAsync(soonMs);
    await answer;
  });
});
