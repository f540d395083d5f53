import { type Window } from '../../business-time/calendar.js';
import { type CalendarSource, type HolidaySource } from '../../business-time/holiday-sources.js';
import { type WrittenHoliday } from '../../business-time/spread-holidays.js';
import { givenValues } from '../../api/graphql/relay-connection.js';
import { type CalendarChange } from '../commands/change-calendar.js';
import { type DueQuestion } from '../due-at.js';
import { type Enrolment } from '../domain/catalogue-events.js';
import { type Plan } from '../domain/plan.js';
import { planDefaults } from '../domain/plan-defaults.js';
import { type PlanChanges } from '../domain/plan-decider.js';
import { type DefineCalendarInput, type ReviseCalendarInput, type WindowInput } from './calendar.inputs.js';
import { type EnrolCustomerInput } from './customer.inputs.js';
import { type DueAtInput } from './due-at.types.js';
import { type DefinePlanInput, type PlanTargetInput, type RevisePlanInput } from './plan.inputs.js';
import { toTarget } from './target.input.js';

const toTargets = (targets: readonly PlanTargetInput[]) =>
  targets.map(({ metric, target, type, priority, calendar }) => ({
    ...{ metric, target: toTarget(target) },
    ...givenValues({ type, priority, calendar }),
  }));

/** What an input says of a plan. */
export function toPlanChanges(input: Omit<RevisePlanInput, 'code' | 'appliesToOpenTickets'>): PlanChanges {
  const { name, rank, calendar, channels, types, atRiskShare, followUpStarts, resolutionSatisfiedBy } = input;
  const { targets, pauses, selfHelp, benefits } = input;
  return {
    ...givenValues({
      name,
      rank,
      calendar,
      channels,
      types,
      atRiskShare,
      followUpStarts,
      resolutionSatisfiedBy,
      benefits,
    }),
    ...(targets == null ? {} : { targets: toTargets(targets) }),
    ...(pauses == null ? {} : { pauses: givenValues(pauses) }),
    ...(selfHelp == null ? {} : { selfHelp: selfHelp.map(({ title, url }) => ({ title, url })) }),
  };
}

/** The plan that an input asks for, with the field's usual defaults for what it leaves out. */
export function toPlan(input: DefinePlanInput): Plan {
  const { code, name, targets } = input;
  const { pauses, ...changes } = toPlanChanges(input);
  return {
    ...{ code, name, ...planDefaults, ...changes, targets: toTargets(targets) },
    pauses: { ...planDefaults.pauses, ...pauses },
  };
}

const toWindow = ({ opens, closes }: WindowInput): Window => [opens, closes];

/** What an input says of a calendar's definition. */
export function toDefinition(
  input: Omit<ReviseCalendarInput, 'code' | 'appliesToOpenTickets'>,
): Partial<CalendarSource> {
  const { timeZone, weekly, holidays, holidaysFrom, holidaysKnownFrom, holidaysKnownUntil, dates, nominalDayMinutes } =
    input;
  return {
    ...givenValues({ timeZone, holidaysKnownFrom, holidaysKnownUntil, nominalDayMinutes }),
    ...(weekly == null
      ? {}
      : { weekly: Object.fromEntries(weekly.map(({ day, windows }) => [day, windows.map(toWindow)])) }),
    ...(holidays == null ? {} : { holidays: holidays.map(toHoliday) }),
    ...(holidaysFrom == null
      ? {}
      : { holidaysFrom: holidaysFrom.map((source) => givenValues(source) as HolidaySource) }),
    ...(dates == null
      ? {}
      : { dates: Object.fromEntries(dates.map(({ date, windows }) => [date, windows.map(toWindow)])) }),
  };
}

function toHoliday(input: NonNullable<DefineCalendarInput['holidays']>[number]): WrittenHoliday {
  const { hours, ...days } = input;
  const { date, ...rest } = givenValues(days);
  if (date !== undefined && hours == null && Object.keys(rest).length === 0) return date;
  // Whether it has what a holiday needs is looked at where they are read.
  return givenValues({ ...days, ...(hours == null ? {} : { hours: toWindow(hours) }) }) as unknown as WrittenHoliday;
}

/** The calendar that an input asks for. */
export function toCalendar(input: DefineCalendarInput): CalendarChange {
  const { code, name, timeZone } = input;
  const definition = { timeZone, weekly: {}, holidays: [], dates: {}, nominalDayMinutes: 480, ...toDefinition(input) };
  return { code, name, definition };
}

/** The enrolment that an input asks for. */
export const toEnrolment = ({ id, name, plan, calendar, effectiveFrom }: EnrolCustomerInput): Enrolment => ({
  ...{
    customer: id.trim(),
    name: name ?? null,
    plan,
    calendar: calendar ?? null,
    effectiveFrom: effectiveFrom ?? null,
  },
});

/** The question that an input asks. */
export const toDueQuestion = ({ from, metric, type, channel, priority, ...more }: DueAtInput): DueQuestion => ({
  ...{ from, metric, type, channel, priority },
  calendar: more.calendar ?? null,
  plan: more.plan ?? null,
  customer: more.customer?.trim() ?? null,
  target: more.target == null ? null : toTarget(more.target),
  pauses: more.pauses ?? [],
});
