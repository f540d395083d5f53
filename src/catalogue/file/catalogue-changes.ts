import { type CalendarDefinition, type Instant } from '../../business-time/calendar.js';
import { expectModest } from '../../business-time/calendar-limits.js';
import { compileCalendar } from '../../business-time/compile-calendar.js';
import { type CalendarSource } from '../../business-time/holiday-sources.js';
import { type Decider } from '../../event-sourcing/decider.js';
import { type Actor, type NewEvent } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type CatalogueRequest, type CataloguePorts, record } from '../commands/catalogue-ports.js';
import { calendarDecider, calendarNotFound } from '../domain/calendar-decider.js';
import { customerDecider, type CustomerHistory } from '../domain/customer-decider.js';
import { calendarStream, customerStream, joinsStream, planStream, wordsStream } from '../domain/catalogue-events.js';
import { joinsDecider } from '../domain/joins-decider.js';
import { refused } from '../domain/expect-sound-plan.js';
import { same, type RecordedChange } from '../domain/version-history.js';
import { isRetired, planDecider, versionsOf } from '../domain/plan-decider.js';
import { inDesksWords } from '../domain/plan-words.js';
import { wordIn, type WordList, type Words } from '../domain/words.js';
import { wordsDecider } from '../domain/words-decider.js';
import { type ResolveHolidays } from '../holidays-apart.js';
import { canonicalDefinition, canonicalPlan } from './canonical.js';
import { type CustomerEntry, type JoinEntry, type PlansFile, type WordEntry } from './read-plans-file.js';
import { type WholeCatalogue } from './whole-catalogue.js';

/** Something that a file says and the catalogue does not: what would be recorded, and how to record it. */
export interface CatalogueChange {
  readonly kind: 'calendar' | 'plan' | 'customer' | 'join' | WordList;
  readonly code: string;
  /** What it would be after. */
  readonly event: NewEvent;
  /** What it is now; undefined where it is not there. */
  readonly before: unknown;
  readonly record: (ports: CataloguePorts, actor: Actor) => Promise<unknown>;
}

/**
 * What is to be done for the catalogue to say what a file says; nothing where it does. Each change is decided here as if it
 * were done, so that a file is refused as a whole before any of it is recorded.
 * @throws Rejection that names the path of what is wrong, of every entry at fault
 */
export async function catalogueChanges(
  { now, resolveHolidays }: { readonly now: Instant; readonly resolveHolidays: ResolveHolidays },
  catalogue: WholeCatalogue,
  file: PlansFile,
): Promise<readonly CatalogueChange[]> {
  const planning = new Planning(catalogue, now, resolveHolidays);
  const { types, channels, priorities } = file;
  for (const [list, words] of Object.entries({ types, channels, priorities }))
    for (const [i, entry] of words.entries()) planning.word(entry, `${list}[${i}]`);
  for (const [i, entry] of file.calendars.entries()) await planning.calendar(entry, `calendars[${i}]`);
  for (const [i, entry] of file.plans.entries()) planning.plan(entry, `plans[${i}]`);
  for (const [i, entry] of file.customers.entries()) planning.customer(entry, `customers[${i}]`);
  for (const [i, entry] of file.joins.entries()) planning.join(entry, `joins[${i}]`);
  // Last, so that a catalogue written out goes back in: those who are on a retired plan are enrolled first.
  for (const [i, { plan, isRetired: wanted }] of file.plans.entries()) {
    if (wanted) planning.retirement(plan.code, `plans[${i}]`);
  }
  return planning.done();
}

/** One stream of the catalogue, as far as it has been planned. */
interface Planned<History, Command, Event> {
  readonly kind: CatalogueChange['kind'];
  readonly code: string;
  /** Of its history; the code, where it has one of its own. */
  readonly key?: string;
  readonly path: string;
  readonly stream: string;
  readonly histories: Map<string, History>;
  readonly decider: Decider<History, Command, Event>;
}

class Planning {
  private readonly catalogue: WholeCatalogue;
  private readonly changes: CatalogueChange[] = [];
  private readonly faults: Rejection[] = [];

