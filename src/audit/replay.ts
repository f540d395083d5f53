import { type Instant } from '../business-time/calendar.js';
import { type Scope } from '../auth/scope.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { type Catalogue } from '../plans/catalogue.js';
import { evolve, unopened } from '../tickets/domain/ticket.js';
import { type TicketView, viewAt } from '../tickets/domain/ticket-view.js';
import { ticketEvents } from '../tickets/ticket-events.js';

/**
 * A ticket and its clocks as they stood at one instant, by what had been recorded at another: the facts are filtered and
 * laid out again, under the versions they pin. Undefined where it was not open, or not known, by then.
 */
export async function replayTicket(
  { store, catalogue }: { readonly store: EventStore; readonly catalogue: Catalogue },
  scope: Scope,
  id: string,
  occurredBy: Instant,
  recordedBy: Instant,
): Promise<TicketView | undefined> {
  let ticket = unopened;
  for await (const event of ticketEvents(store, scope, id)) {
    if (event.metadata.recordedAt <= recordedBy) ticket = evolve(ticket, event);
  }
  const { customer, facts } = ticket;
  if (customer === undefined) return undefined;
  await catalogue.load(facts.map(({ terms }) => terms));
  return viewAt({ id, customer, facts: facts.filter(({ at }) => at <= occurredBy) }, catalogue, occurredBy);
}
