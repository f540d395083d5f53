import { compileCalendar } from '../../business-time/compile-calendar.js';
import { type CalendarDefinition, type Instant, InvalidCalendar } from '../../business-time/calendar.js';
import { type Decider } from '../../event-sourcing/decider.js';
import { type EventMetadata } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type CalendarDefined, type CustomerEnrolled, type Enrolment, type PlanDefined } from './events.js';
import { type Plan } from './plan.js';

/** A definition to record once. `id` and metadata come in with it: the decider knows no clock. */
export interface Define<Content> {
  readonly content: Content;
  readonly id: string;
  readonly metadata: EventMetadata;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** A plan is defined once; the same again is already so. Later versions are revisions. */
export const planDecider: Decider<Plan | undefined, Define<Plan>, PlanDefined> = {
  initial: undefined,
  evolve: (_, { data: { version: _version, effectiveFrom: _from, ...plan } }) => plan,
  decide({ content, id, metadata }, known) {
    if (same(known, content)) return [];
    if (known !== undefined) throw new Rejection('PLAN_EXISTS', `Plan ${content.code} is defined already.`);
    expectSoundPlan(content);
    return [{ id, type: 'PlanDefined', data: { ...content, version: 1, effectiveFrom: null }, metadata }];
  },
};

function expectSoundPlan(plan: Plan): void {
  const invalid = (field: string, why: string) => new Rejection('INVALID_PLAN', `${field}: ${why}`);
  if (!(plan.atRiskShare > 0 && plan.atRiskShare < 1)) throw invalid('atRiskShare', 'must lie between 0 and 1.');
  const seen = new Set<string>();
  for (const [i, { metric, type, priority, target }] of plan.targets.entries()) {
    const field = `targets[${i}]`;
    if (!(target.amount > 0)) throw invalid(`${field}.target.amount`, 'must be above zero.');
    const scope = JSON.stringify([metric, type, priority]);
    if (seen.has(scope)) throw invalid(field, 'another target is for the same metric, type and priority.');
    seen.add(scope);
    const rivals = plan.targets.filter((t) => t.metric === metric && t.type !== undefined && t.priority === undefined);
    if (type === undefined && priority !== undefined && rivals.some((t) => !hasPair(plan, metric, t.type, priority))) {
      throw invalid(field, 'neither it nor the one for a type is more specific; say what holds for both.');
    }
  }
}

const hasPair = (plan: Plan, metric: string, type: string | undefined, priority: string) =>
  plan.targets.some((t) => t.metric === metric && t.type === type && t.priority === priority);

export interface NamedCalendar {
  readonly code: string;
  readonly name: string;
  readonly definition: CalendarDefinition;
}

/** A calendar is defined once; the same again is already so. One that cannot be compiled is refused. */
export const calendarDecider: Decider<NamedCalendar | undefined, Define<NamedCalendar>, CalendarDefined> = {
  initial: undefined,
  evolve: (_, { data: { code, name, definition } }) => ({ code, name, definition }),
  decide({ content, id, metadata }, known) {
    if (same(known, content)) return [];
    if (known !== undefined) throw new Rejection('CALENDAR_EXISTS', `Calendar ${content.code} is defined already.`);
    expectOpening(content.definition, metadata.occurredAt);
    return [{ id, type: 'CalendarDefined', data: { ...content, version: 1, effectiveFrom: null }, metadata }];
  },
};

/** A calendar that does not open within ten years is a mistake. */
function expectOpening(definition: CalendarDefinition, at: Instant): void {
  try {
    compileCalendar(definition).nextOpening(at);
  } catch (error) {
    throw refused(error, 'definition.');
  }
}

/** What is wrong with a calendar, as a refusal that names the field. */
export const refused = (error: unknown, path = ''): unknown =>
  error instanceof InvalidCalendar ? new Rejection(error.code, `${path}${error.field}: ${error.message}`) : error;

/** The enrolments of a customer, in the order in which they were recorded. */
export const customerDecider: Decider<readonly Enrolment[], Define<Enrolment>, CustomerEnrolled> = {
  initial: [],
  evolve: (enrolments, { data }) => [...enrolments, data],
  decide({ content, id, metadata }, enrolments) {
    if (enrolments.some((known) => same(known, content))) return [];
    if (enrolments.length > 0) {
      throw new Rejection('CUSTOMER_ENROLLED', `Customer ${content.customer} is enrolled already.`);
    }
    return [{ id, type: 'CustomerEnrolled', data: content, metadata }];
  },
};
