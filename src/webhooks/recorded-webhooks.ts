import { type EventStore } from '../event-sourcing/event-store.js';
import { type Webhook, webhookDecider } from './domain/webhook-decider.js';
import { type WebhookEvent, webhookEventTypes } from './domain/webhook-events.js';

/** Every webhook as the log has it, in the order of their registering, for those who have no outbox at hand. */
export async function recordedWebhooks(store: EventStore): Promise<readonly Webhook[]> {
  const webhooks = new Map<string, Webhook>();
  for await (const event of store.readAll({ types: webhookEventTypes })) {
    const said = event as WebhookEvent;
    const webhook = webhookDecider.evolve(webhooks.get(said.data.webhook), said);
    if (webhook !== undefined) webhooks.set(said.data.webhook, webhook);
  }
  return [...webhooks.values()].filter(({ state }) => state !== 'removed');
}
