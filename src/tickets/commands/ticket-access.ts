import { expectOwnCustomer, type Scope, sees } from '../../auth/scope.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type StreamCache } from '../../event-sourcing/stream-cache.js';
import { ticketStream } from '../domain/ticket-event-types.js';
import { noTicket } from '../domain/recorded-facts.js';
import { type Ticket } from '../domain/ticket.js';
import { opens } from './opening-rejected.js';
import { ownerOf } from './other-ticket.js';
import { type Whose } from './survivors.js';
import { type TicketRequest } from './ticket-request.js';

/**
 * A sender opens tickets only of its own customers, whether or not there is a ticket with that id already. An id that was joined
 * to another customer is of that one.
 * @throws Rejection `FORBIDDEN`
 */
export function expectOwn(scope: Scope, requests: readonly TicketRequest[], whose: Whose): void {
  for (const { command, occurredAt } of requests)
    if (command.type === 'OpenTicket') expectOwnCustomer(scope, whose(command.customer, occurredAt));
}

/**
 * Reads the first event of a ticket, which says whose it is, before anything else is done. So a ticket that the sender may
 * not see takes as long as one that does not exist.
 * @throws Rejection as {@link expectSeen}
 */
export async function expectInSight(
  { store, tickets }: { readonly store: EventStore; readonly tickets: StreamCache<Ticket> },
  scope: Scope,
  id: string,
  requests: readonly TicketRequest[],
): Promise<void> {
  if (scope === 'everyone') return;
  const known = tickets.get(ticketStream(id))?.state.customer;
  if (known !== undefined && sees(scope, known)) return;
  const owner = await ownerOf(store, id);
  if (owner !== undefined) expectSeen(scope, owner, requests, id);
  else if (!requests.some(({ command }) => command.type === 'OpenTicket')) throw noTicket(id);
}

/**
 * For a sender who may not see a ticket, it does not exist; but its id is taken.
 * @throws Rejection `TICKET_NOT_FOUND`, `TICKET_EXISTS`
 */
export function expectSeen(scope: Scope, customer: string, requests: readonly TicketRequest[], id: string): void {
  if (sees(scope, customer)) return;
  if (requests.some(({ command }) => command.type === 'OpenTicket'))
    throw new Rejection('TICKET_EXISTS', 'A ticket with this id already exists, with other content.');
  throw noTicket(id);
}

/**
 * The refusal of a request that calls the ticket by a reference which it does not have: whoever proposed the ticket was behind. One
 * that is to be opened is called as its opening says.
 */
export function misnamed({ reference }: TicketRequest, called: () => string): Rejection | undefined {
  return reference === undefined || reference === called() ? undefined : noTicket(reference);
}

/** The refusal of a request that names another customer than the ticket has: not one of two ids of the same company. */
export function mismatch(
  { command, customer, occurredAt }: TicketRequest,
  owner: string,
  id: string,
  scope: Scope,
  whose: Whose,
): Rejection | undefined {
  if (customer === undefined || customer === owner || opens(command)) return undefined;
  if (whose(customer, occurredAt) === whose(owner, occurredAt)) return undefined;
  return scope === 'everyone'
    ? new Rejection('CUSTOMER_MISMATCH', `The ticket ${id} does not belong to the customer ${customer}.`)
    : noTicket(id);
}
