import { ticketStream } from '../domain/ticket-event-types.js';
import { unopened } from '../domain/ticket.js';
import { changeTicket, type TicketChange, type TicketChanged, type TicketPorts } from './change-ticket.js';
import { namesAnother } from './other-ticket.js';
import { changeAndOpenSplits, changeAndPropagate } from './propagate-merge.js';

/**
 * The one entry for commands on a ticket, from the API, an import or a watcher. It checks who may send them, applies the
 * limits, takes the digest that shows a repeated command, and propagates merges and splits to other tickets. What an import
 * merges is propagated when the import is finished; what it splits off is opened at once, because its next row may be
 * about that.
 */
export function enterCommand(
  ports: TicketPorts,
  { scope, ticketId, requests, isNew = false, signal }: TicketChange,
): Promise<TicketChanged> {
  const stream = ticketStream(ticketId);
  if (isNew && ports.tickets.get(stream) === undefined)
    ports.tickets.set(stream, { state: unopened, revision: 'noStream', position: undefined });
  const naming = requests.filter(({ command }) => namesAnother(command));
  if (naming.some((request) => request.import === undefined))
    return changeAndPropagate(ports, ticketId, requests, scope, signal);
  const split = naming.find(({ command }) => command.type === 'SplitTicket');
  const change = split === undefined ? changeTicket : changeAndOpenSplits(split);
  return change(ports, ticketId, requests, scope, signal);
}
