import { type LogRecord } from './log.js';

/** What goes wrong with one append. */
export type AppendFault =
  /** The connection is cut when the request has come, before it is stored. */
  | 'cutBefore'
  /** The connection is cut when a part of the request has come. */
  | 'cutDuring'
  /** It is stored, and the connection is cut before it is answered. */
  | 'cutAfter'
  /** It is stored, and its answer waits until {@link Faults.release}. */
  | 'holdAnswer'
  /** It is stored, and answered twice. */
  | 'answerTwice'
  /** The server says that it is not ready. */
  | 'notReady'
  /** The server says that it could not write in time. */
  | 'timeout'
  /** The server takes no such append, ever. */
  | 'badRequest';

/** What is to go wrong on a node; nothing, until a test says so. And what has gone over the wire. */
export class Faults {
  /** What goes wrong with the appends to come, in order. */
  readonly appends: AppendFault[] = [];
  /** Whether subscriptions deliver each event twice, and the one before it again. */
  isRepeating = false;
  /** Whether a majority of the cluster is there: without one, appends are not answered and reads are. */
  hasQuorum = true;
  /** How long an append is written and not yet indexed, in milliseconds; 0 for a turn of the event loop. */
  commitMs = 0;
  /** One in how many appends that repeat another in flight is refused for a revision that reads do not show yet; 0 for none. */
  aheadEvery = 0;
  /** How many appends came while the same was in flight. */
  repeatedInFlight = 0;
  /** How many records reads of the whole log have been looked at for. */
  consideredRecords = 0;
  /** How many reads with a filter have come. */
  filteredReads = 0;
  /** Reads with a filter wait for it before they answer, as where they look past millions of events. */
  looksPast: Promise<void> | undefined;
  /** Subscriptions that have sent all there was wait for it before they are live. */
  goesLive: Promise<void> | undefined;
  /** Whether subscriptions say when they have caught up: servers before 23.10 do not. */
  saysCaughtUp = true;
  /** Whether a position that no record begins at is said to be invalid: servers before 24.2 say only that something failed. */
  saysInvalidPosition = false;
  /** So many reads of the whole log to come fail, as where a disk does. */
  failingReads = 0;
  /** How many events have been sent to readers. */
  sentEvents = 0;
  private readonly held: (() => void)[] = [];
  private readonly waiting: { readonly count: number; readonly enough: () => void }[] = [];

  hold(answer: () => void): void {
    this.held.push(answer);
    for (const { count, enough } of this.waiting) if (this.held.length >= count) enough();
  }

  /** Resolves when so many answers are held. */
  holding(count: number): Promise<void> {
    if (this.held.length >= count) return Promise.resolve();
    return new Promise((enough) => this.waiting.push({ count, enough }));
  }

  /** Gives the answers that were held. */
  release(): void {
    for (const answer of this.held.splice(0)) answer();
  }

  /** How a subscription delivers an event, after the one before. */
  deliver(record: LogRecord, before: LogRecord | undefined): readonly LogRecord[] {
    if (!this.isRepeating) return [record];
    return before === undefined ? [record, record] : [before, record, record];
  }
}