  constructor(
    { calendars, plans, customers, joins, words }: WholeCatalogue,
    private readonly now: Instant,
    private readonly resolveHolidays: ResolveHolidays,
  ) {
    this.catalogue = {
      ...{ calendars: new Map(calendars), plans: new Map(plans), customers: new Map(customers) },
      ...{ joins: new Map(joins), words: new Map(words) },
    };
  }

  word({ list, code: said, name, rank, isRetired, effectiveFrom }: WordEntry, path: string): void {
    const histories = this.catalogue.words;
    const last = () => wordIn(this.words, list, said);
    const code = last()?.code ?? said;
    const on = {
      kind: list,
      code,
      key: wordsStream,
      path,
      stream: wordsStream,
      histories,
      decider: wordsDecider,
    } as const;
    const named = { list, code, ...(name === undefined ? {} : { name }), ...(rank === undefined ? {} : { rank }) };
    this.take(on, { type: last() === undefined ? 'DefineWord' : 'ReviseWord', ...named }, last());
    if (isRetired === true) this.take(on, { type: 'RetireWord', list, code, effectiveFrom }, last());
    else if (isRetired === false) this.take(on, { type: 'RestoreWord', list, code }, last());
  }

  /** As the file leaves them: what it says of words comes before all else. */
  private get words(): Words {
    return this.catalogue.words.get(wordsStream) ?? wordsDecider.initial;
  }

  async calendar({ calendar, ...revision }: PlansFile['calendars'][number], path: string): Promise<void> {
    const { code, name } = calendar;
    const histories = this.catalogue.calendars;
    const last = histories.get(code)?.at(-1)?.content;
    const definition = await this.resolved(calendar.definition, last?.definition, `${path}.definition.`);
    if (definition === undefined) return;
    const on = {
      kind: 'calendar',
      code,
      path,
      stream: calendarStream(code),
      histories,
      decider: calendarDecider,
    } as const;
    if (last === undefined) {
      this.take(on, { type: 'DefineCalendar', calendar: { code, name, definition } }, last);
      return;
    }
    const changes = { name, ...(definition === last.definition ? {} : { definition }) };
    this.take(on, { type: 'ReviseCalendar', code, changes, ...revision }, last);
  }

  plan({ plan: said, isRetired: _, ...revision }: PlansFile['plans'][number], path: string): void {
    this.expectCalendar(said.calendar, path);
    for (const [i, { calendar }] of said.targets.entries())
      if (calendar !== undefined) this.expectCalendar(calendar, `${path}.targets[${i}]`);
    const plan = this.orFault(path, () => inDesksWords(said, this.words, this.now));
    if (plan === undefined) return;
    const { code, ...changes } = plan;
    const on = this.onPlan(code, path);
    const last = versionsOf(on.histories.get(code) ?? []).at(-1)?.content;
    if (last === undefined) this.take(on, { type: 'DefinePlan', plan }, last);
    else if (!same(canonicalPlan(last), canonicalPlan(plan))) {
      this.take(on, { type: 'RevisePlan', code, changes, ...revision }, last);
    }
  }

  retirement(code: string, path: string): void {
    const on = this.onPlan(code, path);
    const history = on.histories.get(code) ?? [];
    if (isRetired(history, this.now)) return;
    this.take(on, { type: 'RetirePlan', code, effectiveFrom: undefined }, history.at(-1)?.content);
  }

  customer({ customer: code, name, plan, calendar, effectiveFrom, until }: CustomerEntry, path: string): void {
    const histories = this.catalogue.customers;
    const on = {
      kind: 'customer',
      code,
      path,
      stream: customerStream(code),
      histories,
      decider: customerDecider,
    } as const;
    const offer = this.catalogue.plans.get(plan) ?? [];
    if (calendar !== null) this.expectCalendar(calendar, path);
    const last = () => histories.get(code)?.at(-1)?.content;
    const end = () => {
      if (until === undefined) return;
      this.take(on, { type: 'EndCustomerEnrolment', customer: code, effectiveFrom: until }, last());
    };
    if (isEndedAs({ name, plan, calendar }, histories.get(code)) && until !== undefined) {
      end();
      return;
    }
    if (last() === undefined) {
      const enrolment = { customer: code, name: name ?? null, plan, calendar, effectiveFrom: effectiveFrom ?? null };
      this.take(on, { type: 'EnrolCustomer', enrolment, offer }, undefined);
      end();
      return;
    }
    const named = name === undefined ? {} : { name };
    this.take(on, { type: 'ChangeCustomerPlan', customer: code, plan, ...named, effectiveFrom, offer }, last());
    this.take(on, { type: 'SetCustomerCalendar', customer: code, calendar, effectiveFrom }, last());
    end();
  }

