import { type Target, type Window } from '../../business-time/calendar.js';
import { type CalendarSource, type HolidaySource } from '../../business-time/holiday-sources.js';
import { said } from '../../graphql/page.js';
import { type CalendarOrder } from '../commands/define.js';
import { type DueQuestion } from '../due-at.js';
import { type Enrolment } from '../domain/events.js';
import { channels, pauseReasons, type Plan, ticketTypes } from '../domain/plan.js';
import {
  type DefineCalendarInput,
  type DefinePlanInput,
  type EnrolCustomerInput,
  type TargetInput,
  type WindowInput,
} from './catalogue.inputs.js';
import { type DueAtInput } from './due-at.types.js';

const toTarget = ({ amount, unit, rule }: TargetInput): Target =>
  unit === 'businessDays' ? { amount, unit, rule: rule ?? 'sameTime' } : { amount, unit };

/** The plan that an input asks for, with the field's usual defaults for what it leaves out. */
export function toPlan(input: DefinePlanInput): Plan {
  const { code, name, rank, calendar, atRiskShare, followUpStarts, resolutionSatisfiedBy } = input;
  return {
    ...{ code, name, rank, calendar, atRiskShare, followUpStarts, resolutionSatisfiedBy },
    channels: input.channels ?? channels,
    types: input.types ?? ticketTypes.filter((type) => type !== 'onBoarding'),
    targets: input.targets.map(({ metric, target, type, priority }) => ({
      ...{ metric, target: toTarget(target) },
      ...said({ type, priority }),
    })),
    pauses: {
      firstResponse: input.pauses?.firstResponse ?? [],
      followUp: input.pauses?.followUp ?? pauseReasons,
      resolution: input.pauses?.resolution ?? pauseReasons,
    },
    selfHelp: (input.selfHelp ?? []).map(({ title, url }) => ({ title, url })),
    benefits: [],
  };
}

const toWindow = ({ opens, closes }: WindowInput): Window => [opens, closes];

/** The calendar that an input asks for. */
export function toCalendar({ code, name, timeZone, weekly, ...more }: DefineCalendarInput): CalendarOrder {
  const { holidays, holidaysFrom, holidaysKnownUntil, dates, nominalDayMinutes } = more;
  const definition: CalendarSource = {
    timeZone,
    weekly: Object.fromEntries(weekly.map(({ day, windows }) => [day, windows.map(toWindow)])),
    holidays: (holidays ?? []).map(({ date, hours, name: holiday }) =>
      hours == null && holiday == null
        ? date
        : { date, ...(hours == null ? {} : { hours: toWindow(hours) }), ...(holiday == null ? {} : { name: holiday }) },
    ),
    ...(holidaysFrom == null ? {} : { holidaysFrom: holidaysFrom.map((source) => said(source) as HolidaySource) }),
    ...said({ holidaysKnownUntil }),
    dates: Object.fromEntries((dates ?? []).map(({ date, windows }) => [date, windows.map(toWindow)])),
    nominalDayMinutes: nominalDayMinutes ?? 480,
  };
  return { code, name, definition };
}

/** The enrolment that an input asks for. */
export const toEnrolment = ({ id, name, plan, calendar, effectiveFrom }: EnrolCustomerInput): Enrolment => ({
  ...{ customer: id, name: name ?? null, plan, calendar: calendar ?? null, effectiveFrom: effectiveFrom ?? null },
});

/** The question that an input asks. */
export const toDueQuestion = ({ from, metric, type, channel, priority, ...more }: DueAtInput): DueQuestion => ({
  ...{ from, metric, type, channel, priority },
  calendar: more.calendar ?? null,
  plan: more.plan ?? null,
  customer: more.customer ?? null,
  target: more.target == null ? null : toTarget(more.target),
  pauses: more.pauses ?? [],
});
