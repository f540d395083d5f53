import { type Instant } from '../business-time/calendar.js';

/** Time as a port, so that tests move it rather than wait. */
export interface TimeSource {
  readonly now: () => Instant;
  /** Milliseconds since some instant, which go on as they do when the clock is put forward or back: what rates go by. */
  readonly elapsed: () => number;
  /** Resolves at an instant, or at once when the signal aborts or the clock goes back: whoever sleeps on wakes and looks. */
  readonly sleepUntil: (at: Instant, signal: AbortSignal) => Promise<void>;
}

/**
 * How long a timer runs at most. It counts running time, not the clock's: one set for the whole of a wait would oversleep
 * after the process was suspended, or the clock was put forward.
 */
const longestTimerMs = 1_000;

/** The machine's clock. */
export const systemTime: TimeSource = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleepUntil: (at, signal) =>
    new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const wait = (since: Instant) => {
        const now = Date.now();
        if (signal.aborted || now >= at || now < since) wake();
        else timer = setTimeout(wait, Math.min(at - now, longestTimerMs), now);
      };
      signal.addEventListener('abort', wake);
      wait(-Infinity);
    }),
};
