import { type Instant } from '../../business-time/calendar.js';
import { type Decider } from '../../event-sourcing/decider.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type CustomerEvent, type Enrolment } from './catalogue-events.js';
import { expectAfterLast, type History, same, type RecordedChange, withVersion } from './version-history.js';
import { expectOffered, type PlanHistory } from './plan-decider.js';

/** What is known of a customer, but for the time it holds from. */
export type Customer = Omit<Enrolment, 'effectiveFrom'>;

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
        /** The name stays as it was where it is left out. */
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
  );

/** A customer is enrolled once; plan and calendar change from then on. Clocks that run are not changed. */
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
    default:
      return history;
  }
}

function decide(command: CustomerCommand, history: CustomerHistory): readonly CustomerEvent[] {
  const { id, metadata } = command;
  const [first] = history;
  if (command.type === 'EnrolCustomer') {
    const { enrolment } = command;
    if (first !== undefined && same({ ...first.content, effectiveFrom: first.effectiveFrom }, enrolment)) return [];
    if (first !== undefined) {
      throw new Rejection('CUSTOMER_ENROLLED', `id: customer ${enrolment.customer} is already enrolled.`);
    }
    expectOffered(command.offer, enrolment.plan, enrolment.effectiveFrom ?? metadata.occurredAt);
    return [{ id, type: 'CustomerEnrolled', data: enrolment, metadata }];
  }
  const last = history.at(-1);
  if (last === undefined) throw customerNotFound(command.customer);
  const effectiveFrom = command.effectiveFrom ?? metadata.occurredAt;
  const changed: Customer = { ...last.content, ...changesOf(command) };
  if (same(last.content, changed)) return [];
  expectAfterLast(history, effectiveFrom);
  if (command.type === 'ChangeCustomerPlan' && command.plan !== last.content.plan) {
    expectOffered(command.offer, command.plan, effectiveFrom);
  }
  const type = command.type === 'ChangeCustomerPlan' ? 'CustomerPlanChanged' : 'CustomerCalendarSet';
  return [{ id, type, data: { ...changed, effectiveFrom }, metadata }];
}

function changesOf(command: Exclude<CustomerCommand, { type: 'EnrolCustomer' }>): Partial<Customer> {
  if (command.type === 'SetCustomerCalendar') return { calendar: command.calendar };
  const { plan, name } = command;
  return { plan, ...(name === undefined ? {} : { name }) };
}

const customerNotFound = (id: string): Rejection =>
  new Rejection('CUSTOMER_NOT_FOUND', `id: there is no customer ${id}.`);
