import { setTimeout as sleep } from 'node:timers/promises';

/** The shortest and the longest pause before something is tried again, in milliseconds. */
const [shortest, longest] = [50, 2_000];

/** Waits before another try, longer after each, until the signal aborts. */
export async function waitToRetry(tries: number, signal: AbortSignal): Promise<void> {
  const ms = Math.min(shortest * 2 ** (tries - 1), longest);
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
