import { type ReadBarrier } from '../api/graphql/read-barrier.js';
import { type Reader } from '../auth/asker.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { groupBy } from '../event-sourcing/group-by.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type Readers } from '../read-models/scoped.js';
import { type Readable } from '../read-models/scoped.js';
import { noTicket } from './domain/recorded-facts.js';
import { hasTicket, idCalled, type ProposedTicket, ticketsCalled } from './queries/tickets.js';
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

/** How many tickets of one reference are named. */
const mostNamed = 10;

/** The ticket that is meant among those that are called alike: of its customer, where one is named; or why it cannot be told. */
export function oneCalled(
  found: readonly ProposedTicket[],
  called: string,
  customer: string | undefined,
): string | Rejection {
  const own = found.filter((ticket) => ticket.customer === customer);
  const ids = [...new Set((own.length > 0 ? own : found).map(({ id }) => id))];
  const [id, ...others] = ids;
  if (id === undefined) return noTicket(called);
  if (others.length === 0) return id;
  const shown = ids.slice(0, mostNamed).join(', ');
  const more = ids.length > mostNamed ? `, and ${ids.length - mostNamed} more` : '';
  return new Rejection(
    'REFERENCE_AMBIGUOUS',
    `${ids.length} tickets are called "${called}": ${shown}${more}. Name one by its id.`,
  );
}

/** What somebody calls a ticket, and whose they say that it is. */
export interface CalledTicket {
  readonly reference: string;
  readonly customer?: string;
}

/** How many references are looked for at a time. */
const atOnce = 100;

/** The id of each ticket that is called by its reference, or why it cannot be told. */
export async function idsCalled(
  db: Readable,
  called: readonly CalledTicket[],
): Promise<readonly (string | Rejection)[]> {
  const references = [...new Set(called.map(({ reference }) => reference))];
  const found: ProposedTicket[] = [];
  for (let n = 0; n < references.length; n += atOnce)
    found.push(...(await ticketsCalled(db, references.slice(n, n + atOnce))));
  const byReference = groupBy(found, ({ reference }) => reference);
  return called.map(({ reference, customer }) => oneCalled(byReference.get(reference) ?? [], reference, customer));
}
