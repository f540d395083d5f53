import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type AppendRequest, type AppendOutcome } from './sqlite-appender.js';

/** What it writes to. */
export interface WrittenFiles {
  /** Of a log that is there. */
  readonly file: string;
  readonly lastSeenFile: string | undefined;
}

/** What the thread is told: to commit a group, or to let go of the file. */
export type ToWriter = readonly AppendRequest[] | 'close';

/** Commits groups in a thread of its own, so that waiting for the disk holds up nobody else. */
export class ThreadedWriter {
  // An error of the thread itself is nobody's to handle: it ends the process, and what was acknowledged is on disk.
  private readonly thread: Worker;

  constructor(files: WrittenFiles) {
    this.thread = new Worker(new URL('./writer-thread.js', import.meta.url), { workerData: files });
  }

  commit = async (requests: readonly AppendRequest[]): Promise<readonly AppendOutcome[]> => {
    this.tell(requests);
    const [outcomes] = (await once(this.thread, 'message')) as [readonly AppendOutcome[]];
    return outcomes;
  };

  /** Resolves when the file is closed. */
  async close(): Promise<void> {
    const ended = once(this.thread, 'exit');
    this.tell('close');
    await ended;
  }

  private tell(message: ToWriter): void {
    this.thread.postMessage(message);
  }
}
