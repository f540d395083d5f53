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
  /** How many tickets some work is stuck on; the query `stuckTickets` has them. */
  readonly stuckTickets: number;
}

export function healthOf(
  subscription: SubscriptionStatus,
  projections: readonly ProjectionStatus[],
  stuckTickets: number,
): Health {
  const connected = subscription.state === 'live' || subscription.state === 'catchingUp';
  const about = { store: { connected, ...subscription }, projections, stuckTickets };
  if (projections.some(({ state }) => state === 'failed'))
    return { status: 'failed', reason: 'A projection has stopped.', ...about };
  return connected
    ? { status: 'ok', ...about }
    : { status: 'notReady', reason: 'The event store does not answer.', ...about };
}

/** What those learn of it who may not operate the server: nothing of our insides, nor of how much others do. */
export const publicly = ({ status, reason }: Health): Pick<Health, 'status' | 'reason'> =>
  reason === undefined ? { status } : { status, reason };

export const statusCodeOf = ({ status }: Health): 200 | 503 => (status === 'ok' ? 200 : 503);
