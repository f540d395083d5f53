import { type Instant } from '../business-time/calendar.js';
import { longestRetryAfterMs } from './retry-after.js';

/** The first pause; each is twice the one before. */
const firstMs = 5_000;

/** The longest pause of ours. */
const longestMs = 6 * 3_600_000;

/** The longest that anything waits for its next attempt. */
export const longestWaitMs = Math.max(longestMs, longestRetryAfterMs);

/** How long an event is tried for, from when it was enqueued. */
export const triedForMs = 3 * 86_400_000;

interface Tried {
  readonly attempts: number;
  readonly queuedAt: Instant;
  readonly now: Instant;
  /** Until when the endpoint asked to be left alone; null where it did not. */
  readonly notBefore?: Instant | null;
}

/**
 * When to try again after so many attempts, the last of which failed now; undefined where the time for it is over. Each
 * pause is cut at random by up to half, so that what failed together does not come back together; it lasts at least until the
 * endpoint asked to be left alone.
 */
export function retryAt(
  { attempts, queuedAt, now, notBefore = null }: Tried,
  random: () => number,
): Instant | undefined {
  const pause = Math.min(firstMs * 2 ** (attempts - 1), longestMs);
  const at = Math.max(now + Math.round(pause * (0.5 + random() / 2)), notBefore ?? now);
  return at > queuedAt + triedForMs ? undefined : at;
}
