import { Field, Int, ObjectType } from '@nestjs/graphql';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { GuaranteeType } from './guarantee.type.js';

@ObjectType('Call', { description: 'A call that was asked for, agreed on for a time, or both, and not held yet.' })
export class CallObjectType {
  @Field(() => InstantScalar, { nullable: true, description: 'When the customer asked for it.' })
  requestedAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'From when on it suits the customer.' })
  preferredFrom!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'Until when it suits the customer.' })
  preferredUntil!: number | null;

  @Field(() => GuaranteeType, { nullable: true, description: 'Whether the plan promises it; null where nobody asked.' })
  guarantee!: GuaranteeType | null;

  @Field(() => InstantScalar, { nullable: true, description: 'The time that was agreed on.' })
  startsAt!: number | null;

  @Field(() => String, { nullable: true, description: 'Who of the desk calls.' })
  with!: string | null;

  @Field(() => Int, { description: 'How often the desk called in vain since the customer last named a time or wrote.' })
  attempts!: number;
}
