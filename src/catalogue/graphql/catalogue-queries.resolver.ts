import { Inject } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Args, ArgsType, Field, ID, Int, Query, Resolver } from '@nestjs/graphql';
import { Asking, Requires } from '../../auth/requires.js';
import { type Reader } from '../../auth/asker.js';
import { MayScan } from '../../api/graphql/may-scan.js';
import { type TimeSource } from '../../time/time-source.js';
import { PageArgs, ReadArgs, givenValues } from '../../api/graphql/relay-connection.js';
import { withNodes } from '../../read-models/page.js';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { TIME_SOURCE } from '../../di-tokens.js';
import { customerIdOf } from '../../parsing/customer-id.js';
import {
  CalendarHistoriesQuery,
  CustomerByIdQuery,
  CustomerListQuery,
  PlanHistoriesQuery,
} from '../queries/catalogue-queries.js';
import { CalendarType, CustomerConnection, CustomerType, PlanType } from './catalogue.types.js';
import { calendarAs, customerAs, noEnrolment, planAs, toCustomerType } from './to-types.js';
import { JoinsOfCustomerQuery } from '../queries/joins-query.js';
import { type CustomerHistory } from '../domain/customer-decider.js';

@ArgsType()
class AtArgs extends ReadArgs {
  @Field(() => InstantScalar, { nullable: true, description: 'As in force then; now if it is left out.' })
  at?: number;
}

@ArgsType()
class VersionArgs extends AtArgs {
  @Field(() => ID, { description: 'The code.' })
  code!: string;

  @Field(() => Int, { nullable: true, description: 'A version by its number, whenever it is in force.' })
  version?: number;
}

@ArgsType()
class CustomerArgs extends AtArgs {
  @Field(() => ID, { description: "The customer's id." })
  id!: string;
}

@Resolver()
export class CatalogueQueriesResolver {
  constructor(
    private readonly queries: QueryBus,
    @Inject(TIME_SOURCE) private readonly time: TimeSource,
  ) {}

  @Requires('readCatalogue')
  @MayScan()
  @Query(() => [PlanType], { nullable: true, description: 'Every plan as in force at an instant, highest rank first.' })
  async plans(@Args() { at, minPosition }: AtArgs, @Asking() reader: Reader) {
    const histories = await this.queries.execute(new PlanHistoriesQuery(reader, undefined, minPosition));
    const which = { at: at ?? this.time.now() };
    return histories.flatMap((history) => planAs(history, which) ?? []).sort((a, b) => b.rank - a.rank);
  }

  @Requires('readCatalogue')
  @MayScan()
  @Query(() => PlanType, { nullable: true, description: 'A plan as in force at an instant, or a version of it.' })
  async plan(@Args() { code, at, version, minPosition }: VersionArgs, @Asking() reader: Reader) {
    const [history] = await this.queries.execute(new PlanHistoriesQuery(reader, code, minPosition));
    return history === undefined ? null : planAs(history, { at: at ?? this.time.now(), version });
  }

  @Requires('readCatalogue')
  @MayScan()
  @Query(() => [CalendarType], { nullable: true, description: 'Every calendar as in force at an instant, by code.' })
  async calendars(@Args() { at, minPosition }: AtArgs, @Asking() reader: Reader) {
    const histories = await this.queries.execute(new CalendarHistoriesQuery(reader, undefined, minPosition));
    const which = { at: at ?? this.time.now() };
    return histories.flatMap((history) => calendarAs(history, which) ?? []);
  }

  @Requires('readCatalogue')
  @MayScan()
  @Query(() => CalendarType, {
    nullable: true,
    description: 'A calendar as in force at an instant, or a version of it.',
  })
  async calendar(@Args() { code, at, version, minPosition }: VersionArgs, @Asking() reader: Reader) {
    const [history] = await this.queries.execute(new CalendarHistoriesQuery(reader, code, minPosition));
    return history === undefined ? null : calendarAs(history, { at: at ?? this.time.now(), version });
  }

  @Requires('readCatalogue')
  @MayScan()
  @Query(() => CustomerConnection, {
    nullable: true,
    description:
      'Customers by id, as they stand now. A customer whose enrolment begins later is shown as it will be then.',
  })
  async customers(@Args() { minPosition, ...request }: PageArgs, @Asking() reader: Reader) {
    const page = await this.queries.execute(new CustomerListQuery(reader, givenValues(request), minPosition));
    return withNodes(page, (history) => this.now(history));
  }

  @Requires('readCatalogue')
  @MayScan()
  @Query(() => CustomerType, {
    nullable: true,
    description:
      'A customer as it was at an instant; null if it was not enrolled then. An id that nobody enrolled is found if it was joined to another.',
  })
  async customer(@Args() { id, at, minPosition }: CustomerArgs, @Asking() reader: Reader) {
    const named = customerIdOf(id) ?? id;
    const history = await this.queries.execute(new CustomerByIdQuery(reader, named, minPosition));
    if (history === undefined) return this.joinedOnly(new JoinsOfCustomerQuery(reader, named, minPosition));
    return at == null ? this.now(history) : customerAs(history, { at });
  }

  /** An id that nobody enrolled is known where it was joined to another, or another to it. */
  private async joinedOnly(asked: JoinsOfCustomerQuery): Promise<CustomerType | null> {
    const joins = await this.queries.execute(asked);
    return joins.length === 0 ? null : { ...noEnrolment, id: asked.id };
  }

  private now(history: CustomerHistory): CustomerType {
    const standing = customerAs(history, { at: this.time.now() });
    const [first] = history;
    if (standing !== undefined) return standing;
    if (first === undefined) throw new Error('a customer without history');
    return toCustomerType(history, first);
  }
}
