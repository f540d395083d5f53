import { Args, InputType, Mutation, Resolver } from '@nestjs/graphql';
import { type Identity } from '../../auth/identity.js';
import { Requires } from '../../auth/requires.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { newId } from '../../event-sourcing/new-id.js';
import { inputOf } from './event.inputs.js';
import { EventReporter } from './event-reporter.js';
import { From, type Sender } from './request-sender.js';
import { TicketResult } from './ticket-result.js';

@InputType('OpenTicketInput', { description: 'A new ticket.' })
export class OpenTicketInput extends inputOf('TicketOpened', 'id') {}

@InputType('TicketInput', { description: 'One event of a ticket.' })
export class TicketInput extends inputOf('TicketClosed') {}

@InputType('MessageInput', { description: "A message on a ticket, ours or the customer's." })
export class MessageInput extends inputOf('CustomerReplied') {}

@InputType('PauseTicketInput', { description: 'A ticket begins to wait.' })
export class PauseTicketInput extends inputOf('TicketPaused') {}

@InputType('ResumeTicketInput', { description: 'A ticket no longer waits.' })
export class ResumeTicketInput extends inputOf('TicketResumed') {}

@InputType('ResolveTicketInput', { description: 'A ticket is resolved.' })
export class ResolveTicketInput extends inputOf('TicketResolved') {}

@InputType('ReclassifyTicketInput', { description: "A ticket's type or priority changes; what is left out stays." })
export class ReclassifyTicketInput extends inputOf('TicketReclassified') {}

@InputType('CorrectTicketInput', { description: 'What was wrong of a ticket, as it is right; what is left out stays.' })
export class CorrectTicketInput extends inputOf('TicketCorrected') {}

@InputType('ReapplyPlanInput', { description: 'Recalculates the clocks of a ticket.' })
export class ReapplyPlanInput extends inputOf('PlanReapplied') {}

@InputType('AssignTicketInput', { description: 'Assigns a ticket, or unassigns it.' })
export class AssignTicketInput extends inputOf('TicketAssigned') {}

@InputType('InternalNoteInput', { description: 'A note among ourselves; never a response.' })
export class InternalNoteInput extends inputOf('InternalNoteAdded') {}

@InputType('CancelTicketInput', { description: 'A ticket was no request, or a duplicate.' })
export class CancelTicketInput extends inputOf('TicketCancelled') {}

@InputType('MergeTicketInput', { description: 'Merges a ticket into another.' })
export class MergeTicketInput extends inputOf('TicketMerged') {}

@InputType('SplitTicketInput', {
  description: "A message of the customer's becomes a ticket of its own; what is left out is as in the old one.",
})
export class SplitTicketInput extends inputOf('TicketSplit', 'into') {
  declare into?: string;
  declare intoSource?: string;
  declare intoExternalId?: string;
}

@InputType('RequestCallInput', { description: 'The customer wants to be called.' })
export class RequestCallInput extends inputOf('CallRequested') {}

@InputType('ScheduleCallInput', { description: 'A call is agreed on for a time.' })
export class ScheduleCallInput extends inputOf('CallScheduled') {}

@InputType('MoveCallInput', { description: 'The call is moved to another time.' })
export class MoveCallInput extends inputOf('CallMoved') {}

@InputType('CallAttemptInput', { description: 'The desk called and reached nobody.' })
export class CallAttemptInput extends inputOf('CallAttempted') {}

@InputType('CallHeldInput', { description: 'A call that was held.' })
export class CallHeldInput extends inputOf('CallHeld') {}

@InputType('CallEndInput', { description: 'A call that came to nothing.' })
export class CallEndInput extends inputOf('CallCancelled') {}

