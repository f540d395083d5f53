import { type Readable } from '../../read-models/scoped.js';
import { byTicket, type ClocksByTicket, readClocks, upTo } from '../read-clocks.js';

/** So many rows of each ticket of a page are read at once, and a few more for all of them. */
const atOnce = { each: 4, all: 100 };

/** The clocks of the tickets of a page: at once where they are few, as they mostly are; else where that holds up nobody. */
export async function clocksOfPage(db: Readable, tickets: readonly string[]): Promise<ClocksByTicket> {
  const few = await upTo(atOnce.all + atOnce.each * tickets.length, db.atOnce, tickets);
  return few === undefined ? readClocks(db, tickets) : byTicket(tickets, few);
}
