import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { Matches } from 'class-validator';
import { type Actor } from '../event-sourcing/event-store.js';
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
  @Matches(/^[\w.:@/+-]{1,100}$/, { message: 'actor.id must be 1 to 100 letters, digits or . : @ / + - _' })
  id!: string;

  @Field(() => ActorKindEnum, { description: 'Only what a person says is a response.', defaultValue: 'person' })
  kind!: Actor['kind'];
}