  join({ from: code, into, effectiveFrom }: JoinEntry, path: string): void {
    const histories = this.catalogue.joins;
    const stream = joinsStream;
    const on = { kind: 'join', code, key: stream, path, stream, histories, decider: joinsDecider } as const;
    this.take(on, { type: 'JoinCustomers', customer: code, into, effectiveFrom }, undefined);
  }

  done(): readonly CatalogueChange[] {
    const [first, ...others] = this.faults;
    if (first === undefined) return this.changes;
    const more = others.map(({ code, message }) => `\n${code}: ${message}`);
    throw new Rejection(first.code, `${first.message}${more.join('')}`);
  }

  private onPlan(code: string, path: string) {
    const histories = this.catalogue.plans;
    return { kind: 'plan', code, path, stream: planStream(code), histories, decider: planDecider } as const;
  }

  private expectCalendar(code: string, path: string): void {
    if (!this.catalogue.calendars.has(code)) this.fault(calendarNotFound(code), path);
  }

  /** What some work answers; its refusal is a fault of the entry. */
  private orFault<Answer>(path: string, work: () => Answer): Answer | undefined {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
      this.fault(error, path);
      return undefined;
    }
  }

  private fault({ code, message }: Rejection, path: string): void {
    this.faults.push(new Rejection(code, `${path}.${message}`));
  }

  /** The definition with its holidays as dates; the last one where it says the same. */
  private async resolved(
    source: CalendarSource,
    last: CalendarDefinition | undefined,
    path: string,
  ): Promise<CalendarDefinition | undefined> {
    try {
      const definition = await this.resolveHolidays(source, new Date(this.now).getUTCFullYear());
      if (last !== undefined && saysTheSame(last, definition)) return last;
      expectModest(definition);
      compileCalendar(definition).nextOpening(this.now);
      return definition;
    } catch (error) {
      const rejection = refused(error, path);
      if (!(rejection instanceof Rejection)) throw rejection;
      this.faults.push(rejection);
      return undefined;
    }
  }

  /** Decides a command as if it were given now, and plans to give it if it causes anything. */
  private take<History, Command extends RecordedChange, Event extends NewEvent>(
    { kind, code, key = code, path, stream, histories, decider }: Planned<History, Command, Event>,
    asked: CatalogueRequest<Command>,
    before: unknown,
  ): void {
    const command = (change: RecordedChange) => ({ ...asked, ...change }) as unknown as Command;
    const history = histories.get(key) ?? decider.initial;
    this.orFault(path, () => {
      const metadata = { actor: planner, occurredAt: this.now, recordedAt: this.now, schemaVersion: 1 };
      for (const event of decider.decide(command({ id: stream, metadata }), history)) {
        histories.set(key, decider.evolve(history, event));
        const give = (ports: CataloguePorts, actor: Actor) => record(ports, stream, decider, command, actor);
        this.changes.push({ kind, code, event, before, record: give });
      }
    });
  }
}

/** Whether an enrolment that has an end is, until then, as an entry says. */
function isEndedAs(
  { name, plan, calendar }: Pick<CustomerEntry, 'name' | 'plan' | 'calendar'>,
  history: CustomerHistory = [],
): boolean {
  const last = history.at(-1);
  const before = history.findLast((change) => change.content.plan !== null);
  if (before === undefined || last?.content.plan !== null) return false;
  return same(before.content, { ...before.content, plan, calendar, name: name ?? before.content.name });
}

const saysTheSame = (last: CalendarDefinition, definition: CalendarDefinition): boolean =>
  same(canonicalDefinition(last), canonicalDefinition(definition));

/** Nobody: what is planned is not recorded. */
const planner: Actor = { id: 'planner', kind: 'system' };
