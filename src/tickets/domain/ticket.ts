import { type Instant } from '../../business-time/calendar.js';
import { type RunId } from '../../sla/domain/outcome.js';
import { recorded, type Recorded } from '../../sla/domain/recorded.js';
import { type OutcomeEvent, type TicketEvent } from './events.js';
import { factOf, isFact } from './fact-of.js';
import { type Fact } from './facts.js';
import { insert } from './life.js';

/** What a ticket's stream means: its facts, what was recorded of its runs, and how far it has been judged. */
export interface Ticket {
  /** Undefined until it is opened. */
  readonly customer: string | undefined;
  /** In order of occurrence. */
  readonly facts: readonly Fact[];
  readonly recorded: ReadonlyMap<RunId, Recorded>;
  /** The latest of its facts and settlements. */
  readonly horizon: Instant;
  /** Events so far; the next one's order. */
  readonly size: number;
}

/** A stream without events. */
export const unopened: Ticket = {
  customer: undefined,
  facts: [],
  recorded: new Map(),
  horizon: -Infinity,
  size: 0,
};

/** When the ticket was opened; undefined until it is. */
export const openedAt = (ticket: Ticket): Instant | undefined => {
  const first = ticket.facts.find((fact) => fact.type === 'TicketOpened');
  return first?.at;
};

/** The ticket after one event more. */
export function evolve(ticket: Ticket, event: TicketEvent): Ticket {
  const { customer, facts, recorded: known, horizon } = ticket;
  const size = ticket.size + 1;
  if (isFact(event)) {
    const fact = factOf(event, ticket.size, openedAt(ticket));
    const owner = customer ?? event.data.customer;
    return { customer: owner, facts: insert(facts, fact), recorded: known, horizon: Math.max(horizon, fact.at), size };
  }
  if (!isOutcome(event)) return { customer, facts, recorded: known, horizon, size };
  const { run, asOf } = event.data;
  const after = new Map(known).set(run, recorded(known.get(run), event.type, event.data));
  return { customer, facts, recorded: after, horizon: Math.max(horizon, asOf), size };
}

const isOutcome = (event: TicketEvent): event is OutcomeEvent => event.type.startsWith('Sla');
