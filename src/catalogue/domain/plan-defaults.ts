import { builtInChannels, builtInTypes } from './built-in-words.js';
import { eachMetric, metricDefinitions, type Plan } from './plan.js';

/** The calendar of plans that name none, and of the built-in ones. */
export const businessHours = 'business-hours';

/** What a plan says where its author says nothing. */
export const planDefaults = {
  rank: 0,
  calendar: businessHours,
  channels: builtInChannels,
  types: builtInTypes.filter((type) => type !== 'onBoarding'), // best effort
  atRiskShare: 0.75,
  followUpStarts: 'eachReply',
  pauses: eachMetric((metric) => metricDefinitions[metric].pausedFor),
  resolutionSatisfiedBy: 'resolved',
  selfHelp: [],
  benefits: [],
} as const satisfies Partial<Plan>;
