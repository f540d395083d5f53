import { changeWebhook, type WebhookChange } from '../../src/webhooks/commands/change-webhook.js';
import { type WebhookCommandPorts } from '../../src/webhooks/commands/webhook-ports.js';
import { deliveryLog } from '../../src/webhooks/outbox/lists.js';
import { httpPost } from '../../src/webhooks/post.js';
import { runWebhooks } from '../../src/webhooks/run-webhooks.js';
import { type TargetRules } from '../../src/webhooks/ssrf-guard.js';
import { type TestContext } from './application-contexts.js';

/** Private targets are taken; no name has an address. */
const onThisMachine: TargetRules = { allowsPrivate: true, lookup: () => Promise.resolve([]) };

const admin = { id: 'admin', kind: 'person' } as const;

/** What commands on the webhooks of a ledger need. */
export const webhookPorts = (context: TestContext, rules = onThisMachine): WebhookCommandPorts => ({
  ...context.webhooks,
  ...{ store: context.store, time: context.time, rules, post: httpPost(rules, context.time) },
});

/** The ledgers whose webhooks are being delivered to: their outbox follows the log by itself. */
const delivered = new WeakSet<TestContext>();

/** Does something to a webhook of a ledger. */
export async function change(context: TestContext, command: WebhookChange, rules = onThisMachine) {
  if (!delivered.has(context)) await context.webhooks.runner.catchUp();
  return changeWebhook(webhookPorts(context, rules), command, admin);
}

/** Delivers to the webhooks of a ledger until it is told to stop; every pause is three quarters of the longest it may be. */
export function delivering(context: TestContext) {
  const ports = webhookPorts(context);
  const stop = new AbortController();
  const failures: unknown[] = [];
  const gone: string[] = [];
  const failed = (_: string, error: unknown) => failures.push(error);
  delivered.add(context);
  const running = runWebhooks({ ...ports, random: () => 0.5, failed, disabled: (id) => gone.push(id) }, stop.signal);
  return {
    failures,
    /** The webhooks that were disabled because their endpoints are gone. */
    gone,
    stop: async () => {
      stop.abort();
      await running;
      delivered.delete(context);
      await ports.post.close();
    },
  };
}

/** What the delivery log says, oldest first: `T-1 SlaBreached delivered 1`. */
export async function logged(context: TestContext, webhook?: string): Promise<readonly string[]> {
  const filter = webhook === undefined ? {} : { webhook };
  const { edges } = await deliveryLog(context.webhooks.outbox.db, filter, { first: 200 });
  return edges.map(({ node }) => `${node.ticket} ${node.type} ${node.state} ${node.attempts}`).reverse();
}

/** Lets all else go on until something holds. */
export async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
