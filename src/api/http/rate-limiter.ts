import { type TimeSource } from '../../time/time-source.js';

/** What a rate is counted in: a minute. */
const windowMs = 60_000;

interface Window {
  hits: number;
  readonly endsAt: number;
}

/** A request too many. */
export interface TooQuick {
  readonly retryAfterSeconds: number;
  /** The first of its minute: the one worth a line in the log. */
  readonly isFirst: boolean;
}

/**
 * Counts requests by caller, minute by minute, by time that passes and not by the clock, which may be put back: a number for each caller, and no more callers than there is room for – the
 * one whose minute began first makes way.
 */
export class Rates {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly time: Pick<TimeSource, 'elapsed'>,
    private readonly room = 100_000,
  ) {}

  /** How many callers are remembered. */
  get size(): number {
    return this.windows.size;
  }

  /** Counts a request; undefined: it is within the rate. */
  take(caller: string, perMinute: number): TooQuick | undefined {
    const now = this.time.elapsed();
    let window = this.windows.get(caller);
    if (window === undefined || window.endsAt <= now) {
      this.windows.delete(caller); // so that the map is in the order in which minutes began
      if (this.windows.size >= this.room) this.makeRoom(now);
      window = { hits: 0, endsAt: now + windowMs };
      this.windows.set(caller, window);
    }
    window.hits += 1;
    return excess(window, perMinute, now);
  }

  /** Whether a caller is over a rate, without counting anything; undefined: no. */
  over(caller: string, perMinute: number): TooQuick | undefined {
    const now = this.time.elapsed();
    const window = this.windows.get(caller);
    return window === undefined || window.endsAt <= now ? undefined : excess(window, perMinute, now);
  }

  private makeRoom(now: number): void {
    for (const [caller, { endsAt }] of this.windows) {
      if (endsAt > now && this.windows.size < this.room) return;
      this.windows.delete(caller);
    }
  }
}

function excess({ hits, endsAt }: Window, perMinute: number, now: number): TooQuick | undefined {
  const over = hits - perMinute;
  return over <= 0 ? undefined : { retryAfterSeconds: Math.ceil((endsAt - now) / 1000), isFirst: over === 1 };
}
