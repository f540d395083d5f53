import { pledge } from '../event-sourcing/system-actor.js';
import { type CataloguePorts } from './commands/catalogue-ports.js';
import { defineCalendar, definePlan } from './commands/define.js';
import { builtInPlans, officeHours } from './domain/built-in-plans.js';
import { businessHours } from './domain/plan-defaults.js';

/** Records the built-in calendar and plans where the log does not have them yet. What is defined is not changed. */
export async function seedCatalogue(ports: CataloguePorts, timeZone: string): Promise<void> {
  const { catalogue } = ports;
  if ((await catalogue.calendarHistory(businessHours)).length === 0) {
    const definition = officeHours(timeZone);
    await defineCalendar(ports, { code: businessHours, name: 'Business hours', definition }, pledge);
  }
  for (const plan of builtInPlans) {
    if ((await catalogue.planHistory(plan.code)).length === 0) await definePlan(ports, plan, pledge);
  }
}
