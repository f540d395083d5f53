import { type Kysely, sql } from 'kysely';
import { type Instant } from '../../business-time/calendar.js';
import { type Schema } from '../../database/schema.js';

/** Rows read at a time. Limits stand in the text: SQLite plans a statement anew each time that one is bound. */
const pageSize = 1_000;

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

/** Watched tickets on which something has fallen due, soonest first, by the page. */
export async function* dueTickets(
  db: Kysely<Schema>,
  now: Instant,
): AsyncGenerator<readonly string[], void, undefined> {
  let last: readonly [Instant, string] | undefined;
  for (;;) {
    const rows = await duePage(db, now, last).execute();
    if (rows.length > 0) yield rows.map(({ ticket }) => ticket);
    const end = rows.at(-1);
    if (rows.length < pageSize || end === undefined) return;
    last = [end.next_at ?? now, end.ticket];
  }
}
