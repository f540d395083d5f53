import { pledge } from '../event-sourcing/system-actor.js';
import { type CataloguePorts } from './commands/catalogue-ports.js';
import { defineCalendar, definePlan, revisePlan } from './commands/define.js';
import { builtInPlans, officeHours } from './domain/built-in-plans.js';
import { type PlanHistory } from './domain/plan-decider.js';
import { businessHours } from './domain/plan-defaults.js';

/**
 * Records the built-in calendar and plans where the log does not have them yet. A plan that promises more since it was recorded
 * gets a new version, in force from now on; but what a person has changed stays as that person left it.
 */
export async function seedCatalogue(ports: CataloguePorts, timeZone: string): Promise<void> {
  const { catalogue } = ports;
  if ((await catalogue.calendarHistory(businessHours)).length === 0) {
    const definition = officeHours(timeZone);
    await defineCalendar(ports, { code: businessHours, name: 'Business hours', definition }, pledge);
  }
  for (const plan of builtInPlans) {
    const history = await catalogue.planHistory(plan.code);
    if (history.length === 0) await definePlan(ports, plan, pledge);
    else if (isBuiltIn(history)) await revisePlan(ports, plan, pledge);
  }
}

/** Whether a plan is as Pledge itself has recorded it. */
const isBuiltIn = (history: PlanHistory): boolean => history.every(({ actor }) => actor.id === pledge.id);
