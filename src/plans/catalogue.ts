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

/** How long a look at a stream is shared; what is written by this process is seen at once all the same. */
const shareMs = 1_000;

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
  private readonly looks = new Map<string, Promise<unknown>>();

  constructor(
    private readonly store: EventStore,
    private readonly defaultPlan: string,
  ) {}

  /**
   * The versions in force for a customer at any instant, as known now: of the plan named, else the customer's, else the
   * default; in the customer's calendar, else the plan's.
   * @throws Rejection `PLAN_NOT_FOUND`, `CALENDAR_NOT_FOUND`
   */
  governing(customer: string, namedPlan: string | null): Promise<(at: Instant) => Terms> {
    return this.shared(`governing ${customer} ${namedPlan ?? ''}`, () => this.lookGoverning(customer, namedPlan));
  }

  private async lookGoverning(customer: string, namedPlan: string | null): Promise<(at: Instant) => Terms> {
    const enrolments = await this.enrolments(customer);
    const codes = namedPlan === null ? [this.defaultPlan, ...enrolments.map(({ plan }) => plan)] : [namedPlan];
    const plans = new Map<string, readonly PlanVersion[]>();
    for (const code of codes) plans.set(code, await this.planVersions(code));
    const versions = [...plans.values()].flat();
    const calendars = new Map<string, readonly CalendarVersion[]>();
    for (const { calendar } of [...versions, ...enrolments]) {
      if (calendar !== null) calendars.set(calendar, await this.calendarVersions(calendar));
    }
    return (at) => {
      const enrolment = inForce(enrolments, at);
      const code = namedPlan ?? enrolment?.plan ?? this.defaultPlan;
      const plan = inForce(plans.get(code) ?? [], at);
      if (plan === undefined) throw new Rejection('PLAN_NOT_FOUND', `There is no plan ${code}.`);
      const calendarCode = enrolment?.calendar ?? plan.calendar;
      const calendar = inForce(calendars.get(calendarCode) ?? [], at);
      if (calendar === undefined) throw new Rejection('CALENDAR_NOT_FOUND', `There is no calendar ${calendarCode}.`);
      return { plan: refTo(plan), calendar: refTo(calendar) };
    };
  }

  /**
   * The version of a calendar in force at an instant.
   * @throws Rejection `CALENDAR_NOT_FOUND`
   */
  async calendarInForce(code: string, at: Instant): Promise<VersionRef> {
    const version = inForce(await this.calendarVersions(code), at);
    if (version === undefined) throw new Rejection('CALENDAR_NOT_FOUND', `There is no calendar ${code}.`);
    return refTo(version);
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

  async hasPlan(code: string): Promise<boolean> {
    return (await this.planVersions(code)).length > 0;
  }

  async hasCalendar(code: string): Promise<boolean> {
    return (await this.calendarVersions(code)).length > 0;
  }

  /** @throws Rejection `PLAN_NOT_FOUND` */
  async expectPlan(code: string): Promise<void> {
    if (!(await this.hasPlan(code))) throw new Rejection('PLAN_NOT_FOUND', `There is no plan ${code}.`);
  }

  /** @throws Rejection `CALENDAR_NOT_FOUND` */
  async expectCalendar(code: string): Promise<void> {
    if (!(await this.hasCalendar(code))) throw new Rejection('CALENDAR_NOT_FOUND', `There is no calendar ${code}.`);
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

  /** What was just written here is seen by the next question, whoever else is asking at the time. */
  refresh(): void {
    this.looks.clear();
  }

  /** What a stream says by now. Those who ask at about the same time share one look. */
  private follow<Item>(
    cache: Map<string, Known<Item>>,
    key: string,
    stream: string,
    read: (event: { readonly data: unknown }) => Item,
  ): Promise<readonly Item[]> {
    return this.shared(stream, () => this.look(cache, key, stream, read));
  }

  private shared<Answer>(question: string, look: () => Promise<Answer>): Promise<Answer> {
    if (this.looks.size === 0) {
      setTimeout(() => {
        this.looks.clear();
      }, shareMs).unref();
    }
    let answer = this.looks.get(question) as Promise<Answer> | undefined;
    if (answer === undefined) {
      answer = look();
      this.looks.set(question, answer);
    }
    return answer;
  }

  private async look<Item>(
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

const refTo = ({ code, version }: VersionRef): VersionRef => ({ code, version });

const find = <Item extends { readonly version: number }>(cache: ReadonlyMap<string, Known<Item>>, ref: VersionRef) =>
  cache.get(ref.code)?.items.find((item) => item.version === ref.version);

function known<Item>(item: Item | undefined, what: string, { code, version }: VersionRef): Item {
  if (item === undefined) throw new Error(`${what} ${code} version ${version} is pinned, but its stream lacks it`);
  return item;
}

/** The last recorded of those in force at an instant. */
const inForce = <Item extends { readonly effectiveFrom: EffectiveFrom }>(items: readonly Item[], at: Instant) =>
  items.findLast(({ effectiveFrom }) => effectiveFrom === null || effectiveFrom <= at);
