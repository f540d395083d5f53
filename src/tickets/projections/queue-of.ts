import { type TicketsTable } from './ticket-tables.js';
import { type TicketClock } from '../domain/ticket-clocks.js';
import { isOfCall } from '../domain/agreed.js';
import { nextDue } from '../domain/next-due.js';

/** What never comes due sorts last. */
export const never = Number.MAX_SAFE_INTEGER;

/** When a ticket is due, and whether it waits in the work queue, by its status and clocks. */
export function queueOf(status: string, clocks: Iterable<TicketClock>): Pick<TicketsTable, 'due_at' | 'queued'> {
  const all = [...clocks];
  const dueAt = nextDue(all)?.dueAt ?? never;
  const isUnderWay = status === 'open' || status === 'waiting';
  const isAsked = all.some(({ from, metric, state }) => (from !== null || isOfCall(metric)) && isUnanswered.has(state));
  // Resolved in silence, a ticket may still owe its first response; closed too, a call, or what one that was merged into it asked.
  const isOwed = (status === 'resolved' && (dueAt !== never || isAsked)) || (status === 'closed' && isAsked);
  return { due_at: dueAt, queued: isUnderWay || isOwed ? 1 : 0 };
}

const isUnanswered: ReadonlySet<TicketClock['state']> = new Set(['running', 'paused', 'breached'] as const);
