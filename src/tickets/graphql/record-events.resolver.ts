import { Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { Requires } from '../../auth/requires.js';
import { toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore, type Position } from '../../event-sourcing/event-store.js';
import { newId } from '../../event-sourcing/new-id.js';
import { given } from '../../parsing/fields.js';
import { noTicket } from '../domain/recorded-facts.js';
import { groupBy } from '../../event-sourcing/group-by.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { recordedBy } from '../../api/graphql/actor.js';
import { Faults } from '../../api/graphql/faults.js';
import { EVENT_STORE } from '../../di-tokens.js';
import { type RequestOutcome } from '../commands/request-outcome.js';
import { ChangeTicketCommand } from '../commands/change-ticket-handler.js';
import { type TicketRequest } from '../commands/ticket-request.js';
import { eachTicket } from '../commands/each-ticket.js';
import { ownerOf } from '../commands/other-ticket.js';
import { opens, refusedAll } from '../commands/opening-rejected.js';
import { type TicketCommand } from '../domain/facts.js';
import { heeding } from '../commands/unopened.js';
import { type TicketEventInput } from './event.inputs.js';
import { readBulk } from './event-readers.js';
import { expectMayAsk } from './expect-may-ask.js';
import { calledBy, calledIn, inWordsOf, NamedTickets, type Words } from './named-tickets.js';
import { openingId, splitInto } from './opening-id.js';
import { RecordedTicketEventType, RecordTicketEventsArgs, TicketEventsRecordedType } from './record-events.types.js';
import { foreseeRefused, From, rememberFailed, type Sender, unopenedBy } from './request-sender.js';

const mostEvents = 1_000;

@Resolver()
export class RecordEventsResolver {
  constructor(
    private readonly bus: CommandBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly names: NamedTickets,
  ) {}

  @Requires('report')
  @Mutation(() => TicketEventsRecordedType, {
    nullable: true,
    description:
      'Records what happened to many tickets, of any age; one event refused stops no other. But a ticket whose opening is refused takes no other event of the request (OPENING_REJECTED), unless it is there with the same source, external id and customer. A ticket takes 100,000 facts. After that only its end is taken, and all else is refused (TICKET_FULL).',
  })
  async recordTicketEvents(
    @Args() { events }: RecordTicketEventsArgs,
    @From() sender: Sender,
  ): Promise<TicketEventsRecordedType> {
    try {
      return await this.recordAll(events, sender);
    } catch (error) {
      for (const input of events) rememberFailed(sender, input.event, input);
      throw error;
    }
  }

  private async recordAll(events: readonly TicketEventInput[], sender: Sender): Promise<TicketEventsRecordedType> {
    const results = new Array<RecordedTicketEventType>(events.length);
    const items = await this.itemsOf(read(events), sender, (index, rejection) => {
      results[index] = resultOf(index, null, { kind: 'rejected', rejection });
    });
    const named = items.flatMap(({ ticket, request: { command } }) =>
      command.type === 'MergeTicket' ? [ticket, command.into] : ticket,
    );
    await foreseeRefused(this.store, sender, new Set(named));
    const unopened = unopenedBy(sender);
    let last: Position | undefined;
    const record = async (ticket: string, own: readonly Item[]) => {
      const requests = own.map(({ request }) => request);
      const about = { ticket, hasOwnOpening: requests.some(({ command }) => opens(command)) };
      const outcomes = await heeding(unopened, about, requests, async (tried) => {
        const { outcomes, position } = await this.changed(sender, ticket, tried);
        if (last === undefined || position > last) last = position;
        return outcomes;
      });
      for (const [i, { index, words }] of own.entries()) results[index] = resultOf(index, ticket, outcomes[i], words);
    };
    const byTicket = groupBy(items, ({ ticket }) => ticket);
    await eachTicket(byTicket, ({ request }) => request.command, record);
    return { results, position: toCursor(this.store, last ?? (await this.store.lastPosition())) };
  }

  /** The events by Pledge's ids of their tickets; those of tickets that cannot be told are refused. */
  private async itemsOf(
    reports: readonly BulkReport[],
    { identity, signal }: Sender,
    refuse: (index: number, rejection: Rejection) => void,
  ): Promise<readonly Item[]> {
    for (const { command } of reports) expectMayAsk(identity, command);
    const ids = reports.map(({ ticket, command, idempotencyKey }) => {
      if (command.type !== 'OpenTicket') return undefined;
      return ticket ?? openingId({ ...command.from, customer: command.customer, idempotencyKey }, identity) ?? newId();
    });
    const toBeOpened = reports.flatMap(({ command }, i) => {
      const id = ids[i];
      if (id === undefined || command.type !== 'OpenTicket') return [];
      const { customer, reference = id } = command;
      return { id, customer, reference };
    });
    const reader = { scope: identity.scope, who: identity.actor.id, signal };
    const named = reports.filter((_, i) => ids[i] === undefined);
    const into = reports.flatMap(({ command, other, customer }) =>
      command.type === 'MergeTicket' && other !== undefined ? { ...other, ...given({ customer }) } : [],
    );
    const found = (await this.names.find([...named, ...into], reader, toBeOpened)).values();
    const next = () => found.next().value ?? noTicket('');
    const tickets = ids.map((id) => id ?? next());
    const ownerOfSplit = async (id: string) =>
      toBeOpened.find((opened) => opened.id === id)?.customer ?? (await ownerOf(this.store, id));
    const commands: (TicketCommand | Rejection)[] = [];
    for (const [i, { command, other }] of reports.entries()) {
      const ticket = tickets[i];
      const isSplit = command.type === 'SplitTicket' && other !== undefined && typeof ticket === 'string';
      if (isSplit) commands.push(splitInto(command, other, { identity, customer: await ownerOfSplit(ticket) }));
      else if (command.type === 'MergeTicket' && other !== undefined) commands.push(mergeInto(command, next()));
      else commands.push(command);
    }
    return reports.flatMap(({ ticket: said, ofSource, ofExternalId, ofReference, actor, other, ...report }, index) => {
      const ticket = tickets[index] ?? noTicket('');
      const command = commands[index] ?? report.command;
      if (ticket instanceof Rejection || command instanceof Rejection) {
        refuse(index, ticket instanceof Rejection ? ticket : (command as Rejection));
        return [];
      }
      const name = given({ ofExternalId, ofReference });
      const called = said === undefined ? calledIn(report.command, name) : undefined;
      const request = { ...report, command, ...given({ reference: ofReference }), ...recordedBy(identity, actor) };
      const words = [
        [ticket, called] as const,
        ...('into' in command ? [[command.into, other && calledBy(other)] as const] : []),
      ];
      return { index, ticket, request, words };
    });
  }

  /** A refusal of the ticket as a whole refuses each of its events. */
  private async changed({ identity, signal }: Sender, ticket: string, requests: readonly TicketRequest[]) {
    // An opening under fresh ids most likely is one; where it is not, its append finds out.
    const isNew = requests[0]?.command.type === 'OpenTicket' && requests.every((r) => r.idempotencyKey === undefined);
    try {
      return await this.bus.execute(new ChangeTicketCommand(identity.scope, ticket, requests, isNew, signal));
    } catch (rejection) {
      if (!(rejection instanceof Rejection) || signal.aborted) throw rejection;
      return { outcomes: refusedAll(requests, ticket, rejection), position: await this.store.lastPosition() };
    }
  }
}

/** One of the events, and its place in what was sent. */
interface Item {
  readonly index: number;
  readonly ticket: string;
  readonly request: TicketRequest;
  /** What its sender calls the tickets, where that is not their ids. */
  readonly words: Words;
}

type BulkReport = NonNullable<ReturnType<typeof readBulk>>;

const mergeInto = (command: Extract<TicketCommand, { type: 'MergeTicket' }>, into: string | Rejection) =>
  into instanceof Rejection ? into : { ...command, into };

/** @throws GraphQLError `BAD_USER_INPUT` that names the fields at fault */
function read(events: readonly TicketEventInput[]) {
  const faults = new Faults();
  if (events.length === 0 || events.length > mostEvents) faults.add('events', `must be 1 to ${mostEvents}`);
  const reports: BulkReport[] = [];
  for (const [index, { event, ...fields }] of events.entries()) {
    const report = readBulk(event, fields, (field, message) => {
      faults.add(`events.${index}.${field}`, message);
    });
    if (report !== undefined) reports.push(report);
    if (faults.isFull) break;
  }
  if (!faults.isEmpty) throw faults.asError(({ path, message }) => `${path}: ${message}`);
  return reports;
}

function resultOf(
  index: number,
  ticket: string | null,
  outcome: RequestOutcome | undefined,
  words: Words = [],
): RecordedTicketEventType {
  const refusal = outcome?.kind === 'rejected' ? inWordsOf(outcome.rejection, words) : null;
  const { code = null, message = null } = refusal ?? {};
  return { index, ticket, outcome: outcome?.kind ?? 'rejected', code, message, notices: outcome?.notices ?? [] };
}
