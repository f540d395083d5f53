import { type ProjectionStatus } from './event-sourcing/progress.js';
import { type SubscriptionStatus } from './event-sourcing/subscription-status.js';

/** Whether all is well, for those who watch the server: 200 where it is, else 503. */
export interface Health {
  /** `notReady`: the store does not answer. `failed`: a projection has stopped at an event. */
  readonly status: 'ok' | 'notReady' | 'failed';
  /** Why not. */
  readonly reason?: string;
  /** How the log is followed, and whether its store answers at all. */
  readonly store: SubscriptionStatus & { readonly connected: boolean };
  readonly projections: readonly ProjectionStatus[];
}

export function healthOf(subscription: SubscriptionStatus, projections: readonly ProjectionStatus[]): Health {
  const connected = subscription.state === 'live' || subscription.state === 'catchingUp';
  const about = { store: { connected, ...subscription }, projections };
  const failed = projections.find(({ state }) => state === 'failed');
  if (failed !== undefined) {
    return { status: 'failed', reason: `The projection ${failed.name} has stopped: ${failed.error ?? '?'}`, ...about };
  }
  if (connected) return { status: 'ok', ...about };
  return {
    status: 'notReady',
    reason: `The event store does not answer: ${subscription.error ?? 'not yet'}`,
    ...about,
  };
}

export const statusCodeOf = ({ status }: Health): 200 | 503 => (status === 'ok' ? 200 : 503);
