import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { type Identity } from '../../auth/identity.js';
import { permissions } from '../../auth/permissions.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { ActorKindEnum } from './enums.js';

@ObjectType('Actor', { description: 'Who did it.' })
export class ActorType {
  @Field(() => String, { description: 'The agent, customer or program.' })
  id!: string;

  @Field(() => ActorKindEnum, { description: 'What kind of actor.' })
  kind!: string;
}

@InputType('ActorInput', { description: 'Who did it.' })
export class ActorInput {
  @Field(() => String, { description: 'The agent, customer or program.' })
  id!: string;

  @Field(() => ActorKindEnum, { description: 'Only a reply by a person is a response.', defaultValue: 'person' })
  kind!: Actor['kind'];
}

/** In whose name something is recorded: the sender's, and of whoever did it where the sender reports what others did. */
export interface RecordedBy {
  readonly actor: Actor;
  readonly onBehalfOf?: Actor;
  readonly mayBackdate: boolean;
}

/** @throws Rejection `FORBIDDEN` where somebody names others who may not */
export function recordedBy(caller: Identity, onBehalfOf: Actor | undefined): RecordedBy {
  if (onBehalfOf === undefined) return { actor: caller.actor, mayBackdate: caller.may.has('report') };
  expectMayReport(caller, 'onBehalfOf');
  return { actor: caller.actor, mayBackdate: true, onBehalfOf };
}

/** @throws Rejection `FORBIDDEN` where somebody says what only those may who report what others did */
export function expectMayReport(caller: Identity, field: string): void {
  if (!caller.may.has('report'))
    throw new Rejection('FORBIDDEN', `"${field}" requires one of the roles ${permissions.report.roles.join(', ')}.`);
}
