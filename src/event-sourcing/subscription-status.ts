/** How the subscription is by which the log is followed. */
export interface SubscriptionStatus {
  /** `idle`: nobody follows. `connecting`: the store does not answer. `catchingUp`: connected, but behind the log. */
  readonly state: 'idle' | 'connecting' | 'catchingUp' | 'live';
  /** How far behind the log it was when that was last looked at, in the store's own measure. */
  readonly lag: number;
  /** How often it had to be made anew. */
  readonly reconnects: number;
  /** Why the store does not answer; undefined when it does. */
  readonly error?: string;
}
