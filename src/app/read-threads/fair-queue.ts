/** How many may wait, and be at work. */
export interface QueueLimits {
  /** At work at a time, for one of those who ask. */
  readonly workingEach: number;
  readonly waitingEach: number;
  readonly waiting: number;
}

interface Line<Job> {
  working: number;
  readonly waiting: Job[];
}

/** Jobs that wait for their turn: whoever asks has a line, and the lines come by turns, however long each is. */
export class FairQueue<Job> {
  /** In the order in which they come. */
  private readonly lines = new Map<string, Line<Job>>();
  private waiting = 0;

  constructor(private readonly limits: QueueLimits) {}

  /** Puts a job at the end of somebody's line; false where there is no room. */
  add(who: string, job: Job): boolean {
    const line = this.lines.get(who) ?? { working: 0, waiting: [] };
    if (this.waiting >= this.limits.waiting || line.waiting.length >= this.limits.waitingEach) return false;
    this.lines.set(who, line);
    line.waiting.push(job);
    this.waiting += 1;
    return true;
  }

  /** The next job to be done, whose line goes behind the others; undefined where none may be. */
  next(): { readonly who: string; readonly job: Job } | undefined {
    for (const [who, line] of this.lines) {
      if (line.working >= this.limits.workingEach) continue;
      const job = line.waiting.shift();
      if (job === undefined) continue;
      this.waiting -= 1;
      line.working += 1;
      this.lines.delete(who);
      this.lines.set(who, line);
      return { who, job };
    }
    return undefined;
  }

  /** Somebody's job is done. */
  done(who: string): void {
    const line = this.lines.get(who);
    if (line === undefined) return;
    line.working -= 1;
    this.tidy(who, line);
  }

  /** Takes a job out of somebody's line, where it still waits. */
  remove(who: string, job: Job): boolean {
    const line = this.lines.get(who);
    const place = line?.waiting.indexOf(job) ?? -1;
    if (line === undefined || place < 0) return false;
    line.waiting.splice(place, 1);
    this.waiting -= 1;
    this.tidy(who, line);
    return true;
  }

  private tidy(who: string, line: Line<Job>): void {
    if (line.working === 0 && line.waiting.length === 0) this.lines.delete(who);
  }
}
