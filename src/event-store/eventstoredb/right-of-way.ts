import { type TimeSource } from '../../time/time-source.js';

/** How many times as long as a page took nothing more is read, where appends are under way. */
const restsForPage = 3;

/** The longest such rest, in milliseconds: a server that is slow to answer one page stops nobody for long. */
const longestRestMs = 250;

/** For how long after an append the next one is reckoned with, in milliseconds: who has an answer often writes again. */
const lingersMs = 20;

/** Leave to read: one page, or as much as there is. */
export interface Leave {
  readonly isForPage: boolean;
  /** What was to be read was read and taken. */
  end(): void;
}

const asMuchAsThereIs: Leave = { isForPage: false, end: () => undefined };

/**
 * Appends go first: while some are under way, those who catch up read a page at a time, one of them after another, and
 * after each page nothing for three times as long as it took. So they have a quarter of the time, whatever a page costs
 * here, on the server and by what its reader does with it. Reading is cheap enough to take all of the thread, and somebody
 * waits for each append.
 */
export class RightOfWay {
  private appending = 0;
  private appendedAt = -Infinity;
  /** A page is read beside appends, or the rest after it is not over. */
  private isBusy = false;
  private readonly waiting = new Set<(leave: Leave) => void>();

  constructor(
    private readonly time: TimeSource,
    private readonly closing: AbortSignal,
  ) {}

  /** Appends are under way, or were just now. */
  get isTaken(): boolean {
    return this.appending > 0 || this.time.elapsed() - this.appendedAt < lingersMs;
  }

  /** Something is appended by some work. */
  async during<Result>(work: () => Promise<Result>): Promise<Result> {
    this.appending += 1;
    try {
      return await work();
    } finally {
      this.appending -= 1;
      this.appendedAt = this.time.elapsed();
    }
  }

  /** Waits for leave to read; who has waited longest has it first. When the signal aborts, it is not waited for any more. */
  enter(signal: AbortSignal): Promise<Leave> {
    if (!this.isTaken || signal.aborted) return Promise.resolve(asMuchAsThereIs);
    if (!this.isBusy) return Promise.resolve(this.page());
    return new Promise((resolve) => {
      const go = (leave: Leave) => {
        this.waiting.delete(go);
        signal.removeEventListener('abort', leaves);
        resolve(leave);
      };
      const leaves = () => {
        go(asMuchAsThereIs);
      };
      this.waiting.add(go);
      signal.addEventListener('abort', leaves);
    });
  }

  private page(): Leave {
    this.isBusy = true;
    const began = this.time.elapsed();
    let isEnded = false;
    return {
      isForPage: true,
      end: () => {
        if (isEnded) return;
        isEnded = true;
        void this.rest(Math.min((this.time.elapsed() - began) * restsForPage, longestRestMs));
      },
    };
  }

  private async rest(ms: number): Promise<void> {
    await this.time.sleepUntil(this.time.now() + ms, this.closing);
    this.isBusy = false;
    for (const go of this.waiting) {
      if (this.isTaken) {
        go(this.page());
        return;
      }
      go(asMuchAsThereIs);
    }
  }
}
