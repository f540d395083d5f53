import { createUnionType, Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { IsCustomerId } from '../../api/graphql/is-customer-id.js';
import { NoticeType } from '../../api/graphql/notice.type.js';
import { memberOf, RejectionType } from '../../api/graphql/rejected.js';
import { InstantScalar, PositionScalar } from '../../api/graphql/scalars.js';

@InputType('ReapplyPlanToCustomerInput', { description: "A customer's tickets of a period, some at a time." })
export class ReapplyPlanToCustomerInput {
  @Field(() => String, { description: 'Whose tickets.' })
  @IsCustomerId()
  customer!: string;

  @Field(() => InstantScalar, { nullable: true, description: 'Opened then or later.' })
  openedFrom?: number;

  @Field(() => InstantScalar, { nullable: true, description: 'Opened before that.' })
  openedBefore?: number;

  @Field(() => Int, { nullable: true, description: 'How many tickets, at most 200; 50 if it is left out.' })
  first?: number;

  @Field(() => String, { nullable: true, description: 'The `endCursor` of the answer before: goes on after it.' })
  after?: string;
}

@ObjectType('TicketNotReapplied', { description: 'A ticket of them that was refused, and why.' })
export class TicketNotReappliedType {
  @Field(() => ID, { description: 'The ticket.' })
  ticket!: string;

  @Field(() => String, { description: 'A stable code.' })
  code!: string;

  @Field(() => String, { description: 'Why, for people.' })
  message!: string;
}

@ObjectType('PlanReappliedToCustomer', { description: 'What became of some of the tickets, oldest first.' })
export class PlanReappliedToCustomerType {
  @Field(() => Int, { description: 'How many tickets were judged again.' })
  tickets!: number;

  @Field(() => Int, { description: 'On how many of them something moved.' })
  changed!: number;

  @Field(() => [TicketNotReappliedType], { description: 'Those that were refused; they stop no other.' })
  errors!: TicketNotReappliedType[];

  @Field(() => [NoticeType], {
    description: 'What the sender should know of it: that there is no such customer, or that it was all already so.',
  })
  notices!: readonly NoticeType[];

  @Field(() => String, { nullable: true, description: 'Give it as `after`, and the next ones follow.' })
  endCursor!: string | null;

  @Field(() => Boolean, { description: 'Whether there are more of them.' })
  hasNextPage!: boolean;

  @Field(() => PositionScalar, {
    description: 'Give it to a query as `minPosition`, and its answer includes these writes.',
  })
  position!: string;
}

export const PlanReappliedToCustomerResult = createUnionType({
  name: 'PlanReappliedToCustomerResult',
  description: 'The tickets were judged again, or why they were not.',
  types: () => [PlanReappliedToCustomerType, RejectionType] as const,
  resolveType: memberOf(PlanReappliedToCustomerType),
});
