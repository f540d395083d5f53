import { type Kysely, sql } from 'kysely';
import { type Schema } from '../../read-models/schema.js';

/** Rows read at a time. */
const pageSize = 1_000;

/**
 * Tickets that have something to say to others, by the page. Those of an unfinished import wait, on either side: what it
 * says later belongs to what is judged. One that was merged into a ticket not yet known waits for it.
 */
export async function* dueMergePropagations(db: Kysely<Schema>): AsyncGenerator<readonly string[], void, undefined> {
  let last: string | undefined = '';
  do {
    const rows: readonly { readonly ticket: string }[] = await db
      .selectFrom('merge_propagations as p')
      .innerJoin('tickets as own', 'own.id', 'p.ticket')
      .leftJoin('tickets as other', 'other.id', 'p.target')
      .where(sql<boolean>`p.told < p.revision`)
      .where(sql<boolean>`(p.kind <> 'merge' OR other.id IS NOT NULL)`)
      .where(
        sql<boolean>`NOT EXISTS (SELECT 1 FROM imports i WHERE i.unfinished = 1 AND i.id IN (own.import, other.import))`,
      )
      .where('p.ticket', '>', last)
      .select('p.ticket')
      .distinct()
      .orderBy('p.ticket')
      .limit(sql.lit(pageSize))
      .execute();
    if (rows.length > 0) yield rows.map(({ ticket }) => ticket);
    last = rows.length < pageSize ? undefined : rows.at(-1)?.ticket;
  } while (last !== undefined);
}
