import { type TicketClock } from './ticket-clocks.js';

/**
 * The clock of a ticket that is due soonest, overdue ones among them: of each metric the latest run, for an earlier one
 * that nothing can answer any more is no work; and those of requests in tickets that were merged into it. Undefined where
 * none runs.
 */
export function nextDue(clocks: Iterable<TicketClock>): TicketClock | undefined {
  const inOrder = [...clocks].sort((a, b) => a.startedAt - b.startedAt);
  const latest = new Map(inOrder.map((clock) => [`${clock.metric} ${clock.from ?? ''}`, clock]));
  let next: TicketClock | undefined;
  for (const clock of latest.values()) {
    const isTicking = clock.state === 'running' || (clock.state === 'breached' && clock.overAt === null);
    if (isTicking && dueOf(clock) < dueOf(next)) next = clock;
  }
  return next;
}

const dueOf = (clock: TicketClock | undefined) => clock?.dueAt ?? Infinity;
