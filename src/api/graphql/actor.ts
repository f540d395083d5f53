import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { type Identity } from '../../auth/identity.js';
import { type Permission, permissions } from '../../auth/permissions.js';
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
  expectMayGive(caller, 'onBehalfOf', 'report');
  return { actor: caller.actor, mayBackdate: true, onBehalfOf };
}

/** @throws Rejection `FORBIDDEN` where somebody gives a field that takes a permission which they do not have */
export function expectMayGive(caller: Identity, field: string, permission: Permission): void {
  if (!caller.may.has(permission))
    throw new Rejection(
      'FORBIDDEN',
      `"${field}" requires one of the roles ${permissions[permission].roles.join(', ')}.`,
    );
}
