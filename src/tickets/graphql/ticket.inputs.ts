import { Field, ID, InputType, Int } from '@nestjs/graphql';
import { ArrayMaxSize, IsNotEmpty, IsOptional, Matches, MaxLength, ValidateIf } from 'class-validator';
import { CancelReasonEnum, ChannelEnum, OriginEnum, PauseReasonEnum, TicketTypeEnum } from '../../api/graphql/enums.js';
import { ActorInput, IsActor } from '../../api/graphql/actor.js';
import { IsCustomerId } from '../../api/graphql/customer-id.js';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { type Channel, type PauseReason, type TicketType } from '../../catalogue/domain/plan.js';
import { type CancelReason, type Origin } from '../domain/facts.js';

/** Ids are short, and of characters that need no quoting in a log or an address. */
export const idPattern = /^[\w.:@/+-]{1,100}$/;
const isId = (field: string) => ({ message: `${field} must be 1 to 100 letters, digits or . : @ / + - _` });

@InputType({ isAbstract: true })
export class SaidInput {
  @Field(() => InstantScalar, { nullable: true, description: 'When it happened; now where it is left out.' })
  occurredAt?: number;

  @Field(() => ActorInput, {
    nullable: true,
    description: 'Who did it, where the sender reports what others did: for the roles ingest and admin.',
  })
  @IsOptional()
  @IsActor()
  onBehalfOf?: ActorInput;

  @Field(() => String, {
    nullable: true,
    description: 'Makes repeating it safe: the same key and content records nothing more, other content is refused.',
  })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(200)
  idempotencyKey?: string;
}

@InputType('OpenTicketInput', { description: 'A new ticket.' })
export class OpenTicketInput extends SaidInput {
  @Field(() => ID, {
    nullable: true,
    description: 'Its id; derived from source and externalId, or made, where left out.',
  })
  @IsOptional()
  @Matches(idPattern, isId('id'))
  id?: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The system it comes from. Of a sender for some customers alone, the customer is part of the id that derives.',
  })
  @IsOptional()
  @Matches(idPattern, isId('source'))
  source?: string;

  @Field(() => String, { nullable: true, description: 'Its id in that system; with `source`.' })
  @ValidateIf(({ source, id, externalId }: OpenTicketInput) => externalId != null || (source != null && id == null))
  @IsNotEmpty({ message: 'externalId must be given with source, unless id is.' })
  @MaxLength(200)
  externalId?: string;

  @Field(() => String, { nullable: true, description: 'What people see; the external id or the id where left out.' })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(100)
  reference?: string;

  @Field(() => String, {
    description: "The customer's id, any text of 1 to 200 characters; an unknown one gets the default plan.",
  })
  @IsCustomerId()
  customer!: string;

  @Field(() => String, { nullable: true, description: "A plan to open it under, in place of the customer's." })
  @IsOptional()
  @Matches(idPattern, isId('plan'))
  plan?: string;

  @Field(() => TicketTypeEnum, { description: 'What it is about.' })
  type!: TicketType;

  @Field(() => ChannelEnum, { description: 'How it reached us.' })
  channel!: Channel;

  @Field(() => String, {
    nullable: true,
    description: 'Its priority, as the desk names them; `normal` where left out.',
  })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(60)
  priority?: string;

  @Field(() => String, { description: 'Its subject line.' })
  @IsNotEmpty()
  @MaxLength(500)
  subject!: string;

  @Field(() => String, { nullable: true, description: 'The application it is about.' })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(200)
  application?: string;

  @Field(() => [String], { nullable: true, description: 'The users involved; at most 100.' })
  @IsOptional()
  @ArrayMaxSize(100)
  @MaxLength(200, { each: true })
  users?: string[];

  @Field(() => OriginEnum, { nullable: true, description: 'Who wanted it; the customer where left out.' })
  origin?: Origin;
}

@InputType('TicketInput', { description: 'One event of the request.' })
export class TicketInput extends SaidInput {
  @Field(() => ID, { description: "The ticket's id." })
  @Matches(idPattern, isId('id'))
  id!: string;
}

@InputType('MessageInput', { description: "A message on a ticket, ours or the customer's." })
export class MessageInput extends TicketInput {
  @Field(() => ChannelEnum, { nullable: true, description: 'How the message was sent.' })
  channel?: Channel;
}

