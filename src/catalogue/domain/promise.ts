import { aroundTheClock } from '../../business-time/around-the-clock.js';
import { type Calendar } from '../../business-time/calendar.js';
import { type VersionRef } from '../../clocks/pinned-versions.js';
import { type Channel, isAgreedTime, type Metric, type Plan, type PlanTarget, type TicketType } from './plan.js';
import { type Versions } from './versions.js';

export type BestEffortReason = 'planWithoutPromise' | 'typeNotCovered' | 'channelNotCovered' | 'beforeJudgedFrom';

/** Whether clocks run on a ticket; where they do not, why. */
export type Guarantee =
  | { readonly kind: 'guaranteed'; readonly reason: null }
  | { readonly kind: 'bestEffort'; readonly reason: BestEffortReason };

/** What a plan's entitlement looks at. */
export interface Classification {
  readonly type: TicketType;
  readonly channel: Channel;
  readonly priority: string;
}

const guaranteed: Guarantee = { kind: 'guaranteed', reason: null };
const bestEffort = (reason: BestEffortReason): Guarantee => ({ kind: 'bestEffort', reason });

/** Whether a ticket has the plan's promise. No ticket is refused for its plan: outside it, best effort with the reason. */
export function guaranteeOf(plan: Plan, ticket: Classification): Guarantee {
  if (plan.targets.every(({ metric }) => isAgreedTime(metric))) return bestEffort('planWithoutPromise');
  if (!plan.types.includes(ticket.type)) return bestEffort('typeNotCovered');
  if (!plan.channels.includes(ticket.channel)) return bestEffort('channelNotCovered');
  return guaranteed;
}

/**
 * What the plan promises such a ticket for a metric; undefined where it promises nothing. The most specific target wins. A time
 * that was agreed is a promise whatever the ticket is about.
 */
export function targetOf(plan: Plan, metric: Metric, ticket: Classification): PlanTarget | undefined {
  if (!isAgreedTime(metric) && guaranteeOf(plan, ticket).kind === 'bestEffort') return undefined;
  const fits = plan.targets.filter(
    (t) =>
      t.metric === metric &&
      (t.type === undefined || t.type === ticket.type) &&
      (t.priority === undefined || t.priority === ticket.priority),
  );
  const specificity = (t: (typeof fits)[number]) => (t.type === undefined ? 0 : 1) + (t.priority === undefined ? 0 : 1);
  return fits.sort((a, b) => specificity(b) - specificity(a))[0];
}

/** The calendar that a clock is counted in. An agreed hour is an agreed hour: real time, in the zone of that calendar. */
export function countedIn(metric: Metric, ref: VersionRef, versions: Pick<Versions, 'calendar'>): Calendar {
  const calendar = versions.calendar(ref);
  return isAgreedTime(metric) ? aroundTheClock(calendar.timeZone) : calendar;
}
