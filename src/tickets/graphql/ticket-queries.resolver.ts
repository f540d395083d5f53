import { Inject } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Args, ArgsType, Field, ID, InputType, Query, Resolver } from '@nestjs/graphql';
import { Asking, Requires } from '../../auth/requires.js';
import { type Reader } from '../../auth/asker.js';
import { MayScan } from '../../api/graphql/may-scan.js';
import { type TimeSource } from '../../time/time-source.js';
import { GuaranteeKindEnum, TicketStatusEnum } from '../../api/graphql/enums.js';
import { IsCustomerList, IsFilterList, IsFilterText, withCustomerIds } from '../../api/graphql/filters.js';
import { PageArgs, ReadArgs, givenValues } from '../../api/graphql/relay-connection.js';
import { withNodes } from '../../read-models/page.js';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { type Catalogue } from '../../catalogue/catalogue.js';
import { CATALOGUE, TIME_SOURCE } from '../../di-tokens.js';
import { unknownIn } from '../unknown-in-filter.js';
import { TicketByIdQuery, TicketListQuery } from '../queries/ticket-queries.js';
import { TicketConnection, TicketObjectType, toTicketTypes } from './ticket.type.js';

@InputType('TicketFilter', { description: 'Which tickets; what is left out, or empty, does not narrow.' })
export class TicketFilterInput {
  @Field(() => [TicketStatusEnum], { nullable: true, description: 'In one of these statuses.' })
  @IsFilterList()
  statuses?: string[];

  @Field(() => [String], { nullable: true, description: 'Of one of these customers.' })
  @IsCustomerList()
  customers?: string[];

  @Field(() => [String], { nullable: true, description: 'Opened under one of these plans.' })
  @IsFilterList()
  plans?: string[];

  @Field(() => [String], { nullable: true, description: 'Of one of these types, in any case.' })
  @IsFilterList()
  types?: string[];

  @Field(() => [String], { nullable: true, description: 'By one of these channels, in any case.' })
  @IsFilterList()
  channels?: string[];

  @Field(() => [String], { nullable: true, description: 'Of one of these priorities, in any case.' })
  @IsFilterList()
  priorities?: string[];

  @Field(() => [String], { nullable: true, description: 'Assigned to one of these.' })
  @IsFilterList()
  assignees?: string[];

  @Field(() => [String], { nullable: true, description: 'With one of these teams.' })
  @IsFilterList()
  teams?: string[];

  @Field(() => GuaranteeKindEnum, { nullable: true, description: 'With a promise, or without.' })
  guarantee?: string;

  @Field(() => Boolean, { nullable: true, description: 'Only tickets that are assigned, or only those that are not.' })
  unassigned?: boolean;

  @Field(() => InstantScalar, { nullable: true, description: 'With a clock that is due before, overdue ones too.' })
  dueBefore?: number;

  @Field(() => String, { nullable: true, description: 'With this in its subject or reference, in any case.' })
  @IsFilterText()
  text?: string;
}

@ArgsType()
class TicketsArgs extends PageArgs {
  @Field(() => TicketFilterInput, { nullable: true, description: 'Which of them.' })
  filter?: TicketFilterInput;
}

@ArgsType()
class TicketArgs extends ReadArgs {
  @Field(() => ID, { description: "The ticket's id, or its reference." })
  id!: string;
}

@Resolver()
export class TicketQueriesResolver {
  constructor(
    private readonly bus: QueryBus,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    @Inject(TIME_SOURCE) private readonly time: TimeSource,
  ) {}

  @Requires('readTickets')
  @Query(() => TicketObjectType, {
    nullable: true,
    description: 'A ticket by its id or reference; null where there is none.',
  })
  async ticket(@Args() { id, minPosition }: TicketArgs, @Asking() reader: Reader) {
    const view = await this.bus.execute(new TicketByIdQuery(reader, id, minPosition));
    const [ticket] = await toTicketTypes(view === undefined ? [] : [view], this.catalogue, this.time.now());
    return ticket ?? null;
  }

  @Requires('readTickets')
  @MayScan()
  @Query(() => TicketConnection, { nullable: true, description: 'Tickets, newest first.' })
  tickets(@Args() args: TicketsArgs, @Asking() reader: Reader) {
    return this.list('tickets', args, reader);
  }

  @Requires('readTickets')
  @MayScan()
  @Query(() => TicketConnection, {
    nullable: true,
    description:
      "What to do next: soonest due first among guaranteed clocks, overdue ones before all, then the plan's rank, then age. `nextDue` has the time left. A page continues where the last one ended, even if rows have moved meanwhile.",
  })
  workQueue(@Args() args: TicketsArgs, @Asking() reader: Reader) {
    return this.list('workQueue', args, reader);
  }

  private async list(list: TicketListQuery['list'], { filter, minPosition, ...page }: TicketsArgs, reader: Reader) {
    const narrowing = withCustomerIds(givenValues(filter));
    const found = await this.bus.execute(new TicketListQuery(reader, list, narrowing, givenValues(page), minPosition));
    const nodes = await toTicketTypes(
      found.edges.map(({ node }) => node),
      this.catalogue,
      this.time.now(),
    );
    const unknown = unknownIn(this.bus, reader, narrowing, minPosition);
    return {
      ...withNodes(found, (_view, i) => nodes[i]),
      get notices() {
        return unknown();
      },
    };
  }
}
