import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { expectOwnCustomer, type Scope } from '../../auth/scope.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type Joins } from '../domain/joins-decider.js';
import { type Changed } from './catalogue-ports.js';
import { InjectedPorts } from './injected-ports.js';
import { joinCustomers, type JoinRequest } from './join-customers.js';

/** Joins an id of a customer to another, for a sender who may write for both. */
export class JoinCustomersCommand extends Command<Changed<Joins>> {
  constructor(
    readonly scope: Scope,
    readonly request: JoinRequest,
    readonly actor: Actor,
  ) {
    super();
  }
}

@CommandHandler(JoinCustomersCommand)
export class JoinCustomersHandler extends InjectedPorts implements ICommandHandler<JoinCustomersCommand> {
  async execute({ scope, request, actor }: JoinCustomersCommand) {
    for (const customer of [request.customer, request.into]) expectOwnCustomer(scope, customer);
    return joinCustomers(this, request, actor);
  }
}
