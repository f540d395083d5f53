import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Scope, sees } from '../../auth/scope.js';
import { type Actor } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
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
    for (const customer of [request.customer, request.into])
      if (!sees(scope, customer))
        throw new Rejection(
          'FORBIDDEN',
          `The customer ${customer} is not one of the customers that you may write for.`,
        );
    return joinCustomers(this, request, actor);
  }
}
