import { handleCommands } from '../../event-sourcing/handle-command.js';
import { type Position } from '../../event-sourcing/event-store.js';
import { pledge } from '../../event-sourcing/system-actor.js';
import { type TicketCommandInContext } from '../domain/commands.js';
import { ticketDecider } from '../domain/decide-ticket.js';
import { ticketStream } from '../domain/ticket-event-types.js';
import { type Ticket } from '../domain/ticket.js';
import { type TicketPorts, workOut } from './change-ticket.js';

export interface SettledTicket {
  readonly position: Position;
  /** How many events were recorded. */
  readonly recorded: number;
}

/**
 * Records what has fallen due on a ticket, and nothing else. Nobody says it, so nobody's rights and no repeated command are
 * looked for: it is the one command that does not go by `command-entry.ts`.
 */
export async function settleTicket(
  { store, catalogue, time, tickets }: TicketPorts,
  id: string,
): Promise<SettledTicket> {
  const commands = async (ticket: Ticket): Promise<readonly TicketCommandInContext[]> => {
    const { opening: first, pinned } = ticket;
    if (first === undefined) return [];
    await catalogue.load(pinned);
    await workOut(ticket, catalogue);
    const now = time.now();
    const context = { ticket: id, factId: first.id, now, occurredAt: now, actor: pledge, terms: first.terms };
    return [{ type: 'Settle', context: { ...context, mayBackdate: false } }];
  };
  const stream = ticketStream(id);
  // One that nobody is at work on is not cached: a crowd of them would drive out those that somebody is.
  const cache = tickets.get(stream) === undefined ? undefined : tickets;
  const { position, recorded } = await handleCommands(store, stream, ticketDecider(catalogue), commands, {
    cache,
    lane: tickets.lane,
  });
  return { position, recorded };
}
