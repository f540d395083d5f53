import { type Calendar, type Instant } from '../business-time/calendar.js';
import { compileCalendar } from '../business-time/compile-calendar.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type Versions } from '../sla/domain/versions.js';
import {
  type CalendarDefined,
  calendarStream,
  type CalendarVersion,
  type CustomerEnrolled,
  customerStream,
  type Enrolment,
  type PlanDefined,
  planStream,
  type PlanVersion,
} from './domain/events.js';
import { type EffectiveFrom, type Terms, type VersionRef } from './domain/plan.js';

/** How many customers' enrolments are kept at hand. */
const customersKept = 10_000;

interface Known<Item> {
  readonly items: readonly Item[];
  /** How many events of the stream are known; the next revision to read. */
  readonly next: number;
}

/**
 * The plans, calendars and enrolments as their own streams say, cached by revision: each question reads only what its
 * stream has beyond what is known, so a write is seen by the next command on any node.
 */
export class Catalogue implements Versions {
  readonly tzdata = process.versions.tz ?? 'unknown';
  private readonly plans = new Map<string, Known<PlanVersion>>();
  private readonly calendars = new Map<string, Known<CalendarVersion>>();
  private readonly customers = new Map<string, Known<Enrolment>>();
  private readonly compiled = new Map<string, Calendar>();

  constructor(
    private readonly store: EventStore,
    private readonly defaultPlan: string,
  ) {}

  /**
   * The versions in force for a customer at an instant: the plan named, else the customer's, else the default; in the
   * customer's calendar, else the plan's.
   * @throws Rejection `PLAN_NOT_FOUND`, `CALENDAR_NOT_FOUND`
   */
  async termsFor(customer: string, namedPlan: string | null, at: Instant): Promise<Terms> {
    const enrolment = inForce(await this.enrolments(customer), at);
    const plan = inForce(await this.planVersions(namedPlan ?? enrolment?.plan ?? this.defaultPlan), at);
    if (plan === undefined) {
      throw new Rejection('PLAN_NOT_FOUND', `There is no plan ${namedPlan ?? enrolment?.plan ?? this.defaultPlan}.`);
    }
    const code = enrolment?.calendar ?? plan.calendar;
    const calendar = inForce(await this.calendarVersions(code), at);
    if (calendar === undefined) throw new Rejection('CALENDAR_NOT_FOUND', `There is no calendar ${code}.`);
    return {
      plan: { code: plan.code, version: plan.version },
      calendar: { code: calendar.code, version: calendar.version },
    };
  }

  /** Makes sure that versions a stream pins are at hand. */
  async load(terms: Iterable<Terms>): Promise<void> {
    for (const { plan, calendar } of terms) {
      if (find(this.plans, plan) === undefined) await this.planVersions(plan.code);
      if (find(this.calendars, calendar) === undefined) await this.calendarVersions(calendar.code);
    }
  }

  plan(ref: VersionRef): PlanVersion {
    return known(find(this.plans, ref), 'plan', ref);
  }

  calendar(ref: VersionRef): Calendar {
    const key = `${ref.code} ${ref.version}`;
    let calendar = this.compiled.get(key);
    if (calendar === undefined) {
      calendar = compileCalendar(known(find(this.calendars, ref), 'calendar', ref).definition);
      this.compiled.set(key, calendar);
    }
    return calendar;
  }

  /** @throws Rejection `PLAN_NOT_FOUND` */
  async expectPlan(code: string): Promise<void> {
    if ((await this.planVersions(code)).length === 0)
      throw new Rejection('PLAN_NOT_FOUND', `There is no plan ${code}.`);
  }

  /** @throws Rejection `CALENDAR_NOT_FOUND` */
  async expectCalendar(code: string): Promise<void> {
    if ((await this.calendarVersions(code)).length === 0) {
      throw new Rejection('CALENDAR_NOT_FOUND', `There is no calendar ${code}.`);
    }
  }

  private planVersions = (code: string): Promise<readonly PlanVersion[]> =>
    this.follow(this.plans, code, planStream(code), (event) => (event as PlanDefined).data);

  private calendarVersions = (code: string): Promise<readonly CalendarVersion[]> =>
    this.follow(this.calendars, code, calendarStream(code), (event) => (event as CalendarDefined).data);

  private enrolments(customer: string): Promise<readonly Enrolment[]> {
    const oldest = this.customers.keys().next();
    if (this.customers.size > customersKept && !oldest.done) this.customers.delete(oldest.value);
    return this.follow(this.customers, customer, customerStream(customer), (event) => (event as CustomerEnrolled).data);
  }

  private async follow<Item>(
    cache: Map<string, Known<Item>>,
    key: string,
    stream: string,
    read: (event: { readonly data: unknown }) => Item,
  ): Promise<readonly Item[]> {
    const before = cache.get(key) ?? { items: [], next: 0 };
    const more: Item[] = [];
    for await (const event of this.store.readStream(stream, { from: before.next })) more.push(read(event));
    if (more.length === 0 && before.next > 0) return before.items;
    const now = { items: [...before.items, ...more], next: before.next + more.length };
    cache.set(key, now);
    return now.items;
  }
}

const find = <Item extends { readonly version: number }>(cache: ReadonlyMap<string, Known<Item>>, ref: VersionRef) =>
  cache.get(ref.code)?.items.find((item) => item.version === ref.version);

function known<Item>(item: Item | undefined, what: string, { code, version }: VersionRef): Item {
  if (item === undefined) throw new Error(`${what} ${code} version ${version} is pinned, but its stream lacks it`);
  return item;
}

/** The last recorded of those in force at an instant. */
const inForce = <Item extends { readonly effectiveFrom: EffectiveFrom }>(items: readonly Item[], at: Instant) =>
  items.findLast(({ effectiveFrom }) => effectiveFrom === null || effectiveFrom <= at);
