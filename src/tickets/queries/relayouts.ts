import { type Kysely, sql } from 'kysely';
import { type Instant } from '../../business-time/calendar.js';
import { type RelayoutsTable, type Schema } from '../../database/schema.js';

/** Those of tickets that are known, and whose import is finished: what an import says later belongs to what is judged. */
const waiting = (db: Kysely<Schema>) =>
  db
    .selectFrom('relayouts')
    .innerJoin('tickets', 'tickets.id', 'relayouts.ticket')
    .leftJoin('imports', 'imports.id', 'tickets.import')
    .where(sql<boolean>`coalesce(imports.unfinished, 0) = 0`);

/** The first instant after another at which a revision comes into force for a ticket. */
export async function nextRelayout(db: Kysely<Schema>, after: Instant): Promise<Instant | undefined> {
  const soonest = waiting(db).select('relayouts.at').where('relayouts.at', '>', after).orderBy('relayouts.at').limit(1);
  return (await soonest.executeTakeFirst())?.at;
}

/** Tickets to be laid out anew, each once, but for some. */
export async function dueRelayouts(
  db: Kysely<Schema>,
  now: Instant,
  limit: number,
  except: Iterable<string> = [],
): Promise<readonly string[]> {
  const without = sql<boolean>`relayouts.ticket NOT IN (SELECT value FROM json_each(${JSON.stringify([...except])}))`;
  const due = waiting(db).select('relayouts.ticket').where('relayouts.at', '<=', now).where(without);
  const rows = await due.orderBy('relayouts.at').orderBy('relayouts.ticket').limit(limit).execute();
  return [...new Set(rows.map(({ ticket }) => ticket))];
}

/** The revisions that a ticket is to be laid out under by now, in the order in which they came into force. */
export const relayoutsOf = (db: Kysely<Schema>, ticket: string, now: Instant): Promise<readonly RelayoutsTable[]> =>
  db
    .selectFrom('relayouts')
    .selectAll()
    .where('ticket', '=', ticket)
    .where('at', '<=', now)
    .orderBy('at')
    .orderBy('version')
    .execute();
