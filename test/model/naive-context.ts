import { isDeepStrictEqual } from 'node:util';
import { type Instant } from '../../src/business-time/calendar.js';
import { type ReceiveMerge } from '../../src/tickets/domain/commands.js';
import { type TicketCommand } from '../../src/tickets/domain/facts.js';
import { type NaiveCatalogue, type Revision } from './naive-catalogue.js';
import { lifeOf, senseOf } from './naive-ticket-state.js';
import { calendarsOf, type ClockView, countedOf, type Fact, type Life, viewOf } from './naive-ticket.js';

const minute = 60_000;
const skew = 5 * minute;
const longAgo = 30 * 1440 * minute;

/** A breach that was recorded of a run, and whether it was taken back. */
export interface Breach {
  readonly run: string;
  readonly dueAt: Instant;
  withdrawn: boolean;
}

export interface Said {
  readonly command: TicketCommand;
  readonly occurredAt: Instant | undefined;
  readonly actor: string;
  readonly isPerson: boolean;
  readonly mayBackdate: boolean;
  readonly key: string | undefined;
}

export type Verdict = 'recorded' | 'alreadySo' | 'refused';

/** Whether other tickets stand against what is said to have happened at an instant. */
export type Objection = (command: TicketCommand, at: Instant) => boolean;

/** A class is recorded in full: what is not named is what it was then, whatever is recorded later of before. */
function inFull(command: TicketCommand, life: Life | undefined): TicketCommand {
  if ((command.type !== 'ReclassifyTicket' && command.type !== 'SplitTicket') || life === undefined) return command;
  const subject = command.type === 'SplitTicket' ? { subject: life.subject } : {};
  return { ticketType: life.class.type, priority: life.class.priority, ...subject, ...command };
}

/** In which order revisions are applied; of some at the same instant, an order that is always the same. */
const byTurn = (a: Revision, b: Revision) =>
  a.at - b.at || a.version - b.version || a.of.localeCompare(b.of) || a.code.localeCompare(b.code);

type Reapplication = Extract<TicketCommand, { type: 'ReapplyPlan' }>;

/** All that is said of a ticket and its clocks that live through some facts. */
function toldOf(facts: readonly Fact[], until: Instant): string {
  const life = lifeOf(facts, until);
  if (life === undefined) return '';
  const { plan, planVersion } = life.terms;
  const counted = calendarsOf(life.terms).map(({ calendar, calendarVersion }) => [calendar, calendarVersion]);
  const clocks = life.runs.map((run) => viewOf(run, life.opening, until));
  return JSON.stringify([plan.code, planVersion, counted, clocks]);
}

const saysTheSame = (a: ReceiveMerge, b: ReceiveMerge) =>
  a.stands === b.stands && a.unansweredSince === b.unansweredSince && isDeepStrictEqual(a.others, b.others);

/** A ticket as the domain page says it is kept: its facts, and how far it was judged. */
export class NaiveTicket {
  readonly facts: Fact[] = [];
  horizon: Instant = -Infinity;
  readonly breaches: Breach[] = [];
  /** Runs that were on record and vanished. */
  readonly superseded = new Set<string>();
  /** Runs that are or were on record, and whose promise they are. */
  private readonly known = new Map<string, string>();
  /** How many of its facts another ticket may have to hear of. */
  news = 0;
  private openedBy: string | undefined;
  private readonly keys = new Map<string, string>();

  constructor(private readonly catalogue: NaiveCatalogue) {}

  get opening() {
    const opening = this.facts.find(({ command }) => command.type === 'OpenTicket');
    return opening?.command.type === 'OpenTicket'
      ? { at: opening.at, command: opening.command, id: opening.id }
      : undefined;
  }

  life = (): Life | undefined => lifeOf(this.facts, this.horizon);

  /** As of an instant, whatever has been recorded by then. */
  clocks(asOf: Instant = this.horizon): ClockView[] {
    const life = this.life();
    return life === undefined ? [] : life.runs.map((run) => viewOf(run, life.opening, asOf));
  }

  /** What the reports count of it: each run's last word, and each breach taken back. */
  verdicts(): string[] {
    const life = this.life();
    if (life === undefined) return [];
    const runs = life.runs.map((run) => ({ run, view: viewOf(run, life.opening, this.horizon) }));
    const verdicts = runs.flatMap(({ run, view }) => {
      const { state, metric, satisfiedAt, dueAt } = view;
      const plan = `${run.terms.plan.code} ${metric}`;
      if (state === 'running' || state === 'paused') return [];
      if (state === 'cancelled' || life.status === 'cancelled') return [`${plan} cancelled`];
      // What was late counts where it was due.
      const at = state === 'met' ? satisfiedAt : dueAt;
      return [`${plan} ${countedOf(run, life.opening).hours.monthOf(at ?? NaN)} ${state}`];
    });
    const gone = [...this.superseded].map((run) => `${this.promiseOf(run)} cancelled`);
    const withdrawn = this.breaches
      .filter((breach) => breach.withdrawn)
      .map(({ run }) => `${this.promiseOf(run)} withdrawn`);
    return [...verdicts, ...gone, ...withdrawn];
  }

