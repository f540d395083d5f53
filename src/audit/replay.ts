import { type Instant } from '../business-time/calendar.js';
import { type Scope } from '../auth/scope.js';
import { type Asker } from '../auth/asker.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { type Catalogue } from '../catalogue/catalogue.js';
import { type TicketClock } from '../tickets/domain/ticket-clocks.js';
import { type TicketEvent } from '../tickets/domain/ticket-event-types.js';
import { countsAt, isFact } from '../tickets/domain/fact-of.js';
import { stateFromJson, stateToJson } from '../tickets/domain/ticket-state-json.js';
import { type FactNotice } from '../tickets/domain/notices.js';
import { evolve, openedAt, unopened } from '../tickets/domain/ticket.js';
import { isIncomplete, noticesShown, type TicketView, viewOf } from '../tickets/domain/ticket-view.js';
import { ticketEvents } from '../tickets/ticket-events.js';

/** Which ticket is replayed: as it stood at one instant, by what had been recorded at another. */
export interface ReplayQuestion {
  readonly scope: Scope;
  readonly id: string;
  readonly occurredBy: Instant;
  readonly recordedBy: Instant;
}

/** A ticket as it was replayed, in a form that crosses between threads. */
export interface Replayed {
  readonly id: string;
  readonly customer: string;
  /** How it stood: JSON. */
  readonly state: string;
  readonly clocks: readonly TicketClock[];
  readonly notices: readonly FactNotice[];
}

/** Replays tickets where it holds up nobody. @throws Rejection as {@link Reads} */
export interface Replays {
  replay(question: ReplayQuestion, asker: Asker): Promise<Replayed | undefined>;
}

/**
 * A ticket and its clocks as they stood at one instant, by what had been recorded at another: the facts are filtered and
 * laid out again, under the versions they pin. Undefined where it was not open, or not known, by then.
 * @param goOn throws where nobody waits for it any more
 */
export async function replayTicket(
  { store, catalogue }: { readonly store: EventStore; readonly catalogue: Catalogue },
  { scope, id, occurredBy, recordedBy }: ReplayQuestion,
  goOn: () => void,
): Promise<Replayed | undefined> {
  let ticket = unopened;
  for await (const event of ticketEvents(store, scope, id)) {
    goOn();
    const isKnown = event.metadata.recordedAt <= recordedBy;
    if (isKnown && holdsFrom(event, openedAt(ticket)) <= occurredBy) ticket = evolve(ticket, withoutText(event));
  }
  if (ticket.customer === undefined) return undefined;
  const { customer } = ticket;
  await catalogue.load(ticket.pinned);
  const view = viewOf(id, ticket, catalogue, occurredBy);
  if (view === undefined) return undefined;
  const { clocks, notices, isIncomplete: _, id: __, customer: ___, ...state } = view;
  return {
    id,
    customer,
    state: stateToJson(state),
    clocks: clocks(),
    notices: notices().slice(0, noticesShown),
  };
}

/**
 * When an event counts: a fact when it happened; what became of a clock from when it held. By what a history is judged again,
 * that has always been so: it was only not known.
 */
function holdsFrom(event: TicketEvent, opened: Instant | undefined): Instant {
  if (!isFact(event)) return event.data.at;
  if (event.type === 'PlanReapplied' && event.data.answered !== undefined) return -Infinity;
  return countsAt(event.metadata.occurredAt, event.metadata.recordedAt, opened);
}

/** No clock follows from what a note says, and notes may be long. */
const withoutText = (event: TicketEvent): TicketEvent =>
  event.type === 'InternalNoteAdded' ? { ...event, data: { ...event.data, text: '' } } : event;

/** A replayed ticket as readers see it. */
export function replayedView({ id, customer, state: json, clocks, notices }: Replayed): TicketView {
  const state = stateFromJson(json);
  return { id, customer, clocks: () => clocks, notices: () => notices, isIncomplete: isIncomplete(state), ...state };
}
