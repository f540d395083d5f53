import { createUnionType, Field, ObjectType } from '@nestjs/graphql';
import { NoticeType } from '../../api/graphql/notice.type.js';
import { memberOf, RejectionType } from '../../api/graphql/rejected.js';
import { PositionScalar } from '../../api/graphql/scalars.js';
import { type Notice, notice } from '../../event-sourcing/notice.js';
import { CalendarType, CustomerType, PlanType } from './catalogue.types.js';
import { CustomerJoinType } from './join.types.js';
import { WordType } from './word.types.js';

/** What a change answers: the thing as it was left, and its place in the log. */
function definedAs<Thing extends object>(name: string, field: string, thing: () => new () => Thing) {
  @ObjectType(`${name}Defined`, {
    description: `What was defined or changed: ${name}, in its last version. The same again changes nothing.`,
  })
  class Defined {
    @Field(thing, { name: field, description: 'As it was left; it may be in force only later.' })
    thing!: Thing;

    @Field(() => PositionScalar, {
      description: 'Give it to a query as `minPosition`, and its answer includes this write.',
    })
    position!: string;

    @Field(() => [NoticeType], { description: 'What the sender should know of it: that it was already so.' })
    notices!: readonly NoticeType[];
  }
  const Result = createUnionType({
    name: `${name}Result`,
    description: `What was defined or changed (${name}), or why it was not.`,
    types: () => [Defined, RejectionType] as const,
    resolveType: memberOf(Defined),
  });
  return { Defined, Result };
}

/** What the sender of a change should know of it, by how many events were recorded. */
export const noticesOfChange = (recorded: number, about: string): readonly Notice[] =>
  recorded === 0 ? [notice('alreadySo', about)] : [];

export const planDefined = definedAs('Plan', 'plan', () => PlanType);
export const calendarDefined = definedAs('Calendar', 'calendar', () => CalendarType);
export const customerDefined = definedAs('Customer', 'customer', () => CustomerType);
export const joinDefined = definedAs('CustomerJoin', 'join', () => CustomerJoinType);
export const wordDefined = definedAs('Word', 'word', () => WordType);
