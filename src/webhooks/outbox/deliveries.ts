import { type Kysely, type Selectable } from 'kysely';
import { type Instant } from '../../business-time/calendar.js';
import { among } from '../../read-models/rows.js';
import { longestWaitMs } from '../back-off.js';
import { type PostOutcome } from '../post.js';
import { longestRetryAfterMs } from '../retry-after.js';
import { promote } from './enqueue.js';
import { type Outbox, type OutboxTx } from './open-outbox.js';
import { type DeliveriesTable, type OutboxSchema } from './tables.js';

export type Delivery = Selectable<DeliveriesTable>;

/** How long what was delivered or dead-lettered stays in the delivery log. */
const keptMs = 30 * 86_400_000;

export interface DueRequest {
  readonly now: Instant;
  readonly limit: number;
  /** Tickets on which something is under way. */
  readonly busy: readonly string[];
  /** Whether what was tried before may be tried again now. */
  readonly retries: boolean;
}

/**
 * What an endpoint is to be sent now, longest due first. What a replay has not enqueued yet goes before what follows it. What
 * would wait for longer than anything does was put off while the clock was ahead.
 */
export async function dueDeliveries(
  db: Kysely<OutboxSchema>,
  webhook: string,
  { now, limit, busy, retries }: DueRequest,
): Promise<readonly Delivery[]> {
  if (limit <= 0) return [];
  const replay = await db.selectFrom('replays').select('next').where('webhook', '=', webhook).executeTakeFirst();
  const dueWithin = (after: Instant, until: Instant) => {
    let query = db.selectFrom('deliveries').selectAll().where('webhook', '=', webhook);
    query = query.where('next_at', '>', after).where('next_at', '<=', until);
    if (busy.length > 0) query = query.where('ticket', 'not in', among(busy));
    if (!retries) query = query.where('attempts', '=', 0);
    if (replay !== undefined) query = query.where('position', '<=', replay.next);
    return query.orderBy('next_at').orderBy('position').limit(limit).execute();
  };
  const due = await dueWithin(Number.MIN_SAFE_INTEGER, now);
  return due.length > 0 ? due : dueWithin(now + longestWaitMs, Number.MAX_SAFE_INTEGER);
}

/** When an endpoint is to be tried next; undefined when nothing waits for time to pass. */
export async function nextAttempt(
  db: Kysely<OutboxSchema>,
  webhook: string,
  after: Instant,
): Promise<Instant | undefined> {
  const row = await db
    .selectFrom('deliveries')
    .select('next_at')
    .where('webhook', '=', webhook)
    .where('next_at', '>', after)
    .orderBy('next_at')
    .limit(1)
    .executeTakeFirst();
  return row?.next_at ?? undefined;
}

/** Records what became of an attempt. Where no other is to follow (`retryAt` undefined), the next of the ticket has its turn. */
export async function recordAttempt(
  outbox: Outbox,
  { webhook, event, ticket, attempts }: Delivery,
  outcome: PostOutcome,
  { now, retryAt }: { readonly now: Instant; readonly retryAt: Instant | undefined },
): Promise<void> {
  const isDelivered = outcome.kind === 'delivered';
  const state = isDelivered ? 'delivered' : retryAt === undefined ? 'deadLettered' : 'waiting';
  const next_at = state === 'waiting' && retryAt !== undefined ? retryAt : null;
  const last = { last_at: now, last_status: outcome.status, last_error: isDelivered ? null : outcome.error };
  await outbox.transaction(async (tx) => {
    await tx
      .updateTable('deliveries')
      .set({ state, next_at, attempts: attempts + 1, ...last })
      .where('webhook', '=', webhook)
      .where('event', '=', event)
      .execute();
    await hold(tx, webhook, isDelivered ? null : outcome.retryAfter, now);
    if (state !== 'waiting') await promote(tx, webhook, [ticket], now);
  });
}

/** Whether an endpoint is left alone. What holds for longer than it may was said while the clock was ahead. */
export const isHeld = (heldUntil: Instant | null, now: Instant): heldUntil is Instant =>
  heldUntil !== null && heldUntil > now && heldUntil <= now + longestRetryAfterMs;

/** Keeps until when an endpoint asked to be left alone, the longest where it was asked several times; forgets what is over. */
async function hold(tx: OutboxTx, webhook: string, until: Instant | null, now: Instant): Promise<void> {
  const row = tx.selectFrom('endpoints').select('held_until').where('webhook', '=', webhook);
  const before = (await row.executeTakeFirst())?.held_until ?? null;
  const held_until = isHeld(before, now) ? Math.max(before, until ?? before) : until;
  if (held_until === before) return;
  await tx.updateTable('endpoints').set({ held_until }).where('webhook', '=', webhook).execute();
}

/** Forgets what has long been delivered or dead-lettered. */
export async function forgetOld(db: Kysely<OutboxSchema>, now: Instant): Promise<void> {
  await db
    .deleteFrom('deliveries')
    .where('state', '!=', 'waiting')
    .where('last_at', '<', now - keptMs)
    .execute();
}
