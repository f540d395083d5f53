import { ticketStream } from '../domain/events.js';
import { unopened } from '../domain/ticket.js';
import { type ChangeTicket, changeTicket, type TicketChanged, type TicketPorts } from './change-ticket.js';
import { namesAnother } from './other-ticket.js';
import { changeAndPropagate } from './propagate-merge.js';

/**
 * The one entry for what is said of a ticket, whoever says it: the API, an import or a watcher. It judges who may, holds the
 * limits, takes the digest that tells a repeated command, and tells other tickets of a merge or a split. An import says more
 * before others may hear of it: what it brings is propagated when it is finished.
 */
export function enterCommand(
  ports: TicketPorts,
  { scope, ticketId, requests, isNew, signal }: ChangeTicket,
): Promise<TicketChanged> {
  const stream = ticketStream(ticketId);
  if (isNew && ports.tickets.get(stream) === undefined)
    ports.tickets.set(stream, { state: unopened, revision: 'noStream', position: undefined });
  const isToldAtOnce = requests.some((request) => request.import === undefined && namesAnother(request.command));
  const change = isToldAtOnce ? changeAndPropagate : changeTicket;
  return change(ports, ticketId, requests, scope, signal);
}
