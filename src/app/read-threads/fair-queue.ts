import { FairLines } from '../../event-sourcing/fair-lines.js';

/** How many may wait, and be at work. */
export interface QueueLimits {
  /** At work at a time, for one of those who ask. */
  readonly workingEach: number;
  readonly waitingEach: number;
  readonly waiting: number;
}

/** Jobs that wait for their turn, within limits. */
export class FairQueue<Job> {
  private readonly waiting = new FairLines<Job>();
  /** How many jobs of each are at work; whoever has none is not in it. */
  private readonly working = new Map<string, number>();

  constructor(private readonly limits: QueueLimits) {}

  /** Puts a job at the end of somebody's line; false where there is no room. */
  add(who: string, job: Job): boolean {
    const { waiting, limits } = this;
    if (waiting.length >= limits.waiting || waiting.lengthOf(who) >= limits.waitingEach) return false;
    waiting.add(who, job);
    return true;
  }

  /** The next job to be done; undefined where none may be. */
  next(): { readonly who: string; readonly job: Job } | undefined {
    const next = this.waiting.next((who) => this.workingOf(who) < this.limits.workingEach);
    if (next === undefined) return undefined;
    const { who, item: job } = next;
    this.working.set(who, this.workingOf(who) + 1);
    return { who, job };
  }

  /** Somebody's job is done. */
  done(who: string): void {
    const left = this.workingOf(who) - 1;
    if (left > 0) this.working.set(who, left);
    else this.working.delete(who);
  }

  /** Takes a job out of somebody's line, where it still waits. */
  remove(who: string, job: Job): boolean {
    return this.waiting.remove(who, job);
  }

  private workingOf(who: string): number {
    return this.working.get(who) ?? 0;
  }
}
