import { Inject } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Args, createUnionType, Field, Mutation, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { toCursor } from '../../event-sourcing/cursor.js';
import { type Actor, type EventStore, type Position } from '../../event-sourcing/event-store.js';
import { PageArgs, ReadArgs, said } from '../../graphql/page.js';
import { memberOf, orRejection, RejectionType } from '../../graphql/rejected.js';
import { PositionScalar } from '../../graphql/scalars.js';
import { EVENT_STORE } from '../../tokens.js';
import { DefineCalendar, DefinePlan, EnrolCustomer } from '../commands/define.js';
import { type CalendarVersion, type Enrolment } from '../domain/events.js';
import { CatalogueList, CustomerList } from '../queries/catalogue-queries.js';
import { DefineCalendarInput, DefinePlanInput, EnrolCustomerInput } from './catalogue.inputs.js';
import { CalendarType, CustomerConnection, CustomerType, PlanType } from './catalogue.types.js';
import { toCalendar, toEnrolment, toPlan } from './to-definitions.js';

/** What a definition answers: the thing defined, and its place in the log. */
function definedAs<Thing extends object>(name: string, field: string, thing: () => new () => Thing) {
  @ObjectType(`${name}Defined`, { description: `What was defined: ${name}. The same again changes nothing.` })
  class Defined {
    @Field(thing, { name: field, description: 'As it stands now.' })
    thing!: Thing;

    @Field(() => PositionScalar, { description: 'Hand it to a query as `after` to see this write in its answer.' })
    position!: string;
  }
  const Result = createUnionType({
    name: `${name}Result`,
    description: `What was defined (${name}), or why it was not.`,
    types: () => [Defined, RejectionType] as const,
    resolveType: memberOf(Defined),
  });
  return { Defined, Result };
}

const planDefined = definedAs('Plan', 'plan', () => PlanType);
const calendarDefined = definedAs('Calendar', 'calendar', () => CalendarType);
const customerEnrolled = definedAs('Customer', 'customer', () => CustomerType);

const admin: Actor = { id: 'admin', kind: 'person' };

const toCalendarType = (calendar: CalendarVersion): CalendarType =>
  Object.assign(new CalendarType(), calendar, { timeZone: calendar.definition.timeZone });

const toCustomerType = ({ customer: id, ...rest }: Enrolment): CustomerType =>
  Object.assign(new CustomerType(), { id, ...rest });

@Resolver()
export class CatalogueResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Query(() => [PlanType], { description: 'Every plan, highest rank first.' })
  async plans(@Args() { after }: ReadArgs) {
    return (await this.queries.execute(new CatalogueList(after))).plans;
  }

  @Query(() => [CalendarType], { description: 'Every calendar, by code.' })
  async calendars(@Args() { after }: ReadArgs) {
    return (await this.queries.execute(new CatalogueList(after))).calendars.map(toCalendarType);
  }

  @Query(() => CustomerConnection, { description: 'Customers, by id.' })
  async customers(@Args() { after, ...page }: PageArgs) {
    const { edges, pageInfo } = await this.queries.execute(new CustomerList(said(page), after));
    return { edges: edges.map(({ cursor, node }) => ({ cursor, node: toCustomerType(node) })), pageInfo };
  }

  @Mutation(() => planDefined.Result, {
    description: 'Defines a plan. Refused: PLAN_EXISTS, INVALID_PLAN, CALENDAR_NOT_FOUND.',
  })
  definePlan(@Args('input', { description: 'The plan.' }) input: DefinePlanInput) {
    const work = this.commands.execute(new DefinePlan(toPlan(input), admin));
    return orRejection(work.then(({ plan, position }) => this.answer(planDefined.Defined, plan, position)));
  }

  @Mutation(() => calendarDefined.Result, {
    description: 'Defines a calendar. Refused: CALENDAR_EXISTS, and what is wrong with its hours.',
  })
  defineCalendar(@Args('input', { description: 'The calendar.' }) input: DefineCalendarInput) {
    const work = this.commands.execute(new DefineCalendar(toCalendar(input), admin));
    return orRejection(
      work.then(({ calendar, position }) => this.answer(calendarDefined.Defined, toCalendarType(calendar), position)),
    );
  }

  @Mutation(() => customerEnrolled.Result, {
    description: 'Puts a customer on a plan. Refused: CUSTOMER_ENROLLED, PLAN_NOT_FOUND.',
  })
  enrolCustomer(@Args('input', { description: 'The customer.' }) input: EnrolCustomerInput) {
    const work = this.commands.execute(new EnrolCustomer(toEnrolment(input), admin));
    return orRejection(
      work.then(({ customer, position }) => this.answer(customerEnrolled.Defined, toCustomerType(customer), position)),
    );
  }

  private answer<Answer extends object>(type: new () => Answer, thing: object, position: Position): Answer {
    return Object.assign(new type(), { thing, position: toCursor(this.store, position) });
  }
}
