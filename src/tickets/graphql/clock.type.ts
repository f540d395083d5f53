import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import { DateTime } from 'luxon';
import { ClockCancelReasonEnum, ClockStateEnum } from '../../api/graphql/enums.js';
import { MetricEnum } from '../../catalogue/graphql/metric.types.js';
import { InstantScalar } from '../../api/graphql/scalars.js';
import { readClock } from '../../clocks/clock.js';
import { type TicketClock } from '../domain/ticket-clocks.js';
import { TargetType, VersionRefType } from '../../catalogue/graphql/shared.types.js';
import { countedIn } from '../../catalogue/domain/promise.js';
import { type Versions } from '../../catalogue/domain/versions.js';

@ObjectType('Clock', { description: 'One promise on a ticket, from its start to its outcome.' })
export class ClockType {
  @Field(() => ID, { description: 'The run: the metric, and the fact that started it.' })
  run!: string;

  @Field(() => MetricEnum, { description: 'What is promised.' })
  metric!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "The ticket whose request it answers, where that was merged into this one; null for this ticket's own.",
  })
  mergedFrom!: string | null;

  @Field(() => Int, { description: 'Grows by one with every correction of what was recorded of the run.' })
  layout!: number;

  @Field(() => ClockStateEnum, { description: 'How it stands.' })
  state!: string;

  @Field(() => InstantScalar, { description: 'When it started.' })
  startedAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: 'When it is due, or was; null while paused.' })
  dueAt!: number | null;

  @Field(() => String, { nullable: true, description: "The deadline as the calendar's zone reads it, with the zone." })
  dueAtLocal!: string | null;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'The deadline; while paused, what it would be if the wait ended now.',
  })
  projectedDueAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'When it is, or was, at risk; null while paused before.' })
  atRiskAt!: number | null;

  @Field(() => Boolean, { description: 'Whether it was reported as at risk, under this layout.' })
  isAtRisk!: boolean;

  @Field(() => InstantScalar, { nullable: true, description: 'When it was answered.' })
  satisfiedAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'The deadline that passed, if one did.' })
  breachedAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'When it ended without a verdict.' })
  cancelledAt!: number | null;

  @Field(() => ClockCancelReasonEnum, { nullable: true, description: 'Why it ended without a verdict.' })
  cancelReason!: string | null;

  @Field(() => Float, { description: 'Business time used, pauses left out, in milliseconds.' })
  elapsedMs!: number;

  @Field(() => Float, { description: 'Business time left, in milliseconds; negative when overdue.' })
  remainingMs!: number;

  @Field(() => Float, { description: 'Time since the start by the wall clock, in milliseconds.' })
  elapsedWallMs!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Time to the deadline by the wall clock, in milliseconds; null while paused and once ended.',
  })
  remainingWallMs!: number | null;

  @Field(() => TargetType, { description: 'What is allowed.' })
  target!: TargetType;

  @Field(() => Float, { description: 'What is allowed in business time, in milliseconds.' })
  targetMs!: number;

  @Field(() => String, { description: "The calendar's IANA zone." })
  timeZone!: string;

  @Field(() => VersionRefType, { description: 'The plan that promises it.' })
  plan!: VersionRefType;

  @Field(() => VersionRefType, { description: 'The calendar it is counted in.' })
  calendar!: VersionRefType;
}

/** A clock as read at an instant. */
export function toClockType(clock: TicketClock, versions: Versions, now: number): ClockType {
  const { terms, timeZone } = clock;
  const { plan, calendar } = terms;
  const reading = readClock(clock, countedIn(clock.metric, calendar, versions), now);
  return {
    plan,
    calendar,
    mergedFrom: clock.from,
    ...clock,
    ...reading,
    // Formatted only for who asks.
    get dueAtLocal() {
      const { dueAt } = reading;
      if (dueAt === null) return null;
      return `${DateTime.fromMillis(dueAt, { zone: timeZone }).toFormat('yyyy-MM-dd HH:mm:ss')} ${timeZone}`;
    },
  };
}
