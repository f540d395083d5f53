import { type Instant } from '../business-time/calendar.js';

/** Time as a port, so that tests move it rather than wait. */
export interface Clock {
  readonly now: () => Instant;
  /** Resolves at an instant, or at once when the signal aborts. */
  readonly sleepUntil: (at: Instant, signal: AbortSignal) => Promise<void>;
}

/** Longer timers overflow; whoever sleeps on wakes, looks and sleeps again. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleepUntil: (at, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = setTimeout(wake, Math.min(Math.max(0, at - Date.now()), longestTimerMs));
      signal.addEventListener('abort', wake);
    }),
};
