import { type Kysely, sql } from 'kysely';
import { type Instant } from '../../business-time/calendar.js';
import { type Schema } from '../../read-models/schema.js';
import { type RecalculationsTable } from '../projections/recalculation-tables.js';

/** Rows read at a time. */
const pageSize = 1_000;

/** Those of tickets that are known, and whose import is finished: what an import says later belongs to what is judged. */
const waiting = (db: Kysely<Schema>) =>
  db
    .selectFrom('recalculations')
    .innerJoin('tickets', 'tickets.id', 'recalculations.ticket')
    .leftJoin('imports', 'imports.id', 'tickets.import')
    .where(sql<boolean>`coalesce(imports.unfinished, 0) = 0`);

/** The first instant after another at which a revision comes into force for a ticket. */
export async function nextRecalculation(db: Kysely<Schema>, after: Instant): Promise<Instant | undefined> {
  const soonest = waiting(db)
    .select('recalculations.at')
    .where('recalculations.at', '>', after)
    .orderBy('recalculations.at')
    .limit(sql.lit(1));
  return (await soonest.executeTakeFirst())?.at;
}

/** Tickets to be recalculated, by the page; one may come more than once. */
export async function* dueRecalculations(
  db: Kysely<Schema>,
  now: Instant,
): AsyncGenerator<readonly string[], void, undefined> {
  let last: { readonly at: Instant; readonly ticket: string } | undefined;
  do {
    let due = waiting(db).select(['recalculations.at', 'recalculations.ticket']).where('recalculations.at', '<=', now);
    if (last !== undefined)
      due = due.where(sql<boolean>`(recalculations.at, recalculations.ticket) > (${last.at}, ${last.ticket})`);
    const rows: readonly { readonly at: Instant; readonly ticket: string }[] = await due
      .orderBy('recalculations.at')
      .orderBy('recalculations.ticket')
      .limit(sql.lit(pageSize))
      .execute();
    if (rows.length > 0) yield rows.map(({ ticket }) => ticket);
    last = rows.length < pageSize ? undefined : rows.at(-1);
  } while (last !== undefined);
}

/**
 * The revisions that a ticket is to be laid out under by now, in the order in which they came into force; of several at the
 * same instant an order that is the same on every database.
 */
export const recalculationsOf = (
  db: Kysely<Schema>,
  ticket: string,
  now: Instant,
): Promise<readonly RecalculationsTable[]> =>
  db
    .selectFrom('recalculations')
    .selectAll()
    .where('ticket', '=', ticket)
    .where('at', '<=', now)
    .orderBy('at')
    .orderBy('version')
    .orderBy('kind')
    .orderBy('code')
    .execute();
