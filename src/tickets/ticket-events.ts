import { type Scope, sees } from '../auth/scope.js';
import { type EventStore, type StoredEvent } from '../event-sourcing/event-store.js';
import { ticketStream, type TicketEvent } from './domain/events.js';

/** The events of a ticket in order of recording; none where there is no such ticket that the reader may see. */
export async function* ticketEvents(
  store: EventStore,
  scope: Scope,
  id: string,
): AsyncGenerator<StoredEvent & TicketEvent, void, undefined> {
  for await (const event of store.readStream(ticketStream(id))) {
    const ticketEvent = event as StoredEvent & TicketEvent;
    if (!sees(scope, ticketEvent.data.customer)) return;
    yield ticketEvent;
  }
}
