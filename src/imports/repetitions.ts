import { Cache } from '../event-sourcing/cache.js';

/** Contents remembered, of all tickets together: some tens of megabytes at most, however long the log. */
const remembered = 100_000;

/**
 * Counts how often a log said the same of a ticket before, with something else of that ticket in between: a row twice is one
 * fact, but resolved, reopened and resolved within one minute are three. It depends on the log's rows and their order alone,
 * so a log that is read again counts the same. What lies further back than it remembers counts as never said.
 */
export class Repetitions {
  private readonly counts = new Cache<number>(remembered);
  /** What was said last of each ticket; kept longer than what it is compared with. */
  private readonly last = new Cache<string>(2 * remembered);

  /** How often it came before what is said now. */
  count(ticket: string, content: string): number {
    const before = this.counts.get(content);
    const isSaidAgain = this.last.get(ticket) !== content;
    const count = before === undefined ? 0 : before + Number(isSaidAgain);
    this.counts.set(content, count);
    this.last.set(ticket, content);
    return count;
  }
}
