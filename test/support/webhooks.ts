import { changeWebhook, type WebhookOrder } from '../../src/webhooks/commands/change-webhook.js';
import { type WebhookCommandPorts } from '../../src/webhooks/commands/webhook-ports.js';
import { deliveryLog } from '../../src/webhooks/outbox/lists.js';
import { httpPost } from '../../src/webhooks/post.js';
import { runWebhooks } from '../../src/webhooks/run-webhooks.js';
import { type TargetRules } from '../../src/webhooks/ssrf-guard.js';
import { type TestLedger } from './application-contexts.js';

/** Private targets are taken; no name has an address. */
const onThisMachine: TargetRules = { allowsPrivate: true, lookup: () => Promise.resolve([]) };

const admin = { id: 'admin', kind: 'person' } as const;

/** What commands on the webhooks of a ledger need. */
export const webhookPorts = (ledger: TestLedger, rules = onThisMachine): WebhookCommandPorts => ({
  ...ledger.webhooks,
  ...{ store: ledger.store, clock: ledger.clock, rules, post: httpPost(rules, ledger.clock) },
});

/** Does something to a webhook of a ledger. */
export const change = (ledger: TestLedger, order: WebhookOrder, rules = onThisMachine) =>
  changeWebhook(webhookPorts(ledger, rules), order, admin);

/** Delivers to the webhooks of a ledger until it is told to stop; every pause is three quarters of the longest it may be. */
export function delivering(ledger: TestLedger) {
  const ports = webhookPorts(ledger);
  const stop = new AbortController();
  const failures: unknown[] = [];
  const failed = (_: string, error: unknown) => failures.push(error);
  const running = runWebhooks({ ...ports, random: () => 0.5, failed }, stop.signal);
  return {
    failures,
    stop: async () => {
      stop.abort();
      await running;
      await ports.post.close();
    },
  };
}

/** What the delivery log says, oldest first: `T-1 SlaBreached delivered 1`. */
export async function logged(ledger: TestLedger, webhook?: string): Promise<readonly string[]> {
  const filter = webhook === undefined ? {} : { webhook };
  const { edges } = await deliveryLog(ledger.webhooks.outbox.db, filter, { first: 200 });
  return edges.map(({ node }) => `${node.ticket} ${node.type} ${node.state} ${node.attempts}`).reverse();
}

/** Lets all else go on until something holds. */
export async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
