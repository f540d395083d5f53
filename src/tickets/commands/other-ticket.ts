import { type Scope, sees } from '../../auth/scope.js';
import { type Instant } from '../../business-time/calendar.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { type Loaded, loadStream } from '../../event-sourcing/handle-command.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type TicketOrder } from '../domain/commands.js';
import { ticketStream } from '../domain/events.js';
import { lifeAt } from '../domain/life.js';
import { noTicket } from '../domain/to-fact-event.js';
import { evolve, openedAt, type Ticket, unopened } from '../domain/ticket.js';

/** A ticket as its stream has it now. */
export const readTicket = (store: EventStore, id: string): Promise<Loaded<Ticket>> =>
  loadStream(store, ticketStream(id), { initial: unopened, evolve });

type Named = Extract<TicketOrder, { type: 'MergeTicket' | 'SplitTicket' }>;

export const namesAnother = (order: { readonly type: string }): order is Named =>
  order.type === 'MergeTicket' || order.type === 'SplitTicket';

/** The ticket that is to be merged or split. */
export interface Subject {
  /** Of whoever asks: a ticket outside of it is as one that is not there. */
  readonly scope: Scope;
  readonly id: string;
  readonly customer: string;
}

/** What another ticket, as it stands, has against one being merged into it or split off as it. */
export async function objectionToOther(
  store: EventStore,
  subject: Subject,
  order: Named,
  at: Instant,
): Promise<Rejection | undefined> {
  const { state: other } = await readTicket(store, order.into);
  if (order.type === 'MergeTicket') return objectionToMerge(store, subject, order.into, other, at);
  if (other.customer === undefined) return undefined;
  return new Rejection('TICKET_EXISTS', `The ticket ${order.into} was opened before.`);
}

async function objectionToMerge(
  store: EventStore,
  { scope, id, customer }: Subject,
  into: string,
  other: Ticket,
  at: Instant,
): Promise<Rejection | undefined> {
  if (into === id) return new Rejection('MERGE_INTO_ITSELF', 'A ticket cannot be merged into itself.');
  if (other.customer === undefined || !sees(scope, other.customer)) return noTicket(into);
  if (other.customer !== customer) {
    return new Rejection('MERGE_ACROSS_CUSTOMERS', `The ticket ${into} is another customer’s.`);
  }
  const chain = await mergedAfter(store, into, other);
  if (chain.includes(id)) return new Rejection('MERGE_CYCLE', `The ticket ${into} was merged into this one.`);
  const survivor = chain.at(-1);
  if (survivor !== undefined) return new Rejection('TICKET_MERGED', `The ticket ${into} was merged into ${survivor}.`);
  const then = lifeAt(other.facts, at);
  if (then?.status === 'cancelled')
    return new Rejection('TICKET_CANCELLED', `The ticket ${into} was cancelled by then.`);
  if (then !== undefined) return undefined;
  const opened = new Date(openedAt(other) ?? at).toISOString();
  return new Rejection('OCCURRED_BEFORE_OPENING', `The ticket ${into} was opened later, ${opened}.`);
}

/** The tickets that a ticket was merged into, one after another; the last is the one that goes on. */
async function mergedAfter(store: EventStore, id: string, ticket: Ticket): Promise<readonly string[]> {
  const chain: string[] = [];
  let into = lifeAt(ticket.facts, Infinity)?.mergedInto;
  while (into != null && into !== id && !chain.includes(into)) {
    chain.push(into);
    into = lifeAt((await readTicket(store, into)).state.facts, Infinity)?.mergedInto;
  }
  return chain;
}
