import { type Instant, type Target } from '../../business-time/calendar.js';

/** What a ticket is about: a code of the desk's list of types. */
export type TicketType = string;

/** How a request reaches us: a code of the desk's list of channels. */
export type Channel = string;

export const pauseReasons = ['waitingForCustomer', 'waitingForThirdParty', 'scheduled', 'onHold'] as const;
/** Why a ticket waits. */
export type PauseReason = (typeof pauseReasons)[number];

interface MetricDefinition {
  /** Its name, for people. */
  readonly name: string;
  readonly says: string;
  /** The reasons of waiting that pause its clock, where a plan does not say. */
  readonly pausedFor: readonly PauseReason[];
  /** What is agreed is a promise to everybody, whatever else the plan guarantees, and is counted in real time. */
  readonly isAgreed?: true;
}

export const metrics = ['firstResponse', 'followUp', 'resolution', 'callBack', 'appointment'] as const;
/** What a promise is about. */
export type Metric = (typeof metrics)[number];

export const metricDefinitions: Readonly<Record<Metric, MetricDefinition>> = {
  firstResponse: {
    name: 'first response',
    says: 'From the opening to the first reply by a person.',
    pausedFor: [], // the desk has not answered yet
  },
  followUp: {
    name: 'follow-up',
    says: 'From each reply of the desk to the next, until the ticket is resolved.',
    pausedFor: pauseReasons,
  },
  resolution: {
    name: 'resolution',
    says: 'From the opening to resolving.',
    pausedFor: pauseReasons,
  },
  callBack: {
    name: 'call-back',
    says: 'From the request of a call to the start of the first call that a person holds.',
    pausedFor: ['waitingForCustomer'],
  },
  appointment: {
    name: 'appointment',
    says: 'From agreeing on a time until somebody keeps it; due at that time plus a grace. Counted in real time.',
    pausedFor: [], // an agreed hour is an agreed hour
    isAgreed: true,
  },
};

/** Whether what is agreed is a promise of this metric: to everybody, and in real time. */
export const isAgreedTime = (metric: Metric): boolean => metricDefinitions[metric].isAgreed === true;

/** Something for each metric. */
export const eachMetric = <Value>(of: (metric: Metric) => Value): Readonly<Record<Metric, Value>> =>
  Object.fromEntries(metrics.map((metric) => [metric, of(metric)])) as Record<Metric, Value>;

export const benefits = ['onlineLearning', 'paidOnBoarding', 'customerSuccess'] as const;
/** What a plan gives beside answers to tickets. */
export type Benefit = (typeof benefits)[number];

/** One promise of a plan; with a type or a priority it is for such tickets only, and the most specific one holds. */
export interface PlanTarget {
  readonly metric: Metric;
  readonly target: Target;
  readonly type?: TicketType;
  readonly priority?: string;
  /** The code of the calendar it is counted in, whatever calendar the customer or the plan has. */
  readonly calendar?: string;
}

/** What a provider promises the customers of a plan. */
export interface Plan {
  readonly code: string;
  readonly name: string;
  /** Among tickets due at the same time the higher rank comes first. */
  readonly rank: number;
  /** The code of the calendar its targets are counted in, unless the target or the customer has another. */
  readonly calendar: string;
  /** Channels and types with a guarantee; tickets by others are served as best effort. */
  readonly channels: readonly Channel[];
  readonly types: readonly TicketType[];
  readonly targets: readonly PlanTarget[];
  /** Share of the open time of a run, 0 to 1, after which the clock is at risk. */
  readonly atRiskShare: number;
  /** `eachReply`: each reply of ours starts the interval to the next. `nextReply`: the oldest unanswered customer reply does. */
  readonly followUpStarts: 'eachReply' | 'nextReply';
  /** The reasons of waiting for which each clock stands still; none of a metric that is younger than the plan. */
  readonly pauses: Readonly<Partial<Record<Metric, readonly PauseReason[]>>>;
  readonly resolutionSatisfiedBy: 'resolved' | 'closed';
  /** Where its customers find help themselves. */
  readonly selfHelp: readonly { readonly title: string; readonly url: string }[];
  readonly benefits: readonly Benefit[];
}

/** The codes of the calendars that targets name for themselves, each once. */
export const targetCalendarsOf = (targets: readonly PlanTarget[]): readonly string[] => [
  ...new Set(targets.flatMap(({ calendar }) => calendar ?? [])),
];

/** In force from an instant on, or from the beginning of time. */
export type EffectiveFrom = Instant | null;
