import { QueryBus } from '@nestjs/cqrs';
import { Args, ArgsType, Field, ID, InputType, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { Asking, Requires } from '../../auth/requires.js';
import { type Reader } from '../../auth/asker.js';
import { MayScan } from '../../api/graphql/may-scan.js';
import { MetricEnum } from '../../catalogue/graphql/metric.types.js';
import { IsCustomerList, IsFilterList, IsFilterText, withCustomerIds } from '../../api/graphql/filters.js';
import { connectionOf, PageArgs, givenValues } from '../../api/graphql/relay-connection.js';
import { withNodes } from '../../read-models/page.js';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { unknownIn } from '../../tickets/unknown-in-filter.js';
import { BreachListQuery, type BreachView } from '../queries/breaches-query.js';

@ObjectType('Breach', {
  description: 'A deadline that passed unanswered. It stays on record, also when it is withdrawn.',
})
export class BreachType {
  @Field(() => ID, { description: "The id of the breach's event." })
  id!: string;

  @Field(() => ID, { description: "The ticket's id." })
  ticket!: string;

  @Field(() => String, { description: "The ticket's reference." })
  reference!: string;

  @Field(() => String, { description: "The ticket's subject." })
  subject!: string;

  @Field(() => String, { description: "The customer's id." })
  customer!: string;

  @Field(() => String, { description: 'The code of the plan that made the promise.' })
  plan!: string;

  @Field(() => MetricEnum, { description: 'What was promised.' })
  metric!: string;

  @Field(() => ID, { description: 'The run that ran out.' })
  run!: string;

  @Field(() => Int, { description: 'The layout of the run that it was found under.' })
  layout!: number;

  @Field(() => String, { description: "The ticket's type at the deadline." })
  type!: string;

  @Field(() => String, { description: "The ticket's priority at the deadline." })
  priority!: string;

  @Field(() => String, { nullable: true, description: 'Who had the ticket at the deadline.' })
  assignee!: string | null;

  @Field(() => String, { nullable: true, description: 'Which team had it at the deadline.' })
  team!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'How the ticket reached us; null in breaches from before Pledge kept it.',
  })
  channel!: string | null;

  @Field(() => InstantScalar, { description: 'The deadline: the breach is effective then.' })
  dueAt!: number;

  @Field(() => InstantScalar, { description: 'When it was found.' })
  detectedAt!: number;

  @Field(() => String, { description: "The calendar's IANA zone." })
  timeZone!: string;

  @Field(() => InstantScalar, { nullable: true, description: 'When it was taken back.' })
  withdrawnAt!: number | null;

  @Field(() => String, { nullable: true, description: 'Why it was taken back.' })
  withdrawnBecause!: string | null;

  @Field(() => InstantScalar, { nullable: true, description: 'When the late answer came.' })
  answeredAt!: number | null;

  @Field(() => Boolean, { description: 'It took effect before the import that brought the ticket began.' })
  historic!: boolean;
}

const BreachConnection = connectionOf('Breach', () => BreachType, { isFiltered: true });

@InputType('BreachFilter', { description: 'Which breaches; what is left out, or empty, does not narrow.' })
class BreachFilterInput {
  @Field(() => [MetricEnum], { nullable: true, description: 'Of one of these promises.' })
  @IsFilterList()
  metrics?: string[];

  @Field(() => [String], { nullable: true, description: 'Under one of these plans.' })
  @IsFilterList()
  plans?: string[];

  @Field(() => [String], { nullable: true, description: 'Of one of these customers.' })
  @IsCustomerList()
  customers?: string[];

  @Field(() => [String], { nullable: true, description: 'Of one of these assignees, at the deadline.' })
  @IsFilterList()
  assignees?: string[];

  @Field(() => [String], { nullable: true, description: 'With one of these teams, at the deadline.' })
  @IsFilterList()
  teams?: string[];

  @Field(() => [String], { nullable: true, description: 'Of one of these priorities, at the deadline, in any case.' })
  @IsFilterList()
  priorities?: string[];

  @Field(() => [String], {
    nullable: true,
    description: 'Of tickets of one of these types, at the deadline, in any case.',
  })
  @IsFilterList()
  types?: string[];

  @Field(() => [String], {
    nullable: true,
    description:
      'Of tickets that were opened by one of these channels, in any case. A breach that was recorded before Pledge kept the channel has none.',
  })
  @IsFilterList()
  channels?: string[];

  @Field(() => ID, { nullable: true, description: 'Of this ticket.' })
  @IsFilterText()
  ticket?: string;

  @Field(() => Boolean, { nullable: true, description: 'Whether the breach was withdrawn.' })
  withdrawn?: boolean;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether imported history is among them; true if it is left out.',
  })
  includeHistoric?: boolean;
}

@ArgsType()
class BreachesArgs extends PageArgs {
  @Field(() => BreachFilterInput, { nullable: true, description: 'Which of them.' })
  filter?: BreachFilterInput;
}

@Resolver()
export class BreachesResolver {
  constructor(private readonly bus: QueryBus) {}

  @Requires('readTickets')
  @MayScan()
  @Query(() => BreachConnection, { nullable: true, description: 'Breaches, latest deadline first.' })
  async breaches(@Args() { filter, minPosition, ...request }: BreachesArgs, @Asking() reader: Reader) {
    const narrowing = withCustomerIds(givenValues(filter));
    const query = new BreachListQuery(reader, narrowing, givenValues(request), minPosition);
    const page = await this.bus.execute(query);
    const unknown = unknownIn(this.bus, reader, narrowing, minPosition);
    return {
      ...withNodes(page, toBreachType),
      get notices() {
        return unknown();
      },
    };
  }
}

const toBreachType = (row: BreachView): BreachType =>
  Object.assign(new BreachType(), row, {
    dueAt: row.due_at,
    detectedAt: row.detected_at,
    timeZone: row.time_zone,
    withdrawnAt: row.withdrawn_at,
    withdrawnBecause: row.withdrawn_because,
    answeredAt: row.answered_at,
    historic: row.historic === 1,
  });
