import { type Instant, type Span } from '../../business-time/calendar.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { spansOf } from '../../clocks/paused.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type ReceiveMerge } from './commands.js';
import { type Fact, type HandedRequest, type TicketCommand } from './facts.js';
import { isOpenCall } from './calls.js';
import { requestsIn } from './handed-requests.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { type StateChange, type TicketState } from './ticket-state.js';
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
  const [oldest, ...others] = stands ? unanswered(from, before) : [];
  return {
    ...{ target: fact.data.into, customer },
    command: {
      ...{ type: 'ReceiveMerge', from, stands, unansweredSince: oldest?.since ?? null, revision, merge: fact.id },
      ...(others.length === 0 ? {} : { others }),
      ...(stands && isOpenCall(before.call) ? { call: before.call } : {}),
    },
    factId: deriveId('merge', from, String(revision)),
    occurredAt: fact.at,
    actor: pledge,
  };
}

/** The requests that nobody has answered, its own and those of tickets merged into it, oldest first: a reply answers all before it. */
function unanswered(id: string, state: TicketState): readonly HandedRequest[] {
  const { lastReplyAt, origin, openedAt, received } = state;
  const own = lastReplyAt === null && origin === 'customerRequest' ? [{ ticket: id, since: openedAt }] : [];
  const others = [...received].flatMap(([from, told]) => requestsIn(from, told));
  return [...own, ...others.filter(({ since }) => lastReplyAt === null || since > lastReplyAt)].sort(
    (a, b) => a.since - b.since,
  );
}

/**
 * When the clock of a request stood still in a ticket until that was merged, at an instant: its own, or that which answers an
 * older request too.
 */
export function pausesOf(
  ticket: Ticket,
  versions: Versions,
  since: Instant,
  at: Instant,
  asked: 'firstResponse' | 'callBack' = 'firstResponse',
): readonly Span[] {
  const clocks = ticket.clocksAt(at, versions).filter(({ metric }) => metric === asked);
  const isShared = ({ from, startedAt }: TicketRun) => from === null && startedAt < since;
  const run = clocks.find(({ startedAt }) => startedAt === since) ?? clocks.find(isShared);
  if (run === undefined) return [];
  const open = run.pausedSince === null ? [] : [{ from: run.pausedSince, to: at }];
  const spans = [...spansOf(run.paused), ...open].map(({ from, to }) => ({ from: Math.max(from, since), to }));
  return spans.filter(({ from, to }) => from < to);
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
