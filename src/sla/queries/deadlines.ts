import { type Kysely } from 'kysely';
import { type Instant } from '../../business-time/calendar.js';
import { among } from '../../database/rows.js';
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

/** The first instant after another at which something falls due on a watched ticket. */
export async function nextDeadline(db: Kysely<Schema>, after: Instant): Promise<Instant | undefined> {
  const soonest = watched(db).select('next_at').where('next_at', '>', after).orderBy('next_at').limit(1);
  return (await soonest.executeTakeFirst())?.next_at ?? undefined;
}

/** Watched tickets on which something has fallen due, soonest first, each once, but for some. */
export async function dueTickets(
  db: Kysely<Schema>,
  now: Instant,
  limit: number,
  except: Iterable<string> = [],
): Promise<readonly string[]> {
  const due = watched(db).select('ticket').where('next_at', '<=', now).where('ticket', 'not in', among(except));
  const rows = await due.orderBy('next_at').limit(limit).execute();
  return [...new Set(rows.map(({ ticket }) => ticket))];
}
