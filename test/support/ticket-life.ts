import { type Calendar, type CalendarDefinition, type Instant, type Target } from '../../src/business-time/calendar.js';
import { compileCalendar } from '../../src/business-time/compile-calendar.js';
import { type Actor } from '../../src/event-sourcing/event-store.js';
import { Rejection } from '../../src/event-sourcing/rejection.js';
import { builtInPlans, officeHours } from '../../src/catalogue/domain/built-in-plans.js';
import { type Plan, targetCalendarsOf } from '../../src/catalogue/domain/plan.js';
import { type PinnedVersions } from '../../src/clocks/pinned-versions.js';
import { type Versions } from '../../src/catalogue/domain/versions.js';
import { type CommandContext, type InternalCommand } from '../../src/tickets/domain/commands.js';
import { type TicketCommand } from '../../src/tickets/domain/facts.js';
import { ticketDecider } from '../../src/tickets/domain/decide-ticket.js';
import { type TicketEvent } from '../../src/tickets/domain/ticket-event-types.js';
import { isFact } from '../../src/tickets/domain/fact-of.js';
import { type TicketState, stateAt } from '../../src/tickets/domain/ticket-state.js';
import { noticesOf } from '../../src/tickets/domain/notices.js';
import { evolve, type Ticket, unopened } from '../../src/tickets/domain/ticket.js';

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** A Monday; all times of these tests are UTC. */
const firstMonday = Date.UTC(2026, 2, 2);

/** `Tue 09:30`, `Tue 09:30:00.001`, or `Tue+1 09:30` for the week after. */
export function instant(text: string): Instant {
  const [, day = '', weeks = '0', time = ''] = /^(\w{3})(?:\+(\d+))? ([\d:.]+)$/.exec(text) ?? [];
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  const date = days.indexOf(day) + 7 * Number(weeks);
  if (!days.includes(day)) throw new Error(`not a time of these tests: ${text}`);
  return firstMonday + date * 86_400_000 + hours * 3_600_000 + minutes * 60_000 + Math.round(seconds * 1000);
}

/** The inverse of `instant`. */
export function show(at: Instant | null): string {
  if (at === null) return 'paused';
  const passed = at - firstMonday;
  const week = Math.floor(passed / (7 * 86_400_000));
  const time = new Date(at)
    .toISOString()
    .slice(11, 23)
    .replace(/:00\.000$/, '')
    .replace(/\.000$/, '');
  return `${days[Math.floor(passed / 86_400_000) % 7] ?? '?'}${week === 0 ? '' : `+${week}`} ${time}`;
}

const calendar = compileCalendar(officeHours('UTC'));

/** A plan like Enterprise with what a test changes. */
export const planWith = (changes: Partial<Plan>): Plan => {
  const enterprise = builtInPlans.find((plan) => plan.code === 'enterprise');
  if (enterprise === undefined) throw new Error('there is no enterprise plan');
  return { ...enterprise, code: 'tested', ...changes };
};

export const hours = (amount: number): Target => ({ amount, unit: 'hours' });

export const person: Actor = { id: 'mia', kind: 'person' };
export const robot: Actor = { id: 'auto-reply', kind: 'automatic' };

export interface Setting {
  readonly plan?: Plan | string;
  readonly calendar?: CalendarDefinition;
  readonly import?: CommandContext['import'];
  /** How many facts a ticket takes. */
  readonly factsTaken?: number;
  /** Stands before the calendar of the plan. */
  readonly through?: (calendar: Calendar) => Calendar;
}

interface Moment {
  /** When it is recorded; by default when it occurred. */
  readonly now?: string;
  readonly actor?: Actor;
  readonly factId?: string;
  readonly commandHash?: string;
  readonly plan?: Plan;
  /** Of the plan, and of its calendar; by default the first. */
  readonly version?: number;
  readonly calendarVersion?: number;
  /** Of the calendars that targets name; by default the first. */
  readonly ownVersion?: number;
  /** The calendar that the customer has, in place of the plan's. */
  readonly customersCalendar?: string;
  readonly mayBackdate?: boolean;
  /** What is known to have governed at an instant; by default the plan of the command. */
  readonly known?: (at: Instant) => Plan | readonly [plan: Plan, version: number];
}

type Opening = Partial<Extract<TicketCommand, { type: 'OpenTicket' }>>;

/** One ticket whose commands are decided one after another; times are said in words, and so is what was recorded. */
export class TicketLife {
  state: Ticket = unopened;
  readonly events: TicketEvent[] = [];
  /** What the last command recorded, a line an event. */
  last: readonly string[] = [];
  private facts = 0;
  /** By code and version. */
  private readonly plans = new Map<string, Plan>();
  private readonly calendars = new Map<string, Calendar>();
  private readonly plan: Plan;
  readonly versions: Versions;

