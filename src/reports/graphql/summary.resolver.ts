import { QueryBus } from '@nestjs/cqrs';
import { Args, ArgsType, Field, Float, InputType, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { Asking, Requires } from '../../auth/requires.js';
import { type Reader } from '../../auth/asker.js';
import { MayScan } from '../../api/graphql/may-scan.js';
import { IsOptional, Matches } from 'class-validator';
import { MetricEnum } from '../../catalogue/graphql/metric.types.js';
import { IsFilterList } from '../../api/graphql/filters.js';
import { addFilterNotices, ReadArgs, givenValues } from '../../api/graphql/relay-connection.js';
import { unknownIn } from '../../tickets/unknown-in-filter.js';
import { SummaryQuery } from '../queries/summary-query.js';

@ObjectType('SlaSummaryLine', { description: 'What became of the promises of a plan in a month.' })
export class SlaSummaryLineType {
  @Field(() => String, { description: "The plan's code." })
  plan!: string;

  @Field(() => MetricEnum, { description: 'What was promised.' })
  metric!: string;

  @Field(() => String, {
    description: "`YYYY-MM` in the calendar's zone: of the answer when met, of the deadline when breached or met late.",
  })
  month!: string;

  @Field(() => Int, { description: 'Answered in time.' })
  met!: number;

  @Field(() => Int, { description: 'Answered late.' })
  metLate!: number;

  @Field(() => Int, { description: 'Late, and still unanswered.' })
  breached!: number;

  @Field(() => Int, { description: 'How many were judged: met, met late and breached.' })
  judged!: number;

  @Field(() => Float, { nullable: true, description: 'Met over judged, 0 to 1; null where none was judged.' })
  attainment!: number | null;

  @Field(() => Int, { description: 'Ended without a verdict, or on a cancelled ticket; not in the attainment.' })
  cancelled!: number;

  @Field(() => Int, { description: 'Breaches taken back.' })
  withdrawn!: number;
}

@ObjectType('SlaSummary', { description: 'What became of the promises.' })
class SlaSummaryType {
  @Field(() => [SlaSummaryLineType], { description: 'Latest month first.' })
  lines!: readonly SlaSummaryLineType[];
}
addFilterNotices(SlaSummaryType.prototype);

@InputType('SlaSummaryFilter', { description: 'Which lines; what is left out, or empty, does not narrow.' })
class SummaryFilterInput {
  @Field(() => [String], { nullable: true, description: 'Of one of these plans.' })
  @IsFilterList()
  plans?: string[];

  @Field(() => [MetricEnum], { nullable: true, description: 'About one of these promises.' })
  @IsFilterList()
  metrics?: string[];

  @Field(() => String, { nullable: true, description: 'From this month on, `YYYY-MM`.' })
  @IsOptional()
  @Matches(/^\d{4}-(0[1-9]|1[0-2])$/, { message: 'fromMonth must be YYYY-MM' })
  fromMonth?: string;

  @Field(() => String, { nullable: true, description: 'Up to this month, `YYYY-MM`.' })
  @IsOptional()
  @Matches(/^\d{4}-(0[1-9]|1[0-2])$/, { message: 'toMonth must be YYYY-MM' })
  toMonth?: string;
}

@ArgsType()
class SummaryArgs extends ReadArgs {}

@Resolver()
export class SummaryResolver {
  constructor(private readonly bus: QueryBus) {}

  @Requires('readReports')
  @MayScan()
  @Query(() => SlaSummaryType, {
    nullable: true,
    description: 'Attainment by plan, metric and month, latest month first.',
  })
  async slaSummary(
    @Args() { minPosition }: SummaryArgs,
    @Asking() reader: Reader,
    @Args('filter', { nullable: true, description: 'Which of them.' }) filter?: SummaryFilterInput,
  ) {
    const narrowing = givenValues(filter);
    const lines = await this.bus.execute(new SummaryQuery(reader, narrowing, minPosition));
    const unknown = unknownIn(this.bus, reader, narrowing, minPosition);
    return {
      lines,
      get notices() {
        return unknown();
      },
    };
  }
}
