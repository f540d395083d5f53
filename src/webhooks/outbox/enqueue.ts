import { sql } from 'kysely';
import { type Instant } from '../../business-time/calendar.js';
import { among, chunks } from '../../read-models/rows.js';
import { type FeedEvent } from '../../feed/domain/feed-event.js';
import { type OutboxTx } from './open-outbox.js';
import { type DeliveriesTable } from './tables.js';

/** An event on its way to an endpoint, before anything was tried. */
export const newDelivery = (webhook: string, event: FeedEvent, now: Instant): DeliveriesTable => ({
  webhook,
  event: event.id,
  position: event.position,
  ticket: event.data.ticket,
  stream: event.stream,
  revision: event.revision,
  type: event.type,
  state: 'waiting',
  attempts: 0,
  next_at: null,
  queued_at: now,
  last_at: null,
  last_status: null,
  last_error: null,
});

/** Enqueues deliveries of one webhook behind those of their tickets; a delivery that is there already stays as it is. */
export async function queue(tx: OutboxTx, webhook: string, rows: readonly DeliveriesTable[], now: Instant) {
  for (const part of chunks(rows, 14)) {
    await tx
      .insertInto('deliveries')
      .values([...part])
      .onConflict((c) => c.columns(['webhook', 'event']).doNothing())
      .execute();
  }
  await promote(
    tx,
    webhook,
    rows.map(({ ticket }) => ticket),
    now,
  );
}

/** As {@link queue}, of events that may have been delivered or dead-lettered before: they are sent once more, in order. */
export async function queueAgain(tx: OutboxTx, webhook: string, rows: readonly DeliveriesTable[], now: Instant) {
  for (const part of chunks(rows, 14)) {
    await tx
      .insertInto('deliveries')
      .values([...part])
      .onConflict((c) =>
        c
          .columns(['webhook', 'event'])
          .doUpdateSet({ state: 'waiting', attempts: 0, next_at: null, queued_at: now })
          .where('deliveries.state', '!=', 'waiting'),
      )
      .execute();
  }
  const tickets = rows.map(({ ticket }) => ticket);
  await sql`
    UPDATE deliveries SET next_at = NULL
    WHERE webhook = ${webhook} AND ticket IN ${among(new Set(tickets))} AND state = 'waiting' AND next_at IS NOT NULL
      AND ${isBehindAnother}`.execute(tx);
  await promote(tx, webhook, tickets, now);
}

/** Whether an earlier event of the ticket is still to be delivered. */
const isBehindAnother = sql`EXISTS (
  SELECT 1 FROM deliveries e WHERE e.webhook = deliveries.webhook AND e.ticket = deliveries.ticket
    AND e.state = 'waiting' AND e.position < deliveries.position)`;

/** Lets the first that waits of each ticket be tried, if it is not already. */
export async function promote(tx: OutboxTx, webhook: string, tickets: readonly string[], now: Instant): Promise<void> {
  await sql`
    UPDATE deliveries SET next_at = ${now}
    WHERE webhook = ${webhook} AND ticket IN ${among(new Set(tickets))} AND state = 'waiting' AND next_at IS NULL
      AND NOT ${isBehindAnother}`.execute(tx);
}
