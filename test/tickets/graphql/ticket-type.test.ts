import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { type Catalogue } from '../../../src/catalogue/catalogue.js';
import { yieldToEventLoop } from '../../../src/event-sourcing/yield-to-event-loop.js';
import { type ClockType } from '../../../src/tickets/graphql/clock.type.js';
import { toTicketType } from '../../../src/tickets/graphql/ticket.type.js';
import { viewOf } from '../../../src/tickets/domain/ticket-view.js';
import { instant, TicketLife } from '../../support/ticket-life.js';

describe('the clocks of a ticket', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  /** A ticket that has been replied to so often, as the API shows it. */
  function replied(times: number) {
    const ticket = new TicketLife().open('Mon 09:00');
    for (let n = 0; n < times; n++)
      ticket.do(`Mon 10:${String(n % 60).padStart(2, '0')}`, 'RecordFollowUp', { now: 'Mon 11:00' });
    const at = instant('Mon 11:00');
    const view = viewOf('t1', ticket.state, ticket.versions, at);
    if (view === undefined) throw new Error('there is no ticket');
    return toTicketType(view, ticket.versions as unknown as Catalogue, at);
  }

  it('are read in a turn of their own where they are many', async () => {
    const [few, many] = [replied(3), Array.from({ length: 20 }, () => replied(40))];
    let now = performance.now();
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 3)); // whatever is done takes long
    let turns = 0;
    const read: number[] = [];
    const asked = many.map((ticket) =>
      Promise.resolve(ticket.clocks).then((all: readonly ClockType[]) => {
        read.push(turns);
        return all.length;
      }),
    );
    expect(few.clocks).toHaveLength(4); // at once
    while (read.length < many.length) {
      await yieldToEventLoop();
      turns += 1;
    }
    expect(await Promise.all(asked)).toEqual(many.map(() => 41));
    expect(new Set(read).size).toBeGreaterThan(many.length / 2);
  });
});
