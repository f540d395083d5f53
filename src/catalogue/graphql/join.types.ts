import { Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { IsCustomerId } from '../../api/graphql/is-customer-id.js';
import { ActorType } from '../../api/graphql/actor.js';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { DatedInput } from './change.inputs.js';

@InputType('JoinCustomersInput', {
  description:
    'Joins two ids of one company: from then on, what names the one is of the other – plan, calendar and who may see it. What was recorded stays.',
})
export class JoinCustomersInput extends DatedInput {
  @Field(() => ID, { description: 'The id that is joined to the other. Nobody need have enrolled it.' })
  @IsCustomerId()
  from!: string;

  @Field(() => ID, { description: 'The id of the customer that goes on.' })
  @IsCustomerId()
  into!: string;
}

@ObjectType('CustomerJoin', { description: 'Two ids of one company that were joined; it is never edited.' })
export class CustomerJoinType {
  @Field(() => ID, { description: 'The id that was joined to the other.' })
  from!: string;

  @Field(() => ID, { description: 'The id of the customer that goes on.' })
  into!: string;

  @Field(() => InstantScalar, { description: 'What names the one from then on is of the other.' })
  effectiveFrom!: number;

  @Field(() => InstantScalar, { description: 'When it was recorded.' })
  recordedAt!: number;

  @Field(() => ActorType, { description: 'Who recorded it.' })
  actor!: ActorType;
}
