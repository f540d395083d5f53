/** How the subscription is by which the log is followed. */
export interface SubscriptionStatus {
  /** `idle`: nobody follows. `connecting`: the store does not answer. `catchingUp`: connected, but behind the log. */
  readonly state: 'idle' | 'connecting' | 'catchingUp' | 'live';
  /** Of the last event heard of, where the store says it. */
  readonly position?: string;
  /** How far behind the log it is, as far as is known, in the store's own measure; null while the store cannot be asked. */
  readonly lag: number | null;
  /** How often it had to be made anew. */
  readonly reconnects: number;
  /** Why the store does not answer; undefined when it does. */
  readonly error?: string;
}
