import { type Instant, type Span } from '../../business-time/calendar.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { spansOf } from '../../clocks/paused.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type ReceiveMerge } from './commands.js';
import { type Fact, type TicketCommand } from './facts.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { type StateChange, type TicketState, oldest } from './ticket-state.js';
import { pledge } from '../../event-sourcing/system-actor.js';
import { type TicketRun } from './ticket-clocks.js';
import { type Ticket } from './ticket.js';

/** What a ticket has to say to another, once: its id derives from what it says. */
export interface MergePropagation {
  readonly target: string;
  /** Whose ticket the other must be. */
  readonly customer: string;
  readonly command: ReceiveMerge | Extract<TicketCommand, { type: 'OpenTicket' }>;
  readonly factId: string;
  readonly occurredAt: Instant;
  readonly actor: Actor;
}

type FactOf<Type extends Fact['type']> = Extract<Fact, { type: Type }>;

/** Whether a change may be one that other tickets are to hear of. */
export const concernsOthers = ({ fact }: StateChange): boolean =>
  fact.type === 'TicketMerged' || fact.type === 'TicketSplit';

/** A ticket, read up to a revision. */
interface Read {
  readonly id: string;
  readonly customer: string;
  readonly revision: number;
}

/**
 * What a ticket has to say by its changes that concern others: how it stood to those it was merged into, and what was split
 * off, from a revision on.
 */
export function mergePropagations(
  { id, customer, revision }: Read,
  changed: Iterable<StateChange>,
  from = 0,
): readonly MergePropagation[] {
  const merges = new Map<string, MergePropagation>();
  const splits: MergePropagation[] = [];
  for (const { fact, before, state } of changed) {
    if (before === undefined) continue;
    if (fact.type === 'TicketMerged') {
      const stands = state !== before;
      if (stands || !merges.has(fact.data.into))
        merges.set(fact.data.into, merge(id, customer, fact, stands, before, revision));
    } else if (fact.type === 'TicketSplit' && fact.order >= from) splits.push(split(id, customer, fact, before));
  }
  return [...splits, ...merges.values()]; // it may have been merged into what was split off
}

function merge(
  from: string,
  customer: string,
  fact: FactOf<'TicketMerged'>,
  stands: boolean,
  before: TicketState,
  revision: number,
): MergePropagation {
  const unansweredSince = stands ? unanswered(before) : null;
  return {
    ...{ target: fact.data.into, customer },
    command: { type: 'ReceiveMerge', from, stands, unansweredSince, revision, merge: fact.id },
    factId: deriveId('merge', from, String(revision)),
    occurredAt: fact.at,
    actor: pledge,
  };
}

/** The oldest request that nobody has answered, its own or that of a ticket merged into it: a reply answers all before it. */
function unanswered({ lastReplyAt, origin, openedAt, received, receivedSince }: TicketState): Instant | null {
  if (lastReplyAt === null) return oldest([receivedSince, origin === 'customerRequest' ? openedAt : null]);
  const since = [...received.values()].map(({ unansweredSince }) => unansweredSince);
  return oldest(since.filter((asked) => asked !== null && asked > lastReplyAt));
}

/** When the clock of a request stood still in its own ticket until that was merged, at an instant. */
export function pausesOf(ticket: Ticket, versions: Versions, since: Instant, at: Instant): readonly Span[] {
  const isOfIt = ({ metric, startedAt }: TicketRun) => metric === 'firstResponse' && startedAt === since;
  const run = ticket.clocksAt(at, versions).find(isOfIt);
  if (run === undefined) return [];
  const open = run.pausedSince === null ? [] : [{ from: run.pausedSince, to: at }];
  return [...spansOf(run.paused), ...open].filter(({ from, to }) => from < to);
}

function split(
  from: string,
  customer: string,
  fact: FactOf<'TicketSplit'>,
  { namedPlan }: TicketState,
): MergePropagation {
  const { into, messageAt, opening } = fact.data;
  const { type: ticketType, application, ...rest } = opening;
  const named = {
    ...(application === null ? {} : { application }),
    ...(namedPlan === null ? {} : { plan: namedPlan }),
  };
  return {
    ...{ target: into, customer },
    command: { type: 'OpenTicket', customer, ticketType, ...rest, ...named, splitFrom: from },
    factId: deriveId('split', fact.id),
    occurredAt: messageAt,
    actor: fact.actor,
  };
}
