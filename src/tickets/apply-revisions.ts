import { type RecalculationsTable } from './projections/recalculation-tables.js';
import { changeTicket, type TicketChanged, type TicketPorts } from './commands/change-ticket.js';
import { pledge } from '../event-sourcing/system-actor.js';

/** Sends a ticket the revisions that apply to it; its decider judges whether and where they do. */
export function applyRevisions(
  ports: TicketPorts,
  ticket: string,
  revisions: readonly RecalculationsTable[],
): Promise<TicketChanged> {
  return changeTicket(
    ports,
    ticket,
    revisions.map(({ kind, code, version, at }) => ({
      command: { type: 'ApplyRevision', of: kind === 'plan' ? 'plan' : 'calendar', code, version },
      ...{ occurredAt: at, actor: pledge, mayBackdate: true },
    })),
  );
}
