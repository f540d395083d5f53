import { type Instant } from '../business-time/calendar.js';
import { type TimeSource } from '../time/time-source.js';
import { type Notifier } from '../event-sourcing/notifier.js';
import { toCursor } from '../event-sourcing/cursor.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { handleCommand } from '../event-sourcing/handle-command.js';
import { newId } from '../event-sourcing/new-id.js';
import { pledge } from '../event-sourcing/system-actor.js';
import { type FeedEvent } from '../feed/domain/feed-event.js';
import { retryAt } from './back-off.js';
import { type Webhook, webhookDecider } from './domain/webhook-decider.js';
import { webhookStream } from './domain/webhook-events.js';
import { type Delivery, dueDeliveries, isHeld, nextAttempt, recordAttempt } from './outbox/deliveries.js';
import { type Outbox } from './outbox/open-outbox.js';
import { bodyOf, signedHeaders } from './payload.js';
import { type Post, type PostOutcome, unanswered } from './post.js';
import { type SecretOf } from './secrets.js';

export interface SenderPorts {
  readonly outbox: Outbox;
  readonly store: EventStore;
  readonly time: TimeSource;
  readonly secretOf: SecretOf;
  readonly post: Post;
  /** From 0 to 1, 1 left out. */
  readonly random: () => number;
  /** A webhook was disabled because its endpoint is gone. */
  readonly disabled: (webhook: string) => void;
}

/** The status by which an endpoint says that it is gone for good. */
const gone = 410;

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
    const endpoint = await endpointOf(outbox, id);
    if (endpoint === undefined) break;
    const { webhook, heldUntil } = endpoint;
    const now = time.now();
    const isLeftAlone = isHeld(heldUntil, now);
    if (webhook.state === 'enabled' && !isLeftAlone) await startDue();
    const next = isLeftAlone ? heldUntil : await nextAttempt(outbox.db, id, now);
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
        if (delivery === undefined) return;
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

async function endpointOf({ db }: Outbox, id: string) {
  const row = await db.selectFrom('endpoints').selectAll().where('webhook', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  return { webhook: JSON.parse(row.content) as Webhook, heldUntil: row.held_until };
}

/** One attempt, and what became of it. */
async function deliver(ports: SenderPorts, webhook: Webhook, delivery: Delivery, signal: AbortSignal): Promise<void> {
  const { outbox, time, random } = ports;
  const outcome = await attempt(ports, webhook, delivery, signal);
  if (outcome === undefined) return;
  const now = time.now();
  if (outcome.status === gone) await disable(ports, webhook, now);
  const tried = { attempts: delivery.attempts + 1, queuedAt: delivery.queued_at, now };
  const again = outcome.kind === 'delivered' ? undefined : retryAt({ ...tried, notBefore: outcome.retryAfter }, random);
  await recordAttempt(outbox, delivery, outcome, { now, retryAt: again });
}

/** Disables a webhook whose endpoint is gone for good, as it says: whoever runs it asks for no more requests. */
async function disable({ store, disabled }: SenderPorts, { endpoint }: Webhook, now: Instant): Promise<void> {
  const { webhook, url } = endpoint;
  const command = { type: 'DisableGoneWebhook', webhook, url, id: newId() } as const;
  const metadata = { actor: pledge, occurredAt: now, recordedAt: now, schemaVersion: 1 };
  const { recorded } = await handleCommand(store, webhookStream(webhook), webhookDecider, { ...command, metadata });
  if (recorded > 0) disabled(webhook);
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
    return unanswered(`it could not be made: ${(error as Error).message}`.slice(0, 200));
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
