import { type TicketsTable } from '../../database/schema.js';
import { type Clock } from '../../sla/domain/clock.js';

/** When a ticket is due, and whether it waits in the work queue, by its status and clocks. */
export function queueOf(status: string, clocks: Iterable<Clock>): Pick<TicketsTable, 'due_at' | 'queued'> {
  // An earlier run of a metric that nothing can answer any more is no work.
  const latest = new Map([...clocks].sort((a, b) => a.startedAt - b.startedAt).map((c) => [c.metric, c]));
  const due = [...latest.values()].filter(({ state }) => state === 'running' || state === 'breached');
  const dueAt = due.reduce((soonest, clock) => Math.min(soonest, clock.dueAt ?? Infinity), Infinity);
  const hasDue = Number.isFinite(dueAt);
  const isUnderWay = status === 'open' || status === 'waiting';
  // Resolved in silence, a ticket may still owe its first response.
  const isOwed = status === 'resolved' && hasDue;
  return { due_at: hasDue ? dueAt : null, queued: isUnderWay || isOwed ? 1 : 0 };
}
