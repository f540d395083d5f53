import { type Instant } from '../../src/business-time/calendar.js';
import { type EventStore } from '../../src/event-sourcing/event-store.js';
import { ticketStream } from '../../src/tickets/domain/events.js';
import { type Breach } from './naive-ledger.js';

/** What the stream of a ticket says, as far as it has been read. */
export class TicketRecord {
  readonly breaches: Breach[] = [];
  private read = -1;
  private readonly facts: string[] = [];
  private readonly again = new Set<string>();

  constructor(private readonly id: string) {}

  /** How many facts there are; what tickets tell each other, as often as it may be, counts for none. */
  get size(): number {
    return this.facts.length;
  }

  /** Takes note of what it says since last time. */
  async readOn(store: EventStore): Promise<void> {
    for await (const event of store.readStream(ticketStream(this.id), { from: this.read + 1 })) {
      this.read = event.revision;
      if (!event.type.startsWith('Sla') && event.type !== 'MergeReceived') this.facts.push(event.id);
      const said = event.data as { readonly run: string; readonly dueAt: Instant };
      if (event.type === 'SlaClockStarted') this.again.add(said.run);
      if (event.type === 'SlaBreached') this.breached(said);
      if (event.type === 'SlaBreachWithdrawn') {
        const standing = this.breaches.findLast(({ run, withdrawn }) => run === said.run && !withdrawn);
        if (standing === undefined) throw new Error(`a breach of ${said.run} is withdrawn that does not stand`);
        standing.withdrawn = true;
      }
    }
  }

  /** Said again of a run that turned out not to be answered, it is the breach that stands. */
  private breached({ run, dueAt }: { readonly run: string; readonly dueAt: Instant }): void {
    const isSame = (other: Breach) => other.run === run && other.dueAt === dueAt && !other.withdrawn;
    if (!this.again.has(run) || !this.breaches.some(isSame)) this.breaches.push({ run, dueAt, withdrawn: false });
    this.again.delete(run);
  }

  /** A run by the number of the fact that started it. */
  renamed = (run: string): string => run.replace(/:(.*)$/, (_, fact: string) => `:${this.facts.indexOf(fact)}`);
}