/** A mutation for each event that people and other systems report. */
@Resolver()
export class TicketMutationsResolver {
  constructor(private readonly reporter: EventReporter) {}

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'Opens a ticket. Refused: TICKET_EXISTS, PLAN_NOT_FOUND; then the other mutations of the document about this ticket are refused too (OPENING_REJECTED).',
  })
  openTicket(@Args('input', { description: 'The ticket.' }) input: OpenTicketInput, @From() sender: Sender) {
    return this.reporter.report('TicketOpened', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description: 'We replied. What it means is derived: the earliest reply by a person counts.',
  })
  recordFirstResponse(@Args('input', { description: 'The reply.' }) input: MessageInput, @From() sender: Sender) {
    return this.reporter.report('FirstResponseSent', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { nullable: true, description: 'We replied again.' })
  recordFollowUp(@Args('input', { description: 'The reply.' }) input: MessageInput, @From() sender: Sender) {
    return this.reporter.report('FollowUpSent', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'The customer wrote; that ends the wait for the customer. An automatic message ends no wait and starts no clock.',
  })
  recordCustomerReply(@Args('input', { description: 'The message.' }) input: MessageInput, @From() sender: Sender) {
    return this.reporter.report('CustomerReplied', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description: 'The ticket waits: clocks that the plan pauses for the reason stand still.',
  })
  pauseTicket(@Args('input', { description: 'The wait.' }) input: PauseTicketInput, @From() sender: Sender) {
    return this.reporter.report('TicketPaused', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { nullable: true, description: 'The ticket no longer waits, for a reason or for all.' })
  resumeTicket(
    @Args('input', { description: 'The wait that ends.' }) input: ResumeTicketInput,
    @From() sender: Sender,
  ) {
    return this.reporter.report('TicketResumed', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description: 'Resolves the ticket. If the customer is told, it is also a reply.',
  })
  resolveTicket(@Args('input', { description: 'The resolution.' }) input: ResolveTicketInput, @From() sender: Sender) {
    return this.reporter.report('TicketResolved', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description: 'The ticket is closed; clocks that still run are cancelled.',
  })
  closeTicket(@Args('input', { description: 'The closing.' }) input: TicketInput, @From() sender: Sender) {
    return this.reporter.report('TicketClosed', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description: 'The ticket is taken up again. Refused: TICKET_NOT_RESOLVED.',
  })
  reopenTicket(@Args('input', { description: 'The reopening.' }) input: TicketInput, @From() sender: Sender) {
    return this.reporter.report('TicketReopened', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description: 'Changes type or priority: running clocks are recalculated from their starts.',
  })
  reclassifyTicket(
    @Args('input', { description: 'The new class.' }) input: ReclassifyTicketInput,
    @From() sender: Sender,
  ) {
    return this.reporter.report('TicketReclassified', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'Puts right what was wrong of the subject, the reference, the application or the users, whatever the status. The history shows both. Moves no clock.',
  })
  correctTicket(@Args('input', { description: 'What is right.' }) input: CorrectTicketInput, @From() sender: Sender) {
    return this.reporter.report('TicketCorrected', input, sender);
  }

  @Requires('report')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'Recalculates the clocks of a ticket from their own starts, also those that are breached and unanswered, under the plan and calendar that govern it now. With `answered` it recalculates answered clocks too, by the customer, the type and the priority as they are known now. That is possible for a closed ticket as well. Refused: PLAN_VERSION_NOT_FOUND, TICKET_CLOSED.',
  })
  reapplyPlan(
    @Args('input', { description: 'The ticket, and the version.' }) input: ReapplyPlanInput,
    @From() sender: Sender,
  ) {
    return this.reporter.report('PlanReapplied', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { nullable: true, description: 'Assigns a ticket, or unassigns it. Moves no clock.' })
  assignTicket(@Args('input', { description: 'Who has it.' }) input: AssignTicketInput, @From() sender: Sender) {
    return this.reporter.report('TicketAssigned', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, { nullable: true, description: 'A note among ourselves; never a response.' })
  addInternalNote(@Args('input', { description: 'The note.' }) input: InternalNoteInput, @From() sender: Sender) {
    return this.reporter.report('InternalNoteAdded', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description: 'The ticket was spam or a duplicate; its clocks are cancelled.',
  })
  cancelTicket(@Args('input', { description: 'The cancelling.' }) input: CancelTicketInput, @From() sender: Sender) {
    return this.reporter.report('TicketCancelled', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'Takes back a cancelling that was a mistake: the clocks go on as if it had not been, the time between included. Refused: TICKET_NOT_CANCELLED.',
  })
  restoreTicket(@Args('input', { description: 'The ticket.' }) input: TicketInput, @From() sender: Sender) {
    return this.reporter.report('TicketRestored', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'Merges this ticket into another, which continues; running clocks of this one are cancelled. If this one is older and unanswered, the first response of the other is due from its opening. Refused: TICKET_MERGED (the message names the ticket that goes on), MERGE_INTO_ITSELF, MERGE_CYCLE, MERGE_ACROSS_CUSTOMERS, TICKET_NOT_FOUND, TICKET_CANCELLED.',
  })
  mergeTicket(
    @Args('input', { description: 'The merged ticket, and the one that continues.' }) input: MergeTicketInput,
    @From() sender: Sender,
  ) {
    return this.reporter.report('TicketMerged', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      "A message of the customer's becomes a ticket of its own, whose clocks start when it was written. Answers the old ticket; `splitInto` names the new one. Refused: MESSAGE_NOT_FOUND, TICKET_EXISTS.",
  })
  splitTicket(
    @Args('input', { description: 'The message, and the new ticket.' }) input: SplitTicketInput,
    @From() sender: Sender,
  ) {
    if ([input.into, input.intoSource, input.intoExternalId].some((name) => name != null))
      return this.reporter.report('TicketSplit', input, sender);
    const { idempotencyKey } = input;
    input.into = newId();
    return this.reporter.report('TicketSplit', input, sender, (id) => newTicketOf(id, idempotencyKey, sender.identity));
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'The customer asks to be called, or names another time for that. Where the plan promises a call-back, its clock starts; for a later time it is due then.',
  })
  requestCall(@Args('input', { description: 'When it suits.' }) input: RequestCallInput, @From() sender: Sender) {
    return this.reporter.report('CallRequested', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'A call is agreed on for a time; that is promised on every plan. Refused: CALL_SCHEDULED, APPOINTMENT_IN_PAST.',
  })
  scheduleCall(@Args('input', { description: 'The time.' }) input: ScheduleCallInput, @From() sender: Sender) {
    return this.reporter.report('CallScheduled', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'The call is moved to another time, by us or by the customer. Refused: CALL_NOT_SCHEDULED, APPOINTMENT_IN_PAST.',
  })
  moveCall(@Args('input', { description: 'The other time.' }) input: MoveCallInput, @From() sender: Sender) {
    return this.reporter.report('CallMoved', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'The desk called and reached nobody. It keeps an appointment; a call-back waits for the customer, and ends after three.',
  })
  recordCallAttempt(
    @Args('input', { description: 'What came of it.' }) input: CallAttemptInput,
    @From() sender: Sender,
  ) {
    return this.reporter.report('CallAttempted', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'A call was held: `occurredAt` is when it began. It is a reply then, and the next follow-up starts at its end. Refused: ENDED_BEFORE_START.',
  })
  recordCallHeld(@Args('input', { description: 'The call.' }) input: CallHeldInput, @From() sender: Sender) {
    return this.reporter.report('CallHeld', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'The call is called off. By the customer: its clocks end without a verdict. By us: what was agreed on stays promised until a call is held. Refused: CALL_NOT_REQUESTED.',
  })
  cancelCall(@Args('input', { description: 'Who called it off.' }) input: CallEndInput, @From() sender: Sender) {
    return this.reporter.report('CallCancelled', input, sender);
  }

  @Requires('changeTickets')
  @Mutation(() => TicketResult, {
    nullable: true,
    description:
      'The time came, and one side was not there. Where it was the customer, that is never our breach. Refused: CALL_NOT_SCHEDULED.',
  })
  recordCallMissed(@Args('input', { description: 'Who was not there.' }) input: CallEndInput, @From() sender: Sender) {
    return this.reporter.report('CallMissed', input, sender);
  }
}

/** The id of the ticket that a split opens and does not name, derived where there is a key, so that splitting twice opens one. */
function newTicketOf(id: string, idempotencyKey: string | undefined, { actor }: Identity): string {
  return idempotencyKey == null ? newId() : deriveId('split-by-key', actor.id, id, idempotencyKey);
}
