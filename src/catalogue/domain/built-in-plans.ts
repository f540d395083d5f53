import { type CalendarDefinition, type Target, type Window } from '../../business-time/calendar.js';
import { type Plan, type PlanTarget } from './plan.js';
import { planDefaults } from './plan-defaults.js';

const office: readonly Window[] = [['09:00', '17:00']];

/** Monday to Friday, nine to five, without holidays. */
export const officeHours = (timeZone: string): CalendarDefinition => ({
  timeZone,
  weekly: { mon: office, tue: office, wed: office, thu: office, fri: office },
  nominalDayMinutes: 480,
});

const businessDays = (amount: number): Target => ({ amount, unit: 'businessDays', rule: 'sameTime' });

const firstResponseIn = (days: number): PlanTarget => ({ metric: 'firstResponse', target: businessDays(days) });
const followUpIn = (days: number): PlanTarget => ({ metric: 'followUp', target: businessDays(days) });

const callBackIn = (days: number): PlanTarget => ({ metric: 'callBack', target: businessDays(days) });
/** A time that was agreed is kept within five minutes. */
const onTime: PlanTarget = { metric: 'appointment', target: { amount: 5, unit: 'minutes' } };

const forum = { title: 'Users’ forum', url: 'https://forum.example.com/' };
const helpSite = { title: 'Help site', url: 'https://help.example.com/' };
const courses = { title: 'Online courses', url: 'https://learn.example.com/' };

const common = { ...planDefaults, selfHelp: [helpSite, forum, courses] };

/**
 * The built-in plans, after a provider's published support FAQ. Every plan may ask by the «Report an Issue» button and
 * by e-mail, and has its bugs looked into; what differs is what it is promised.
 */
export const builtInPlans: readonly Plan[] = [
  {
    ...common,
    ...{ code: 'community', name: 'Community', rank: 0 },
    channels: ['reportIssue', 'email'],
    types: ['productBug'],
    targets: [onTime],
    benefits: ['onlineLearning', 'paidOnBoarding'],
  },
  {
    ...common,
    ...{ code: 'standard', name: 'Standard', rank: 1 },
    channels: ['reportIssue', 'email'],
    types: ['productBug', 'productQuestion'],
    targets: [firstResponseIn(3), onTime],
    benefits: ['onlineLearning', 'paidOnBoarding'],
  },
  {
    ...common,
    ...{ code: 'pro', name: 'Pro', rank: 2 },
    channels: ['reportIssue', 'email'],
    types: ['productBug', 'productQuestion', 'appSpecificQuestion'],
    targets: [firstResponseIn(1), onTime],
    benefits: ['onlineLearning', 'paidOnBoarding'],
  },
  {
    ...common,
    ...{ code: 'advanced', name: 'Advanced', rank: 3 },
    channels: ['reportIssue', 'email', 'phone'],
    types: ['productBug', 'productQuestion', 'appSpecificQuestion'],
    targets: [firstResponseIn(1), followUpIn(1), callBackIn(1), onTime],
    benefits: ['onlineLearning', 'paidOnBoarding'],
  },
  {
    ...common,
    ...{ code: 'enterprise', name: 'Enterprise', rank: 4 },
    channels: ['reportIssue', 'email', 'phone'],
    types: ['productBug', 'productQuestion', 'appSpecificQuestion'],
    targets: [firstResponseIn(1), followUpIn(1), callBackIn(1), onTime],
    benefits: ['onlineLearning', 'paidOnBoarding', 'customerSuccess'],
  },
];
