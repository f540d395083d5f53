import { type Instant } from '../../business-time/calendar.js';
import { type Decider } from '../../event-sourcing/decider.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type CustomerEvent, type Enrolment } from './catalogue-events.js';
import { expectAfterLast, type History, same, type RecordedChange, withVersion } from './version-history.js';
import { expectOffered, type PlanHistory } from './plan-decider.js';

/** What is known of a customer, but for the time it holds from. One whose enrolment has ended is on no plan. */
export type Customer = Omit<Enrolment, 'effectiveFrom' | 'plan'> & { readonly plan: string | null };

export type CustomerHistory = History<Customer, CustomerEvent['type']>;

/**
 * What may be done to a customer. Without an `effectiveFrom` a change holds from the command on. `offer` is what is known
 * of the plan: a retired one takes no new customers.
 */
export type CustomerCommand = RecordedChange &
  (
    | { readonly type: 'EnrolCustomer'; readonly enrolment: Enrolment; readonly offer: PlanHistory }
    | {
        readonly type: 'ChangeCustomerPlan';
        readonly customer: string;
        readonly plan: string;
        /** The name stays as it was if it is left out. */
        readonly name?: string;
        readonly effectiveFrom: Instant | undefined;
        readonly offer: PlanHistory;
      }
    | {
        readonly type: 'SetCustomerCalendar';
        readonly customer: string;
        /** Null: the plan's again. */
        readonly calendar: string | null;
        readonly effectiveFrom: Instant | undefined;
      }
    | {
        readonly type: 'EndCustomerEnrolment';
        readonly customer: string;
        readonly effectiveFrom: Instant | undefined;
      }
  );

/**
 * A customer is enrolled once, and again when its enrolment has ended; plan and calendar change from then on. Clocks that run
 * are not changed.
 */
export const customerDecider: Decider<CustomerHistory, CustomerCommand, CustomerEvent> = {
  initial: [],
  evolve,
  decide,
};

function evolve(history: CustomerHistory, event: CustomerEvent): CustomerHistory {
  switch (event.type) {
    case 'CustomerEnrolled':
    case 'CustomerPlanChanged':
    case 'CustomerCalendarSet': {
      const { customer, name, plan, calendar, effectiveFrom } = event.data;
      return withVersion(history, event, { effectiveFrom, content: { customer, name, plan, calendar } });
    }
    case 'CustomerEnrolmentEnded': {
      const { customer, effectiveFrom } = event.data;
      const name = history.at(-1)?.content.name ?? null;
      return withVersion(history, event, { effectiveFrom, content: { customer, name, plan: null, calendar: null } });
    }
    default:
      return history;
  }
}

function decide(command: CustomerCommand, history: CustomerHistory): readonly CustomerEvent[] {
  const { id, metadata } = command;
  const [first] = history;
  const last = history.at(-1);
  if (command.type === 'EnrolCustomer') {
    const { enrolment } = command;
    if (first !== undefined && last !== undefined && last.content.plan !== null) {
      if (same({ ...first.content, effectiveFrom: first.effectiveFrom }, enrolment)) return [];
      throw new Rejection('CUSTOMER_ENROLLED', `id: customer ${enrolment.customer} is already enrolled.`);
    }
    // Its first enrolment holds from the beginning of time; one after an end does not reach behind it.
    const effectiveFrom = enrolment.effectiveFrom ?? (last === undefined ? null : metadata.occurredAt);
    if (effectiveFrom !== null) expectAfterLast(history, effectiveFrom);
    expectOffered(command.offer, enrolment.plan, effectiveFrom ?? metadata.occurredAt);
    return [{ id, type: 'CustomerEnrolled', data: { ...enrolment, effectiveFrom }, metadata }];
  }
  if (last === undefined) throw customerNotFound(command.customer);
  const effectiveFrom = command.effectiveFrom ?? metadata.occurredAt;
  if (command.type === 'EndCustomerEnrolment') return ended(command, history, last, effectiveFrom);
  if (command.type === 'SetCustomerCalendar') {
    const { plan } = last.content;
    if (plan === null) throw enrolmentEnded(last);
    if (command.calendar === last.content.calendar) return [];
    expectAfterLast(history, effectiveFrom);
    const data = { ...last.content, plan, calendar: command.calendar, effectiveFrom };
    return [{ id, type: 'CustomerCalendarSet', data, metadata }];
  }
  const { plan, name = last.content.name } = command;
  if (same(last.content, { ...last.content, plan, name })) return [];
  expectAfterLast(history, effectiveFrom);
  if (plan !== last.content.plan) expectOffered(command.offer, plan, effectiveFrom);
  return [{ id, type: 'CustomerPlanChanged', data: { ...last.content, plan, name, effectiveFrom }, metadata }];
}

/** The end of an enrolment; one that has an end already may end sooner, as long as that changes nothing before. */
function ended(
  { id, metadata, customer }: Extract<CustomerCommand, { type: 'EndCustomerEnrolment' }>,
  history: CustomerHistory,
  last: CustomerHistory[number],
  effectiveFrom: Instant,
): readonly CustomerEvent[] {
  const isEnded = last.content.plan === null;
  if (isEnded && last.effectiveFrom === effectiveFrom) return [];
  if (isEnded && (last.effectiveFrom ?? 0) < effectiveFrom) throw enrolmentEnded(last);
  expectAfterLast(isEnded ? history.slice(0, -1) : history, effectiveFrom);
  return [{ id, type: 'CustomerEnrolmentEnded', data: { customer, effectiveFrom }, metadata }];
}

const enrolmentEnded = ({ content, effectiveFrom }: CustomerHistory[number]): Rejection =>
  new Rejection(
    'ENROLMENT_ENDED',
    `id: the enrolment of ${content.customer} ends at ${new Date(effectiveFrom ?? 0).toISOString()}; first put it on a plan again from then on.`,
  );

const customerNotFound = (id: string): Rejection =>
  new Rejection('CUSTOMER_NOT_FOUND', `id: there is no customer ${id}.`);
