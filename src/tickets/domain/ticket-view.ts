import { type Instant } from '../../business-time/calendar.js';
import { isBuiltInType } from '../../catalogue/domain/built-in-words.js';
import { clockOf } from '../../clocks/clock.js';
import { type TicketClock } from './ticket-clocks.js';
import { clockAfter } from '../../clocks/recorded-clock.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { latestClocks } from './latest-clocks.js';
import { type FactNotice, noticesOf } from './notices.js';
import { type TicketState } from './ticket-state.js';
import { type Ticket } from './ticket.js';

/** A ticket with its clocks, as readers see it. */
export interface TicketView extends Omit<TicketState, 'waits'> {
  readonly id: string;
  readonly customer: string;
  /** Why it waits; empty unless its status is `waiting`. */
  readonly waits: TicketState['waits'];
  /** In order of start: of each metric the {@link latestClocks}. */
  readonly clocks: () => readonly TicketClock[];
  /** In order of occurrence of the facts. */
  readonly notices: () => readonly FactNotice[];
  /** The report is of a built-in type, and names no application or no users; it is solved faster with both. */
  readonly isIncomplete: boolean;
}

/** How many notices are shown with a ticket: the first. Its history has all. */
export const noticesShown = 200;

/** A ticket as its facts leave it at an instant, its clocks as of then; undefined before it was opened. */
export function viewOf(id: string, ticket: Ticket, versions: Versions, at: Instant): TicketView | undefined {
  const { customer } = ticket;
  const state = customer === undefined ? undefined : ticket.stateAt(at, versions);
  if (customer === undefined || state === undefined) return undefined;
  const clocks = () => clocksAt(ticket, versions, at);
  const notices = () => noticesOf(ticket.facts, (plan) => versions.plan(plan));
  return { id, customer, clocks, notices, isIncomplete: isIncomplete(state), ...state };
}

/** The clocks of a ticket at an instant, in order of start; those too that a late fact made vanish, as they were recorded. */
function clocksAt(ticket: Ticket, versions: Versions, at: Instant): readonly TicketClock[] {
  const { recorded } = ticket;
  const runs = ticket.clocksAt(at, versions);
  const laidOut = latestClocks(runs).map((run) => clockOf(run, at, recorded.get(run.id)));
  const there = new Set(runs.map(({ id }) => id));
  const vanished: TicketClock[] = [];
  for (const [run, { end, last }] of recorded)
    if (end?.reason === 'superseded' && !there.has(run))
      vanished.push(clockAfter(undefined, 'SlaClockCancelled', last));
  return vanished.length === 0 ? laidOut : latestClocks([...laidOut, ...vanished]);
}

/** Whether a report lacks what would have it solved faster. What a type of the desk's own needs, we do not know. */
export const isIncomplete = (state: Pick<TicketState, 'type' | 'application' | 'users'>): boolean =>
  isBuiltInType(state.type) && (state.application === null || state.users.length === 0);