  /** Whose promise a run is or was, as last known: the plan and the metric. */
  private promiseOf = (run: string) => this.known.get(run) ?? '?';

  /** Judged on the state as of when it occurred; settled before it and after it, but for late facts: only after. */
  say(said: Said, now: Instant, objects: Objection): Verdict {
    const { key, actor } = said;
    const command = this.catalogue.words.spelled(said.command);
    const at = Math.min(said.occurredAt ?? now, now);
    const content = JSON.stringify([command, said.occurredAt ?? null]);
    const repeated = this.repeatedBy({ ...said, command }, content);
    if (repeated !== undefined) return repeated;
    const opening = this.opening;
    if (opening === undefined && command.type !== 'OpenTicket') return 'refused';
    if ((said.occurredAt ?? now) > now + skew) return 'refused';
    if (at < now - longAgo && !said.mayBackdate) return 'refused';
    // What was split off may be opened once more by whoever tells of it: the two say the same.
    const isSplitOff = opening?.command.splitFrom !== undefined && command.type === 'OpenTicket';
    if (isSplitOff && opening.command.customer === command.customer) return this.already(now);
    if (opening !== undefined && at < opening.at) return 'refused';
    const terms = this.termsOf(command, at);
    if (terms === undefined || objects(command, at)) return 'refused';
    if (command.type === 'SplitTicket' && !this.messages(at).includes(command.messageAt)) return 'refused';
    if (command.type === 'PauseTicket' && command.until !== undefined && command.until <= at) return 'refused';
    const fact = { id: this.nextId(at), at, command, isPerson: said.isPerson, terms };
    const life = lifeOf(this.facts, at);
    const sense = life === undefined ? 'changes' : senseOf(life, fact);
    if (sense === 'refused') return 'refused';
    if (sense === 'alreadySo') return this.already(now);
    if (this.catalogue.words.refuse(command, life, at)) return 'refused';
    if (command.type === 'ReapplyPlan' && command.answered === true) {
      const verdict = this.judgeAgain(fact, command, now);
      if (key !== undefined && verdict === 'recorded') this.keys.set(`${actor} ${key}`, content);
      return verdict;
    }
    this.record({ ...fact, command: inFull(command, life) }, now);
    if (command.type === 'OpenTicket') this.openedBy = content;
    if (key !== undefined) this.keys.set(`${actor} ${key}`, content);
    return 'recorded';
  }

  /** All that is on record is told again by what is known now; a version that somebody chose of the same plan stays chosen. */
  private judgeAgain(fact: Fact, { keepsClasses, version }: Reapplication, now: Instant): Verdict {
    const { customer = '', plan } = this.opening?.command ?? {};
    const judgedAs = keepsClasses === true ? undefined : lifeOf(this.facts, fact.at)?.class;
    const again: Fact[] = [];
    for (const before of this.facts) {
      const terms = this.catalogue.termsAt(customer, plan, before.at, version);
      if (terms === undefined) return 'refused';
      const { type } = before.command;
      const isChosen =
        type === 'ApplyRevision' || (type === 'ReapplyPlan' && before.terms.plan.code === terms.plan.code);
      again.push({ ...before, judgedAs, ...(isChosen ? {} : { terms }) });
    }
    const until = Math.max(this.horizon, now);
    if (toldOf([...this.facts], until) === toldOf([...again, fact], until)) return this.already(now);
    if (fact.at >= this.horizon) this.settle(fact.at);
    this.facts.splice(0, this.facts.length, ...again, fact);
    this.news += 1;
    this.settle(now);
    return 'recorded';
  }

  /** What another ticket tells it: that it was merged into this one, or that this one is split off from it. */
  hear(command: ReceiveMerge | TicketCommand, occurredAt: Instant, now: Instant): void {
    const at = Math.max(occurredAt, this.opening?.at ?? -Infinity);
    const terms = this.termsOf(command, at);
    if (terms === undefined) throw new Error('a ticket without terms is told something');
    const before = command.type === 'ReceiveMerge' ? this.lastWordOf(command.from) : undefined;
    const isSame = command.type === 'ReceiveMerge' && before !== undefined && saysTheSame(before, command);
    this.record({ id: this.nextId(at), at, command, isPerson: true, terms }, now);
    if (isSame) this.news -= 1;
  }

  private lastWordOf(from: string): ReceiveMerge | undefined {
    const words = this.facts.flatMap(({ command }) =>
      command.type === 'ReceiveMerge' && command.from === from ? [command] : [],
    );
    return words.at(-1);
  }

