import { Worker } from 'node:worker_threads';
import { type CalendarDefinition, InvalidCalendar } from '../business-time/calendar.js';
import { type CalendarSource, resolveHolidays } from '../business-time/holiday-sources.js';
import { expectWanted } from '../event-sourcing/handle-command.js';

/** Makes dates of the holidays that a calendar takes from elsewhere. */
export type ResolveHolidays = (
  ...given: [...Parameters<typeof resolveHolidays>, signal?: AbortSignal]
) => ReturnType<typeof resolveHolidays>;

/** What the thread is given. */
export interface ToHolidays {
  readonly source: CalendarSource;
  readonly thisYear: number;
}

/** What it answers. */
export type FromHolidays =
  | { readonly definition: CalendarDefinition }
  | { readonly refused: { readonly code: string; readonly field: string; readonly message: string } };

/** The largest calendars take two or three. */
const timeoutSeconds = 15;
const mostMegabytes = 512;

/**
 * Resolves holidays in a thread that is ended when it takes too long: a file may be made so that its parser does. One after
 * another, so that no more than one core is theirs.
 */
export class HolidaysApart {
  private last: Promise<unknown> = Promise.resolve();
  private thread: Worker | undefined;
  private isClosed = false;

  constructor(private readonly seconds = timeoutSeconds) {}

  /**
   * @param signal aborted when nobody waits for the answer any more
   * @throws InvalidCalendar `HOLIDAYS_TOO_SLOW`, Rejection `REQUEST_ABANDONED`, and what {@link resolveHolidays} does
   */
  resolve: ResolveHolidays = (source, thisYear, signal) => {
    if (source.holidaysFrom === undefined) return resolveHolidays(source, thisYear);
    const answer = this.last.then(() => this.ask({ source, thisYear }, signal));
    this.last = answer.catch(() => undefined);
    return answer;
  };

  /** Ends what is under way; it and what waits are refused. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.thread?.terminate();
  }

  private async ask(question: ToHolidays, signal: AbortSignal | undefined): Promise<CalendarDefinition> {
    expectWanted(signal);
    if (this.isClosed) throw tooSlow('are not read: the process stops.');
    const thread = new Worker(new URL('./holidays-thread.js', import.meta.url), {
      workerData: question,
      resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
    });
    this.thread = thread;
    const end = () => void thread.terminate();
    const timer = setTimeout(end, this.seconds * 1000);
    signal?.addEventListener('abort', end);
    try {
      const answer = await this.answerOf(thread).catch((error: unknown) => {
        expectWanted(signal);
        throw error;
      });
      if ('definition' in answer) return answer.definition;
      const { code, field, message } = answer.refused;
      throw new InvalidCalendar(code, field, message);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      this.thread = undefined;
      await thread.terminate();
    }
  }

  private answerOf(thread: Worker): Promise<FromHolidays> {
    return new Promise((resolve, reject) => {
      thread
        .once('message', resolve)
        .once('error', (error: NodeJS.ErrnoException) => {
          const isFull = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
          reject(isFull ? tooSlow(`take more than ${mostMegabytes} MB to read.`) : error);
        })
        .once('exit', () => {
          reject(tooSlow(`take more than ${this.seconds} seconds to read.`));
        });
    });
  }
}

const tooSlow = (why: string) => new InvalidCalendar('HOLIDAYS_TOO_SLOW', 'holidaysFrom', why);
