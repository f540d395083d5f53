import { Cache } from '../event-sourcing/cache.js';

/** Contents remembered, of all tickets together: some tens of megabytes at most, however long the log. */
const remembered = 100_000;

/**
 * Counts how often a log had the same content for a ticket before, with other content of that ticket in between. A row twice is
 * one fact, but resolved, reopened and resolved within one minute are three. The count depends on the rows and their order
 * alone, so it is the same when a log is read again. Content further back than it remembers counts as new.
 */
export class Repetitions {
  private readonly counts = new Cache<number>(remembered);
  /** The last content of each ticket; kept longer than what it is compared with. */
  private readonly last = new Cache<string>(2 * remembered);

  /** How often the content came before. */
  count(ticket: string, content: string): number {
    const before = this.counts.get(content);
    const isBack = this.last.get(ticket) !== content;
    const count = before === undefined ? 0 : before + Number(isBack);
    this.counts.set(content, count);
    this.last.set(ticket, content);
    return count;
  }
}