  /** Settled before it and after it; a late fact may undo what settling would say, and is judged only with it. */
  private record(fact: Fact, now: Instant): void {
    if (fact.at >= this.horizon) this.settle(fact.at);
    this.facts.push(fact);
    this.news += 1;
    this.settle(now);
  }

  /** Facts by when they occurred, and those of the same instant by number. */
  private nextId(at: Instant): string {
    const others = this.facts.filter(
      ({ command }) => command.type !== 'ReceiveMerge' && command.type !== 'ApplyRevision',
    );
    return `${at} ${others.filter((fact) => fact.at === at).length}`;
  }

  /** When the customer wrote what had been written by an instant: the request, and replies. */
  messages = (until: Instant): Instant[] =>
    this.facts
      .filter(
        ({ command, at }) => (command.type === 'OpenTicket' || command.type === 'RecordCustomerReply') && at <= until,
      )
      .map(({ at }) => at);

  /** Of what was said before under the same key; an opening under an id that its sender chose may come twice without. */
  private repeatedBy({ key, actor, command }: Said, content: string): Verdict | undefined {
    const before =
      (key === undefined ? undefined : this.keys.get(`${actor} ${key}`)) ??
      (command.type === 'OpenTicket' ? this.openedBy : undefined);
    if (before === undefined) return undefined;
    return before === content ? 'alreadySo' : 'refused';
  }

  private already(now: Instant): Verdict {
    this.settle(now);
    return 'alreadySo';
  }

  private termsOf(command: TicketCommand | ReceiveMerge, at: Instant) {
    const { customer, plan } = this.opening?.command ?? (command.type === 'OpenTicket' ? command : { customer: '' });
    const version = command.type === 'ReapplyPlan' ? command.version : undefined;
    return this.catalogue.termsAt(customer, plan, at, version);
  }

  /** Lays the ticket out anew under each revision that applies to open tickets, where an older version still holds. */
  applyRevisions(now: Instant): void {
    const revisions = this.catalogue.revisions.filter(({ at }) => at <= now).sort(byTurn);
    for (const revision of revisions) {
      const reopenings = this.facts.filter(({ command, at }) => command.type === 'ReopenTicket' && at > revision.at);
      for (const at of [revision.at, ...reopenings.map((fact) => fact.at).sort((a, b) => a - b)])
        this.apply(revision, at, now);
    }
  }

  private apply(revision: Revision, at: Instant, now: Instant): void {
    const { of, code, version } = revision;
    const { customer, plan } = this.opening?.command ?? {};
    const life = lifeOf(this.facts, at);
    if (life === undefined || customer === undefined) return;
    const chosen = this.facts.filter((fact) => fact.command.type === 'ReapplyPlan' && fact.at > revision.at);
    // A version that somebody chose afterwards stands; chosen before the revision was got to, it has no part in it.
    const isReached = ({ terms }: Fact) =>
      of === 'plan'
        ? terms.plan.code === code && terms.planVersion >= version
        : calendarsOf(terms).some(({ calendar, calendarVersion }) => calendar === code && calendarVersion >= version);
    if (chosen.some((fact) => fact.at <= at || isReached(fact))) return;
    const terms = this.catalogue.termsOfRevision(revision, customer, plan);
    const id = `${at} ${of} ${code} ${version}`;
    // Got to before, it gives way to what somebody chose after it in that very instant.
    if (terms === undefined || this.facts.some((fact) => fact.id === id)) return;
    const command = { type: 'ApplyRevision', of, code, version } as const;
    const fact = { id, at, command, isPerson: false, terms };
    if (senseOf(life, fact) !== 'changes') return;
    this.facts.push(fact);
    this.news += 1;
    this.settle(now);
  }

  /** What falls due is on record from then on; what the new layout takes back is withdrawn. */
  settle(until: Instant): void {
    this.horizon = Math.max(this.horizon, until);
    const clocks = this.clocks();
    const late = clocks.filter(({ breachedAt }) => breachedAt !== null);
    for (const breach of this.breaches) {
      if (!late.some(({ run, breachedAt }) => run === breach.run && breachedAt === breach.dueAt))
        breach.withdrawn = true;
    }
    for (const { run, breachedAt } of late) {
      if (breachedAt === null) continue;
      const stands = this.breaches.some(
        (breach) => !breach.withdrawn && breach.run === run && breach.dueAt === breachedAt,
      );
      if (!stands) this.breaches.push({ run, dueAt: breachedAt, withdrawn: false });
    }
    const runs = new Map(clocks.map(({ run, metric, plan }) => [run, `${plan.split(' ')[0] ?? '?'} ${metric}`]));
    for (const run of this.known.keys()) if (!runs.has(run)) this.superseded.add(run);
    for (const [run, promise] of runs) {
      this.known.set(run, promise);
      this.superseded.delete(run);
    }
  }
}
