import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Actor } from '../../event-sourcing/event-store.js';
import { planStream } from '../domain/events.js';
import { type PlanCommand, planDecider, type PlanHistory } from '../domain/plan-decider.js';
import { type Asked, type CataloguePorts, type Changed, InjectedPorts, record } from './catalogue-ports.js';

export type PlanOrder = Asked<PlanCommand>;

/** Defines, revises or retires a plan. */
export class ChangePlan extends Command<Changed<PlanHistory>> {
  constructor(
    readonly order: PlanOrder,
    readonly actor: Actor,
  ) {
    super();
  }
}

/**
 * What {@link ChangePlan} does, for those without a bus.
 * @throws Rejection `CALENDAR_NOT_FOUND`, and what {@link planDecider} refuses
 */
export async function changePlan(ports: CataloguePorts, order: PlanOrder, actor: Actor): Promise<Changed<PlanHistory>> {
  const calendar = calendarOf(order);
  if (calendar !== undefined) await ports.catalogue.expectCalendar(calendar);
  const code = order.type === 'DefinePlan' ? order.plan.code : order.code;
  return record(ports, planStream(code), planDecider, (said) => ({ ...order, ...said }), actor);
}

function calendarOf(order: PlanOrder): string | undefined {
  if (order.type === 'RetirePlan') return undefined;
  return (order.type === 'DefinePlan' ? order.plan : order.changes).calendar;
}

@CommandHandler(ChangePlan)
export class ChangePlanHandler extends InjectedPorts implements ICommandHandler<ChangePlan> {
  execute = ({ order, actor }: ChangePlan) => changePlan(this, order, actor);
}
