import { type Kysely, sql } from 'kysely';
import { type Schema } from '../../database/schema.js';

/**
 * Tickets that have something to say to others, each once, but for some. Those of an unfinished import wait, on either
 * side: what it says later belongs to what is judged. One that was merged into a ticket not yet known waits for it.
 */
export async function dueHandOvers(
  db: Kysely<Schema>,
  limit: number,
  except: Iterable<string> = [],
): Promise<readonly string[]> {
  const without = sql<boolean>`h.ticket NOT IN (SELECT value FROM json_each(${JSON.stringify([...except])}))`;
  const rows = await db
    .selectFrom('hand_overs as h')
    .innerJoin('tickets as own', 'own.id', 'h.ticket')
    .leftJoin('tickets as other', 'other.id', 'h.target')
    .where(sql<boolean>`h.handed < h.revision`)
    .where(sql<boolean>`(h.kind = 'split' OR other.id IS NOT NULL)`)
    .where(
      sql<boolean>`NOT EXISTS (SELECT 1 FROM imports i WHERE i.unfinished = 1 AND i.id IN (own.import, other.import))`,
    )
    .where(without)
    .select('h.ticket')
    .distinct()
    .orderBy('h.ticket')
    .limit(limit)
    .execute();
  return rows.map(({ ticket }) => ticket);
}