@InputType('PauseTicketInput', { description: 'A ticket begins to wait.' })
export class PauseTicketInput extends TicketInput {
  @Field(() => PauseReasonEnum, { description: 'For what.' })
  reason!: PauseReason;
}

@InputType('ResumeTicketInput', { description: 'A ticket no longer waits.' })
export class ResumeTicketInput extends TicketInput {
  @Field(() => PauseReasonEnum, { nullable: true, description: 'For what; for nothing any more where left out.' })
  reason?: PauseReason;
}

@InputType('ResolveTicketInput', { description: 'A ticket is resolved.' })
export class ResolveTicketInput extends TicketInput {
  @Field(() => Boolean, { description: 'Whether the customer was told; then it is a reply too.', defaultValue: true })
  publicReply!: boolean;
}

@InputType('ReclassifyTicketInput', { description: "A ticket's type or priority changes; what is left out stays." })
export class ReclassifyTicketInput extends TicketInput {
  @Field(() => TicketTypeEnum, { nullable: true, description: 'What it is about now.' })
  type?: TicketType;

  @Field(() => String, { nullable: true, description: 'Its priority now.' })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(60)
  priority?: string;
}

@InputType('ReapplyPlanInput', { description: 'Recalculates the clocks of a ticket.' })
export class ReapplyPlanInput extends TicketInput {
  @Field(() => Int, { nullable: true, description: 'Under this version of its plan; the one in force where left out.' })
  version?: number;
}

@InputType('AssignTicketInput', { description: 'Assigns a ticket, or unassigns it.' })
export class AssignTicketInput extends TicketInput {
  @Field(() => String, { nullable: true, description: 'The assignee; left out: nobody.' })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(100)
  assignee?: string;

  @Field(() => String, { nullable: true, description: 'Which team; none where left out.' })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(100)
  team?: string;
}

@InputType('InternalNoteInput', { description: 'A note among ourselves; never a response.' })
export class InternalNoteInput extends TicketInput {
  @Field(() => String, { description: 'What is noted.' })
  @IsNotEmpty()
  @MaxLength(10_000)
  text!: string;
}

@InputType('CancelTicketInput', { description: 'A ticket was no request, or a duplicate.' })
export class CancelTicketInput extends TicketInput {
  @Field(() => CancelReasonEnum, { description: 'Which of them.' })
  reason!: CancelReason;
}

@InputType('MergeTicketInput', { description: 'Merges a ticket into another.' })
export class MergeTicketInput extends TicketInput {
  @Field(() => ID, { description: 'The id of the ticket that continues, of the same customer.' })
  @Matches(idPattern, isId('into'))
  into!: string;
}

@InputType('SplitTicketInput', {
  description: "A message of the customer's becomes a ticket of its own; what is left out is as in the old one.",
})
export class SplitTicketInput extends TicketInput {
  @Field(() => InstantScalar, {
    description: "When the message was written: a reply of the customer's, or the opening. The new clocks start there.",
  })
  messageAt!: number;

  @Field(() => ID, { nullable: true, description: 'The id of the new ticket; made where left out.' })
  @IsOptional()
  @Matches(idPattern, isId('into'))
  into?: string;

  @Field(() => String, { nullable: true, description: 'What people see of the new ticket; its id where left out.' })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(100)
  reference?: string;

  @Field(() => TicketTypeEnum, { nullable: true, description: 'What the new ticket is about.' })
  type?: TicketType;

  @Field(() => ChannelEnum, { nullable: true, description: 'How the message reached us.' })
  channel?: Channel;

  @Field(() => String, { nullable: true, description: 'The priority of the new ticket.' })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(60)
  priority?: string;

  @Field(() => String, { nullable: true, description: 'The subject line of the new ticket.' })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(500)
  subject?: string;

  @Field(() => String, { nullable: true, description: 'The application that the new ticket is about.' })
  @IsOptional()
  @IsNotEmpty()
  @MaxLength(200)
  application?: string;

  @Field(() => [String], { nullable: true, description: 'The users involved in the new ticket; at most 100.' })
  @IsOptional()
  @ArrayMaxSize(100)
  @MaxLength(200, { each: true })
  users?: string[];
}
