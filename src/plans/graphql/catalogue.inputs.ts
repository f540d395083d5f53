import { Field, Float, ID, InputType, Int } from '@nestjs/graphql';
import { ArrayMaxSize, IsNotEmpty, IsOptional, Matches, Max, MaxLength, Min } from 'class-validator';
import { type DayRule, type Weekday } from '../../business-time/calendar.js';
import {
  ChannelEnum,
  DayRuleEnum,
  FollowUpStartsEnum,
  MetricEnum,
  PauseReasonEnum,
  SatisfiedByEnum,
  TargetUnitEnum,
  TicketTypeEnum,
} from '../../graphql/enums.js';
import { InstantScalar } from '../../graphql/scalars.js';
import { type Channel, type Metric, type PauseReason, type Plan, type TicketType } from '../domain/plan.js';

const code = (field: string) =>
  [/^[\w.-]{1,60}$/, { message: `${field} must be 1 to 60 letters, digits or . - _` }] as const;

@InputType('TargetInput', { description: 'How long a promise allows.' })
export class TargetInput {
  @Field(() => Float, { description: 'How many; above zero.' })
  amount!: number;

  @Field(() => TargetUnitEnum, { description: 'Of what.' })
  unit!: 'seconds' | 'minutes' | 'hours' | 'businessDays';

  @Field(() => DayRuleEnum, { nullable: true, description: 'What «n business days» means; SAME_TIME where left out.' })
  rule?: DayRule;
}

@InputType('PlanTargetInput', { description: 'One promise of a plan.' })
export class PlanTargetInput {
  @Field(() => MetricEnum, { description: 'What is promised.' })
  metric!: Metric;

  @Field(() => TargetInput, { description: 'How long it allows.' })
  target!: TargetInput;

  @Field(() => TicketTypeEnum, { nullable: true, description: 'Only for tickets of this type.' })
  type?: TicketType;

  @Field(() => String, { nullable: true, description: 'Only for tickets of this priority.' })
  priority?: string;
}

@InputType('PlanPausesInput', { description: 'The reasons of waiting for which each clock stands still.' })
export class PlanPausesInput {
  @Field(() => [PauseReasonEnum], { nullable: true, description: 'Of the first response; none where left out.' })
  firstResponse?: PauseReason[];

  @Field(() => [PauseReasonEnum], { nullable: true, description: 'Of the follow-up; all where left out.' })
  followUp?: PauseReason[];

  @Field(() => [PauseReasonEnum], { nullable: true, description: 'Of the resolution; all where left out.' })
  resolution?: PauseReason[];
}

@InputType('SelfHelpInput', { description: 'A place where customers of a plan find help themselves.' })
export class SelfHelpInput {
  @Field(() => String, { description: 'What it is called.' })
  title!: string;

  @Field(() => String, { description: 'Where it is.' })
  url!: string;
}

@InputType('DefinePlanInput', { description: 'A new plan.' })
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

  @Field(() => [ChannelEnum], { nullable: true, description: 'Channels with a guarantee; all where left out.' })
  channels?: Channel[];

  @Field(() => [TicketTypeEnum], {
    nullable: true,
    description: 'Types with a guarantee; all but on-boarding where left out.',
  })
  types?: TicketType[];

  @Field(() => [PlanTargetInput], { description: 'What it promises; empty: nothing.' })
  @ArrayMaxSize(200)
  targets!: PlanTargetInput[];

  @Field(() => Float, { description: 'Share of a clock’s time after which it is at risk.', defaultValue: 0.75 })
  atRiskShare!: number;

  @Field(() => FollowUpStartsEnum, { description: 'What starts a follow-up.', defaultValue: 'eachReply' })
  followUpStarts!: Plan['followUpStarts'];

  @Field(() => PlanPausesInput, { nullable: true, description: 'What pauses which clock.' })
  pauses?: PlanPausesInput;

  @Field(() => SatisfiedByEnum, { description: 'What satisfies a resolution.', defaultValue: 'resolved' })
  resolutionSatisfiedBy!: Plan['resolutionSatisfiedBy'];

  @Field(() => [SelfHelpInput], { nullable: true, description: 'Where its customers find help themselves.' })
  @IsOptional()
  @ArrayMaxSize(50)
  selfHelp?: SelfHelpInput[];
}

@InputType('WindowInput', {
  description: 'Opening hours of a day: local times, `HH:MM`; an end before its start is on the next day.',
})
export class WindowInput {
  @Field(() => String, { description: 'When it opens.' })
  opens!: string;

  @Field(() => String, { description: 'When it closes; `24:00` is midnight.' })
  closes!: string;
}

