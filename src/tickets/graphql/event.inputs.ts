import { constantCase } from '../../parsing/constant-case.js';
import { Field, ID, InputType, Int } from '@nestjs/graphql';
import { ActorInput } from '../../api/graphql/actor.js';
import {
  CallAttemptEnum,
  CancelReasonEnum,
  enumOf,
  OriginEnum,
  PauseReasonEnum,
  SideEnum,
} from '../../api/graphql/enums.js';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { commonFields, eventFields, type FieldKind, type FieldName } from '../domain/event-fields.js';
import { type ReportedType, reportedTypes } from '../domain/facts.js';
import { nameIn } from '../domain/read-event.js';
import { fieldsOf, reportedEvents } from '../domain/reported-events.js';
import { mutations, otherNames } from './event-readers.js';

type WordField = { [Name in FieldName]: (typeof eventFields)[Name]['kind'] extends 'word' ? Name : never }[FieldName];

const enums: { readonly [Name in WordField]: object } = {
  origin: OriginEnum,
  pauseReason: PauseReasonEnum,
  cancelReason: CancelReasonEnum,
  by: SideEnum,
  outcome: CallAttemptEnum,
};

const types: { readonly [Kind in Exclude<FieldKind, 'word'>]: object } = {
  text: String,
  texts: [String],
  ticket: ID,
  instant: InstantScalar,
  count: Int,
  flag: Boolean,
};

/** The GraphQL type of a field. */
function typeOf(name: FieldName): object {
  const { kind } = eventFields[name];
  return kind === 'word' ? enums[name as WordField] : types[kind];
}

const naming = 'Name the ticket once: by its id, by source and externalId, or by its reference.';
const named = {
  source: `The system that calls the ticket by externalId. ${naming}`,
  externalId: 'Its id in that system; with `source`.',
  reference: 'What people call it. Refused if several tickets have it (REFERENCE_AMBIGUOUS).',
};

/** Gives a class of inputs a field; `left` says what holds if it is left out. */
function addField(target: object, name: string, type: object, description: string, left: 'out' | 'true' | 'never') {
  const options = {
    out: { description, nullable: true },
    true: { description, defaultValue: true },
    never: { description },
  } as const;
  Field(() => type as typeof Boolean, options[left])(target, name);
}

const onBehalfOf = 'Who did it, if the sender reports what somebody else did. Only for the roles ingest and admin.';

/** What mutations take of a ticket beside what happened. */
@InputType({ isAbstract: true })
export class ReportInput {
  @Field(() => InstantScalar, { nullable: true, description: 'When it happened; now if it is left out.' })
  occurredAt?: number;

  @Field(() => ActorInput, { nullable: true, description: onBehalfOf })
  onBehalfOf?: ActorInput;

  @Field(() => String, { nullable: true, description: commonFields.idempotencyKey.says })
  idempotencyKey?: string;
}

/** The fields of the one event that an input is for; `made` names what is made where its sender leaves it out. */
export function inputOf(type: ReportedType, made?: 'id' | 'into'): new () => ReportInput {
  @InputType({ isAbstract: true })
  class EventInput extends ReportInput {}
  const target: object = EventInput.prototype;
  const { required, optional } = fieldsOf(type);
  const says =
    made === 'id'
      ? 'Its id; if it is left out, it derives from source and externalId, or is made.'
      : commonFields.ticket.says;
  addField(target, 'id', ID, made === 'id' ? says : `${says} ${naming}`, 'out');
  if (!required.includes('customer')) addField(target, 'customer', String, commonFields.customer.says, 'out');
  for (const name of [...required, ...optional]) {
    const isOptional = optional.includes(name) || name === made || name === 'into';
    const left = name === 'publicReply' ? 'true' : isOptional ? 'out' : 'never';
    addField(target, nameIn(mutations, name), typeOf(name), eventFields[name].says, left);
  }
  if (made === 'id') return EventInput;
  if (required.includes('into')) addOther(target, type === 'TicketMerged');
  for (const [name, description] of Object.entries(named))
    addField(target, optional.includes(name as FieldName) ? ofReference : name, String, description, 'out');
  return EventInput;
}

/** How an event of two tickets calls the other one; one that is split off is new, so nobody calls it by a reference yet. */
function addOther(target: object, isThere: boolean): void {
  const { ofSource, ofExternalId, ofReference: reference } = otherNames;
  const of = isThere ? 'the other ticket' : 'the new ticket';
  addField(target, ofSource, String, `In place of \`into\`: the system that calls ${of} by intoExternalId.`, 'out');
  addField(target, ofExternalId, String, `Its id in that system; with \`${ofSource}\`.`, 'out');
  if (isThere) addField(target, reference, String, `In place of \`into\`: what people call ${of}.`, 'out');
}

/** What people call a ticket, in the input that has a reference for the new one. */
const ofReference = 'ofReference';

const eventNames = (given: readonly ReportedType[]) => given.map(constantCase).join(', ');

/** Where an input for any event takes a field. */
function placeOf(name: FieldName): string {
  const requiring = reportedTypes.filter((type) => fieldsOf(type).required.includes(name));
  const taking = reportedTypes.filter((type) => fieldsOf(type).optional.includes(name));
  const parts = [
    ...(requiring.length === 0 ? [] : [`Required by ${eventNames(requiring)}.`]),
    ...(taking.length === 0 ? [] : [`Optional for ${eventNames(taking)}.`]),
  ];
  return parts.join(' ');
}

const TicketEventKindEnum = enumOf(
  'TicketEventKind',
  'What happened to a ticket.',
  Object.fromEntries(reportedTypes.map((type) => [type, reportedEvents[type].says])) as Record<ReportedType, string>,
);

/** The fields of all events. Each may name the customer of the ticket; an opening must. */
@InputType({ isAbstract: true })
class AnyEventInput {}
for (const name of Object.keys(eventFields) as FieldName[]) {
  const of = Object.hasOwn(named, name) ? ` Of other events: ${named[name as keyof typeof named]}` : '';
  const own = `${eventFields[name].says} ${placeOf(name)}${of}`;
  const description = name === 'customer' ? `${own} Of other events: ${commonFields.customer.says}` : own;
  addField(AnyEventInput.prototype, name, typeOf(name), description, 'out');
}
addOther(AnyEventInput.prototype, true);

@InputType('TicketEventInput', {
  description: 'One thing that happened to a ticket; which fields it takes depends on what.',
})
export class TicketEventInput extends AnyEventInput {
  @Field(() => ID, { nullable: true, description: `${commonFields.ticket.says} ${naming}` })
  ticket?: string;

  @Field(() => String, { nullable: true, description: `For TICKET_SPLIT and TICKET_CORRECTED: ${named.reference}` })
  ofReference?: string;

  @Field(() => TicketEventKindEnum, { description: 'What happened.' })
  event!: ReportedType;

  @Field(() => InstantScalar, { description: commonFields.occurredAt.says })
  occurredAt!: number;

  @Field(() => ActorInput, { nullable: true, description: 'Who did it; the sender if it is left out.' })
  onBehalfOf?: ActorInput;

  @Field(() => String, { nullable: true, description: commonFields.idempotencyKey.says })
  idempotencyKey?: string;
}
