import { type CalendarDefinition, type Instant } from '../../src/business-time/calendar.js';
import { type Plan } from '../../src/catalogue/domain/plan.js';
import { Hours } from './hours.js';
import { type CountedIn, type Terms } from './naive-ticket.js';
import { NaiveWords } from './naive-words.js';

interface Version<Content> {
  readonly from: Instant;
  readonly content: Content;
}

const always = -Infinity;

/** The version recorded last of those whose instant has come. */
const inForce = <Content>(versions: readonly Version<Content>[], at: Instant): number =>
  versions.findLastIndex(({ from }) => from <= at);

/** A revision that applies to open tickets, and when it comes into force. */
export interface Revision {
  readonly of: 'plan' | 'calendar';
  readonly code: string;
  readonly version: number;
  readonly at: Instant;
}

/** Hours laid out before, in this life or another. */
const known = new Map<string, Hours>();

/** Plans, calendars and customers in all their versions, and the words of the desk. */
export class NaiveCatalogue {
  readonly words = new NaiveWords();
  private readonly plans = new Map<string, Version<Plan>[]>();
  private readonly calendars = new Map<string, Version<Hours>[]>();
  private readonly customers = new Map<
    string,
    Version<{ readonly plan: string; readonly calendar: string | null }>[]
  >();
  readonly revisions: Revision[] = [];

  constructor(
    private readonly defaultPlan: string,
    private readonly reach: { readonly from: Instant; readonly days: number },
  ) {}

  definePlan(plan: Plan): void {
    this.plans.set(plan.code, [{ from: always, content: this.words.spelledPlan(plan) }]);
  }

  defineCalendar(code: string, definition: CalendarDefinition): void {
    this.calendars.set(code, [{ from: always, content: this.hoursOf(definition) }]);
  }

  private hoursOf(definition: CalendarDefinition): Hours {
    const key = JSON.stringify(definition);
    const hours = known.get(key) ?? new Hours(definition, this.reach.from, this.reach.days);
    known.set(key, hours);
    return hours;
  }

  revisePlan(plan: Plan, from: Instant, now: Instant, appliesToOpenTickets: boolean): void {
    const versions = this.plans.get(plan.code) ?? [];
    versions.push({ from, content: this.words.spelledPlan(plan) });
    if (appliesToOpenTickets)
      this.revisions.push({ of: 'plan', code: plan.code, version: versions.length, at: Math.max(from, now) });
  }

  reviseCalendar(code: string, definition: CalendarDefinition, from: Instant, now: Instant, applies: boolean): void {
    const versions = this.calendars.get(code) ?? [];
    versions.push({ from, content: this.hoursOf(definition) });
    if (applies) this.revisions.push({ of: 'calendar', code, version: versions.length, at: Math.max(from, now) });
  }

  /** What holds for a customer from an instant on. */
  putCustomer(customer: string, plan: string, calendar: string | null, from: Instant = always): void {
    this.customers.set(customer, [...(this.customers.get(customer) ?? []), { from, content: { plan, calendar } }]);
  }

  /** What is not said stays. */
  changeCustomer(
    customer: string,
    changes: { readonly plan?: string; readonly calendar?: string | null },
    from: Instant,
  ): void {
    const before = this.customers.get(customer)?.at(-1)?.content;
    const { plan, calendar } = { plan: 'none', calendar: null, ...before, ...changes };
    this.putCustomer(customer, plan, calendar, from);
  }

  /** The versions in force for a customer at an instant, or the version named of its plan. */
  termsAt(customer: string, namedPlan: string | undefined, at: Instant, planVersion?: number): Terms | undefined {
    const enrolments = this.customers.get(customer) ?? [];
    const enrolment = enrolments[inForce(enrolments, at)]?.content;
    const code = namedPlan ?? enrolment?.plan ?? this.defaultPlan;
    const plans = this.plans.get(code) ?? [];
    const version = planVersion ?? inForce(plans, at) + 1;
    const plan = plans[version - 1]?.content;
    if (plan === undefined) return undefined;
    const calendar = enrolment?.calendar ?? plan.calendar;
    const named = new Set(plan.targets.flatMap((target) => target.calendar ?? []));
    const own = [...named].map((each) => this.calendarAt(each, at));
    return { plan, planVersion: version, ...this.calendarAt(calendar, at), own };
  }

  /** What a revision puts in place of what a ticket was under. */
  termsOfRevision(
    { of, code, version, at }: Revision,
    customer: string,
    namedPlan: string | undefined,
  ): Terms | undefined {
    if (of === 'plan') return this.termsAt(customer, code, at, version);
    const terms = this.termsAt(customer, namedPlan, at);
    return terms && { ...terms, ...this.calendarOf(code, version) };
  }

  private calendarAt(code: string, at: Instant): CountedIn {
    return this.calendarOf(code, inForce(this.calendars.get(code) ?? [], at) + 1);
  }

  private calendarOf(code: string, version: number): CountedIn {
    const hours = this.calendars.get(code)?.[version - 1]?.content;
    if (hours === undefined) throw new Error(`no calendar ${code} ${version}`);
    return { hours, calendar: code, calendarVersion: version };
  }
}
