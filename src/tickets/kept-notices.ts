import { groupBy } from '../event-sourcing/group-by.js';
import { type Readable } from '../read-models/scoped.js';
import { type FactNoticeCode } from './domain/notices.js';
import { partOf } from './projections/kept-facts.js';

/** What a reader should know of a ticket's facts between two revisions, by their revisions. */
export async function noticesBetween(
  db: Readable,
  ticket: string,
  first: number,
  last: number,
): Promise<ReadonlyMap<number, readonly FactNoticeCode[]>> {
  const rows = await db
    .selectFrom('facts')
    .select('notices')
    .where('ticket', '=', ticket)
    .where('part', '>=', partOf(first))
    .where('part', '<=', partOf(last))
    .execute();
  const kept = rows.flatMap((row) => JSON.parse(`[${row.notices}]`) as [revision: number, code: FactNoticeCode][]);
  const byRevision = groupBy(kept, ([revision]) => revision);
  return new Map([...byRevision].map(([revision, own]) => [revision, own.map(([, code]) => code)]));
}
