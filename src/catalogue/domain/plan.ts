import { type Instant, type Target } from '../../business-time/calendar.js';

export const metrics = ['firstResponse', 'followUp', 'resolution'] as const;
/** What a promise is about. */
export type Metric = (typeof metrics)[number];

export const ticketTypes = ['productBug', 'productQuestion', 'appSpecificQuestion', 'onBoarding'] as const;
export type TicketType = (typeof ticketTypes)[number];

export const channels = ['reportIssue', 'email', 'phone'] as const;
/** How a request reaches us: the "Report an Issue" button, e-mail, or a call. */
export type Channel = (typeof channels)[number];

export const pauseReasons = ['waitingForCustomer', 'waitingForThirdParty', 'scheduled', 'onHold'] as const;
/** Why a ticket waits. */
export type PauseReason = (typeof pauseReasons)[number];

export const benefits = ['onlineLearning', 'paidOnBoarding', 'customerSuccess'] as const;
/** What a plan gives beside answers to tickets. */
export type Benefit = (typeof benefits)[number];

/** One promise of a plan; with a type or a priority it is for such tickets only, and the most specific one holds. */
export interface PlanTarget {
  readonly metric: Metric;
  readonly target: Target;
  readonly type?: TicketType;
  readonly priority?: string;
}

/** What a provider promises the customers of a plan. */
export interface Plan {
  readonly code: string;
  readonly name: string;
  /** Among tickets due at the same time the higher rank comes first. */
  readonly rank: number;
  /** The code of the calendar its targets are counted in, unless the customer has another. */
  readonly calendar: string;
  /** Channels and types with a guarantee; tickets by others are served as best effort. */
  readonly channels: readonly Channel[];
  readonly types: readonly TicketType[];
  readonly targets: readonly PlanTarget[];
  /** Share of the open time of a run, 0 to 1, after which the clock is at risk. */
  readonly atRiskShare: number;
  /** `eachReply`: each reply of ours starts the interval to the next. `nextReply`: the oldest unanswered customer reply does. */
  readonly followUpStarts: 'eachReply' | 'nextReply';
  /** The reasons of waiting for which each clock stands still. */
  readonly pauses: Readonly<Record<Metric, readonly PauseReason[]>>;
  readonly resolutionSatisfiedBy: 'resolved' | 'closed';
  /** Where its customers find help themselves. */
  readonly selfHelp: readonly { readonly title: string; readonly url: string }[];
  readonly benefits: readonly Benefit[];
}

/** In force from an instant on, or since always. */
export type EffectiveFrom = Instant | null;
