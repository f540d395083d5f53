import { type Catalogue } from '../../catalogue/catalogue.js';
import { type CommandResult } from '../../event-sourcing/handle-command.js';
import { type Notice, notice } from '../../event-sourcing/notice.js';
import { type Rejection } from '../../event-sourcing/rejection.js';
import { noticesOfOpening } from '../opening-notices.js';
import { type AnyTicketCommand } from '../domain/commands.js';
import { factOf, isFact } from '../domain/fact-of.js';
import { noticeOf, noticesOn } from '../domain/notices.js';
import { type FactEvent, type TicketEvent } from '../domain/ticket-event-types.js';
import { openedAt, type Ticket } from '../domain/ticket.js';
import { OpenedBefore } from './opening-rejected.js';

/** What became of a request, and what its sender should know of that. */
export type RequestOutcome = { readonly notices?: readonly Notice[] } & (
  | { readonly kind: 'recorded'; readonly events: number }
  | { readonly kind: 'alreadySo' }
  | { readonly kind: 'rejected'; readonly rejection: Rejection }
);

/** What a command came to, on a ticket as it now stands. */
export async function outcomeOf(
  command: AnyTicketCommand,
  result: CommandResult<TicketEvent>,
  id: string,
  ticket: Ticket,
  catalogue: Catalogue,
): Promise<RequestOutcome> {
  if ('rejection' in result) {
    const { rejection } = result;
    return {
      kind: 'rejected',
      rejection,
      notices: rejection instanceof OpenedBefore ? [notice('openedBefore', id)] : [],
    };
  }
  const notices = await noticesOfEvents(command, result.events, id, ticket, catalogue);
  return result.events.length === 0
    ? { kind: 'alreadySo', notices }
    : { kind: 'recorded', events: result.events.length, notices };
}

/**
 * What somebody should know who sent a command that these events came of: of each fact, as the ticket now stands. Without a
 * fact of theirs it was already so.
 */
async function noticesOfEvents(
  command: AnyTicketCommand,
  events: readonly TicketEvent[],
  id: string,
  ticket: Ticket,
  catalogue: Catalogue,
): Promise<readonly Notice[]> {
  const facts = events.filter(isFact).filter((event) => !endsByItself(event));
  const notices: Notice[] = facts.length === 0 ? [notice('alreadySo', id)] : [];
  for (const event of facts) {
    const { at } = factOf(event, 0, openedAt(ticket));
    const change = ticket.changeBy(event.id, at, catalogue);
    if (change === undefined) continue;
    const codes = noticesOn(change.before, change.fact, (plan) => catalogue.plan(plan));
    notices.push(...codes.map((code) => noticeOf({ fact: event.id, code })));
  }
  const { customer, opening } = ticket;
  if (command.type !== 'OpenTicket' || customer === undefined || opening === undefined) return notices;
  const { data, terms, at } = opening;
  const { namedPlan, joinedFrom = null } = data;
  const opened = { customer, terms, namedPlan, openedAt: at, joinedFrom };
  return [...notices, ...(await noticesOfOpening(catalogue, opened))];
}

/** A wait that has ended by itself: nobody said so. */
const endsByItself = (event: FactEvent): boolean => event.type === 'TicketResumed' && event.data.until !== undefined;
