import { Notifier } from './notifier.js';
import { type Position } from './event-store.js';
import { Rejection } from './rejection.js';

export interface ProjectionStatus {
  readonly name: string;
  /** `retrying`: the disk fails it, and it goes on as soon as it can. */
  readonly state: 'catchingUp' | 'live' | 'retrying' | 'failed' | 'stopped';
  readonly position: Position | undefined;
  readonly error?: string;
  /** The event it failed at. */
  readonly failedEvent?: string;
}

/** How far a projection has come, for those who wait for it. */
export class Progress {
  private readonly notifier = new Notifier();
  private last: ProjectionStatus;

  constructor(
    readonly name: string,
    private readonly changed: (status: ProjectionStatus) => void = () => undefined,
  ) {
    this.last = { name, state: 'stopped', position: undefined };
  }

  get status(): ProjectionStatus {
    return this.last;
  }

  set status(status: ProjectionStatus) {
    this.last = status;
    this.changed(status);
    this.notifier.notify();
  }

  /**
   * Whether the projection reached a position before the signal aborted.
   * @throws Rejection `PROJECTION_FAILED` where it failed before that position
   */
  async waitFor(position: Position, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const { name, state, position: reached, failedEvent = '?' } = this.last;
      if (reached !== undefined && reached >= position) return true;
      if (signal.aborted) return false;
      if (state === 'failed')
        throw new Rejection('PROJECTION_FAILED', `The projection ${name} has stopped, at event ${failedEvent}.`);
      await this.moved(signal);
    }
  }

  /** Resolves when the projection has moved on or failed, or the signal aborts. */
  moved(signal: AbortSignal): Promise<void> {
    return this.notifier.next(signal);
  }
}
