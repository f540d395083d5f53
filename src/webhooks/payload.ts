import { Webhook as Signer } from 'standardwebhooks';
import { type Instant } from '../business-time/calendar.js';
import { type FeedEvent, type FeedType } from '../feed/domain/feed-event.js';
import { constantCase } from '../parsing/constant-case.js';
import { type Webhook } from './domain/webhook-decider.js';
import { type SecretOf } from './secrets.js';

/** What Standard Webhooks calls the type of an event: words in small letters, with dots between. */
const typeNames: Readonly<Record<FeedType, string>> = {
  SlaAtRisk: 'sla.at_risk',
  SlaBreached: 'sla.breached',
  SlaBreachWithdrawn: 'sla.breach_withdrawn',
  SlaMet: 'sla.met',
  SlaMetLate: 'sla.met_late',
};

const iso = (at: Instant) => new Date(at).toISOString();

/** An event as webhooks carry it: with the fields, names and values of the feed over GraphQL. */
export function bodyOf({ id, type, data, metadata }: FeedEvent, cursor: string): string {
  const { metric, run, layout, ticket, reference, subject, customer, priority, assignee, team, channel } = data;
  return JSON.stringify({
    type: typeNames[type],
    timestamp: iso(data.at),
    data: {
      ...{
        cursor,
        id,
        kind: constantCase(type),
        metric: constantCase(metric),
        run,
        layout,
        ticket,
        reference,
        subject,
      },
      ...{ customer, plan: data.terms.plan.code, type: data.type, priority, assignee, team },
      channel: channel ?? null,
      ...{
        at: iso(data.at),
        recordedAt: iso(metadata.recordedAt),
        dueAt: data.dueAt === null ? null : iso(data.dueAt),
      },
      ...{ elapsedMs: data.elapsedMs, targetMs: data.targetMs, historic: data.historic },
    },
  });
}

/** A message that only shows whether messages arrive. */
export const testBody = (now: Instant): string =>
  JSON.stringify({ type: 'pledge.test', timestamp: iso(now), data: { message: 'This is a test.' } });

/** Signs a message by the Standard Webhooks scheme, with the secret before too while it is still used. */
export function signedHeaders(
  { endpoint, secret, previousUntil }: Webhook,
  secretOf: SecretOf,
  { id, body, now }: { readonly id: string; readonly body: string; readonly now: Instant },
): Readonly<Record<string, string>> {
  const isBoth = previousUntil !== null && now < previousUntil;
  const numbers = isBoth ? [secret, secret - 1] : [secret];
  const at = new Date(now);
  const signatures = numbers.map((number) => new Signer(secretOf(endpoint.webhook, number)).sign(id, at, body));
  return {
    'content-type': 'application/json',
    'user-agent': 'pledge-webhooks',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now / 1_000)),
    'webhook-signature': signatures.join(' '),
  };
}
