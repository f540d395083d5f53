import { type HistoryQuestion, type HistoryRow } from '../../audit/history.js';
import { type Replayed, type ReplayQuestion } from '../../audit/replay.js';
import { type ReadFile, type ReadRow } from '../../read-models/read-port.js';
import { type Asker } from '../../auth/asker.js';
import { type Settings } from '../../config/settings.js';
import { TimeSlice } from '../../event-sourcing/yield-to-event-loop.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { FairQueue } from './fair-queue.js';
import { askerGone, type ReadLimits, readLimits, tooMany, tooSlow } from './read-limits.js';
import { type ReadKind, type ReadRequest, type ReadRequests } from './read-requests.js';
import { asObjects, type Select } from './read-files.js';
import { type ReadOutcome, ThreadedReader } from './threaded-reader.js';
import { type AllReads } from './reads-here.js';

interface Job {
  readonly request: ReadRequest;
  readonly asker: Asker;
  readonly settle: (answer: ReadOutcome) => void;
  /** It is over, whatever its thread still does. */
  readonly giveUp: (why: Rejection) => void;
  /** The thread that does it; undefined while it waits. */
  thread: ThreadedReader | undefined;
  isOver: boolean;
  timer: NodeJS.Timeout;
}

const threadsEntry = new URL('./reader-thread.js', import.meta.url);

/**
 * Reads in threads of their own, a few at a time: each read has a limit of time, and ends with whoever asked. Those who ask have
 * their turns one after the other, however much one of them asks.
 */
export class ThreadedReads implements AllReads {
  private readonly queue: FairQueue<Job>;
  private readonly threads: readonly ThreadedReader[];

  constructor(
    settings: Settings,
    private readonly limits: ReadLimits = readLimits,
    entry: URL = threadsEntry,
  ) {
    this.queue = new FairQueue(limits);
    this.threads = Array.from({ length: limits.threads }, () => new ThreadedReader(entry, settings));
  }

  async select(file: ReadFile, query: Omit<Select, 'file'>, asker: Asker): Promise<readonly ReadRow[]> {
    return asObjects(await this.ask('select', { file, ...query }, asker));
  }

  history(question: HistoryQuestion, asker: Asker): Promise<readonly HistoryRow[]> {
    return this.ask('history', question, asker);
  }

  replay(question: ReplayQuestion, asker: Asker): Promise<Replayed | undefined> {
    return this.ask('replay', question, asker);
  }

  /** How many threads there are: each is made when it is needed. */
  get started(): number {
    return this.threads.filter(({ isStarted }) => isStarted).length;
  }

  async close(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.close()));
  }

  private ask<K extends ReadKind>(
    kind: K,
    request: ReadRequests[K]['request'],
    asker: Asker,
  ): Promise<ReadRequests[K]['answer']> {
    return new Promise((resolve, reject) => {
      if (asker.signal.aborted) {
        reject(askerGone());
        return;
      }
      const gone = () => {
        this.giveUp(job, askerGone());
      };
      const over = () => {
        job.isOver = true;
        clearTimeout(job.timer);
        asker.signal.removeEventListener('abort', gone);
      };
      const job: Job = {
        request: { kind, request } as ReadRequest,
        asker,
        settle: (answer) => {
          over();
          if (answer.kind === 'done') resolve(answer.answer);
          else reject(errorOf(answer));
        },
        giveUp: (why) => {
          over();
          reject(why);
        },
        thread: undefined,
        isOver: false,
        timer: setTimeout(() => {
          this.giveUp(job, tooMany());
        }, this.limits.waitMs),
      };
      if (!this.queue.add(asker.who, job)) {
        job.giveUp(tooMany());
        return;
      }
      asker.signal.addEventListener('abort', gone);
      this.serve();
    });
  }

  /** Hands out what waits to the threads that are free; a thread that is there already goes before one to be made. */
  private serve(): void {
    for (;;) {
      const free = this.threads.filter(({ isBusy }) => !isBusy);
      const thread = free.find(({ isStarted }) => isStarted) ?? free[0];
      const next = thread === undefined ? undefined : this.queue.next();
      if (thread === undefined || next === undefined) return;
      void this.work(thread, next.who, next.job);
    }
  }

  private async work(thread: ThreadedReader, who: string, job: Job): Promise<void> {
    job.thread = thread;
    const begun = () => {
      if (job.isOver) return;
      clearTimeout(job.timer);
      job.timer = setTimeout(() => {
        this.giveUp(job, tooSlow());
      }, this.limits.wallMs);
    };
    const answer = await thread.do(job.request, this.limits, begun);
    clearTimeout(job.timer);
    job.thread = undefined; // it is free for the next
    // Answers that came meanwhile are handed on in one turn of the event loop, and what is made of each may take a while.
    const turns = new TimeSlice(who);
    while (turns.isOver) await turns.yield();
    job.settle(answer);
    this.queue.done(who);
    this.serve();
  }

  private giveUp(job: Job, why: Rejection): void {
    if (job.thread === undefined) this.queue.remove(job.asker.who, job);
    else job.thread.stop(this.limits.stopMs);
    job.giveUp(why);
  }
}

function errorOf(answer: Exclude<ReadOutcome, { kind: 'done' }>): Error {
  if (answer.kind === 'stopped') return tooSlow();
  if (answer.kind === 'refused') return new Rejection(answer.code, answer.message);
  return Object.assign(new Error(answer.message), { stack: answer.stack });
}
