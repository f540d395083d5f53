import { type TimeSource } from '../../time/time-source.js';
import { type Position, type StoredEvent } from '../../event-sourcing/event-store.js';
import { type Projection } from '../../event-sourcing/projection-processor.js';
import { type FeedEvent, feedTypes, isWanted } from '../../feed/domain/feed-event.js';
import { type WebhookEvent, webhookEventTypes } from '../domain/webhook-events.js';
import { type Webhook, webhookDecider } from '../domain/webhook-decider.js';
import { newDelivery, queue } from './enqueue.js';
import { type OutboxTx } from './open-outbox.js';
import { type DeliveriesTable } from './tables.js';

interface Endpoint {
  readonly webhook: Webhook;
  readonly disabledAt: Position | null;
}

/** The name of {@link outboxProjection}. */
export const outboxName = 'webhooks';

const types: readonly string[] = [...feedTypes, ...webhookEventTypes];

/** Follows endpoints and feed in one: what an endpoint is sent is decided by how it stood at the event's place in the log. */
export const outboxProjection = (time: TimeSource): Projection<OutboxTx> => ({
  name: outboxName,
  version: 1,
  types,
  /** Without endpoints there is nothing to enqueue, and no reason to read the feed. */
  async typesNow(tx) {
    const endpoint = await tx.selectFrom('endpoints').select('webhook').limit(1).executeTakeFirst();
    return endpoint === undefined ? webhookEventTypes : types;
  },
  async apply(events, tx) {
    const now = time.now();
    const { quiet_until: quietUntil } = await tx.selectFrom('origin').selectAll().executeTakeFirstOrThrow();
    const endpoints = await load(tx);
    const queued = new Map<string, DeliveriesTable[]>();
    for (const event of events) {
      const isQuiet = event.position <= quietUntil;
      if (isWebhookEvent(event)) {
        await change(tx, endpoints, event, isQuiet);
        if (event.type === 'WebhookRemoved') queued.delete(event.data.webhook);
      } else if (!isQuiet)
        fanOut(endpoints, event as FeedEvent, (id, wanted) => {
          queued.set(id, [...(queued.get(id) ?? []), newDelivery(id, wanted, now)]);
        });
    }
    for (const [id, rows] of queued) await queue(tx, id, rows, now);
  },
});

const isWebhookEvent = (event: StoredEvent): event is StoredEvent & WebhookEvent =>
  (webhookEventTypes as readonly string[]).includes(event.type);

async function load(tx: OutboxTx): Promise<Map<string, Endpoint>> {
  const rows = await tx.selectFrom('endpoints').selectAll().execute();
  return new Map(
    rows.map(({ webhook, content, disabled_at: disabledAt }) => [
      webhook,
      { webhook: JSON.parse(content) as Webhook, disabledAt },
    ]),
  );
}

function fanOut(
  endpoints: ReadonlyMap<string, Endpoint>,
  event: FeedEvent,
  take: (id: string, event: FeedEvent) => void,
): void {
  for (const [id, { webhook }] of endpoints) {
    if (webhook.state === 'enabled' && isWanted(event, webhook.endpoint.filter)) take(id, event);
  }
}

/** What was recorded while an endpoint was disabled is sent when it is enabled again. */
async function change(
  tx: OutboxTx,
  endpoints: Map<string, Endpoint>,
  event: StoredEvent & WebhookEvent,
  isQuiet: boolean,
): Promise<void> {
  const id = event.data.webhook;
  const before = endpoints.get(id);
  const webhook = webhookDecider.evolve(before?.webhook, event);
  if (webhook === undefined) return;
  if (webhook.state === 'removed') {
    endpoints.delete(id);
    await tx.deleteFrom('endpoints').where('webhook', '=', id).execute();
    await tx.deleteFrom('replays').where('webhook', '=', id).execute();
    await tx.deleteFrom('deliveries').where('webhook', '=', id).where('state', '=', 'waiting').execute();
    return;
  }
  if (event.type === 'WebhookEnabled' && before?.disabledAt != null && !isQuiet) {
    await replay(tx, id, before.disabledAt, event.position);
  }
  const disabledAt = webhook.state === 'enabled' ? null : (before?.disabledAt ?? event.position);
  endpoints.set(id, { webhook, disabledAt });
  const isElsewhere = before?.webhook.endpoint.url !== webhook.endpoint.url;
  // Another address never asked to be left alone.
  const row = {
    ...{ content: JSON.stringify(webhook), disabled_at: disabledAt },
    ...(isElsewhere ? { held_until: null } : {}),
  };
  await tx
    .insertInto('endpoints')
    .values({ webhook: id, ...row })
    .onConflict((c) => c.column('webhook').doUpdateSet(row))
    .execute();
}

/** Sends a part of the log once more; what an earlier replay has still to send is joined to it. */
export async function replay(tx: OutboxTx, webhook: string, after: Position, until: Position): Promise<void> {
  const other = await tx.selectFrom('replays').selectAll().where('webhook', '=', webhook).executeTakeFirst();
  const next = other === undefined || after < other.next ? after : other.next;
  const row = { next, until: other === undefined || until > other.until ? until : other.until };
  await tx
    .insertInto('replays')
    .values({ webhook, ...row })
    .onConflict((c) => c.column('webhook').doUpdateSet(row))
    .execute();
}
