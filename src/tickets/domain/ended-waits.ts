import { type Instant } from '../../business-time/calendar.js';
import { type PauseReason } from '../../catalogue/domain/plan.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { pledge } from '../../event-sourcing/system-actor.js';
import { type CommandContext } from './commands.js';
import { type FactEvent } from './ticket-event-types.js';
import { type TicketState } from './ticket-state.js';
import { type Ticket } from './ticket.js';
import { type Stand } from './timeline.js';
import { toFactEvent } from './to-fact-event.js';

/**
 * The waits that have ended by themselves by an instant and of which that is not recorded, the earliest first. Each ends at its
 * own instant, whenever it is found; its id derives from that, so that it is recorded once.
 * @param since where something was said late: what followed it may have come after the end of a wait
 */
export function endedWaits(
  ticket: Ticket,
  by: Instant,
  { ticket: id, now, correlationId }: CommandContext,
  versions: Versions,
  since: Instant = by,
): readonly FactEvent[] {
  const events: FactEvent[] = [];
  let reached = ticket;
  for (;;) {
    const over = waitOver(reached.standsFrom(Math.min(since, by), versions), by);
    if (over === undefined) return events;
    const { reason, until, state } = over;
    const context: CommandContext = {
      ...{ ticket: id, factId: deriveId('wait', id, reason, String(until)), now, occurredAt: until },
      ...{ actor: pledge, terms: state.terms, mayBackdate: true },
      ...(correlationId === undefined ? {} : { correlationId }),
    };
    const event = toFactEvent({ type: 'EndWait', reason, until, context }, ticket.customer, state, versions);
    if (events.some(({ id: known }) => known === event.id))
      throw new Error(`the wait ${event.id} of ${id} does not end`);
    events.push(event);
    reached = reached.foresee(event);
  }
}

/** The first wait that lasted until its end, and how the ticket stood then: nothing before that end was said that ended it. */
function waitOver(stands: Iterable<Stand>, by: Instant): (EndingWait & { readonly state: TicketState }) | undefined {
  for (const { state, until: next } of stands) {
    const wait = state === undefined ? undefined : nextToEnd(state);
    if (state !== undefined && wait !== undefined && wait.until <= by && wait.until < next) return { ...wait, state };
  }
  return undefined;
}

/** A wait that ends by itself. */
interface EndingWait {
  readonly reason: PauseReason;
  readonly until: Instant;
}

/** The wait of a ticket that ends by itself next; undefined where none does. */
export function nextToEnd({ waits }: Pick<TicketState, 'waits'>): EndingWait | undefined {
  let next: EndingWait | undefined;
  for (const [reason, { until }] of waits)
    if (until !== null && (next === undefined || until < next.until)) next = { reason, until };
  return next;
}
