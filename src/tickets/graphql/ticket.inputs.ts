import { InputType } from '@nestjs/graphql';
import { inputOf } from './event-inputs.js';

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
  declare readonly id: string;
  declare into?: string;
}
