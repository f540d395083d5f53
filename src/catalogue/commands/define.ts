import { type Actor } from '../../event-sourcing/event-store.js';
import { type Enrolment } from '../domain/catalogue-events.js';
import { type Plan } from '../domain/plan.js';
import { type CataloguePorts } from './catalogue-ports.js';
import { type CalendarChange, changeCalendar } from './change-calendar.js';
import { changeCustomer } from './change-customer.js';
import { changePlan } from './change-plan.js';

/** Defines a plan in a calendar that is there. */
export const definePlan = (ports: CataloguePorts, plan: Plan, actor: Actor) =>
  changePlan(ports, { type: 'DefinePlan', plan }, actor);

/** A new version of a plan, in force from now on; open tickets keep theirs. What it says already is not recorded again. */
export const revisePlan = (ports: CataloguePorts, { code, ...changes }: Plan, actor: Actor) => {
  const revision = { code, changes, effectiveFrom: undefined, appliesToOpenTickets: false };
  return changePlan(ports, { type: 'RevisePlan', ...revision }, actor);
};

/** Defines a calendar. */
export const defineCalendar = (ports: CataloguePorts, calendar: CalendarChange, actor: Actor) =>
  changeCalendar(ports, { type: 'DefineCalendar', calendar }, actor);

/** Puts a customer on a plan that is there. */
export const enrolCustomer = (ports: CataloguePorts, enrolment: Enrolment, actor: Actor) =>
  changeCustomer(ports, { type: 'EnrolCustomer', enrolment }, actor);
