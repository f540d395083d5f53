import { type TimeSource } from '../../time/time-source.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { type FeedEvent, feedTypes, isWanted } from '../../feed/domain/feed-event.js';
import { type Webhook } from '../domain/webhook-decider.js';
import { newDelivery, queueAgain } from './enqueue.js';
import { type Outbox } from './open-outbox.js';

/** Events enqueued in one transaction. */
const batchSize = 500;

/** Enqueues a further part of what is to be sent once more; answers whether there was any. */
export async function advanceReplays(outbox: Outbox, store: EventStore, time: TimeSource): Promise<boolean> {
  const replay = await outbox.db.selectFrom('replays').selectAll().limit(1).executeTakeFirst();
  if (replay === undefined) return false;
  const { webhook: id, next, until } = replay;
  const events: FeedEvent[] = [];
  for await (const event of store.readAll({ after: next, types: feedTypes })) {
    if (event.position > until || events.length === batchSize) break;
    events.push(event as FeedEvent);
  }
  const now = time.now();
  await outbox.transaction(async (tx) => {
    const endpoint = await tx.selectFrom('endpoints').select('content').where('webhook', '=', id).executeTakeFirst();
    const stands = tx.selectFrom('replays').select('next').where('webhook', '=', id).where('next', '=', next);
    if (endpoint === undefined || (await stands.executeTakeFirst()) === undefined) return;
    const { filter } = (JSON.parse(endpoint.content) as Webhook).endpoint;
    const rows = events.filter((event) => isWanted(event, filter)).map((event) => newDelivery(id, event, now));
    await queueAgain(tx, id, rows, now);
    const last = events.length < batchSize ? until : (events.at(-1)?.position ?? until);
    if (last >= until) await tx.deleteFrom('replays').where('webhook', '=', id).where('until', '=', until).execute();
    await tx.updateTable('replays').set({ next: last }).where('webhook', '=', id).execute();
  });
  return true;
}
