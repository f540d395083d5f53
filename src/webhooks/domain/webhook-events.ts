import { type Instant } from '../../business-time/calendar.js';
import { type NewEvent } from '../../event-sourcing/event-store.js';
import { type FeedFilter } from '../../feed/domain/feed-event.js';

/** Where the feed is delivered, and what of it. */
export interface Endpoint {
  readonly webhook: string;
  readonly url: string;
  readonly description: string | null;
  readonly filter: FeedFilter;
}

interface Named {
  readonly webhook: string;
}

/** Secrets have numbers here, from 1; what a secret is, no event says. */
export type WebhookEvent =
  | NewEvent<'WebhookRegistered', Endpoint>
  /** In full, as it is from then on. */
  | NewEvent<'WebhookChanged', Endpoint>
  /** Because its endpoint is gone; where it does not say so, somebody asked for it. */
  | NewEvent<'WebhookDisabled', Named & { readonly because?: 'gone' }>
  | NewEvent<'WebhookEnabled', Named>
  /** The secret before goes on to be used beside the new one until an instant. */
  | NewEvent<'WebhookSecretRotated', Named & { readonly secret: number; readonly previousUntil: Instant }>
  | NewEvent<'WebhookRemoved', Named>;

export const webhookEventTypes = [
  'WebhookRegistered',
  'WebhookChanged',
  'WebhookDisabled',
  'WebhookEnabled',
  'WebhookSecretRotated',
  'WebhookRemoved',
] as const satisfies readonly WebhookEvent['type'][];

export const webhookStream = (id: string): string => `webhook-${id}`;
