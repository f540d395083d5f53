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
  const soonest = db
    .selectFrom('clocks')
    .select('next_at')
    .where('next_at', '>', after)
    .orderBy('next_at')
    .limit(sql.lit(1));
  return (await soonest.executeTakeFirst())?.next_at ?? undefined;
}

/** A page of what has fallen due, after the last row of the page before: the index has all of it, and nothing else. */
export function duePage(db: Kysely<Schema>, now: Instant, after: readonly [Instant, string] | undefined) {
  const due = db.selectFrom('clocks').select(['next_at', 'ticket']).where('next_at', '<=', now);
  const rest = after === undefined ? due : due.where(sql<boolean>`(next_at, ticket) > (${after[0]}, ${after[1]})`);
  return rest.orderBy('next_at').orderBy('ticket').limit(sql.lit(pageSize));
}

/**
 * Watched tickets on which something has fallen due, some at a time: the soonest first, and among many in the order of their
 * ids, so that those which stand beside each other in the files are read and written together.
 */
export async function* dueTickets(
  db: Kysely<Schema>,
  now: Instant,
  most = sortedTogether,
): AsyncGenerator<readonly string[], void, undefined> {
  const due = new Set<string>();
  let last: readonly [Instant, string] | undefined;
  let isMore = true;
  while (isMore) {
    const rows = await duePage(db, now, last).execute();
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
