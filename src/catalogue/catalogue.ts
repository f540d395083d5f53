import { type Calendar, type Instant } from '../business-time/calendar.js';
import { compileCalendar } from '../business-time/compile-calendar.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { type Versions } from './domain/versions.js';
import { calendarDecider, type CalendarHistory, calendarNotFound } from './domain/calendar-decider.js';
import { customerDecider, type CustomerHistory } from './domain/customer-decider.js';
import { calendarStream, customerStream, joinsStream, planStream, wordsStream } from './domain/catalogue-events.js';
import { type Joins, joinsDecider, survivorAt, survivorsOf } from './domain/joins-decider.js';
import { type Change, inForce } from './domain/version-history.js';
import { type Plan, targetCalendarsOf } from './domain/plan.js';
import { calendarsOf, type PinnedVersions, type VersionRef } from '../clocks/pinned-versions.js';
import { planDecider, type PlanHistory, planNotFound, versionsOf } from './domain/plan-decider.js';
import { UnknownWord } from './domain/unknown-word.js';
import { wordIn, type WordList, type Words } from './domain/words.js';
import { wordsDecider } from './domain/words-decider.js';
import { FollowedStreams } from './followed-streams.js';
import { SharedAnswers } from './shared-answers.js';

/** How many customers' enrolments are cached. */
const customersKept = 10_000;
/** How many versions of calendars are kept compiled: more than a desk uses at a time. */
const calendarsKept = 256;

/** The versions that govern a customer at an instant; of the plan the version named, where one is. */
export type PinnedVersionsAt = (at: Instant, planVersion?: number) => PinnedVersions;

/**
 * The plans, calendars, enrolments and words as their own streams say, cached by revision, so that a write is seen by the next
 * command on any node.
 */
export class Catalogue implements Versions {
  readonly tzdata = process.versions.tz ?? 'unknown';
  private readonly plans: FollowedStreams<PlanHistory>;
  private readonly calendars: FollowedStreams<CalendarHistory>;
  private readonly customers: FollowedStreams<CustomerHistory>;
  private readonly desk: FollowedStreams<Words>;
  private readonly joined: FollowedStreams<Joins>;
  private readonly pinned = new SharedAnswers<PinnedVersionsAt>();
  private readonly compiled = new Map<string, Calendar>();

  constructor(
    store: EventStore,
    /** The plan of customers that nobody put on one. */
    readonly defaultPlan: string,
  ) {
    this.plans = new FollowedStreams(store, planStream, planDecider);
    this.calendars = new FollowedStreams(store, calendarStream, calendarDecider);
    this.customers = new FollowedStreams(store, customerStream, customerDecider, customersKept);
    this.desk = new FollowedStreams(store, () => wordsStream, wordsDecider);
    this.joined = new FollowedStreams(store, () => joinsStream, joinsDecider);
  }

  /**
   * The versions in force for a customer at any instant, as known now: of the plan named, else the customer's, else the
   * default; in the customer's calendar, else the plan's. A target's own calendar comes before both.
   * @throws Rejection `PLAN_NOT_FOUND`, `PLAN_VERSION_NOT_FOUND`, `CALENDAR_NOT_FOUND`
   */
  pinnedVersions(customer: string, namedPlan: string | null): Promise<PinnedVersionsAt> {
    return this.pinned.ask(JSON.stringify([customer, namedPlan]), () => this.lookUp(customer, namedPlan));
  }

  private async lookUp(customer: string, namedPlan: string | null): Promise<PinnedVersionsAt> {
    const joins = await this.joins();
    const customers = new Map<string, CustomerHistory>();
    for (const one of survivorsOf(joins, customer)) customers.set(one, await this.customers.follow(one));
    const enrolments = [...customers.values()].flat();
    const codes =
      namedPlan === null ? [this.defaultPlan, ...enrolments.flatMap(({ content }) => content.plan ?? [])] : [namedPlan];
    const plans = new Map<string, PlanHistory>();
    for (const code of codes) plans.set(code, versionsOf(await this.plans.follow(code)));
    const calendars = new Map<string, CalendarHistory>();
    const named = [
      ...[...plans.values()].flat().flatMap(({ content }) => [content.calendar, ...targetCalendarsOf(content.targets)]),
      ...enrolments.flatMap(({ content }) => content.calendar ?? []),
    ];
    for (const code of named) calendars.set(code, await this.calendars.follow(code));
    const calendarAt = (code: string, at: Instant): VersionRef => {
      const calendar = inForce(calendars.get(code) ?? [], at);
      if (calendar === undefined) throw calendarNotFound(code);
      return { code, version: calendar.version };
    };
    return (at, planVersion) => {
      const enrolment = inForce(customers.get(survivorAt(joins, customer, at)) ?? [], at)?.content;
      const code = namedPlan ?? enrolment?.plan ?? this.defaultPlan;
      const plan = versionAt(plans.get(code) ?? [], code, at, planVersion);
      const calendar = calendarAt(enrolment?.calendar ?? plan.content.calendar, at);
      const own = targetCalendarsOf(plan.content.targets);
      return {
        ...{ plan: { code, version: plan.version }, calendar },
        ...(own.length === 0 ? {} : { targetCalendars: own.map((named) => calendarAt(named, at)) }),
      };
    };
  }

