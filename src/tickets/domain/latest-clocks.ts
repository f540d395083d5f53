import { metrics } from '../../catalogue/domain/plan.js';
import { type TicketClock } from './ticket-clocks.js';

/** How many clocks of each metric are shown with a ticket. A desk does not meet the limit; the ticket's history has all. */
export const clocksShown = 100;

/**
 * The clocks that are shown with a ticket, in order of start: of each metric the last ones. Runs may be given in place of
 * clocks, so that none is read which is not shown.
 */
export function latestClocks<Shown extends Pick<TicketClock, 'metric' | 'startedAt'>>(
  clocks: Iterable<Shown>,
): readonly Shown[] {
  const inOrder = [...clocks].sort(
    (a, b) => a.startedAt - b.startedAt || metrics.indexOf(a.metric) - metrics.indexOf(b.metric),
  );
  if (inOrder.length <= clocksShown) return inOrder;
  const shown = new Set(metrics.flatMap((metric) => inOrder.filter((c) => c.metric === metric).slice(-clocksShown)));
  return inOrder.filter((clock) => shown.has(clock));
}
