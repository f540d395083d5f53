import { ticketStream } from '../domain/ticket-event-types.js';
import { unopened } from '../domain/ticket.js';
import { changeTicket, type TicketChange, type TicketChanged, type TicketPorts } from './change-ticket.js';
import { namesAnother } from './other-ticket.js';
import { changeAndPropagate } from './propagate-merge.js';

/**
 * The one entry for commands on a ticket, from the API, an import or a watcher. It checks who may send them, applies the
 * limits, takes the digest that shows a repeated command, and propagates merges and splits to other tickets. What an import
 * brings is propagated when the import is finished.
 */
export function enterCommand(
  ports: TicketPorts,
  { scope, ticketId, requests, isNew = false, signal }: TicketChange,
): Promise<TicketChanged> {
  const stream = ticketStream(ticketId);
  if (isNew && ports.tickets.get(stream) === undefined)
    ports.tickets.set(stream, { state: unopened, revision: 'noStream', position: undefined });
  const isPropagatedNow = requests.some((request) => request.import === undefined && namesAnother(request.command));
  const change = isPropagatedNow ? changeAndPropagate : changeTicket;
  return change(ports, ticketId, requests, scope, signal);
}
