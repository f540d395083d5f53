import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Scope, sees } from '../../auth/scope.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type CustomerCommand, customerDecider, type CustomerHistory } from '../domain/customer-decider.js';
import { customerStream, type Enrolment } from '../domain/catalogue-events.js';
import { type CatalogueRequest, type CataloguePorts, type Changed, InjectedPorts, record } from './catalogue-ports.js';

export type CustomerRequest = CatalogueRequest<CustomerCommand, 'offer'>;

/** Enrols a customer, or changes its plan or calendar. */
export class ChangeCustomerCommand extends Command<Changed<CustomerHistory>> {
  constructor(
    readonly scope: Scope,
    readonly request: CustomerRequest,
    readonly actor: Actor,
  ) {
    super();
  }
}

/**
 * What {@link ChangeCustomerCommand} does, for those without a bus.
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

const namedIn = (command: CustomerRequest): Named => (command.type === 'EnrolCustomer' ? command.enrolment : command);

@CommandHandler(ChangeCustomerCommand)
export class ChangeCustomerHandler extends InjectedPorts implements ICommandHandler<ChangeCustomerCommand> {
  async execute({ scope, request, actor }: ChangeCustomerCommand) {
    const { customer } = namedIn(request);
    if (!sees(scope, customer))
      throw new Rejection('FORBIDDEN', `The customer ${customer} is not one of the customers that you may write for.`);
    return changeCustomer(this, request, actor);
  }
}
