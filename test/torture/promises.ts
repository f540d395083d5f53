import { type CalendarDefinition, weekdays } from '../../src/business-time/calendar.js';
import { planDefaults } from '../../src/catalogue/domain/plan-defaults.js';
import { type Metric, metrics, type Plan } from '../../src/catalogue/domain/plan.js';
import { change, type Desk } from './writer.js';

/** Round the clock, so that nobody waits a day. */
export const always: CalendarDefinition = {
  timeZone: 'UTC',
  weekly: Object.fromEntries(weekdays.map((day) => [day, [['00:00', '24:00'] as const]])),
};

/** Each promise in seconds. */
const promises = {
  quick: { firstResponse: 1, followUp: 1, resolution: 2, callBack: 1, appointment: 1 },
  steady: { firstResponse: 2, followUp: 3, resolution: 4, callBack: 3, appointment: 1 },
} as const;

export const plans: readonly Plan[] = Object.entries(promises).map(([code, seconds]) => ({
  ...planDefaults,
  ...{ code, name: code, calendar: 'always', atRiskShare: 0.5 },
  targets: metrics.map((metric) => ({ metric, target: { amount: seconds[metric], unit: 'seconds' } })),
}));

/** As the API names them. */
export const asked: Readonly<Record<Metric, string>> = {
  firstResponse: 'FIRST_RESPONSE',
  followUp: 'FOLLOW_UP',
  resolution: 'RESOLUTION',
  callBack: 'CALL_BACK',
  appointment: 'APPOINTMENT',
};
export const metricsAsked = Object.values(asked);

/** Defines the calendar and the plans; what is so already stays. Answers a cursor from before the first ticket. */
export async function define(desk: Desk): Promise<string> {
  const weekly = weekdays.map((day) => ({ day, windows: [{ opens: '00:00', closes: '24:00' }] }));
  const calendar =
    'mutation ($input: DefineCalendarInput!) { changed: defineCalendar(input: $input) { __typename ... on Rejection { code } } }';
  await change(desk, calendar, { input: { code: 'always', name: 'Always', timeZone: 'UTC', weekly } });
  let cursor = '';
  for (const { code, name, atRiskShare, targets } of plans) {
    const plan =
      'mutation ($input: DefinePlanInput!) { changed: definePlan(input: $input) { __typename ... on PlanDefined { position } ... on Rejection { code message } } }';
    const promised = targets.map(({ metric, target }) => ({
      metric: asked[metric],
      target: { amount: target.amount, unit: 'SECONDS' },
    }));
    const input = { code, name, atRiskShare, calendar: 'always', targets: promised };
    const { position, ...refused } = await change(desk, plan, { input });
    if (position === undefined) throw new Error(`${code}: ${JSON.stringify(refused)}`);
    cursor = position;
  }
  return cursor;
}
