import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { expectOwnCustomer, type Scope } from '../../auth/scope.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type CustomerHistory } from '../domain/customer-decider.js';
import { type Changed } from './catalogue-ports.js';
import { changeCustomer, type CustomerRequest, namedIn } from './change-customer.js';
import { InjectedPorts } from './injected-ports.js';

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

@CommandHandler(ChangeCustomerCommand)
export class ChangeCustomerHandler extends InjectedPorts implements ICommandHandler<ChangeCustomerCommand> {
  async execute({ scope, request, actor }: ChangeCustomerCommand) {
    expectOwnCustomer(scope, namedIn(request).customer);
    return changeCustomer(this, request, actor);
  }
}
