import { type RecalculationsTable } from './projections/recalculation-tables.js';
import { type TicketChanged, type TicketPorts } from './commands/change-ticket.js';
import { type TicketRequest } from './commands/ticket-request.js';
import { enterCommand } from './commands/command-entry.js';
import { pledge } from '../event-sourcing/system-actor.js';

/** Sends a ticket the revisions that apply to it; its decider judges whether and where they do. */
export function applyRevisions(
  ports: TicketPorts,
  ticket: string,
  revisions: readonly RecalculationsTable[],
): Promise<TicketChanged> {
  const requests = revisions.map(({ kind, code, version, at }): TicketRequest => ({
    command: { type: 'ApplyRevision', of: kind === 'plan' ? 'plan' : 'calendar', code, version },
    ...{ occurredAt: at, actor: pledge, mayBackdate: true },
  }));
  return enterCommand(ports, { scope: 'everyone', ticketId: ticket, requests });
}
