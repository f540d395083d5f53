import { type ProjectionStatus } from '../event-sourcing/progress.js';
import { type StorageFault } from '../event-sourcing/storage-fault.js';
import { type SubscriptionStatus } from '../event-sourcing/subscription-status.js';

/** Whether all is well, for those who watch the server: 200 where it is, else 503. */
export interface Health {
  /**
   * `notReady`: the store does not answer, or the read models are being built. `notWritable`: the disk fails or the store
   * refuses, and all goes on by itself as soon as it does not.
   * `failed`: a projection has stopped at an event, or what is stored is damaged or no longer what it was.
   */
  readonly status: 'ok' | 'notReady' | 'notWritable' | 'failed';
  /** Why not. */
  readonly reason?: string;
  /** How the log is followed, and whether its store answers at all. */
  readonly store: SubscriptionStatus & { readonly connected: boolean };
  readonly projections: readonly ProjectionStatus[];
  /** How many tickets some work is stuck on; the query `stuckTickets` has them. */
  readonly stuckTickets: number;
  /** What the disk, or the store, fails. */
  readonly faults: readonly { readonly code: string; readonly message: string }[];
}

/** What is known of the server's parts. */
export interface Parts extends Pick<Health, 'projections' | 'stuckTickets'> {
  readonly subscription: SubscriptionStatus;
  readonly faults: readonly StorageFault[];
  /** Whether the read models have what was recorded before they were opened. */
  readonly isBuilt: boolean;
}

export function healthOf({ subscription, projections, stuckTickets, faults, isBuilt }: Parts): Health {
  const connected = subscription.state === 'live' || subscription.state === 'catchingUp';
  const publicFaults = faults.map(({ code, message }) => ({ code, message }));
  const about = { store: { connected, ...subscription }, projections, stuckTickets, faults: publicFaults };
  if (faults.some(({ isLasting }) => isLasting))
    return { status: 'failed', reason: 'The stored data is damaged, or was replaced.', ...about };
  if (projections.some(({ state }) => state === 'failed'))
    return { status: 'failed', reason: 'A projection has stopped.', ...about };
  if (!connected) return { status: 'notReady', reason: 'The event store does not answer.', ...about };
  if (faults.some(({ code }) => code.startsWith('EVENT_STORE_')))
    return { status: 'notWritable', reason: 'The event store accepts no changes.', ...about };
  if (faults.length > 0 || projections.some(({ state }) => state === 'retrying'))
    return { status: 'notWritable', reason: 'The disk fails: some data cannot be written.', ...about };
  if (!isBuilt) return { status: 'notReady', reason: 'The read models are being built.', ...about };
  return { status: 'ok', ...about };
}

/** What those learn of it who may not operate the server: nothing of our insides, nor of how much others do. */
export const publicly = ({ status, reason }: Health): Pick<Health, 'status' | 'reason'> =>
  reason === undefined ? { status } : { status, reason };

export const statusCodeOf = ({ status }: Health): 200 | 503 => (status === 'ok' ? 200 : 503);