  /**
   * The version of a calendar in force at an instant.
   * @throws Rejection `CALENDAR_NOT_FOUND`
   */
  async calendarInForce(code: string, at: Instant): Promise<VersionRef> {
    const calendar = inForce(await this.calendars.follow(code), at);
    if (calendar === undefined) throw calendarNotFound(code);
    return { code, version: calendar.version };
  }

  /** The plan that a customer was put on at an instant, as known now; undefined where it was on none. */
  async planOfCustomer(customer: string, at: Instant): Promise<string | undefined> {
    const survivor = survivorAt(await this.joins(), customer, at);
    return inForce(await this.customers.follow(survivor), at)?.content.plan ?? undefined;
  }

  /** Makes sure that versions a stream pins are cached. */
  async load(terms: Iterable<PinnedVersions>): Promise<void> {
    for (const pinned of terms) {
      if (find(this.plans, pinned.plan) === undefined) await this.plans.follow(pinned.plan.code);
      for (const ref of calendarsOf(pinned))
        if (find(this.calendars, ref) === undefined) await this.calendars.follow(ref.code);
    }
  }

  plan(ref: VersionRef): Plan {
    return known(find(this.plans, ref), 'plan', ref);
  }

  calendar(ref: VersionRef): Calendar {
    const key = `${ref.code} ${ref.version}`;
    let calendar = this.compiled.get(key);
    if (calendar === undefined) {
      calendar = compileCalendar(known(find(this.calendars, ref), 'calendar', ref).definition);
      this.compiled.set(key, calendar);
      const oldest = this.compiled.keys().next();
      if (this.compiled.size > calendarsKept && !oldest.done) this.compiled.delete(oldest.value);
    }
    return calendar;
  }

  planHistory(code: string): Promise<PlanHistory> {
    return this.plans.follow(code);
  }

  calendarHistory(code: string): Promise<CalendarHistory> {
    return this.calendars.follow(code);
  }

  /** Which ids of customers were joined to which. */
  joins(): Promise<Joins> {
    return this.joined.follow(joinsStream);
  }

  /** The words of the desk: types, channels and priorities. */
  words(): Promise<Words> {
    return this.desk.follow(wordsStream);
  }

  /** @throws Rejection `PLAN_NOT_FOUND` */
  async expectPlan(code: string): Promise<void> {
    if ((await this.plans.follow(code)).length === 0) throw planNotFound(code);
  }

  /** @throws UnknownWord where the desk never had it: history may have a word that is retired */
  async expectWord(list: WordList, word: string, now: Instant): Promise<void> {
    const words = await this.words();
    if (wordIn(words, list, word) === undefined) throw new UnknownWord(list, word, words, now);
  }

  /** @throws Rejection `CALENDAR_NOT_FOUND` */
  async expectCalendar(code: string): Promise<void> {
    if ((await this.calendars.follow(code)).length === 0) throw calendarNotFound(code);
  }

  /** What was just written here is seen by the next question, whoever else is asking at the time. */
  refresh(): void {
    for (const followed of [this.plans, this.calendars, this.customers, this.desk, this.joined]) followed.refresh();
    this.pinned.forget();
  }
}

function versionAt(history: PlanHistory, code: string, at: Instant, version: number | undefined) {
  const plan = version === undefined ? inForce(history, at) : history.find((change) => change.version === version);
  if (plan !== undefined) return plan;
  if (version === undefined || history.length === 0) throw planNotFound(code);
  throw new Rejection('PLAN_VERSION_NOT_FOUND', `version: plan ${code} has no version ${version}.`);
}

const find = <Content, Type extends string>(
  followed: FollowedStreams<readonly Change<Content, Type>[]>,
  ref: VersionRef,
): Content | undefined => followed.cached(ref.code)?.find(({ version }) => version === ref.version)?.content;

function known<Content>(content: Content | undefined, what: string, { code, version }: VersionRef): Content {
  if (content === undefined) throw new Error(`${what} ${code} version ${version} is pinned, but its stream lacks it`);
  return content;
}
