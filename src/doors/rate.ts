import { type ThrottlerStorage } from '@nestjs/throttler';
import { type Clock } from '../clock/clock.js';

/** A window of a minute: what a rate is counted in. */
export const windowMs = 60_000;

interface Window {
  hits: number;
  readonly endsAt: number;
}

/**
 * Counts requests by caller. The storage that comes with the throttler keeps an instant for each request and goes
 * through all of a caller's on each; this one keeps a number, and no more callers than it has room for: the oldest
 * window makes way.
 */
export class BoundedStorage implements ThrottlerStorage {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly room = 100_000,
  ) {}

  /** How many callers are remembered. */
  get size(): number {
    return this.windows.size;
  }

  /** Counts a request, and says which of its window it is, and how long the window lasts yet. */
  hit(caller: string, ttl: number): { readonly hits: number; readonly leftMs: number } {
    const now = this.clock.now();
    let window = this.windows.get(caller);
    if (window === undefined || window.endsAt <= now) {
      this.windows.delete(caller); // so that the map is in the order in which windows end
      if (this.windows.size >= this.room) this.makeRoom(now);
      window = { hits: 0, endsAt: now + ttl };
      this.windows.set(caller, window);
    }
    window.hits++;
    return { hits: window.hits, leftMs: window.endsAt - now };
  }

  increment(key: string, ttl: number, limit: number) {
    const { hits: totalHits, leftMs } = this.hit(key, ttl);
    const isBlocked = totalHits > limit;
    const timeToExpire = Math.ceil(leftMs / 1000);
    return Promise.resolve({ totalHits, timeToExpire, isBlocked, timeToBlockExpire: isBlocked ? timeToExpire : 0 });
  }

  private makeRoom(now: number): void {
    for (const [caller, { endsAt }] of this.windows) {
      if (endsAt > now && this.windows.size < this.room) return;
      this.windows.delete(caller);
    }
  }
}
