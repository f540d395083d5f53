import { Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Args, createUnionType, Field, Int, Mutation, ObjectType, Resolver } from '@nestjs/graphql';
import { type Identity } from '../../auth/identity.js';
import { Requires } from '../../auth/requires.js';
import { type TimeSource } from '../../time/time-source.js';
import { toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { expectMayReport, recordedBy } from '../../api/graphql/actor.js';
import { Faults } from '../../api/graphql/faults.js';
import { memberOf, orRejection, RejectionType } from '../../api/graphql/rejected.js';
import { PositionScalar } from '../../api/graphql/scalars.js';
import { type Catalogue } from '../../catalogue/catalogue.js';
import { newId } from '../../event-sourcing/new-id.js';
import { CATALOGUE, TIME_SOURCE, EVENT_STORE } from '../../di-tokens.js';
import { ChangeTicket } from '../commands/change-ticket.js';
import { type ReportedType, type TicketCommand } from '../domain/facts.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { ticketIdOf } from '../domain/ticket-id.js';
import {
  AssignTicketInput,
  CancelTicketInput,
  InternalNoteInput,
  MergeTicketInput,
  MessageInput,
  OpenTicketInput,
  PauseTicketInput,
  ReapplyPlanInput,
  ReclassifyTicketInput,
  ResolveTicketInput,
  ResumeTicketInput,
  SplitTicketInput,
  TicketInput,
} from './ticket.inputs.js';
import { type ReportInput } from './event-inputs.js';
import { readMutation } from './event-readers.js';
import { From, type Sender, unopenedBy } from './sender.js';
import { TicketObjectType, toTicketType } from './ticket.type.js';

@ObjectType('TicketChanged', { description: 'The ticket as decided, its clocks among it.' })
export class TicketChangedType {
  @Field(() => TicketObjectType, { description: 'The ticket as it stands now.' })
  ticket!: TicketObjectType;

  @Field(() => PositionScalar, { description: 'Give it to a query as `after`, and its answer includes this write.' })
  position!: string;

  @Field(() => Int, {
    description: 'How many events were recorded: the fact and what it caused. 0: it was already so.',
  })
  recorded!: number;
}

export const TicketResult = createUnionType({
  name: 'TicketResult',
  description: 'The ticket changed, or why it was not.',
  types: () => [TicketChangedType, RejectionType] as const,
  resolveType: memberOf(TicketChangedType),
});

@Resolver()
export class TicketMutations {
  constructor(
    private readonly bus: CommandBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    @Inject(TIME_SOURCE) private readonly time: TimeSource,
  ) {}

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    description:
      'Opens a ticket. Refused: TICKET_EXISTS, PLAN_NOT_FOUND; then what else the document says of it is OPENING_REJECTED.',
  })
  openTicket(@Args('input', { description: 'The ticket.' }) input: OpenTicketInput, @From() sender: Sender) {
    return this.report('TicketOpened', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    description: 'We replied. What it means is derived: the earliest reply by a person counts.',
  })
  recordFirstResponse(@Args('input', { description: 'The reply.' }) input: MessageInput, @From() sender: Sender) {
    return this.report('FirstResponseSent', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { description: 'We replied again.' })
  recordFollowUp(@Args('input', { description: 'The reply.' }) input: MessageInput, @From() sender: Sender) {
    return this.report('FollowUpSent', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { description: 'The customer wrote; that ends the wait for the customer.' })
  recordCustomerReply(@Args('input', { description: 'The message.' }) input: MessageInput, @From() sender: Sender) {
    return this.report('CustomerReplied', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    description: 'The ticket waits: clocks that the plan pauses for the reason stand still.',
  })
  pauseTicket(@Args('input', { description: 'The wait.' }) input: PauseTicketInput, @From() sender: Sender) {
    return this.report('TicketPaused', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { description: 'The ticket no longer waits, for a reason or for all.' })
  resumeTicket(
    @Args('input', { description: 'The wait that ends.' }) input: ResumeTicketInput,
    @From() sender: Sender,
  ) {
    return this.report('TicketResumed', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { description: 'Resolves the ticket. If the customer is told, it is also a reply.' })
  resolveTicket(@Args('input', { description: 'The resolution.' }) input: ResolveTicketInput, @From() sender: Sender) {
    return this.report('TicketResolved', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { description: 'The ticket is closed; clocks that still run are cancelled.' })
  closeTicket(@Args('input', { description: 'The closing.' }) input: TicketInput, @From() sender: Sender) {
    return this.report('TicketClosed', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { description: 'The ticket is taken up again. Refused: TICKET_NOT_RESOLVED.' })
  reopenTicket(@Args('input', { description: 'The reopening.' }) input: TicketInput, @From() sender: Sender) {
    return this.report('TicketReopened', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    description: 'Changes type or priority: running clocks are recalculated from their starts.',
  })
  reclassifyTicket(
    @Args('input', { description: 'The new class.' }) input: ReclassifyTicketInput,
    @From() sender: Sender,
  ) {
    return this.report('TicketReclassified', input, sender);
  }

  @Requires('report')
  @Mutation(() => TicketResult, {
    description:
      "Lays a ticket's clocks out anew from their own starts, breached ones too that are unanswered, under the plan and calendar that govern it now. Refused: PLAN_VERSION_NOT_FOUND, TICKET_CLOSED.",
  })
  reapplyPlan(
    @Args('input', { description: 'The ticket, and the version.' }) input: ReapplyPlanInput,
    @From() sender: Sender,
  ) {
    return this.report('PlanReapplied', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { description: 'Assigns a ticket, or unassigns it. Moves no clock.' })
  assignTicket(@Args('input', { description: 'Who has it.' }) input: AssignTicketInput, @From() sender: Sender) {
    return this.report('TicketAssigned', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { description: 'A note among ourselves; never a response.' })
  addInternalNote(@Args('input', { description: 'The note.' }) input: InternalNoteInput, @From() sender: Sender) {
    return this.report('InternalNoteAdded', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { description: 'The ticket was spam or a duplicate; its clocks are cancelled.' })
  cancelTicket(@Args('input', { description: 'The cancelling.' }) input: CancelTicketInput, @From() sender: Sender) {
    return this.report('TicketCancelled', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    description:
      'Merges this ticket into another, which continues; running clocks of this one are cancelled. If this one is older and unanswered, the first response of the other is due from its opening. Refused: TICKET_MERGED (the message names the ticket that goes on), MERGE_INTO_ITSELF, MERGE_CYCLE, MERGE_ACROSS_CUSTOMERS, TICKET_NOT_FOUND, TICKET_CANCELLED.',
  })
  mergeTicket(
    @Args('input', { description: 'The merged ticket, and the one that continues.' }) input: MergeTicketInput,
    @From() sender: Sender,
  ) {
    return this.report('TicketMerged', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    description:
      "A message of the customer's becomes a ticket of its own, whose clocks start when it was written. Answers the old ticket; `splitInto` names the new one. Refused: MESSAGE_NOT_FOUND, TICKET_EXISTS.",
  })
  splitTicket(
    @Args('input', { description: 'The message, and the new ticket.' }) input: SplitTicketInput,
    @From() sender: Sender,
  ) {
    input.into ??= newTicketOf(input, sender.identity);
    return this.report('TicketSplit', input, sender);
  }

  private report(type: ReportedType, input: ReportInput, sender: Sender) {
    const { identity } = sender;
    const { ticket, actor, command, ...report } = read(type, input);
    const known = ticket ?? idOf(command, report.idempotencyKey, identity);
    const id = known ?? newId();
    const decided = async () => {
      if (command.type === 'OpenTicket' && command.plan !== undefined) expectMayReport(identity, 'plan');
      const request = { ...report, command, ...recordedBy(identity, actor) };
      const objection = sender.unopened?.objection(command, id);
      if (objection !== undefined) throw objection;
      return this.decided(new ChangeTicket(identity.scope, id, [request], known === undefined, sender.signal));
    };
    const remembered = decided().catch((error: unknown) => {
      if (error instanceof Rejection) unopenedBy(sender).remember(command, id, error);
      throw error;
    });
    return orRejection(remembered);
  }

  private async decided(command: ChangeTicket): Promise<TicketChangedType> {
    const { ticket, position, outcomes } = await this.bus.execute(command);
    const [outcome] = outcomes;
    if (outcome?.kind === 'rejected') throw outcome.rejection;
    if (ticket === undefined) throw new Error(`ticket ${command.ticketId} was changed, and is not there`);
    return Object.assign(new TicketChangedType(), {
      ticket: toTicketType(ticket, this.catalogue, this.time.now()),
      position: toCursor(this.store, position),
      recorded: outcome?.kind === 'recorded' ? outcome.events : 0,
    });
  }
}

/** @throws GraphQLError `BAD_USER_INPUT` that names the fields at fault */
function read(type: ReportedType, input: object) {
  const faults = new Faults();
  const report = readMutation(type, input, (field, message) => {
    faults.add(field, message);
  });
  if (report === undefined) throw faults.asError();
  return report;
}

/** The id that derives from an opening, so that opening it twice opens one; undefined: it needs a new one. */
function idOf(command: TicketCommand, key: string | undefined, { actor, scope }: Identity): string | undefined {
  if (command.type !== 'OpenTicket') return undefined;
  const { from, customer } = command;
  if (from !== undefined) return ticketIdOf(from, scope === 'everyone' ? undefined : customer);
  return key === undefined ? undefined : deriveId('ticket-by-key', actor.id, key);
}

/** The id of the ticket that a split opens and does not name, derived where there is a key, so that splitting twice opens one. */
function newTicketOf({ id, idempotencyKey }: SplitTicketInput, { actor }: Identity): string {
  return idempotencyKey == null ? newId() : deriveId('split-by-key', actor.id, id, idempotencyKey);
}
