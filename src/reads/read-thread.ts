import { Worker } from 'node:worker_threads';
import { type Settings } from '../config/settings.js';
import { type Kind, type Order, type Orders } from './orders.js';

/** What a thread begins with. */
export interface ThreadData {
  readonly settings: Settings;
  /** The number of the order that is to be stopped. */
  readonly stopped: Int32Array;
}

/** What a thread is told: to carry out an order for so long, or to let go of its files. */
export type ToThread = { readonly number: number; readonly order: Order; readonly ms: number } | 'close';

/** What becomes of an order. */
export type FromThread =
  | { readonly kind: 'done'; readonly answer: Orders[Kind]['answer'] }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string; readonly stack: string };

/** Memory of a thread, in MiB; one that needs more ends alone. */
const heapMiB = 512;

const failed = (message: string): FromThread => ({ kind: 'failed', message, stack: message });

/** A thread that carries out one order at a time. It is made when there is something to do, and anew where it has ended. */
export class ReadThread {
  private worker: Worker | undefined;
  private answered: ((answer: FromThread) => void) | undefined;
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

  /** Makes the thread, so that whoever asks first need not wait for it. */
  start(): Worker {
    if (this.worker !== undefined) return this.worker;
    const workerData: ThreadData = { settings: this.settings, stopped: this.stopped };
    const worker = new Worker(this.entry, { workerData, resourceLimits: { maxOldGenerationSizeMb: heapMiB } });
    const ended = (why: string) => {
      if (this.worker === worker) this.worker = undefined;
      this.answer(failed(why));
    };
    worker.on('message', (answer: FromThread) => {
      this.answer(answer);
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

  /** Carries out an order; it answers whatever comes of it. */
  do(order: Order, ms: number): Promise<FromThread> {
    const worker = this.start();
    this.number += 1;
    const message: ToThread = { number: this.number, order, ms };
    return new Promise((resolve) => {
      this.answered = resolve;
      worker.postMessage(message);
    });
  }

  /** Stops what it does: a statement at its next row, and what does not heed that with the thread. */
  stop(afterMs: number): void {
    const { number, worker } = this;
    Atomics.store(this.stopped, 0, number);
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

  private answer(answer: FromThread): void {
    const { answered } = this;
    this.answered = undefined;
    answered?.(answer);
  }
}
