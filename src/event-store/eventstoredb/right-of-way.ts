/** How many events are to be appended for each that is read by those who catch up. */
const appendedForEachRead = 2;

/** The longest that a page of theirs waits for that, in milliseconds. */
const longestMs = 50;

interface Waiting {
  owed: number;
  readonly go: () => void;
}

/**
 * Appends go first: while some are under way, those who catch up read half as many events together as are appended, and a
 * page each 50 ms at least. They would have all of this thread otherwise, and somebody waits for each append.
 */
export class RightOfWay {
  private appending = 0;
  private readonly waiting: Waiting[] = [];

  /** So many events are appended by some work. */
  async during<Result>(events: number, work: () => Promise<Result>): Promise<Result> {
    this.appending += 1;
    try {
      return await work();
    } finally {
      this.appending -= 1;
      this.appended(events);
    }
  }

  /** So many events were read; resolves when more may be. */
  after(read: number, signal: AbortSignal): Promise<void> | undefined {
    if (this.appending === 0 || signal.aborted) return undefined;
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', go);
        const at = this.waiting.indexOf(one);
        if (at >= 0) this.waiting.splice(at, 1);
        resolve();
      };
      const one = { owed: read * appendedForEachRead, go };
      const timer = setTimeout(go, longestMs);
      signal.addEventListener('abort', go);
      this.waiting.push(one);
    });
  }

  /** Who has waited longest goes on first. */
  private appended(events: number): void {
    let left = this.appending === 0 ? Infinity : events;
    for (let first = this.waiting[0]; first !== undefined && left > 0; first = this.waiting[0]) {
      const paid = Math.min(left, first.owed);
      first.owed -= paid;
      left -= paid;
      if (first.owed > 0) return;
      first.go();
    }
  }
}
