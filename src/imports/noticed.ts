import { noticesInWords } from '../audit/history.js';
import { type Notice, type NoticeCode } from '../event-sourcing/notice.js';

/** How many customers are counted: what has more is told of as others. */
const mostCustomers = 10_000;

/** How many of them are named. */
const named = 10;

const impliedInWords = 'reopened, but nothing had resolved it; it counts as resolved in silence just before';

/** What an import notices of the rows that it takes: how many rows for each notice; a bounded number of customers, whatever the log. */
export class Noticed {
  private readonly facts = new Map<NoticeCode, number>();
  private readonly customers = new Map<string, number>();
  private tickets = 0;
  /** Reopenings of what nothing had resolved. */
  private implied = 0;

  addImplied(): void {
    this.implied += 1;
  }

  add({ code, about }: Notice): void {
    if (code !== 'defaultPlan') {
      this.facts.set(code, (this.facts.get(code) ?? 0) + 1);
      return;
    }
    this.tickets += 1;
    const known = this.customers.get(about);
    if (known !== undefined || this.customers.size < mostCustomers) this.customers.set(about, (known ?? 0) + 1);
  }

  /** A line for each notice. */
  lines(): readonly string[] {
    const counted = [
      ...Object.entries(noticesInWords).map(([code, words]) => ({
        words,
        count: this.facts.get(code as NoticeCode) ?? 0,
      })),
      { words: impliedInWords, count: this.implied },
    ];
    return counted.flatMap(({ words, count }) =>
      count === 0 ? [] : [`${words}: ${count === 1 ? '1 fact' : `${count} facts`}`],
    );
  }

  /** Which tickets have the default plan because nobody had put their customers on one, and what to do; none where there is none. */
  defaultPlanLines(defaultPlan: string): readonly string[] {
    if (this.tickets === 0) return [];
    const all = [...this.customers].sort(([a, of], [b, others]) => others - of || (a < b ? -1 : 1));
    const shown = all.slice(0, named).map(([customer, tickets]) => `${customer} (${tickets})`);
    const rest = all.length - shown.length;
    const count = `${rest}${all.length < mostCustomers ? '' : ' or'} more`;
    const tickets = this.tickets === 1 ? '1 ticket has' : `${this.tickets} tickets have`;
    return [
      `${tickets} the default plan "${defaultPlan}", because nobody had put the customers on a plan:`,
      `  ${[...shown, ...(rest === 0 ? [] : [`and ${count}`])].join(', ')}`,
      'Put them on plans (enrolCustomer), then judge their tickets again (reapplyPlanToCustomer).',
    ];
  }
}
