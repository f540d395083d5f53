import { type Scope, sees } from '../../auth/scope.js';
import { type Instant } from '../../business-time/calendar.js';
import { type EventStore, type StoredEvent } from '../../event-sourcing/event-store.js';
import { type Loaded, loadStream } from '../../event-sourcing/load-stream.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type StreamCache } from '../../event-sourcing/stream-cache.js';
import { inTurns } from '../../event-sourcing/yield-to-event-loop.js';
import { type TicketCommand } from '../domain/facts.js';
import { full, mostFacts } from '../domain/decide-ticket.js';
import { ticketStream, type TicketEvent } from '../domain/ticket-event-types.js';
import { changes, type TicketState } from '../domain/ticket-state.js';
import { noTicket } from '../domain/recorded-facts.js';
import { evolve, openedAt, type Ticket, unopened } from '../domain/ticket.js';

/** Where other tickets are read, and which were seen recently. */
export interface OtherTickets {
  readonly store: EventStore;
  readonly tickets: StreamCache<Ticket>;
}

/** A ticket as its stream has it now; of one that was seen recently only what is new is read. */
export function readTicket({ store, tickets }: OtherTickets, id: string): Promise<Loaded<Ticket>> {
  const stream = ticketStream(id);
  return loadStream(store, stream, { initial: unopened, evolve }, { known: tickets.get(stream), lane: tickets.lane });
}

/** Whose ticket it is; undefined where there is none. */
export const ownerOf = async (store: EventStore, id: string): Promise<string | undefined> =>
  (await openingOf(store, id))?.customer;

type Named = Extract<TicketCommand, { type: 'MergeTicket' | 'SplitTicket' }>;

export const namesAnother = (command: { readonly type: string }): command is Named =>
  command.type === 'MergeTicket' || command.type === 'SplitTicket';

/** The ticket that is to be merged or split. */
export interface SubjectTicket {
  /** Of whoever asks: a ticket outside of it is as one that is not there. */
  readonly scope: Scope;
  readonly id: string;
  readonly customer: string;
}

/** What another ticket, as it stands, has against one being merged into it or split off as it. */
export async function objectionToOther(
  ports: OtherTickets,
  subject: SubjectTicket,
  command: Named,
  at: Instant,
): Promise<Rejection | undefined> {
  const owner = await ownerOf(ports.store, command.into);
  if (command.type === 'MergeTicket') return objectionToMerge(ports, subject, command.into, owner, at);
  if (owner === undefined) return undefined;
  return openedBefore(command.into);
}

/**
 * What speaks against what an import says of another ticket, whatever the order in which it says it: that one is somebody
 * else's. All else is judged when the other hears of it.
 */
export async function objectionToOwner(
  store: EventStore,
  { id, customer }: SubjectTicket,
  command: Named,
): Promise<Rejection | undefined> {
  const other = await openingOf(store, command.into);
  if (other === undefined) return undefined;
  const isTheirs = other.customer === customer;
  if (command.type === 'MergeTicket') return isTheirs ? undefined : mergeAcrossCustomers(command.into);
  const { from } = command;
  const isSame = from !== undefined && other.from?.source === from.source && other.from.externalId === from.externalId;
  return isTheirs && (other.splitFrom === id || isSame) ? undefined : openedBefore(command.into);
}

/** How a ticket was opened, by its first event, and nothing else is read; undefined where there is none. */
export async function openingOf(store: EventStore, id: string) {
  for await (const event of store.readStream(ticketStream(id), { limit: 1 })) {
    const { type, data } = event as StoredEvent & TicketEvent;
    return type === 'TicketOpened' ? data : undefined;
  }
  return undefined;
}

const openedBefore = (id: string) => new Rejection('TICKET_EXISTS', `The ticket ${id} already exists.`);

const mergeAcrossCustomers = (id: string) =>
  new Rejection('MERGE_ACROSS_CUSTOMERS', `The ticket ${id} belongs to another customer.`);

async function objectionToMerge(
  ports: OtherTickets,
  { scope, id, customer }: SubjectTicket,
  into: string,
  owner: string | undefined,
  at: Instant,
): Promise<Rejection | undefined> {
  if (into === id) return new Rejection('MERGE_INTO_ITSELF', 'A ticket cannot be merged into itself.');
  if (owner === undefined || !sees(scope, owner)) return noTicket(into);
  if (owner !== customer) return mergeAcrossCustomers(into);
  const { state: other } = await readTicket(ports, into);
  if (other.length >= mostFacts) return full(into);
  const { then, now } = await statesOf(other, at);
  const chain = await mergedAfter(ports, into, now);
  if (chain.includes(id)) return new Rejection('MERGE_CYCLE', `The ticket ${into} was merged into this one.`);
  const survivor = chain.at(-1);
  if (survivor !== undefined) return new Rejection('TICKET_MERGED', `The ticket ${into} was merged into ${survivor}.`);
  if (then?.status === 'cancelled')
    return new Rejection('TICKET_CANCELLED', `The ticket ${into} was already cancelled at that time.`);
  if (then !== undefined) return undefined;
  const opened = new Date(openedAt(other) ?? at).toISOString();
  return new Rejection('OCCURRED_BEFORE_OPENING', `The ticket ${into} was opened later, at ${opened}.`);
}

/** The tickets that a ticket was merged into, one after another; the last is the one that goes on. */
async function mergedAfter(
  ports: OtherTickets,
  id: string,
  state: TicketState | undefined,
): Promise<readonly string[]> {
  const chain: string[] = [];
  let into = state?.mergedInto;
  while (into != null && into !== id && !chain.includes(into)) {
    chain.push(into);
    const { now } = await statesOf((await readTicket(ports, into)).state, Infinity);
    into = now?.mergedInto;
  }
  return chain;
}

/** A ticket as it stood at an instant, and as all its facts leave it. It may have very many: others have turns in between. */
async function statesOf(ticket: Ticket, at: Instant) {
  let then: TicketState | undefined;
  let now: TicketState | undefined;
  await inTurns(changes(ticket.factsFrom(-Infinity)), ({ fact, state }) => {
    if (fact.at <= at) then = state;
    now = state;
  });
  return { then, now };
}
