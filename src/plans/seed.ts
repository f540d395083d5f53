import { pledge } from '../tickets/domain/outcome-events.js';
import { type CataloguePorts, defineCalendar, definePlan } from './commands/define.js';
import { builtInPlans, businessHours, officeHours } from './domain/catalogue.js';

/** Records the built-in calendar and plans where the log does not have them yet. What is defined is left alone. */
export async function seedCatalogue(ports: CataloguePorts, timeZone: string): Promise<void> {
  const { catalogue } = ports;
  if (!(await catalogue.hasCalendar(businessHours))) {
    const definition = officeHours(timeZone);
    await defineCalendar(ports, { code: businessHours, name: 'Business hours', definition }, pledge);
  }
  for (const plan of builtInPlans) {
    if (!(await catalogue.hasPlan(plan.code))) await definePlan(ports, plan, pledge);
  }
}
