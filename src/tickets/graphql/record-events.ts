import { ArgsType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import {
  CancelReasonEnum,
  ChannelEnum,
  OriginEnum,
  PauseReasonEnum,
  RecordedEnum,
  TicketEventKindEnum,
  TicketTypeEnum,
} from '../../api/graphql/enums.js';
import { ActorInput, faultOfActor } from '../../api/graphql/actor.js';
import { InstantScalar, PositionScalar } from '../../api/graphql/scalars.js';
import { idPattern } from './ticket.inputs.js';
import { customerIdOf, customerIdRule } from '../../parsing/customer-id.js';
import { type Channel, type PauseReason, type TicketType } from '../../catalogue/domain/plan.js';
import { type TicketCommand } from '../domain/commands.js';
import { type CancelReason, type Origin, type ReportedType } from '../domain/facts.js';

@InputType('TicketEventInput', {
  description: 'One thing that happened to a ticket; which fields it takes depends on what.',
})
export class TicketEventInput {
  @Field(() => ID, { description: "The ticket's id." })
  ticket!: string;

  @Field(() => TicketEventKindEnum, { description: 'What happened.' })
  event!: ReportedType;

  @Field(() => InstantScalar, { description: 'When it happened.' })
  occurredAt!: number;

  @Field(() => ActorInput, { nullable: true, description: 'Who did it; the sender where left out.' })
  onBehalfOf?: ActorInput;

  @Field(() => String, { nullable: true, description: 'Makes repeating it safe.' })
  idempotencyKey?: string;

  @Field(() => String, {
    nullable: true,
    description: 'TICKET_OPENED and TICKET_SPLIT: what people see; the id where left out.',
  })
  reference?: string;

  @Field(() => String, {
    nullable: true,
    description:
      "TICKET_OPENED, where it is required: the customer's id. Of others: whose ticket it is; refused where it is another's (CUSTOMER_MISMATCH).",
  })
  customer?: string;

  @Field(() => String, { nullable: true, description: 'TICKET_OPENED: the system it comes from; with `externalId`.' })
  source?: string;

  @Field(() => String, { nullable: true, description: 'TICKET_OPENED: its id in that system; with `source`.' })
  externalId?: string;

  @Field(() => String, { nullable: true, description: "TICKET_OPENED: a plan in place of the customer's." })
  plan?: string;

  @Field(() => TicketTypeEnum, {
    nullable: true,
    description: 'TICKET_OPENED, where it is required, TICKET_RECLASSIFIED and TICKET_SPLIT.',
  })
  type?: TicketType;

  @Field(() => ChannelEnum, {
    nullable: true,
    description: 'TICKET_OPENED, where it is required, TICKET_SPLIT and messages.',
  })
  channel?: Channel;

  @Field(() => String, { nullable: true, description: 'TICKET_OPENED, TICKET_RECLASSIFIED and TICKET_SPLIT.' })
  priority?: string;

  @Field(() => String, { nullable: true, description: 'TICKET_OPENED, where it is required, and TICKET_SPLIT.' })
  subject?: string;

  @Field(() => String, { nullable: true, description: 'TICKET_OPENED and TICKET_SPLIT: the application it is about.' })
  application?: string;

  @Field(() => [String], { nullable: true, description: 'TICKET_OPENED and TICKET_SPLIT: the users involved.' })
  users?: string[];

  @Field(() => OriginEnum, { nullable: true, description: 'TICKET_OPENED: who wanted it.' })
  origin?: Origin;

  @Field(() => PauseReasonEnum, {
    nullable: true,
    description: 'TICKET_PAUSED, where it is required, and TICKET_RESUMED.',
  })
  pauseReason?: PauseReason;

  @Field(() => CancelReasonEnum, { nullable: true, description: 'TICKET_CANCELLED, where it is required.' })
  cancelReason?: CancelReason;

  @Field(() => String, { nullable: true, description: 'TICKET_ASSIGNED: who has it now.' })
  assignee?: string;

  @Field(() => String, { nullable: true, description: 'TICKET_ASSIGNED: which team has it now.' })
  team?: string;

  @Field(() => Boolean, {
    nullable: true,
    description: 'TICKET_RESOLVED: whether the customer was told; true where left out.',
  })
  publicReply?: boolean;

  @Field(() => Int, { nullable: true, description: 'PLAN_REAPPLIED: of its plan; the one in force where left out.' })
  version?: number;

  @Field(() => String, { nullable: true, description: 'INTERNAL_NOTE_ADDED, where it is required.' })
  text?: string;

  @Field(() => ID, {
    nullable: true,
    description: 'TICKET_MERGED: the ticket that goes on for both; TICKET_SPLIT: the id of the new one. Required.',
  })
  into?: string;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'TICKET_SPLIT, where it is required: when the message that is split off was written.',
  })
  messageAt?: number;
}

@ArgsType()
export class RecordTicketEventsArgs {
  @Field(() => [TicketEventInput], { description: 'What happened, 1 to 1,000; those of one ticket in their order.' })
  events!: TicketEventInput[];
}

@ObjectType('RecordedTicketEvent', { description: 'What became of one of the events.' })
export class RecordedTicketEventType {
  @Field(() => Int, { description: 'Its place in what was sent, from 0.' })
  index!: number;

  @Field(() => ID, { description: "The ticket's id." })
  ticket!: string;

