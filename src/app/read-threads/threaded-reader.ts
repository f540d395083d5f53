import { Worker } from 'node:worker_threads';
import { type Settings } from '../../config/settings.js';
import { type WorkLimits } from './work-limit.js';
import { type ReadKind, type ReadRequest, type ReadRequests } from './read-requests.js';

/** What a thread begins with. */
export interface ThreadData {
  readonly settings: Settings;
  /** The number of the request that is to be stopped. */
  readonly stopped: Int32Array;
}

/** A message to a thread: a request with its limits, or that it closes its files and ends. */
export type ToThread =
  { readonly number: number; readonly request: ReadRequest; readonly limits: WorkLimits } | 'close';

/** What becomes of a request. */
export type ReadOutcome =
  | { readonly kind: 'done'; readonly answer: ReadRequests[ReadKind]['answer'] }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string };

/** A message from a thread: that its modules are loaded, or what became of a request. */
export type FromThread = ReadOutcome | 'ready';

/** Memory of a thread, in MiB; one that needs more ends alone. */
const heapMiB = 512;

const failed = (message: string): ReadOutcome => ({ kind: 'failed', message, stack: message });

/** A thread that answers one request at a time. It starts when there is a request, and again after it has ended. */
export class ThreadedReader {
  private worker: Worker | undefined;
  private isReady = false;
  private begun: () => void = () => undefined;
  private answered: ((answer: ReadOutcome) => void) | undefined;
  private number = 0;
  private readonly stopped = new Int32Array(new SharedArrayBuffer(4));

  constructor(
    private readonly entry: URL,
    private readonly settings: Settings,
  ) {}

  get isBusy(): boolean {
    return this.answered !== undefined;
  }

  get isStarted(): boolean {
    return this.worker !== undefined;
  }

  private start(): Worker {
    if (this.worker !== undefined) return this.worker;
    const workerData: ThreadData = { settings: this.settings, stopped: this.stopped };
    const worker = new Worker(this.entry, { workerData, resourceLimits: { maxOldGenerationSizeMb: heapMiB } });
    const ended = (why: string) => {
      if (this.worker === worker) {
        this.worker = undefined;
        this.isReady = false;
      }
      this.answer(failed(why));
    };
    worker.on('message', (message: FromThread) => {
      if (message !== 'ready') this.answer(message);
      else {
        this.isReady = true;
        this.begun();
      }
    });
    worker.on('error', (error) => {
      ended(error instanceof Error ? error.message : String(error));
    });
    worker.on('exit', () => {
      ended('a thread that reads has ended');
    });
    this.worker = worker;
    return worker;
  }

  /**
   * Answers a request; failures are outcomes too.
   * @param limits how long it may take from when it has begun
   * @param begun called when it has: a new thread loads its modules first
   */
  do(request: ReadRequest, { readMs, wallMs }: WorkLimits, begun: () => void): Promise<ReadOutcome> {
    const worker = this.start();
    this.number += 1;
    const message: ToThread = { number: this.number, request, limits: { readMs, wallMs } };
    return new Promise((resolve) => {
      this.answered = resolve;
      this.begun = begun;
      worker.postMessage(message);
      if (this.isReady) begun();
    });
  }

  /** Stops a statement at its next row; if that does not help in time, ends the thread. A request that waits never begins. */
  stop(afterMs: number): void {
    const { number, worker } = this;
    Atomics.store(this.stopped, 0, number);
    if (!this.isReady) return;
    const late = setTimeout(() => {
      if (this.isBusy && this.number === number) void worker?.terminate();
    }, afterMs);
    late.unref();
  }

  async close(): Promise<void> {
    const { worker } = this;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    Atomics.store(this.stopped, 0, this.number);
    worker.postMessage('close' satisfies ToThread);
    await ended;
  }

  private answer(answer: ReadOutcome): void {
    const { answered } = this;
    this.answered = undefined;
    answered?.(answer);
  }
}
