import { type Instant } from '../../src/business-time/calendar.js';
import { type EventStore, type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { type PinnedVersions } from '../../src/clocks/pinned-versions.js';
import { ticketStream } from '../../src/tickets/domain/ticket-event-types.js';
import { type Breach } from './naive-context.js';

/** What somebody said; not what tickets tell each other, nor that a wait has ended by itself. */
const isSaid = ({ type, data }: StoredEvent): boolean =>
  !type.startsWith('Sla') && type !== 'MergeReceived' && !(type === 'TicketResumed' && 'until' in (data as object));

/** What the stream of a ticket says, as far as it has been read. */
export class TicketRecord {
  readonly breaches: Breach[] = [];
  private read = -1;
  /** How each fact is named in the model, by its id. */
  private readonly facts = new Map<string, string>();
  private readonly again = new Set<string>();
  /** Runs that answer a request of another ticket, and that ticket. */
  private readonly handedOver = new Map<string, { readonly from: string; readonly since: Instant }>();

  constructor(private readonly id: string) {}

  /** How many facts there are; what tickets tell each other, as often as it may be, counts for none. */
  get size(): number {
    return this.facts.size;
  }

  /** Takes note of what it says since last time. */
  async readOn(store: EventStore): Promise<void> {
    for await (const event of store.readStream(ticketStream(this.id), { from: this.read + 1 })) {
      this.read = event.revision;
      if (isSaid(event)) this.facts.set(event.id, this.nameOf(event));
      const said = event.data as {
        readonly run: string;
        readonly dueAt: Instant;
        readonly startedAt: Instant;
        readonly from?: string;
      };
      if (event.type.startsWith('Sla') && said.from !== undefined)
        this.handedOver.set(said.run, { from: said.from, since: said.startedAt });
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

  /** Facts by when they occurred, and those of the same instant by number; revisions in whatever order, by what they are. */
  private nameOf({ data, metadata: { occurredAt, recordedAt } }: StoredEvent): string {
    const at = Math.min(occurredAt, recordedAt);
    const { because, terms } = data as { readonly because?: string; readonly terms: PinnedVersions };
    if (because === 'planRevised') return `${at} plan ${terms.plan.code} ${terms.plan.version}`;
    if (because === 'calendarRevised') return `${at} calendar ${terms.calendar.code} ${terms.calendar.version}`;
    const isOfThen = (name: string) => new RegExp(`^${at} \\d+$`).test(name);
    return `${at} ${[...this.facts.values()].filter(isOfThen).length}`;
  }

  /** How a fact is named in the model. */
  nameFor = (fact: string): string => this.facts.get(fact) ?? '?';

  /** A run by the name of the fact that started it; one that answers another ticket's request, by the merge, or since when it waits. */
  renamed = (run: string, recordOf: (ticket: string) => TicketRecord): string => {
    const handed = this.handedOver.get(run);
    const name = (fact: string) => {
      if (handed === undefined) return this.nameFor(fact);
      const merge = recordOf(handed.from).nameFor(fact);
      return `${handed.from} ${merge === '?' ? handed.since : merge}`;
    };
    return run.replace(/:(.*)$/, (_, fact: string) => `:${name(fact)}`);
  };
}