  @Field(() => RecordedEnum, { description: 'What became of it.' })
  outcome!: string;

  @Field(() => String, { nullable: true, description: 'Why it was refused: a stable code.' })
  code!: string | null;

  @Field(() => String, { nullable: true, description: 'Why it was refused, for people.' })
  message!: string | null;
}

@ObjectType('TicketEventsRecorded', { description: 'What became of each event.' })
export class TicketEventsRecordedType {
  @Field(() => [RecordedTicketEventType], { description: 'One for each event, in their order.' })
  results!: RecordedTicketEventType[];

  @Field(() => PositionScalar, { description: 'Give it to a query as `after`, and its answer includes these writes.' })
  position!: string;
}

/** What a sender forgot or overdid, in words; undefined: nothing. Checked by hand, for there are a thousand at a time. */
export function faultOf(input: TicketEventInput): string | undefined {
  if (!idPattern.test(input.ticket)) return 'ticket must be 1 to 100 letters, digits or . : @ / + - _';
  for (const field of required[input.event] ?? []) {
    const value = input[field];
    if (value == null || value === '') return `${field} is required`;
  }
  for (const [field, limit] of limits) {
    if ((input[field]?.length ?? 0) > limit) return `${field} must not be longer than ${limit}`;
  }
  if (input.into != null && !idPattern.test(input.into)) return 'into must be an id like ticket';
  if (input.customer != null && customerIdOf(input.customer) === undefined) return `customer ${customerIdRule}`;
  if (input.source != null && !idPattern.test(input.source)) return 'source must be an id like ticket';
  if ((input.source == null) !== (input.externalId == null || input.externalId === ''))
    return 'source and externalId must be given together';
  if (input.users?.some((user) => user.length > 200) === true) return 'users must not be longer than 200';
  return input.onBehalfOf == null ? undefined : faultOfActor(input.onBehalfOf);
}

const required: Partial<Record<ReportedType, readonly (keyof TicketEventInput)[]>> = {
  TicketOpened: ['customer', 'type', 'channel', 'subject'],
  TicketPaused: ['pauseReason'],
  TicketCancelled: ['cancelReason'],
  InternalNoteAdded: ['text'],
  TicketMerged: ['into'],
  TicketSplit: ['into', 'messageAt'],
};

const limits = [
  ['reference', 100],
  ['externalId', 200],
  ['plan', 100],
  ['priority', 60],
  ['subject', 500],
  ['application', 200],
  ['users', 100],
  ['assignee', 100],
  ['team', 100],
  ['text', 10_000],
  ['idempotencyKey', 200],
] as const;

const given = <Key extends string, Value>(key: Key, value: Value | null | undefined) =>
  (value == null ? {} : { [key]: value }) as Record<Key, Value>;

/** The command that an event asks for; what it requires was checked by {@link faultOf}. */
export function orderOf(input: TicketEventInput): TicketCommand {
  const channel = given('channel', input.channel);
  switch (input.event) {
    case 'TicketOpened': {
      const { plan, priority, application, users, origin, source, externalId } = input;
      const { reference = externalId } = input;
      return {
        type: 'OpenTicket',
        customer: input.customer?.trim() ?? '',
        subject: input.subject ?? '',
        ticketType: input.type ?? 'productBug',
        channel: input.channel ?? 'email',
        ...given('reference', reference),
        ...given('plan', plan),
        ...given('priority', priority),
        ...given('application', application),
        ...given('users', users),
        ...given('origin', origin),
        ...given('from', source == null || externalId == null ? null : { source, externalId }),
      };
    }
    case 'FirstResponseSent':
      return { type: 'RecordFirstResponse', ...channel };
    case 'FollowUpSent':
      return { type: 'RecordFollowUp', ...channel };
    case 'CustomerReplied':
      return { type: 'RecordCustomerReply', ...channel };
    case 'TicketPaused':
      return { type: 'PauseTicket', reason: input.pauseReason ?? 'onHold' };
    case 'TicketResumed':
      return { type: 'ResumeTicket', ...given('reason', input.pauseReason) };
    case 'TicketAssigned':
      return { type: 'AssignTicket', assignee: input.assignee ?? null, team: input.team ?? null };
    case 'TicketReclassified':
      return { type: 'ReclassifyTicket', ...given('ticketType', input.type), ...given('priority', input.priority) };
    case 'PlanReapplied':
      return { type: 'ReapplyPlan', ...given('version', input.version) };
    case 'InternalNoteAdded':
      return { type: 'AddInternalNote', text: input.text ?? '' };
    case 'TicketResolved':
      return { type: 'ResolveTicket', publicReply: input.publicReply ?? true };
    case 'TicketClosed':
      return { type: 'CloseTicket' };
    case 'TicketReopened':
      return { type: 'ReopenTicket' };
    case 'TicketCancelled':
      return { type: 'CancelTicket', reason: input.cancelReason ?? 'spam' };
    case 'TicketMerged':
      return { type: 'MergeTicket', into: input.into ?? '' };
    case 'TicketSplit': {
      const { into = '', messageAt = 0, reference, type, priority, subject, application, users } = input;
      return {
        ...{ type: 'SplitTicket', into, messageAt, ...channel, ...given('ticketType', type) },
        ...{ ...given('reference', reference), ...given('priority', priority), ...given('subject', subject) },
        ...{ ...given('application', application), ...given('users', users) },
      };
    }
  }
}
