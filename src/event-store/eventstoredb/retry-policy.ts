import { type TimeSource, systemTime } from '../../time/time-source.js';

/** How long the store waits for the server, and how it tries again. */
export interface RetryPolicy {
  readonly time: TimeSource;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** How long an answer may take until it is asked for again. */
  readonly answerMs: number;
  /** How long what somebody waits for is tried, after which it fails. */
  readonly giveUpMs: number;
  /** About how long the first wait between tries is; each next one is twice as long. */
  readonly firstWaitMs: number;
  /** The longest wait between tries. */
  readonly longestWaitMs: number;
  /** How long the live subscription may be quiet until the server is asked whether there is something to hear. */
  readonly quietMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  time: systemTime,
  random: Math.random,
  answerMs: 3_000,
  giveUpMs: 20_000,
  firstWaitMs: 50,
  longestWaitMs: 5_000,
  quietMs: 2_000,
};

/** Waits between tries: longer each time, and at random, so that those who lost a server do not come back at once. */
export class BackOff {
  private tries = 0;
  private began: number;
  /** Whether something came of the last try. */
  isFresh = true;

  constructor(private readonly retryPolicy: RetryPolicy) {
    this.began = retryPolicy.time.now();
  }

  /** Something came of a try. */
  reset(): void {
    this.tries = 0;
    this.isFresh = true;
    this.began = this.retryPolicy.time.now();
  }

  /** Whether nothing has come of any try for too long. */
  get isOver(): boolean {
    return this.retryPolicy.time.now() - this.began >= this.retryPolicy.giveUpMs;
  }

  async wait(signal: AbortSignal): Promise<void> {
    const { time, random, firstWaitMs, longestWaitMs } = this.retryPolicy;
    const longest = Math.min(firstWaitMs * 2 ** this.tries, longestWaitMs);
    this.tries += 1;
    await time.sleepUntil(time.now() + longest * (0.5 + random() / 2), signal);
  }
}

/** Whether something happens within a time. */
export async function inTime(happens: Promise<unknown>, ms: number, time: TimeSource): Promise<boolean> {
  const stop = new AbortController();
  try {
    return await Promise.race([
      happens.then(() => true),
      time.sleepUntil(time.now() + ms, stop.signal).then(() => false),
    ]);
  } finally {
    stop.abort(over);
  }
}

/** Resolves when what has come over connections meanwhile has been looked at. */
export async function looked(): Promise<void> {
  for (let i = 0; i < 2; i++) await new Promise((resolve) => setImmediate(resolve));
}

/** Why a signal of this folder's own aborts. Where no reason is given, an error with its stack is made each time. */
export const over = 'over';

/** Asked anew each time: a signal may abort at any point where something is waited for. */
export const isAborted = (signal: AbortSignal): boolean => signal.aborted;
