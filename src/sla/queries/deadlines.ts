import { type Kysely } from 'kysely';
import { type Instant } from '../../business-time/calendar.js';
import { type Schema } from '../../database/schema.js';

/** Clocks of tickets whose import is not finished wait: imported history floods nobody. */
const watched = (db: Kysely<Schema>) =>
  db
    .selectFrom('clocks')
    .where('next_at', 'is not', null)
    .where((where) =>
      where.or([
        where('import', 'is', null),
        where('import', 'not in', where.selectFrom('imports').select('id').where('unfinished', '=', 1)),
      ]),
    );

/** The next instant at which something falls due on a watched ticket. */
export async function nextDeadline(db: Kysely<Schema>): Promise<Instant | undefined> {
  const row = await watched(db).select('next_at').orderBy('next_at').limit(1).executeTakeFirst();
  return row?.next_at ?? undefined;
}

/** The query for tickets on which something has fallen due, soonest first. */
export const dueTicketsQuery = (db: Kysely<Schema>, now: Instant, limit: number) =>
  watched(db).select('ticket').where('next_at', '<=', now).orderBy('next_at').limit(limit);

/** Watched tickets on which something has fallen due, soonest first, each once. */
export async function dueTickets(db: Kysely<Schema>, now: Instant, limit: number): Promise<readonly string[]> {
  const rows = await dueTicketsQuery(db, now, limit).execute();
  return [...new Set(rows.map(({ ticket }) => ticket))];
}
