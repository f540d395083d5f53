import { isDeepStrictEqual } from 'node:util';
import { type Instant } from '../../business-time/calendar.js';
import { type Decider } from '../../event-sourcing/decider.js';
import { type NewEvent } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type Endpoint, type WebhookEvent } from './webhook-events.js';

/** A webhook as it stands. */
export interface Webhook {
  readonly endpoint: Endpoint;
  readonly state: 'enabled' | 'disabled' | 'removed';
  /** Why it is disabled: somebody asked for it, or its endpoint said that it is gone for good; null while it is not. */
  readonly disabledBecause: 'asked' | 'gone' | null;
  readonly registeredAt: Instant;
  /** The number of the secret that it is signed with. */
  readonly secret: number;
  /** Until when the secret before is used too; null where there is none before. */
  readonly previousUntil: Instant | null;
}

export type WebhookState = Webhook | undefined;

/** Id and metadata come in with a command: a decider knows no clock. */
export type WebhookCommand = Pick<NewEvent, 'id' | 'metadata'> &
  (
    | { readonly type: 'RegisterWebhook'; readonly endpoint: Endpoint }
    /** What is left out stays. */
    | { readonly type: 'ChangeWebhook'; readonly webhook: string; readonly changes: Partial<Omit<Endpoint, 'webhook'>> }
    | { readonly type: 'RotateWebhookSecret'; readonly webhook: string; readonly overlapMs: number }
    /** Its endpoint answered that it is gone. One that has got another URL meanwhile is left as it is. */
    | { readonly type: 'DisableGoneWebhook'; readonly webhook: string; readonly url: string }
    | { readonly type: 'DisableWebhook' | 'EnableWebhook' | 'RemoveWebhook'; readonly webhook: string }
  );

/** A webhook is registered once, under an id of its own; removed it stays so. */
export const webhookDecider: Decider<WebhookState, WebhookCommand, WebhookEvent> = {
  initial: undefined,
  evolve,
  decide,
};

function evolve(webhook: WebhookState, event: WebhookEvent): WebhookState {
  if (event.type === 'WebhookRegistered') {
    const { metadata, data: endpoint } = event;
    const registeredAt = metadata.recordedAt;
    return { endpoint, state: 'enabled', disabledBecause: null, registeredAt, secret: 1, previousUntil: null };
  }
  if (webhook === undefined) return webhook;
  switch (event.type) {
    case 'WebhookChanged':
      return { ...webhook, endpoint: event.data };
    case 'WebhookDisabled':
      return { ...webhook, state: 'disabled', disabledBecause: event.data.because ?? 'asked' };
    case 'WebhookEnabled':
      return { ...webhook, state: 'enabled', disabledBecause: null };
    case 'WebhookSecretRotated':
      return { ...webhook, secret: event.data.secret, previousUntil: event.data.previousUntil };
    case 'WebhookRemoved':
      return { ...webhook, state: 'removed' };
    default:
      return webhook;
  }
}

/** @throws Rejection `WEBHOOK_EXISTS`, `WEBHOOK_NOT_FOUND` */
function decide(command: WebhookCommand, before: WebhookState): readonly WebhookEvent[] {
  const { id, metadata } = command;
  if (command.type === 'RegisterWebhook') {
    const { endpoint } = command;
    if (before === undefined) return [{ id, metadata, type: 'WebhookRegistered', data: endpoint }];
    if (before.state !== 'removed' && isDeepStrictEqual(before.endpoint, endpoint)) return [];
    throw new Rejection('WEBHOOK_EXISTS', `id: the webhook ${endpoint.webhook} exists or existed; use another id.`);
  }
  const { webhook } = command;
  if (before === undefined || before.state === 'removed') {
    if (command.type === 'DisableGoneWebhook') return [];
    if (before !== undefined && command.type === 'RemoveWebhook') return [];
    throw new Rejection('WEBHOOK_NOT_FOUND', `There is no webhook ${webhook.slice(0, 80)}.`);
  }
  switch (command.type) {
    case 'ChangeWebhook': {
      const data = { ...before.endpoint, ...command.changes };
      return isDeepStrictEqual(data, before.endpoint) ? [] : [{ id, metadata, type: 'WebhookChanged', data }];
    }
    case 'DisableWebhook':
      return before.state === 'disabled' ? [] : [{ id, metadata, type: 'WebhookDisabled', data: { webhook } }];
    case 'DisableGoneWebhook': {
      const isSo = before.state === 'enabled' && before.endpoint.url === command.url;
      return isSo ? [{ id, metadata, type: 'WebhookDisabled', data: { webhook, because: 'gone' } }] : [];
    }
    case 'EnableWebhook':
      return before.state === 'enabled' ? [] : [{ id, metadata, type: 'WebhookEnabled', data: { webhook } }];
    case 'RotateWebhookSecret': {
      const previousUntil = metadata.occurredAt + command.overlapMs;
      const data = { webhook, secret: before.secret + 1, previousUntil };
      return [{ id, metadata, type: 'WebhookSecretRotated', data }];
    }
    case 'RemoveWebhook':
      return [{ id, metadata, type: 'WebhookRemoved', data: { webhook } }];
  }
}
