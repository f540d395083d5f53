import { type Kysely, sql } from 'kysely';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { type OutboxSchema } from './tables.js';

/**
 * Makes an outbox one of a log that is older than what it knows: what the log has not is not sent, and what was enqueued of
 * what it has still is. The endpoints are read from the log again; of what it holds already nothing is enqueued again.
 * Answers how many deliveries were removed.
 */
export async function trim(
  db: Kysely<OutboxSchema>,
  log: Pick<EventStore, 'lastPosition' | 'markAt'>,
): Promise<number> {
  const end = await log.lastPosition();
  const mark = (await log.markAt(end)) ?? null;
  const rows = await db.selectFrom('deliveries').select(['webhook', 'event', 'position', 'ticket']).execute();
  const gone: typeof rows = [];
  for (const row of rows) {
    const there = row.position <= end ? await log.markAt(row.position) : undefined;
    if (there?.startsWith(`${row.event}@`) !== true) gone.push(row);
  }
  await db.transaction().execute(async (tx) => {
    for (const { webhook, event } of gone)
      await tx.deleteFrom('deliveries').where('webhook', '=', webhook).where('event', '=', event).execute();
    // What waited behind one that is gone waits no more.
    await sql`
      UPDATE deliveries SET next_at = queued_at WHERE state = 'waiting' AND next_at IS NULL AND NOT EXISTS (
        SELECT 1 FROM deliveries e WHERE e.webhook = deliveries.webhook AND e.ticket = deliveries.ticket
          AND e.state = 'waiting' AND e.position < deliveries.position)`.execute(tx);
    await tx.deleteFrom('replays').execute();
    await tx.deleteFrom('endpoints').execute();
    await tx.deleteFrom('checkpoints').execute();
    await tx.updateTable('origin').set({ quiet_until: end, quiet_mark: mark }).execute();
  });
  return gone.length;
}
