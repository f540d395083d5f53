import { type Kysely, sql } from 'kysely';
import { type Instant } from '../business-time/calendar.js';
import { type Schema } from '../read-models/schema.js';
import { yieldToEventLoop } from '../event-sourcing/yield-to-event-loop.js';

/** Rows read at a time. Limits stand in the text: SQLite plans a statement anew each time that one is bound. */
const pageSize = 1_000;

/** Of so many that are due it does not matter which is settled first. */
const sortedTogether = 50_000;

/** Tickets settled together: of more, the garbage collector copies what each of them needs while it waits. */
const settledTogether = 256;

/** The first instant after another at which something falls due on a ticket that is watched. */
export async function nextDeadline(db: Kysely<Schema>, after: Instant): Promise<Instant | undefined> {
  const clock = db
    .selectFrom('clocks')
    .select('next_at')
    .where('next_at', '>', after)
    .orderBy('next_at')
    .limit(sql.lit(1));
  const wait = watched(db)
    .select('wakes_at as next_at')
    .where('wakes_at', '>', after)
    .orderBy('wakes_at')
    .limit(sql.lit(1));
  const found = [await clock.executeTakeFirst(), await wait.executeTakeFirst()];
  const instants = found.flatMap((row) => row?.next_at ?? []);
  return instants.length === 0 ? undefined : Math.min(...instants);
}

/** The last row of a page: when it was due, and the ticket. */
type Last = readonly [Instant, string] | undefined;

/** A page of the clocks on which something has fallen due, after a row: the index has all of it, and nothing else. */
export function duePage(db: Kysely<Schema>, now: Instant, after: Last) {
  const due = db.selectFrom('clocks').select(['next_at', 'ticket']).where('next_at', '<=', now);
  const rest = after === undefined ? due : due.where(sql<boolean>`(next_at, ticket) > (${after[0]}, ${after[1]})`);
  return rest.orderBy('next_at').orderBy('ticket').limit(sql.lit(pageSize));
}

/** The same of tickets of which a wait has ended by itself. */
export function endedPage(db: Kysely<Schema>, now: Instant, after: Last) {
  const due = watched(db).select(['wakes_at as next_at', 'id as ticket']).where('wakes_at', '<=', now);
  const rest = after === undefined ? due : due.where(sql<boolean>`(wakes_at, id) > (${after[0]}, ${after[1]})`);
  return rest.orderBy('wakes_at').orderBy('id').limit(sql.lit(pageSize));
}

/** Tickets but for those of an unfinished import: imported history floods nobody. */
const watched = (db: Kysely<Schema>) =>
  db
    .selectFrom('tickets')
    .where(sql<boolean>`NOT EXISTS (SELECT 1 FROM imports WHERE imports.id = tickets.import AND unfinished = 1)`);

/**
 * Watched tickets on which something has fallen due, some at a time: the soonest first, and among many in the order of their
 * ids, so that those which stand beside each other in the files are read and written together.
 */
export async function* dueTickets(
  db: Kysely<Schema>,
  now: Instant,
  most = sortedTogether,
): AsyncGenerator<readonly string[], void, undefined> {
  for (const pageOf of [endedPage, duePage]) {
    const due = new Set<string>();
    let last: Last;
    let isMore = true;
    while (isMore) {
      const rows = await pageOf(db, now, last).execute();
      for (const { ticket } of rows) due.add(ticket);
      const end = rows.at(-1);
      if (end !== undefined) last = [end.next_at ?? now, end.ticket];
      isMore = rows.length === pageSize;
      if (isMore) await yieldToEventLoop();
      if (isMore && due.size < most) continue;
      const sorted = [...due].sort();
      due.clear();
      for (let i = 0; i < sorted.length; i += settledTogether) yield sorted.slice(i, i + settledTogether);
    }
  }
}
