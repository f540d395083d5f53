import { type Scope } from '../../auth/scope.js';
import { type Instant } from '../../business-time/calendar.js';
import { type TimeSource } from '../../time/time-source.js';
import { type EventStore, type Position } from '../../event-sourcing/event-store.js';
import { type CommandOrRefusal, expectWanted, handleCommands } from '../../event-sourcing/handle-command.js';
import { newId } from '../../event-sourcing/new-id.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type StreamCache } from '../../event-sourcing/stream-cache.js';
import { TimeSlice } from '../../event-sourcing/yield-to-event-loop.js';
import { type Catalogue } from '../../catalogue/catalogue.js';
import { type Words } from '../../catalogue/domain/words.js';
import { inDesksSpelling } from '../domain/command-words.js';
import { type CommandContext, type TicketCommandInContext } from '../domain/commands.js';
import { ticketDecider } from '../domain/decide-ticket.js';
import { countsAt } from '../domain/fact-of.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { ticketStream } from '../domain/ticket-event-types.js';
import { type Ticket } from '../domain/ticket.js';
import { noTicket } from '../domain/recorded-facts.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { type TicketView, viewOf } from '../domain/ticket-view.js';
import { digestOf } from './command-digest.js';
import { HeedingOpenings, openingsFirst } from './opening-rejected.js';
import {
  namesAnother,
  type OtherTickets,
  objectionToOther,
  objectionToOwner,
  type SubjectTicket,
} from './other-ticket.js';
import { type Owner, pinVersions } from './pin-versions.js';
import { ofSurvivors, type Whose } from './survivors.js';
import { expectInSight, expectOwn, expectSeen, mismatch, misnamed } from './ticket-access.js';
import { outcomeOf, type RequestOutcome } from './request-outcome.js';
import { type TicketRequest } from './ticket-request.js';

export interface TicketChanged {
  /** As decided; undefined where there is no such ticket. */
  readonly ticket: TicketView | undefined;
  /** Of the last event recorded; where nothing was, of the stream's last. */
  readonly position: Position;
  /** One for each request, in their order. */
  readonly outcomes: readonly RequestOutcome[];
}

