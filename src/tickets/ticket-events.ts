import { type Scope, sees } from '../auth/scope.js';
import { type EventStore, type ReadStreamOptions, type StoredEvent } from '../event-sourcing/event-store.js';
import { ownerOf } from './commands/other-ticket.js';
import { ticketStream, type TicketEvent } from './domain/ticket-event-types.js';

/**
 * The events of a ticket in order of recording, all or a part; none where there is no such ticket that the reader may see.
 * Whose it is comes first, by one event: one that the reader may not see costs what one costs that is not there.
 */
export async function* ticketEvents(
  store: EventStore,
  scope: Scope,
  id: string,
  part: ReadStreamOptions = {},
): AsyncGenerator<StoredEvent & TicketEvent, void, undefined> {
  if (scope !== 'everyone') {
    const owner = await ownerOf(store, id);
    if (owner === undefined || !sees(scope, owner)) return;
  }
  for await (const event of store.readStream(ticketStream(id), part)) yield event as StoredEvent & TicketEvent;
}
