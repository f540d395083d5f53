import { type Scope } from '../../auth/scope.js';
import { type Position } from '../../event-sourcing/event-store.js';
import { type Rejection } from '../../event-sourcing/rejection.js';
import { oneAtATime } from '../../event-sourcing/one-at-a-time.js';
import { ticketStream } from '../domain/ticket-event-types.js';
import { mergePropagations } from '../domain/merge-propagation.js';
import { changeTicket, type TicketChanged, type TicketPorts } from './change-ticket.js';
import { type TicketRequest } from './ticket-request.js';
import { readTicket } from './other-ticket.js';

export interface Propagated {
  /** Of the last event that it takes to know of it. */
  readonly position: Position;
  /** Whether some other ticket had not heard of it. */
  readonly isNews: boolean;
}

/**
 * Tells other tickets what a ticket has to say to them: that it was merged into one, or that one was split off. Done
 * again, it records nothing more; so whoever was interrupted just begins again. One that refuses keeps no other from it.
 * @param from of what was split off before this revision, the others know
 * @throws Rejection `TICKET_EXISTS` where a ticket to be split off was opened otherwise, and what a command may throw
 */
export async function propagateMerge(ports: TicketPorts, id: string, from = 0): Promise<Propagated> {
  const { state, revision, position } = await readTicket(ports, id);
  let last = position ?? (await ports.store.lastPosition());
  let isNews = false;
  let refusal: Rejection | undefined;
  if (revision === 'noStream') return { position: last, isNews };
  for (const { target, ...request } of mergePropagations(id, state, revision, from)) {
    const { position: reached, outcomes } = await changeTicket(ports, target, [{ ...request, mayBackdate: true }]);
    for (const outcome of outcomes) {
      if (outcome.kind === 'rejected') refusal ??= outcome.rejection;
      isNews ||= outcome.kind === 'recorded';
    }
    if (reached > last) last = reached;
  }
  if (refusal !== undefined) throw refusal;
  return { position: last, isNews };
}

/** So that two merges at once do not make a circle. */
const oneMergeAtATime = oneAtATime();

/** Changes a ticket by what names others, and tells them at once; what keeps it from that is left to the policy. */
export const changeAndPropagate = (
  ports: TicketPorts,
  id: string,
  requests: readonly TicketRequest[],
  scope: Scope,
  signal?: AbortSignal,
): Promise<TicketChanged> =>
  oneMergeAtATime(async () => {
    const known = ports.tickets.get(ticketStream(id))?.revision ?? 'noStream';
    const changed = await changeTicket(ports, id, requests, scope, signal);
    // Who says the same again may have been interrupted before the others were told.
    const isAgain = changed.outcomes.some(({ kind }) => kind === 'alreadySo');
    const from = isAgain || known === 'noStream' ? 0 : known + 1;
    const passedOn = await propagateMerge(ports, id, from).catch(() => undefined);
    const { position } = passedOn ?? changed;
    return position < changed.position ? changed : { ...changed, position };
  });
