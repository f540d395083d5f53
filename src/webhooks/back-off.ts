import { type Instant } from '../business-time/calendar.js';

/** The first pause; each is twice the one before. */
const firstMs = 5_000;

/** The longest pause. */
export const longestMs = 6 * 3_600_000;

/** How long an event is tried for, from when it was enqueued. */
export const triedForMs = 3 * 86_400_000;

/**
 * When to try again after so many attempts, the last of which failed now; undefined where the time for it is over. Each
 * pause is cut at random by up to half, so that what failed together does not come back together.
 */
export function retryAt(
  { attempts, queuedAt, now }: { readonly attempts: number; readonly queuedAt: Instant; readonly now: Instant },
  random: () => number,
): Instant | undefined {
  const pause = Math.min(firstMs * 2 ** (attempts - 1), longestMs);
  const at = now + Math.round(pause * (0.5 + random() / 2));
  return at > queuedAt + triedForMs ? undefined : at;
}
