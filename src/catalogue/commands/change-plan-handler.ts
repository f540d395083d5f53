import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Actor } from '../../event-sourcing/event-store.js';
import { type PlanHistory } from '../domain/plan-decider.js';
import { type Changed } from './catalogue-ports.js';
import { changePlan, type PlanRequest } from './change-plan.js';
import { InjectedPorts } from './injected-ports.js';

/** Defines, revises or retires a plan. */
export class ChangePlanCommand extends Command<Changed<PlanHistory>> {
  constructor(
    readonly request: PlanRequest,
    readonly actor: Actor,
  ) {
    super();
  }
}

@CommandHandler(ChangePlanCommand)
export class ChangePlanHandler extends InjectedPorts implements ICommandHandler<ChangePlanCommand> {
  execute = ({ request, actor }: ChangePlanCommand) => changePlan(this, request, actor);
}
