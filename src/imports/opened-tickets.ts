import { DiskSet } from '../storage/disk-set.js';
import { Cache } from '../event-sourcing/cache.js';

/** How many are found without a look at the disk. */
const cachedTickets = 50_000;

/** The tickets that an import has opened, or found as it would have opened them, by themselves or by a split. */
export class OpenedTickets {
  private readonly recent = new Cache<true>(cachedTickets);
  private readonly all = new DiskSet();

  add(ticket: string, by: 'opening' | 'split'): void {
    const text = `${by} ${ticket}`;
    if (this.recent.get(text) !== undefined) return;
    this.recent.set(text, true);
    this.all.add(text);
  }

  has(ticket: string, by: 'opening' | 'split'): boolean {
    const text = `${by} ${ticket}`;
    return this.recent.get(text) !== undefined || this.all.has(text);
  }

  close(): void {
    this.all.close();
  }
}
