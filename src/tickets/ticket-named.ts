import { type ReadBarrier } from '../api/graphql/read-barrier.js';
import { type Reader } from '../auth/asker.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { type Readers } from '../read-models/scoped.js';
import { hasTicket, idCalled } from './queries/tickets.js';
import { ticketEvents } from './ticket-events.js';

/** What tickets are found with. */
interface Ports {
  readonly store: EventStore;
  readonly readers: Readers;
  readonly barrier: ReadBarrier;
}

/**
 * The id of the ticket that a reader names by its id or its reference. A name that fits no ticket is returned as it is.
 * @throws Rejection what {@link ReadBarrier.seen} throws
 */
export async function idOfTicket(ports: Ports, reader: Reader, name: string): Promise<string> {
  const { store, readers, barrier } = ports;
  if (await hasTicket(readers.here(reader.scope), name)) return name;
  // The read models may not have a new ticket yet; its stream is there.
  for await (const _ of ticketEvents(store, reader.scope, name, { limit: 1 })) return name;
  await barrier.seen(['tickets'], undefined);
  return (await idCalled(readers.of(reader), name)) ?? name;
}
