import { type Kysely } from 'kysely';
import { type Instant } from '../../business-time/calendar.js';
import {
  type ListOrder,
  type Page,
  type PageRequest,
  type Part,
  readPage,
  selectPart,
} from '../../read-models/page.js';
import { among } from '../../read-models/rows.js';
import { type Webhook } from '../domain/webhook-decider.js';
import { type Delivery } from './deliveries.js';
import { type OutboxSchema } from './tables.js';

export interface WebhookView extends Webhook {
  /** How many events wait to be delivered, and how many were dead-lettered. */
  readonly waiting: number;
  readonly deadLettered: number;
  /** Until when its endpoint asked to be sent nothing; null where it did not, or not since. */
  readonly heldUntil: Instant | null;
}

/** Every webhook there is, by id. */
export async function webhookList(db: Kysely<OutboxSchema>): Promise<readonly WebhookView[]> {
  const rows = await db.selectFrom('endpoints').select('content').orderBy('webhook').execute();
  const webhooks = rows.map(({ content }) => JSON.parse(content) as Webhook);
  return counted(db, webhooks);
}

/** A webhook with what is still to be done for it. */
export async function withCounts(db: Kysely<OutboxSchema>, webhook: Webhook): Promise<WebhookView> {
  const [view] = await counted(db, [webhook]);
  if (view === undefined) throw new Error('a webhook was lost while it was counted');
  return view;
}

async function counted(db: Kysely<OutboxSchema>, webhooks: readonly Webhook[]): Promise<readonly WebhookView[]> {
  const ids = webhooks.map(({ endpoint }) => endpoint.webhook);
  const held = await db.selectFrom('endpoints').select(['webhook', 'held_until']).execute();
  const rows = await db
    .selectFrom('deliveries')
    .select(['webhook', 'state', ({ fn }) => fn.countAll<number>().as('count')])
    .where('webhook', 'in', among(ids))
    .where('state', 'in', ['waiting', 'deadLettered'])
    .groupBy(['webhook', 'state'])
    .execute();
  return webhooks.map((webhook) => {
    const count = (state: Delivery['state']) =>
      rows.find((row) => row.webhook === webhook.endpoint.webhook && row.state === state)?.count ?? 0;
    const heldUntil = held.find((row) => row.webhook === webhook.endpoint.webhook)?.held_until ?? null;
    return { ...webhook, waiting: count('waiting'), deadLettered: count('deadLettered'), heldUntil };
  });
}

/** Which deliveries; what is left out does not narrow. */
export interface DeliveryFilter {
  readonly webhook?: string;
  readonly states?: readonly Delivery['state'][];
  readonly ticket?: string;
}

const newestFirst: ListOrder = { columns: ['position', 'webhook'], direction: 'desc' };

/** The delivery log, newest event first. */
export function deliveryLog(
  db: Kysely<OutboxSchema>,
  { webhook, states, ticket }: DeliveryFilter,
  request: PageRequest,
): Promise<Page<Delivery>> {
  let query = db.selectFrom('deliveries').selectAll();
  if (webhook !== undefined) query = query.where('webhook', '=', webhook);
  if (states !== undefined && states.length > 0) query = query.where('state', 'in', among(states));
  if (ticket !== undefined) query = query.where('ticket', '=', ticket);
  const list = {
    name: 'webhookDeliveries',
    kinds: ['string', 'string'],
    keyOf: (row: Delivery) => [row.position, row.webhook],
    read: (part: Part) => selectPart(query, newestFirst, part).execute(),
  } as const;
  return readPage(list, request);
}
