import { type Instant } from '../business-time/calendar.js';
import { type Position } from '../event-sourcing/event-store.js';

/** What settling a ticket came to. */
export interface TicketSettled {
  /** Up to where in the log it is settled. */
  readonly position: Position;
  /** Whether something was recorded. */
  readonly isNews: boolean;
}

/** A ticket that could not be settled. */
export interface StuckTicket {
  readonly ticket: string;
  readonly error: string;
  /** How often it was tried without success. */
  readonly tries: number;
  /** When it failed first, and last. */
  readonly since: Instant;
  readonly lastAt: Instant;
  /** When it is tried next. */
  readonly retryAt: Instant;
}

/** Tickets that could not be settled, kept for people to see and across restarts. */
export interface StuckTicketStore {
  all(): Promise<readonly StuckTicket[]>;
  put(ticket: StuckTicket): Promise<void>;
  remove(ticket: string): Promise<void>;
}

/** How long a ticket is backed off whose deadline stays on the list although its decider says that nothing fell due. */
const doubtMs = 60_000;

/** A ticket that fails is tried again after a second, then after twice as long each time, up to an hour. */
const backOffMs = (tries: number) => Math.min(1_000 * 2 ** (tries - 1), 3_600_000);

interface Wait {
  /** When it was decided on: a clock that has gone back before it ends the wait. */
  readonly from: Instant;
  readonly until: Instant;
  readonly stuck: StuckTicket | undefined;
}

/** Tickets that are on the list of what is due and yet not to be settled now. */
export class RetryTracker {
  /** Settled up to positions that the list had not come to. */
  private readonly done = new Map<string, TicketSettled>();
  private readonly waiting = new Map<string, Wait>();

  private constructor(private readonly shown: StuckTicketStore) {}

  /** With the tickets that were stuck before. */
  static async of(shown: StuckTicketStore): Promise<RetryTracker> {
    const tracker = new RetryTracker(shown);
    for (const stuck of await shown.all()) tracker.wait(stuck.ticket, stuck.lastAt, stuck.retryAt, stuck);
    return tracker;
  }

  /** One look at what is due, of a list that has come so far. */
  look(now: Instant, seen: Position | undefined) {
    const overdue = new Set([...this.waiting].filter(([, wait]) => isOver(wait, now)).map(([ticket]) => ticket));
    const isSeen = ({ position }: TicketSettled) => seen !== undefined && position <= seen;
    const shown = [...this.done].filter(([, done]) => isSeen(done));
    return {
      /** Whether a ticket on the list is to be settled. */
      takes: (ticket: string): boolean => {
        const done = this.done.get(ticket);
        if (done !== undefined && !isSeen(done)) return false;
        if (done?.isNews === false) {
          // It stays on the list although its decider finds nothing due: asking again at once would spin.
          this.wait(ticket, now, now + doubtMs);
          return false;
        }
        return overdue.delete(ticket) || !this.waiting.has(ticket);
      },
      /** Forgets those that are on the list no more. */
      end: async (): Promise<void> => {
        for (const [ticket, done] of shown) if (this.done.get(ticket) === done) this.done.delete(ticket);
        for (const ticket of overdue) await this.release(ticket);
      },
    };
  }

  async settled(ticket: string, settled: TicketSettled): Promise<void> {
    await this.release(ticket);
    this.done.set(ticket, settled);
  }

  async failed(ticket: string, error: unknown, now: Instant): Promise<void> {
    const before = this.waiting.get(ticket)?.stuck;
    const tries = (before?.tries ?? 0) + 1;
    const since = before?.since ?? now;
    const message = error instanceof Error ? error.message : String(error);
    const stuck = { ticket, error: message, tries, since, lastAt: now, retryAt: now + backOffMs(tries) };
    this.wait(ticket, now, stuck.retryAt, stuck);
    await this.shown.put(stuck);
  }

  /** When the first of them is to be settled after all. */
  until(): Instant {
    let soonest = Infinity;
    for (const { until } of this.waiting.values()) soonest = Math.min(soonest, until);
    return soonest;
  }

  /** Whether the list has come to where one of those settled was: then it is worth another look. */
  mayBeOver(seen: Position | undefined): boolean {
    for (const { position } of this.done.values()) if (seen !== undefined && position <= seen) return true;
    return false;
  }

  private wait(ticket: string, from: Instant, until: Instant, stuck?: StuckTicket): void {
    this.done.delete(ticket);
    this.waiting.set(ticket, { from, until, stuck });
  }

  private async release(ticket: string): Promise<void> {
    const stuck = this.waiting.get(ticket)?.stuck;
    this.waiting.delete(ticket);
    if (stuck !== undefined) await this.shown.remove(ticket);
  }
}

const isOver = ({ from, until }: Wait, now: Instant) => now >= until || now < from;
