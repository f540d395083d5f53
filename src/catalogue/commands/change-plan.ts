import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Actor } from '../../event-sourcing/event-store.js';
import { planStream } from '../domain/events.js';
import { targetCalendarsOf } from '../domain/plan.js';
import { type PlanChanges, type PlanCommand, planDecider, type PlanHistory } from '../domain/plan-decider.js';
import { type CatalogueRequest, type CataloguePorts, type Changed, InjectedPorts, record } from './catalogue-ports.js';

export type PlanRequest = CatalogueRequest<PlanCommand>;

/** Defines, revises or retires a plan. */
export class ChangePlan extends Command<Changed<PlanHistory>> {
  constructor(
    readonly request: PlanRequest,
    readonly actor: Actor,
  ) {
    super();
  }
}

/**
 * What {@link ChangePlan} does, for those without a bus.
 * @throws Rejection `CALENDAR_NOT_FOUND`, and what {@link planDecider} refuses
 */
export async function changePlan(
  ports: CataloguePorts,
  command: PlanRequest,
  actor: Actor,
): Promise<Changed<PlanHistory>> {
  if (command.type !== 'RetirePlan') await expectCalendars(ports, changesOf(command));
  const code = command.type === 'DefinePlan' ? command.plan.code : command.code;
  return record(ports, planStream(code), planDecider, (said) => ({ ...command, ...said }), actor);
}

const changesOf = (command: Exclude<PlanRequest, { type: 'RetirePlan' }>): PlanChanges =>
  command.type === 'DefinePlan' ? command.plan : command.changes;

async function expectCalendars({ catalogue }: CataloguePorts, { calendar, targets = [] }: PlanChanges): Promise<void> {
  if (calendar !== undefined) await catalogue.expectCalendar(calendar);
  for (const own of targetCalendarsOf(targets)) await catalogue.expectCalendar(own);
}

@CommandHandler(ChangePlan)
export class ChangePlanHandler extends InjectedPorts implements ICommandHandler<ChangePlan> {
  execute = ({ request, actor }: ChangePlan) => changePlan(this, request, actor);
}