  constructor(private readonly setting: Setting = {}) {
    const { plan = 'enterprise' } = setting;
    for (const known of builtInPlans) this.knows(known);
    if (typeof plan !== 'string') this.knows(plan);
    this.plan = this.planOf(typeof plan === 'string' ? plan : plan.code);
    const { through = (all: Calendar) => all } = setting;
    const open = through(setting.calendar === undefined ? calendar : compileCalendar(setting.calendar));
    this.versions = {
      plan: ({ code, version }) => this.planOf(code, version),
      calendar: ({ code, version }) => this.calendars.get(`${code} ${version}`) ?? open,
      tzdata: '2026a',
    };
  }

  /** There is such a version of a plan, too. */
  knows(plan: Plan, version = 1): this {
    this.plans.set(`${plan.code} ${version}`, plan);
    return this;
  }

  /** There is such a version of a calendar, too: of its plan's, where no code is given. */
  knowsCalendar(definition: CalendarDefinition, version: number, code = this.plan.calendar): this {
    this.calendars.set(`${code} ${version}`, compileCalendar(definition));
    return this;
  }

  private planOf(code: string, version = 1): Plan {
    const plan = this.plans.get(`${code} ${version}`);
    if (plan === undefined) throw new Error(`there is no version ${version} of plan ${code}`);
    return plan;
  }

  open(at: string, command: Opening = {}, moment: Moment = {}): this {
    const opening = { customer: 'acme', ticketType: 'productBug', channel: 'email', subject: 'It broke' } as const;
    return this.do(at, { type: 'OpenTicket', ...opening, ...command }, moment);
  }

  /** Decides a command that occurred at `at`. */
  do(at: string, command: TicketCommand['type'] | TicketCommand | InternalCommand, moment: Moment = {}): this {
    const intent = typeof command === 'string' ? ({ type: command } as TicketCommand) : command;
    const { now = at, actor = person, factId, plan = this.plan, mayBackdate = false, commandHash } = moment;
    const { version = 1, calendarVersion = 1, ownVersion = 1, customersCalendar } = moment;
    if (moment.plan !== undefined) this.knows(plan, version);
    this.facts += 1;
    const own = targetCalendarsOf(plan.targets);
    const terms: PinnedVersions = {
      plan: { code: plan.code, version },
      calendar: { code: customersCalendar ?? plan.calendar, version: calendarVersion },
      ...(own.length === 0 ? {} : { targetCalendars: own.map((code) => ({ code, version: ownVersion })) }),
    };
    const context: CommandContext = {
      ...{ ticket: 't1', factId: factId ?? `f${this.facts}`, now: instant(now), occurredAt: instant(at) },
      ...{ actor, terms, mayBackdate },
      ...(this.setting.import === undefined ? {} : { import: this.setting.import }),
      ...(commandHash === undefined ? {} : { commandHash }),
      ...(moment.known === undefined ? {} : { knownAt: this.termsBy(moment.known) }),
    };
    const caused = ticketDecider(this.versions, this.setting.factsTaken).decide({ ...intent, context }, this.state);
    this.state = caused.reduce(evolve, this.state);
    this.events.push(...caused);
    this.last = caused.map(line);
    return this;
  }

  private termsBy(known: NonNullable<Moment['known']>) {
    return (at: Instant): PinnedVersions => {
      const governs = known(at);
      const [plan, version] = 'code' in governs ? [governs, 1] : governs;
      this.knows(plan, version);
      return { plan: { code: plan.code, version }, calendar: { code: plan.calendar, version: 1 } };
    };
  }

  settle(now: string): this {
    return this.do(now, { type: 'Settle' });
  }

  get life(): TicketState {
    const life = stateAt(this.state.facts, Infinity);
    if (life === undefined) throw new Error('the ticket is not open');
    return life;
  }

  /** What a reader should know of its facts, by their type. */
  get notices(): readonly string[] {
    const types = new Map(this.events.map(({ id, type }) => [id, type]));
    const found = noticesOf(this.state.facts, (plan) => this.versions.plan(plan));
    return found.map(({ fact, code }) => `${types.get(fact) ?? '?'} ${code}`);
  }

  /** Every outcome recorded so far, a line each. */
  get outcomes(): readonly string[] {
    return this.events.filter((event) => !isFact(event)).map(line);
  }
}

/** The refusal that some work ends in: its code, and what it says. */
export function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Rejection) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
}

/** An event in a line: what, of which clock and layout, when, due when. */
export function line(event: TicketEvent): string {
  if (isFact(event)) return `${event.type} ${show(event.metadata.occurredAt)}`;
  const { metric, layout, at, dueAt, reason } = event.data;
  const why = reason === null ? '' : ` (${reason})`;
  const isMoment = event.type === 'SlaMet' || event.type === 'SlaMetLate' || event.type === 'SlaAtRisk';
  const when = event.type === 'SlaClockCancelled' ? show(at) : isMoment ? show(at) : `due ${show(dueAt)}`;
  return `${event.type} ${metric}/${layout} ${when}${why}`;
}
