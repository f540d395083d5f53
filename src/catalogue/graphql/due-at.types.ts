import { Field, Float, InputType, ObjectType } from '@nestjs/graphql';
import { ArrayMaxSize, IsOptional } from 'class-validator';
import { IsCustomerId } from '../../api/graphql/is-customer-id.js';
import { IsWord } from '../../api/graphql/is-word.js';
import { MetricEnum } from './metric.types.js';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { TargetType, VersionRefType } from './shared.types.js';
import { type Channel, type Metric, type TicketType } from '../domain/plan.js';
import { TargetInput } from './target.input.js';

@InputType('PauseInput', { description: 'A stretch of time in which a clock stands still.' })
export class PauseInput {
  @Field(() => InstantScalar, { description: 'When it begins.' })
  from!: number;

  @Field(() => InstantScalar, { description: 'When it ends.' })
  to!: number;
}

@InputType('DueAtInput', {
  description:
    "A question: what is due when, under a calendar by itself, or under the plan named, else the customer's, else the default one.",
})
export class DueAtInput {
  @Field(() => InstantScalar, { description: 'When the clock starts.' })
  from!: number;

  @Field(() => String, { nullable: true, description: 'The code of a calendar, to ask about it by itself.' })
  calendar?: string;

  @Field(() => String, { nullable: true, description: 'The code of a plan.' })
  plan?: string;

  @Field(() => String, { nullable: true, description: 'The id of a customer.' })
  @IsOptional()
  @IsCustomerId()
  customer?: string;

  @Field(() => TargetInput, { nullable: true, description: 'How long; what the plan promises if it is left out.' })
  target?: TargetInput;

  @Field(() => MetricEnum, { description: "Of which of the plan's promises.", defaultValue: 'firstResponse' })
  metric!: Metric;

  @Field(() => String, { description: 'For a ticket of this type.', defaultValue: 'productBug' })
  @IsWord()
  type!: TicketType;

  @Field(() => String, { description: 'For a ticket by this channel.', defaultValue: 'email' })
  @IsWord()
  channel!: Channel;

  @Field(() => String, { description: 'For a ticket of this priority.', defaultValue: 'normal' })
  @IsWord()
  priority!: string;

  @Field(() => [PauseInput], {
    nullable: true,
    description: 'When the clock stands still; they may overlap. At most 200.',
  })
  @IsOptional()
  @ArrayMaxSize(200)
  pauses?: PauseInput[];
}

@ObjectType('OpenSpan', { description: 'A stretch of open time.' })
export class OpenSpanType {
  @Field(() => InstantScalar, { description: 'When it begins.' })
  from!: number;

  @Field(() => InstantScalar, { description: 'When it ends.' })
  to!: number;
}

@ObjectType('Deadline', { description: 'When something is due, and why.' })
export class DueAtType {
  @Field(() => InstantScalar, { description: 'When the clock starts.' })
  from!: number;

  @Field(() => InstantScalar, { description: 'When it is due.' })
  dueAt!: number;

  @Field(() => TargetType, { description: 'How long was asked for, or is promised.' })
  target!: TargetType;

  @Field(() => VersionRefType, { description: 'The calendar it was counted in.' })
  calendar!: VersionRefType;

  @Field(() => VersionRefType, { nullable: true, description: 'The plan; null for a calendar by itself.' })
  plan!: VersionRefType | null;

  @Field(() => String, { description: 'The zone of the calendar.' })
  timeZone!: string;

  @Field(() => [OpenSpanType], {
    description: 'The spans of open time that count for the target, without pauses; the first thousand.',
  })
  openSpans!: readonly OpenSpanType[];

  @Field(() => Boolean, { description: 'There are more than the thousand stretches of open time that are listed.' })
  hasMoreOpenSpans!: boolean;

  @Field(() => Float, { description: 'How much open time that is, in milliseconds.' })
  openMs!: number;

  @Field(() => Boolean, {
    description:
      'It starts before the time for which the calendar knows its holidays, or is due after it: a holiday may move it.',
  })
  isBeyondKnownHolidays!: boolean;
}
