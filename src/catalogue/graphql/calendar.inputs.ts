import { Field, ID, InputType, Int, IntersectionType, OmitType, PartialType } from '@nestjs/graphql';
import { ArrayMaxSize, IsNotEmpty, IsOptional, Matches, MaxLength } from 'class-validator';
import { type Weekday } from '../../business-time/calendar.js';
import { LongText } from '../../api/graphql/long-text.js';
import { code, RevisionInput } from './change.inputs.js';

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

@InputType('HolidayInput', {
  description: 'Days off, or with hours a part of each: a date, all from one date to another, or one of each year.',
})
export class HolidayInput {
  @Field(() => String, { nullable: true, description: "A date, `YYYY-MM-DD` in the calendar's zone." })
  date?: string;

  @Field(() => String, { nullable: true, description: 'In place of a date: the first of several.' })
  from?: string;

  @Field(() => String, { nullable: true, description: 'With `from`: the last of them, at most 366 days on.' })
  to?: string;

  @Field(() => String, {
    nullable: true,
    description: 'In place of a date: that of each year, `MM-DD`. 29 February is in leap years alone.',
  })
  yearly?: string;

  @Field(() => Int, {
    nullable: true,
    description: 'With `yearly`: from which year on; ten years back if it is left out.',
  })
  firstYear?: number;

  @Field(() => Int, {
    nullable: true,
    description: 'With `yearly`: up to which year; five years on if it is left out.',
  })
  lastYear?: number;

  @Field(() => WindowInput, {
    nullable: true,
    description: 'The part of the day that is closed; all of it if it is left out.',
  })
  hours?: WindowInput;

  @Field(() => String, { nullable: true, description: 'What it is called.' })
  name?: string;
}

@InputType('HolidayEventFilterInput', {
  description:
    'Which events of an iCalendar file are meant: those that fit each part that is given. Texts are compared as a whole, without regard to case; `*` stands for any text. Of several texts one is enough.',
})
export class HolidayEventFilterInput {
  @Field(() => [String], { nullable: true, description: 'What they are called.' })
  @IsOptional()
  @ArrayMaxSize(50)
  summary?: string[];

  @Field(() => [String], { nullable: true, description: 'What is said about them.' })
  @IsOptional()
  @ArrayMaxSize(50)
  description?: string[];

  @Field(() => [String], { nullable: true, description: 'One of their categories.' })
  @IsOptional()
  @ArrayMaxSize(50)
  category?: string[];

  @Field(() => String, {
    nullable: true,
    description: '`transparent` or `opaque` (RFC 5545, 3.8.2.7); events that say neither are opaque.',
  })
  transp?: string;
}

@InputType('HolidaySourceInput', {
  description:
    'Where holidays come from: a country, or the events of an iCalendar file that fit the filters. They are resolved to dates once, and kept.',
})
export class HolidaySourceInput extends HolidayEventFilterInput {
  @Field(() => String, { nullable: true, description: 'Public holidays of a country: its ISO 3166 code, as in `DE`.' })
  country?: string;

  @Field(() => String, { nullable: true, description: 'Of a part of it: its ISO 3166-2 code, as in `BY`.' })
  region?: string;

  @Field(() => String, { nullable: true, description: 'The text of an iCalendar file, in place of a country.' })
  @IsOptional()
  @MaxLength(2_000_000)
  @LongText(2_000_000)
  icalendar?: string;

  @Field(() => HolidayEventFilterInput, {
    nullable: true,
    description: 'Events of the file that are no holidays, whatever else fits.',
  })
  except?: HolidayEventFilterInput;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Leaves out events of the file that cannot be read; else the first of them is refused by name.',
  })
  skipMalformed?: boolean;

  @Field(() => Int, { nullable: true, description: 'From which year on; ten years back if it is left out.' })
  firstYear?: number;

  @Field(() => Int, { nullable: true, description: 'Up to which year; five years on if it is left out.' })
  lastYear?: number;
}

@InputType('DateHoursInput', { description: 'The hours of a single date; they replace the weekly ones.' })
export class DateHoursInput {
  @Field(() => String, { description: "`YYYY-MM-DD` in the calendar's zone." })
  date!: string;

  @Field(() => [WindowInput], { description: 'Its windows; none: closed.' })
  windows!: WindowInput[];
}

@InputType('DefineCalendarInput', { description: 'A new calendar, in force from the beginning of time.' })
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
      'The first date whose holidays are known, `YYYY-MM-DD`; by default the start of the first year that has one. Deadlines laid out from before say so.',
  })
  holidaysKnownFrom?: string;

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
    description: 'The length of "a day" for the rule WORKING_HOURS, in minutes; 480 by default.',
  })
  nominalDayMinutes?: number;
}

@InputType({ isAbstract: true })
class CalendarChanges extends PartialType(OmitType(DefineCalendarInput, ['code'] as const)) {}

@InputType('ReviseCalendarInput', { description: 'A new version of a calendar; what is left out stays as it was.' })
export class ReviseCalendarInput extends IntersectionType(CalendarChanges, RevisionInput) {
  @Field(() => ID, { description: 'The code of the calendar.' })
  @Matches(...code('code'))
  code!: string;
}
