import { type TimeSource } from '../../time/time-source.js';
import { waitForPosition } from '../../api/graphql/read-barrier.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type Webhook } from '../domain/webhook-decider.js';
import { type Webhooks } from '../open-webhooks.js';
import { type Outbox } from '../outbox/open-outbox.js';
import { outboxName } from '../outbox/outbox-projection.js';
import { type HttpPost } from '../post.js';
import { type TargetRules } from '../ssrf-guard.js';

/** What commands on webhooks need. */
export interface WebhookCommandPorts extends Pick<Webhooks, 'outbox' | 'runner' | 'secretOf' | 'changed'> {
  readonly store: EventStore;
  readonly time: TimeSource;
  readonly rules: TargetRules;
  readonly post: HttpPost;
}

/** The token of {@link WebhookCommandPorts}. */
export const WEBHOOK_PORTS = Symbol('WebhookCommandPorts');

/** The outbox, once it has all that is recorded. @throws what {@link waitForPosition} throws */
async function outboxNow({ outbox, runner, store }: WebhookCommandPorts): Promise<Outbox> {
  await waitForPosition(store, runner, [outboxName], await store.lastPosition());
  return outbox;
}

/** How many webhooks there are by all that is recorded. @throws what {@link waitForPosition} throws */
export async function countWebhooks(ports: WebhookCommandPorts): Promise<number> {
  const { db } = await outboxNow(ports);
  const counted = db.selectFrom('endpoints').select(({ fn }) => fn.countAll<number>().as('count'));
  return (await counted.executeTakeFirstOrThrow()).count;
}

/**
 * A webhook as it stands by all that is recorded.
 * @throws Rejection `WEBHOOK_NOT_FOUND`, and what {@link waitForPosition} throws
 */
export async function webhookNow(ports: WebhookCommandPorts, id: string): Promise<Webhook> {
  const outbox = await outboxNow(ports);
  const row = await outbox.db.selectFrom('endpoints').select('content').where('webhook', '=', id).executeTakeFirst();
  if (row === undefined) throw new Rejection('WEBHOOK_NOT_FOUND', `There is no webhook ${id.slice(0, 80)}.`);
  return JSON.parse(row.content) as Webhook;
}
