import { type Kysely, sql } from 'kysely';
import { keyOf, type Page, pageOf, type PageRequest, sizeOf } from '../../database/page.js';
import { among } from '../../database/rows.js';
import { type Webhook } from '../domain/webhook-decider.js';
import { type Delivery } from './deliveries.js';
import { type OutboxSchema } from './tables.js';

export interface WebhookView extends Webhook {
  /** How many events wait to be delivered, and how many were set aside. */
  readonly waiting: number;
  readonly setAside: number;
}

/** Every webhook there is, by id. */
export async function webhookList(db: Kysely<OutboxSchema>): Promise<readonly WebhookView[]> {
  const rows = await db.selectFrom('endpoints').select('content').orderBy('webhook').execute();
  return Promise.all(rows.map(async ({ content }) => withCounts(db, JSON.parse(content) as Webhook)));
}

/** A webhook with what is still to be done for it. */
export async function withCounts(db: Kysely<OutboxSchema>, webhook: Webhook): Promise<WebhookView> {
  const count = async (state: Delivery['state']) => {
    const all = db.selectFrom('deliveries').select(({ fn }) => fn.countAll<number>().as('count'));
    const of = all.where('webhook', '=', webhook.endpoint.webhook).where('state', '=', state);
    return (await of.executeTakeFirstOrThrow()).count;
  };
  return { ...webhook, waiting: await count('waiting'), setAside: await count('setAside') };
}

/** Which deliveries; what is left out does not narrow. */
export interface DeliveryFilter {
  readonly webhook?: string;
  readonly states?: readonly Delivery['state'][];
  readonly ticket?: string;
}

/** The delivery log, newest event first. */
export async function deliveryLog(
  db: Kysely<OutboxSchema>,
  { webhook, states, ticket }: DeliveryFilter,
  request: PageRequest,
): Promise<Page<Delivery>> {
  const size = sizeOf(request);
  const [position, id] = keyOf(request, ['string', 'string']) ?? [];
  let query = db
    .selectFrom('deliveries')
    .selectAll()
    .orderBy('position', 'desc')
    .orderBy('webhook', 'desc')
    .limit(size + 1);
  if (position !== undefined && id !== undefined) {
    query = query.where(sql<boolean>`(position, webhook) < (${position}, ${id})`);
  }
  if (webhook !== undefined) query = query.where('webhook', '=', webhook);
  if (states !== undefined && states.length > 0) query = query.where('state', 'in', among(states));
  if (ticket !== undefined) query = query.where('ticket', '=', ticket);
  return pageOf(
    await query.execute(),
    size,
    (row) => [row.position, row.webhook],
    (row) => row,
  );
}