/** Requests on one ticket, in order. A request that is refused changes nothing and stops no other. */
export interface TicketChange {
  readonly scope: Scope;
  readonly ticketId: string;
  readonly requests: readonly TicketRequest[];
  /** Most likely there is no such ticket yet: it is looked for only when the append says otherwise. */
  readonly isNew?: boolean;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

export interface TicketPorts {
  readonly store: EventStore;
  readonly catalogue: Catalogue;
  readonly time: TimeSource;
  /** Tickets seen recently. */
  readonly tickets: StreamCache<Ticket>;
}

/** What the commands' entry does of a {@link TicketChange} on the ticket itself; nobody else calls it. */
export async function changeTicket(
  { store, catalogue, time, tickets }: TicketPorts,
  id: string,
  given: readonly TicketRequest[],
  scope: Scope = 'everyone',
  signal?: AbortSignal,
): Promise<TicketChanged> {
  const requests = openingsFirst(given);
  const joins = await catalogue.joins();
  const whose = ofSurvivors(joins, time.now());
  const decider = new HeedingOpenings(ticketDecider(catalogue));
  expectWanted(signal);
  expectOwn(scope, requests, whose);
  await expectInSight({ store, tickets }, scope, id, requests);
  const commands = async (
    ticket: Ticket,
    done: number,
  ): Promise<readonly CommandOrRefusal<TicketCommandInContext>[]> => {
    const opening = openingOf(ticket, requests, id, whose);
    expectSeen(scope, opening.customer, requests, id);
    await catalogue.load(ticket.pinned);
    await workOut(ticket, catalogue, signal);
    const terms = await pinVersions(
      catalogue,
      opening,
      requests.map(({ command }) => command),
    );
    const words = await catalogue.words();
    const now = time.now();
    const others = await objections(
      { store, tickets },
      { scope, id, customer: opening.customer },
      requests,
      now,
      signal,
    );
    const termsAt = (command: TicketRequest['command'], at: Instant) =>
      terms(command, countsAt(at, now, opening.openedAt));
    const commands = requests.map(
      (request, i) =>
        misnamed(request, () => ticket.stateAt(Infinity, catalogue)?.reference ?? opening.reference) ??
        mismatch(request, opening.customer, id, scope, whose) ??
        commandOf(request, id, now, termsAt, words, whose, others[i]),
    );
    return decider.begin(requests, commands, ticket, done);
  };
  const { state, position, results } = await handleCommands(store, ticketStream(id), decider, commands, {
    cache: tickets,
    signal,
  });
  const ticket = viewOf(id, state, catalogue, time.now());
  const outcomes: RequestOutcome[] = [];
  for (const [i, { command }] of requests.entries()) {
    const result = results[i];
    if (result !== undefined) outcomes.push(await outcomeOf(command, result, id, state, catalogue));
  }
  if (requests === given) return { ticket, position, outcomes };
  const places = new Map(requests.map((request, i) => [request, i]));
  return { ticket, position, outcomes: given.flatMap((request) => outcomes[places.get(request) ?? -1] ?? []) };
}

/** What follows from the facts of a long ticket is worked out bit by bit. */
export async function workOut(ticket: Ticket, versions: Versions, signal?: AbortSignal): Promise<void> {
  const turns = new TimeSlice();
  for (const _ of ticket.workingOut(versions)) {
    while (turns.isOver) {
      await turns.yield();
      expectWanted(signal);
    }
  }
}

/** What other tickets have against each request; of an import, whose they are alone. */
async function objections(
  ports: OtherTickets,
  subject: SubjectTicket,
  requests: readonly TicketRequest[],
  now: Instant,
  signal: AbortSignal | undefined,
) {
  const found: (Rejection | undefined)[] = [];
  for (const [i, { command, occurredAt = now, import: imported }] of requests.entries()) {
    if (!namesAnother(command)) continue;
    expectWanted(signal);
    found[i] = await (imported === undefined
      ? objectionToOther(ports, subject, command, Math.min(occurredAt, now))
      : objectionToOwner(ports.store, subject, command));
  }
  return found;
}

/** Whose ticket it is, the plan it was opened under by name, what it was called, and when; as recorded, or else as requested. */
function openingOf(
  ticket: Ticket,
  requests: readonly TicketRequest[],
  id: string,
  whose: Whose,
): Owner & { readonly openedAt: Instant | undefined; readonly reference: string } {
  const { customer: owner, opening: opened } = ticket;
  if (owner !== undefined) {
    const { namedPlan = null, reference = id } = opened?.data ?? {};
    return { customer: owner, namedPlan, reference, openedAt: opened?.at };
  }
  const opening = requests.find(({ command }) => command.type === 'OpenTicket');
  if (opening?.command.type !== 'OpenTicket') throw noTicket(id);
  const { customer, plan = null, reference = id } = opening.command;
  return { customer: whose(customer, opening.occurredAt), namedPlan: plan, reference, openedAt: opening.occurredAt };
}

function orThrow<Answer>(answer: Answer | Rejection): Answer {
  if (answer instanceof Rejection) throw answer;
  return answer;
}

function commandOf(
  said: TicketRequest,
  ticket: string,
  now: Instant,
  termsAt: (command: TicketRequest['command'], at: Instant) => CommandContext['terms'] | Rejection,
  words: Words,
  whose: Whose,
  objection: Rejection | undefined,
): CommandOrRefusal<TicketCommandInContext> {
  const request = { ...said, command: inDesksSpelling(said.command, words) };
  const { command, actor, mayBackdate, idempotencyKey: key, factId, onBehalfOf, source, correlationId } = request;
  const occurredAt = request.occurredAt ?? now;
  const terms = termsAt(command, occurredAt);
  if (terms instanceof Rejection) return terms;
  // What comes under a fresh id cannot come twice, but for an opening under an id that its sender chose.
  const mayRepeat = factId === undefined && (key !== undefined || command.type === 'OpenTicket');
  const context: CommandContext = {
    ticket,
    actor,
    mayBackdate,
    now,
    occurredAt,
    terms,
    words,
    factId: factId ?? (key === undefined ? newId() : deriveId('key', actor.id, ticket, key)),
    ...(mayRepeat ? { commandHash: digestOf(request, ticket) } : {}),
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    ...(source === undefined ? {} : { source }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(request.import === undefined ? {} : { import: request.import }),
    ...(command.type === 'ReapplyPlan' && command.answered === true
      ? { knownAt: (at) => orThrow(termsAt(command, at)) }
      : {}),
    ...(objection === undefined ? {} : { objection }),
  };
  // Ids and digests are made of what was said, so that the same command is the same after a join.
  if (command.type !== 'OpenTicket') return { context, ...command };
  const customer = whose(command.customer, occurredAt);
  if (customer === command.customer) return { context, ...command };
  return { context: { ...context, joinedFrom: command.customer }, ...command, customer };
}
