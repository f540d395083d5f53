import { type Instant } from '../../business-time/calendar.js';
import { type Scope } from '../../auth/scope.js';
import { type Position } from '../../event-sourcing/event-store.js';
import { type Rejection } from '../../event-sourcing/rejection.js';
import { oneAtATimeByKey } from '../../event-sourcing/one-at-a-time.js';
import { inTurns } from '../../event-sourcing/yield-to-event-loop.js';
import { given } from '../../parsing/fields.js';
import { ticketStream } from '../domain/ticket-event-types.js';
import { type ReceiveMerge } from '../domain/commands.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { concernsOthers, type MergePropagation, mergePropagations, pausesOf } from '../domain/merge-propagation.js';
import { type StateChange, changes } from '../domain/ticket-state.js';
import { type Ticket } from '../domain/ticket.js';
import { changeTicket, type TicketChanged, type TicketPorts, workOut } from './change-ticket.js';
import { type TicketRequest } from './ticket-request.js';
import { ownerOf, readTicket } from './other-ticket.js';

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
export const propagateMerge = (ports: TicketPorts, id: string, from = 0): Promise<Propagated> =>
  propagate(ports, id, from, {});

/** What its way adds to all that is told. */
type Way = Pick<TicketRequest, 'import' | 'source'>;

async function propagate(ports: TicketPorts, id: string, from: number, way: Way): Promise<Propagated> {
  const { state, revision, position } = await readTicket(ports, id);
  let last = position ?? (await ports.store.lastPosition());
  let isNews = false;
  let refusal: Rejection | undefined;
  if (revision === 'noStream') return { position: last, isNews };
  const changed: StateChange[] = [];
  await inTurns(changes(state.factsFrom(-Infinity)), (change) => {
    if (concernsOthers(change)) changed.push(change);
  });
  const { customer = '' } = state;
  const told = mergePropagations({ id, customer, revision }, changed, from);
  if (told.some(({ command }) => isOfRequest(command))) {
    await ports.catalogue.load(state.pinned);
    await workOut(state, ports.catalogue);
  }
  for (const { target, ...request } of told) {
    if (way.import !== undefined && request.command.type !== 'OpenTicket') continue; // told when the import is finished
    const { position: reached, outcomes } = await changeTicket(ports, target, [
      { ...request, ...way, mayBackdate: true, command: withPauses(request, state, ports.catalogue) },
    ]);
    for (const outcome of outcomes) {
      if (outcome.kind === 'rejected') refusal ??= outcome.rejection;
      isNews ||= outcome.kind === 'recorded';
    }
    if (reached > last) last = reached;
  }
  if (refusal !== undefined) throw refusal;
  return { position: last, isNews };
}

/** What is told, with when the request's clock stood still, where it ever did. */
function withPauses({ command, occurredAt }: Told, ticket: Ticket, versions: Versions): Told['command'] {
  if (!isOfRequest(command)) return command;
  const { unansweredSince, others, call } = command;
  const paused = (since: Instant) => {
    const pauses = pausesOf(ticket, versions, since, occurredAt);
    return pauses.length === 0 ? {} : { pauses };
  };
  const handed = others?.map(({ ticket: asked, since }) => ({ ticket: asked, since, ...paused(since) }));
  const stood = call?.requestedAt == null ? [] : pausesOf(ticket, versions, call.requestedAt, occurredAt, 'callBack');
  return {
    ...command,
    ...(unansweredSince === null ? {} : paused(unansweredSince)),
    ...(handed === undefined ? {} : { others: handed }),
    ...(call === undefined || stood.length === 0 ? {} : { call: { ...call, pauses: stood } }),
  };
}

type Told = Pick<MergePropagation, 'command' | 'occurredAt'>;

/** Whether the other is told of a request that nobody has answered: the clock of that one alone is asked for. */
const isOfRequest = (command: Told['command']): command is ReceiveMerge =>
  command.type === 'ReceiveMerge' && (command.unansweredSince !== null || command.call !== undefined);

/**
 * Merges of a customer's tickets go one at a time, so that two at once do not make a circle: no others are merged. And so do
 * splits that are to open the same ticket.
 */
const inTurn = oneAtATimeByKey();

type Change = (
  ports: TicketPorts,
  id: string,
  requests: readonly TicketRequest[],
  scope: Scope,
  signal?: AbortSignal,
) => Promise<TicketChanged>;

/** Changes a ticket by what names others, and tells them at once; what keeps it from that is left to the policy. */
export const changeAndPropagate: Change = (ports, id, requests, scope, signal) =>
  changeAndTell(ports, id, requests, scope, signal, {});

/** As {@link changeAndPropagate}, of an import: what it splits off is opened at once, and as imported as the old ticket is. */
export const changeAndOpenSplits =
  ({ import: imported, source }: TicketRequest): Change =>
  (ports, id, requests, scope, signal) =>
    changeAndTell(ports, id, requests, scope, signal, given({ import: imported, source }));

async function changeAndTell(
  ports: TicketPorts,
  id: string,
  requests: readonly TicketRequest[],
  scope: Scope,
  signal: AbortSignal | undefined,
  way: Way,
): Promise<TicketChanged> {
  const stream = ticketStream(id);
  const owner = ports.tickets.get(stream)?.state.customer ?? (await ownerOf(ports.store, id));
  const opened = requests.flatMap(({ command }) => (command.type === 'SplitTicket' ? ticketStream(command.into) : []));
  return inTurn([owner ?? stream, ...opened], async () => {
    const known = ports.tickets.get(stream)?.revision ?? 'noStream';
    const changed = await changeTicket(ports, id, requests, scope, signal);
    // Who says the same again may have been interrupted before the others were told. What fell due meanwhile may be recorded
    // with it.
    const isAgain = changed.outcomes.some(({ notices = [] }) => notices.some(({ code }) => code === 'alreadySo'));
    const from = isAgain || known === 'noStream' ? 0 : known + 1;
    const passedOn = await propagate(ports, id, from, way).catch(() => undefined);
    const { position } = passedOn ?? changed;
    return position < changed.position ? changed : { ...changed, position };
  });
}
