import { Field, Float, ID, InputType, Int, IntersectionType, OmitType, PartialType } from '@nestjs/graphql';
import { ArrayMaxSize, IsNotEmpty, IsOptional, IsUrl, Matches, Max, MaxLength, Min } from 'class-validator';
import { BenefitEnum, FollowUpStartsEnum, SatisfiedByEnum } from '../../api/graphql/enums.js';
import { IsWord } from '../../api/graphql/is-word.js';
import {
  type Benefit,
  type Channel,
  type Metric,
  metricDefinitions,
  metrics,
  type PauseReason,
  type Plan,
  type TicketType,
} from '../domain/plan.js';
import { code, DatedInput, RevisionInput } from './change.inputs.js';
import { MetricEnum, PlanPausesInput } from './metric.types.js';
import { TargetInput } from './target.input.js';

@InputType('PlanTargetInput', { description: 'One promise of a plan.' })
export class PlanTargetInput {
  @Field(() => MetricEnum, { description: 'What is promised.' })
  metric!: Metric;

  @Field(() => TargetInput, { description: 'How long it allows.' })
  target!: TargetInput;

  @Field(() => String, {
    nullable: true,
    description: 'Only for tickets of this type: a word of the desk, in any case.',
  })
  @IsOptional()
  @IsWord()
  type?: TicketType;

  @Field(() => String, {
    nullable: true,
    description: 'Only for tickets of this priority: a word of the desk, in any case.',
  })
  @IsOptional()
  @IsWord()
  priority?: string;

  @Field(() => String, {
    nullable: true,
    description: "The code of the calendar it is counted in; it comes before the customer's and the plan's.",
  })
  @IsOptional()
  @Matches(...code('calendar'))
  calendar?: string;
}

@InputType('SelfHelpInput', { description: 'A place where customers of a plan find help themselves.' })
export class SelfHelpInput {
  @Field(() => String, { description: 'What it is called.' })
  @IsNotEmpty()
  @MaxLength(200)
  title!: string;

  @Field(() => String, { description: 'Where it is: an address of http or https.' })
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  @MaxLength(2000)
  url!: string;
}

/** The metrics whose clocks waits pause by default, or those that none pauses. */
const named = (isPaused: boolean) =>
  metrics
    .filter((metric) => metricDefinitions[metric].pausedFor.length > 0 === isPaused)
    .map((metric) => metricDefinitions[metric].name)
    .join(' and ');

@InputType('DefinePlanInput', {
  description: `A new plan, in force from the beginning of time. If they are left out: all built-in channels have a guarantee, and all built-in types except on-boarding; every reason pauses ${named(true)}, and no reason pauses the ${named(false)}.`,
})
export class DefinePlanInput {
  @Field(() => ID, { description: 'Its code: letters, digits, . - _' })
  @Matches(...code('code'))
  code!: string;

  @Field(() => String, { description: 'Its name.' })
  @IsNotEmpty()
  @MaxLength(200)
  name!: string;

  @Field(() => Int, {
    description: 'Of two tickets due at the same time, the higher rank comes first.',
    defaultValue: 0,
  })
  @Min(-1000)
  @Max(1000)
  rank!: number;

  @Field(() => String, { description: 'The code of a calendar.', defaultValue: 'business-hours' })
  @Matches(...code('calendar'))
  calendar!: string;

  @Field(() => [String], { nullable: true, description: 'Channels with a guarantee: words of the desk, in any case.' })
  @IsOptional()
  @ArrayMaxSize(1_000)
  @IsWord({ each: true })
  channels?: Channel[];

  @Field(() => [String], { nullable: true, description: 'Types with a guarantee: words of the desk, in any case.' })
  @IsOptional()
  @ArrayMaxSize(1_000)
  @IsWord({ each: true })
  types?: TicketType[];

  @Field(() => [PlanTargetInput], { description: 'What it promises; empty: nothing.' })
  @ArrayMaxSize(200)
  targets!: PlanTargetInput[];

  @Field(() => Float, { description: "Share of a clock's time after which it is at risk.", defaultValue: 0.75 })
  atRiskShare!: number;

  @Field(() => FollowUpStartsEnum, { description: 'What starts a follow-up.', defaultValue: 'eachReply' })
  followUpStarts!: Plan['followUpStarts'];

  @Field(() => PlanPausesInput, { nullable: true, description: 'What pauses which clock.' })
  pauses?: Partial<Record<Metric, PauseReason[]>>;

  @Field(() => SatisfiedByEnum, { description: 'What satisfies a resolution.', defaultValue: 'resolved' })
  resolutionSatisfiedBy!: Plan['resolutionSatisfiedBy'];

  @Field(() => [SelfHelpInput], { nullable: true, description: 'Where its customers find help themselves.' })
  @IsOptional()
  @ArrayMaxSize(50)
  selfHelp?: SelfHelpInput[];

  @Field(() => [BenefitEnum], { nullable: true, description: 'What it gives beside answers to tickets.' })
  benefits?: Benefit[];
}

@InputType({ isAbstract: true })
class PlanChanges extends PartialType(OmitType(DefinePlanInput, ['code'] as const), {
  omitDefaultValues: true,
}) {}

@InputType('RevisePlanInput', { description: 'A new version of a plan; what is left out stays as it was.' })
export class RevisePlanInput extends IntersectionType(PlanChanges, RevisionInput) {
  @Field(() => ID, { description: 'The code of the plan.' })
  @Matches(...code('code'))
  code!: string;
}

@InputType('RetirePlanInput', { description: 'Retires a plan: it accepts no new customers; its customers stay on it.' })
export class RetirePlanInput extends DatedInput {
  @Field(() => ID, { description: 'The code of the plan.' })
  @Matches(...code('code'))
  code!: string;
}
