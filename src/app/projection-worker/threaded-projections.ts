import { Worker } from 'node:worker_threads';
import { type Settings } from '../../config/settings.js';
import { type Position } from '../../event-sourcing/event-store.js';
import { Progress, type ProjectionStatus } from '../../event-sourcing/progress.js';
import { type SubscriptionStatus } from '../../event-sourcing/subscription-status.js';
import { projectionNames, type RunningProjections } from './projections.js';

/** What the thread is told. */
export type ToThread =
  | { readonly kind: 'committed' }
  /** Somebody waits until some projections have seen a position. */
  | { readonly kind: 'hurry'; readonly names: readonly string[]; readonly position: Position }
  | { readonly kind: 'stop' };

/** What it says. */
export type FromThread =
  | { readonly kind: 'projection'; readonly status: ProjectionStatus }
  | { readonly kind: 'subscription'; readonly subscription: SubscriptionStatus };

/** All projections, run in a thread of their own, so that what they cost delays no request. */
export class ThreadedProjections implements RunningProjections {
  private readonly progress = new Map(projectionNames.map((name) => [name, new Progress(name)]));
  private thread: Worker | undefined;
  subscription: SubscriptionStatus;

  /**
   * @param committed calls back after each commit of this thread, until the signal aborts
   * @param subscription how the log is followed before the thread has said so
   */
  constructor(
    private readonly settings: Settings,
    private readonly committed: (listener: () => void, signal: AbortSignal) => Promise<void>,
    subscription: SubscriptionStatus,
  ) {
    this.subscription = subscription;
  }

  get statuses(): readonly ProjectionStatus[] {
    return [...this.progress.values()].map(({ status }) => status);
  }

  async run(signal: AbortSignal, failed: (status: ProjectionStatus) => void): Promise<void> {
    const thread = new Worker(new URL('./projections-thread.js', import.meta.url), { workerData: this.settings });
    this.thread = thread;
    const take = (status: ProjectionStatus) => {
      this.of(status.name).status = status;
      if (status.state === 'failed') failed(status);
    };
    const crashed = (error: unknown) => {
      for (const { status } of this.progress.values()) {
        if (status.state !== 'failed')
          take({ ...status, state: 'failed', error: error instanceof Error ? error.message : String(error) });
      }
    };
    const hear = (message: FromThread) => {
      if (message.kind === 'projection') take(message.status);
      else this.subscription = message.subscription;
    };
    thread.on('message', hear).on('error', crashed);
    void this.committed(() => {
      this.tell({ kind: 'committed' });
    }, signal);
    signal.addEventListener('abort', () => {
      this.tell({ kind: 'stop' });
    });
    if (signal.aborted) this.tell({ kind: 'stop' });
    await new Promise<void>((resolve) =>
      thread.once('exit', () => {
        resolve();
      }),
    );
    this.thread = undefined;
    if (!signal.aborted) crashed('the thread has ended');
  }

  async waitFor(names: readonly string[], position: Position, signal: AbortSignal): Promise<boolean> {
    this.tell({ kind: 'hurry', names, position });
    const reached = await Promise.all(names.map((name) => this.of(name).waitFor(position, signal)));
    return reached.every(Boolean);
  }

  moved(name: string, signal: AbortSignal): Promise<void> {
    return this.of(name).moved(signal);
  }

  private tell(message: ToThread): void {
    this.thread?.postMessage(message);
  }

  private of(name: string): Progress {
    const progress = this.progress.get(name);
    if (progress === undefined) throw new Error(`there is no projection ${name}`);
    return progress;
  }
}
