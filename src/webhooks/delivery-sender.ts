import { type TimeSource } from '../time/time-source.js';
import { type Notifier } from '../event-sourcing/notifier.js';
import { toCursor } from '../event-sourcing/cursor.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { type FeedEvent } from '../feed/domain/feed-event.js';
import { retryAt } from './back-off.js';
import { type Webhook } from './domain/webhook-decider.js';
import { type Delivery, dueDeliveries, nextAttempt, recordAttempt } from './outbox/deliveries.js';
import { type Outbox } from './outbox/open-outbox.js';
import { bodyOf, signedHeaders } from './payload.js';
import { type Post, type PostOutcome } from './post.js';
import { type SecretOf } from './secrets.js';

export interface SenderPorts {
  readonly outbox: Outbox;
  readonly store: EventStore;
  readonly time: TimeSource;
  readonly secretOf: SecretOf;
  readonly post: Post;
  /** From 0 to 1, 1 left out. */
  readonly random: () => number;
}

/** How many requests one endpoint is sent at a time, each of another ticket. */
const concurrency = 8;

/** How many of them may have failed before: what fails and hangs leaves room for what is new. */
const retryConcurrency = 4;

/**
 * Sends one endpoint what is due to it until the signal aborts or it is removed. Each endpoint has a loop of its own, so
 * that a dead one holds up no other; what an attempt leaves unsaid when the process ends is attempted again.
 */
export async function sendTo(ports: SenderPorts, id: string, notifier: Notifier, signal: AbortSignal): Promise<void> {
  const { outbox, time } = ports;
  const underWay = new Map<string, { readonly isRetry: boolean; readonly ended: Promise<void> }>();
  let failure: Error | undefined;
  while (!signal.aborted) {
    if (failure !== undefined) throw failure;
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const changed = notifier.next(either); // asked before looking, so that no change is missed in between
    const webhook = await webhookOf(outbox, id);
    if (webhook === undefined) break;
    const now = time.now();
    if (webhook.state === 'enabled') await startDue();
    const next = await nextAttempt(outbox.db, id, now);
    const woken = [changed, ...[...underWay.values()].map(({ ended }) => ended)];
    if (next !== undefined && webhook.state === 'enabled') woken.push(time.sleepUntil(next, either));
    await Promise.race(woken);
    stop.abort();

    async function startDue(): Promise<void> {
      for (;;) {
        const limit = concurrency - underWay.size;
        const retries = [...underWay.values()].filter(({ isRetry }) => isRetry).length < retryConcurrency;
        // One at a time where retries are counted, so that they are never more than they may be.
        const request = { now, limit: Math.min(limit, 1), busy: [...underWay.keys()], retries };
        const [delivery] = await dueDeliveries(outbox.db, id, request);
        if (delivery === undefined || webhook === undefined) return;
        const ended = deliver(ports, webhook, delivery, signal)
          .catch((error: unknown) => {
            failure = error instanceof Error ? error : new Error(String(error));
          })
          .finally(() => underWay.delete(delivery.ticket));
        underWay.set(delivery.ticket, { isRetry: delivery.attempts > 0, ended });
      }
    }
  }
  await Promise.all([...underWay.values()].map(({ ended }) => ended));
}

async function webhookOf({ db }: Outbox, id: string): Promise<Webhook | undefined> {
  const row = await db.selectFrom('endpoints').select('content').where('webhook', '=', id).executeTakeFirst();
  return row === undefined ? undefined : (JSON.parse(row.content) as Webhook);
}

/** One attempt, and what became of it. */
async function deliver(ports: SenderPorts, webhook: Webhook, delivery: Delivery, signal: AbortSignal): Promise<void> {
  const { outbox, time, random } = ports;
  const outcome = await attempt(ports, webhook, delivery, signal);
  if (outcome === undefined) return;
  const now = time.now();
  const tried = { attempts: delivery.attempts + 1, queuedAt: delivery.queued_at, now };
  const again = outcome.kind === 'delivered' ? undefined : retryAt(tried, random);
  await recordAttempt(outbox, delivery, outcome, { now, retryAt: again });
}

async function attempt(
  { store, time, secretOf, post }: SenderPorts,
  webhook: Webhook,
  { stream, revision, event: id }: Delivery,
  signal: AbortSignal,
): Promise<PostOutcome | undefined> {
  try {
    const event = await eventAt(store, stream, revision, id);
    const body = bodyOf(event, toCursor(store, event.position));
    const headers = signedHeaders(webhook, secretOf, { id, body, now: time.now() });
    return await post({ url: webhook.endpoint.url, headers, body }, signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    return { kind: 'failed', status: null, error: `it could not be made: ${(error as Error).message}`.slice(0, 200) };
  }
}

async function eventAt(store: EventStore, stream: string, revision: number, id: string): Promise<FeedEvent> {
  for await (const event of store.readStream(stream, { from: revision })) {
    // Its place and id were taken from an event of the feed.
    if (event.id === id) return event as FeedEvent;
    break;
  }
  throw new Error(`the event ${id} is not at ${revision} of ${stream}`);
}
