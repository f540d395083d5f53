import { type Actor } from '../../event-sourcing/event-store.js';
import { type CustomerCommand, customerDecider, type CustomerHistory } from '../domain/customer-decider.js';
import { customerStream, type Enrolment } from '../domain/catalogue-events.js';
import { type CatalogueRequest, type CataloguePorts, type Changed, record } from './catalogue-ports.js';

export type CustomerRequest = CatalogueRequest<CustomerCommand, 'offer'>;

/**
 * Enrols a customer, or changes its plan or calendar.
 * @throws Rejection `CALENDAR_NOT_FOUND`, and what {@link customerDecider} refuses
 */
export async function changeCustomer(
  ports: CataloguePorts,
  command: CustomerRequest,
  actor: Actor,
): Promise<Changed<CustomerHistory>> {
  const { catalogue } = ports;
  const { customer, plan, calendar = null } = namedIn(command);
  if (calendar !== null) await catalogue.expectCalendar(calendar);
  const offer = plan === undefined ? [] : await catalogue.planHistory(plan);
  return record(
    ports,
    customerStream(customer),
    customerDecider,
    (change) => ({ ...command, offer, ...change }),
    actor,
  );
}

type Named = Pick<Enrolment, 'customer'> & Partial<Pick<Enrolment, 'plan' | 'calendar'>>;

/** What a request names: the customer, and the plan and the calendar where it speaks of them. */
export const namedIn = (command: CustomerRequest): Named =>
  command.type === 'EnrolCustomer' ? command.enrolment : command;
