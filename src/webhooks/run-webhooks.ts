import { forgetOld } from './outbox/deliveries.js';
import { advanceReplays } from './outbox/replays.js';
import { type Webhooks } from './open-webhooks.js';
import { sendTo, type SenderPorts } from './delivery-sender.js';

export interface WebhookPorts extends SenderPorts, Pick<Webhooks, 'runner' | 'changed'> {
  /** Something has failed that is no endpoint's fault. */
  readonly failed: (what: string, error: unknown) => void;
}

/** How long what has failed is backed off. */
const backOffMs = 60_000;

const dayMs = 86_400_000;

/** Enqueues what endpoints are to be sent, and sends it, until the signal aborts. */
export async function runWebhooks(ports: WebhookPorts, signal: AbortSignal): Promise<void> {
  const { outbox, store, time, runner, changed, failed } = ports;
  const projecting = runner.run(signal, (_status, error) => {
    failed('the outbox of webhooks has stopped', error);
  });
  const replaying = again('a replay of webhooks', async () => {
    const notified = changed.next(signal);
    if (await advanceReplays(outbox, store, time)) changed.notify();
    else await notified;
  });
  const forgetting = again('the delivery log of webhooks', async () => {
    await forgetOld(outbox.db, time.now());
    await time.sleepUntil(time.now() + dayMs, signal);
  });
  await Promise.all([projecting, replaying, forgetting, sendToAll()]);

  /** Does something over and over; a failure is reported, and the work is done again a minute later. */
  async function again(what: string, work: () => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      try {
        await work();
      } catch (error) {
        failed(what, error);
        await time.sleepUntil(time.now() + backOffMs, signal);
      }
    }
  }

  async function sendToAll(): Promise<void> {
    const senders = new Map<string, Promise<void>>();
    await again('the endpoints of webhooks', async () => {
      const notified = changed.next(signal);
      for (const { webhook } of await outbox.db.selectFrom('endpoints').select('webhook').execute()) {
        if (senders.has(webhook)) continue;
        const sending = sendAgain(webhook).finally(() => senders.delete(webhook));
        senders.set(webhook, sending);
      }
      await notified;
    });
    await Promise.all(senders.values());
  }

  async function sendAgain(webhook: string): Promise<void> {
    try {
      await sendTo(ports, webhook, changed, signal);
    } catch (error) {
      failed(`what is sent to webhook ${webhook}`, error);
      await time.sleepUntil(time.now() + backOffMs, signal);
      changed.notify();
    }
  }
}
