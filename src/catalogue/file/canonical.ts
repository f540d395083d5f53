import { type CalendarDefinition, weekdays } from '../../business-time/calendar.js';
import { eachMetric, type Plan } from '../domain/plan.js';

/** A plan as it is compared: of what is a set the order says nothing, and what is usual need not be said. */
export const canonicalPlan = (plan: Plan): Plan => ({
  ...plan,
  channels: plan.channels.toSorted(),
  types: plan.types.toSorted(),
  benefits: plan.benefits.toSorted(),
  pauses: eachMetric((metric) => (plan.pauses[metric] ?? []).toSorted()),
  targets: plan.targets.map(({ target, ...rest }) => ({
    ...rest,
    target: target.unit === 'businessDays' ? { ...target, rule: target.rule ?? 'sameTime' } : target,
  })),
});

/** A definition as it is compared: a day without hours, a list without dates and the usual day need not be said. */
export const canonicalDefinition = (definition: CalendarDefinition): CalendarDefinition => ({
  ...definition,
  weekly: Object.fromEntries(
    weekdays.flatMap((day) => {
      const windows = definition.weekly[day] ?? [];
      return windows.length === 0 ? [] : [[day, windows]];
    }),
  ),
  holidays: definition.holidays ?? [],
  dates: definition.dates ?? {},
  nominalDayMinutes: definition.nominalDayMinutes ?? 480,
});
