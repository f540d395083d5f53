import { groupBy } from '../event-sourcing/group-by.js';
import { type Readable } from '../read-models/scoped.js';
import { type QualityFlag } from './domain/ticket-state.js';
import { partOf } from './projections/kept-facts.js';

type Flag = QualityFlag['flag'];

/** What a reader should know of a ticket's facts between two revisions, by their revisions. */
export async function flagsBetween(
  db: Readable,
  ticket: string,
  first: number,
  last: number,
): Promise<ReadonlyMap<number, readonly Flag[]>> {
  const rows = await db
    .selectFrom('facts')
    .select('flags')
    .where('ticket', '=', ticket)
    .where('part', '>=', partOf(first))
    .where('part', '<=', partOf(last))
    .execute();
  const kept = rows.flatMap((row) => JSON.parse(`[${row.flags}]`) as [revision: number, flag: Flag][]);
  const byRevision = groupBy(kept, ([revision]) => revision);
  return new Map([...byRevision].map(([revision, own]) => [revision, own.map(([, flag]) => flag)]));
}