@InputType('WeekdayHoursInput', { description: 'The opening hours of a day of the week.' })
export class WeekdayHoursInput {
  @Field(() => String, { description: '`mon` to `sun`.' })
  @Matches(/^(mon|tue|wed|thu|fri|sat|sun)$/, { message: 'day must be mon, tue, wed, thu, fri, sat or sun' })
  day!: Weekday;

  @Field(() => [WindowInput], { description: 'Its windows.' })
  windows!: WindowInput[];
}

@InputType('HolidayInput', { description: 'A day off, or with hours a part of one.' })
export class HolidayInput {
  @Field(() => String, { description: '`YYYY-MM-DD` in the calendar’s zone.' })
  date!: string;

  @Field(() => WindowInput, {
    nullable: true,
    description: 'The part of the day that is closed; all of it where left out.',
  })
  hours?: WindowInput;

  @Field(() => String, { nullable: true, description: 'What it is called.' })
  name?: string;
}

@InputType('HolidaySourceInput', {
  description: 'Where holidays come from: a country, or an iCalendar file. They are resolved to dates once, and kept.',
})
export class HolidaySourceInput {
  @Field(() => String, { nullable: true, description: 'Public holidays of a country: its ISO 3166 code, as in `DE`.' })
  country?: string;

  @Field(() => String, { nullable: true, description: 'Of a part of it: its ISO 3166-2 code, as in `BY`.' })
  region?: string;

  @Field(() => String, { nullable: true, description: 'The text of an iCalendar file, in place of a country.' })
  @IsOptional()
  @MaxLength(2_000_000)
  icalendar?: string;

  @Field(() => Int, { nullable: true, description: 'From which year on; last year where left out.' })
  firstYear?: number;

  @Field(() => Int, { nullable: true, description: 'Up to which year; five years on where left out.' })
  lastYear?: number;
}

@InputType('DateHoursInput', { description: 'The hours of a single date; they replace the weekly ones.' })
export class DateHoursInput {
  @Field(() => String, { description: '`YYYY-MM-DD` in the calendar’s zone.' })
  date!: string;

  @Field(() => [WindowInput], { description: 'Its windows; none: closed.' })
  windows!: WindowInput[];
}

@InputType('DefineCalendarInput', { description: 'A new calendar.' })
export class DefineCalendarInput {
  @Field(() => ID, { description: 'Its code: letters, digits, . - _' })
  @Matches(...code('code'))
  code!: string;

  @Field(() => String, { description: 'Its name.' })
  @IsNotEmpty()
  @MaxLength(200)
  name!: string;

  @Field(() => String, { description: 'Its IANA zone.' })
  @IsNotEmpty()
  timeZone!: string;

  @Field(() => [WeekdayHoursInput], { description: 'The weekly hours.' })
  @ArrayMaxSize(7)
  weekly!: WeekdayHoursInput[];

  @Field(() => [HolidayInput], { nullable: true, description: 'Days off.' })
  @IsOptional()
  @ArrayMaxSize(5000)
  holidays?: HolidayInput[];

  @Field(() => [HolidaySourceInput], { nullable: true, description: 'Where more days off come from.' })
  @IsOptional()
  @ArrayMaxSize(20)
  holidaysFrom?: HolidaySourceInput[];

  @Field(() => String, {
    nullable: true,
    description:
      'The last date whose holidays are known, `YYYY-MM-DD`; by default the end of the last year that has one. Deadlines beyond say so.',
  })
  holidaysKnownUntil?: string;

  @Field(() => [DateHoursInput], { nullable: true, description: 'Hours of single dates.' })
  @IsOptional()
  @ArrayMaxSize(5000)
  dates?: DateHoursInput[];

  @Field(() => Int, {
    nullable: true,
    description: 'The length of «a day» for the rule WORKING_HOURS, in minutes; 480.',
  })
  nominalDayMinutes?: number;
}

@InputType('EnrolCustomerInput', { description: 'A customer is put on a plan.' })
export class EnrolCustomerInput {
  @Field(() => ID, { description: 'The customer’s id.' })
  @Matches(/^[\w.:@/+-]{1,100}$/, { message: 'id must be 1 to 100 letters, digits or . : @ / + - _' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'The customer’s name.' })
  @IsOptional()
  @MaxLength(200)
  name?: string;

  @Field(() => String, { description: 'The code of a plan.' })
  @Matches(...code('plan'))
  plan!: string;

  @Field(() => String, { nullable: true, description: 'The code of a calendar of its own, in place of the plan’s.' })
  @IsOptional()
  @Matches(...code('calendar'))
  calendar?: string;

  @Field(() => InstantScalar, { nullable: true, description: 'On the plan from then on; since always where left out.' })
  effectiveFrom?: number;
}
