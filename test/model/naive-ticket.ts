import { type Instant, type Span, type Target } from '../../src/business-time/calendar.js';
import { type Metric, type PauseReason, type Plan, type TicketType } from '../../src/catalogue/domain/plan.js';
import { type ReceiveMerge } from '../../src/tickets/domain/commands.js';
import { type TicketCommand } from '../../src/tickets/domain/facts.js';
import { type Hours } from './hours.js';

/** Versions that a fact pins. */
export interface Terms extends CountedIn {
  readonly plan: Plan;
  readonly planVersion: number;
  /** The calendars that targets of the plan name for themselves. */
  readonly own: readonly CountedIn[];
}

/** A version of a calendar. */
export interface CountedIn {
  readonly hours: Hours;
  readonly calendar: string;
  readonly calendarVersion: number;
}

type Opening = Extract<TicketCommand, { type: 'OpenTicket' }>;

/** A revision that applies to open tickets, as it reaches one of them. */
export interface Relayout {
  readonly type: 'ApplyRevision';
  readonly of: 'plan' | 'calendar';
  readonly code: string;
  readonly version: number;
}

/** Something that happened, as the domain page sees it. */
export interface Fact {
  readonly id: string;
  readonly at: Instant;
  readonly command: TicketCommand | Relayout | ReceiveMerge;
  readonly isPerson: boolean;
  readonly terms: Terms;
  /** Judged again since: by this class in place of the one that the ticket had then. */
  readonly judgedAs?: Class | undefined;
}

export interface Class {
  readonly type: TicketType;
  readonly priority: string;
}

/** How a run ended. A breached run may end too: at a silent close, say. */
interface End {
  readonly at: Instant;
  readonly how: 'satisfied' | 'closed' | 'cancelled' | 'lostPromise' | 'merged' | 'superseded';
}

/** One clock from its start on. */
export interface Run {
  readonly id: string;
  readonly metric: Metric;
  /** The ticket whose request it answers, where that was merged into this one. */
  readonly from: string | undefined;
  /** When it started by itself. */
  readonly ownStart: Instant;
  /** The same, or since when a request has waited in a ticket that was merged into this one. */
  startedAt: Instant;
  /** The merge that moved its start, if nothing laid it out anew since. */
  movedByMergeAt: Instant | undefined;
  terms: Terms;
  class: Class;
  /** When it stood still. */
  readonly stops: Span[];
  stoppedSince: Instant | undefined;
  end: End | undefined;
}

export type Status = 'open' | 'waiting' | 'resolved' | 'closed' | 'cancelled' | 'merged';

export interface Life {
  status: Status;
  opening: Opening;
  readonly openedAt: Instant;
  class: Class;
  /** The class that clocks are judged by at the fact that is told, where that is another. */
  judgedAs: Class | undefined;
  /** What people see, as it was put right last. */
  subject: string;
  hasReplied: boolean;
  /** When the customer last wrote after the opening; what a program answers for them is no word of theirs. */
  lastCustomerReplyAt: Instant | null;
  /** The customer waits for an answer. */
  isAsked: boolean;
  /** Nobody has told the customer anything since it was last resolved. */
  isUntold: boolean;
  /** Until when each wait lasts, where that was said. */
  readonly waits: Map<PauseReason, Instant | undefined>;
  readonly runs: Run[];
  assignee: string | null;
  team: string | null;
  /** What governs the ticket: as opened, or as last reapplied. */
  terms: Terms;
  /** When a person of ours wrote to the customer. */
  readonly replies: Instant[];
  /** How it stood before it was cancelled, while it is. */
  beforeCancel:
    { readonly status: Status; readonly waits: readonly (readonly [PauseReason, Instant | undefined])[] } | undefined;
  isRestored: boolean;
  mergedInto: string | null;
  readonly splitInto: string[];
  /** The last word of each ticket that was merged into it. */
  readonly received: Map<string, ReceiveMerge>;
}

/** The class that a clock is judged by now. */
export const judgedClass = (life: Life): Class => life.judgedAs ?? life.class;

/** What a plan promises a ticket of a class; nothing outside its channels and types. The most specific target wins. */
export function targetOf(plan: Plan, metric: Metric, { channel }: Opening, { type, priority }: Class) {
  if (!plan.types.includes(type) || !plan.channels.includes(channel)) return undefined;
  const fitting = (wants: readonly [type: boolean, priority: boolean]) =>
    plan.targets.find(
      (target) =>
        target.metric === metric &&
        (wants[0] ? target.type === type : target.type === undefined) &&
        (wants[1] ? target.priority === priority : target.priority === undefined),
    );
  return fitting([true, true]) ?? fitting([true, false]) ?? fitting([false, true]) ?? fitting([false, false]);
}

/** Every calendar that is pinned. */
export const calendarsOf = (terms: Terms): readonly CountedIn[] => [terms, ...terms.own];

/** What a run is promised, and the calendar it is counted in: the target's own, else what its terms say. */
export function countedOf(run: Run, opening: Opening): CountedIn & { readonly target: Target } {
  const promise = targetOf(run.terms.plan, run.metric, opening, run.class);
  if (promise === undefined) throw new Error('a run without a promise');
  const { hours, calendar, calendarVersion } =
    run.terms.own.find((own) => own.calendar === promise.calendar) ?? run.terms;
  return { hours, calendar, calendarVersion, target: promise.target };
}

/** The deadline as it stands at an instant: moved by each stop that began in time, by the open time in it. */
export function dueAt(run: Run, opening: Opening, asOf: Instant): Instant {
  const { hours, target } = countedOf(run, opening);
  let due = hours.dueAt(run.startedAt, target);
  for (const stop of stopsUntil(run, asOf)) {
    if (stop.from > due) break;
    const open = hours.between(stop.from, stop.to);
    if (open === 0) continue;
    due = hours.add(due, open);
    if (due < stop.to) due = hours.nextOpening(stop.to);
  }
  return due;
}

/** When it stood still, up to an instant; spans that touch are one. */
function stopsUntil(run: Run, asOf: Instant): Span[] {
  const all = run.stoppedSince === undefined ? run.stops : [...run.stops, { from: run.stoppedSince, to: Infinity }];
  const united: { from: Instant; to: Instant }[] = [];
  for (const { from, to } of all) {
    if (from >= asOf) continue;
    const last = united.at(-1);
    if (last !== undefined && from <= last.to) last.to = Math.min(to, asOf);
    else united.push({ from, to: Math.min(to, asOf) });
  }
  return united;
}

/** Late by an instant, and standing still or not: a pause that began in time saves it, one after the deadline does not. */
export function isLate(run: Run, opening: Opening, asOf: Instant): boolean {
  const due = dueAt(run, opening, asOf);
  if (run.stoppedSince !== undefined && run.stoppedSince <= due) return false;
  return due < asOf;
}

/** When the plan's share of its open time is used. */
export function atRiskAt(run: Run, opening: Opening, asOf: Instant): Instant {
  const { hours, target } = countedOf(run, opening);
  let left = Math.ceil(run.terms.plan.atRiskShare * hours.between(run.startedAt, hours.dueAt(run.startedAt, target)));
  let from = run.startedAt;
  for (const stop of stopsUntil(run, asOf)) {
    const open = hours.between(from, stop.from);
    if (open >= left) break;
    left -= open;
    from = stop.to;
  }
  return hours.add(from, left);
}

/** What is said of a clock. */
export interface ClockView {
  readonly run: string;
  readonly metric: Metric;
  readonly state: 'running' | 'paused' | 'breached' | 'met' | 'metLate' | 'cancelled';
  readonly startedAt: Instant;
  readonly dueAt: Instant | null;
  readonly atRiskAt: Instant | null;
  readonly satisfiedAt: Instant | null;
  readonly breachedAt: Instant | null;
  readonly cancelReason: string | null;
  /** Open time it has used, or used until it was over. */
  readonly elapsedMs: number;
  readonly plan: string;
  readonly calendar: string;
}

export function viewOf(run: Run, opening: Opening, asOf: Instant): ClockView {
  const { end, terms } = run;
  const until = end?.at ?? asOf;
  const late = end?.how !== 'lostPromise' && isLate(run, opening, until);
  const due = dueAt(run, opening, until);
  const satisfied = end?.how === 'satisfied';
  const stands = run.stoppedSince !== undefined && run.stoppedSince <= due && !late;
  const risk = atRiskAt(run, opening, until);
  const counted = countedOf(run, opening);
  const isOver = satisfied ? 'met' : 'cancelled';
  const isLateOver = satisfied ? 'metLate' : 'breached';
  return {
    ...{ run: run.id, metric: run.metric, startedAt: run.startedAt },
    state: late ? isLateOver : end !== undefined ? isOver : stands ? 'paused' : 'running',
    // Answered while it stood still, it has the deadline projected to the answer.
    dueAt: stands && !satisfied ? null : due,
    atRiskAt: stands && risk > (run.stoppedSince ?? 0) ? null : risk,
    satisfiedAt: satisfied ? end.at : null,
    breachedAt: late ? due : null,
    cancelReason: late || satisfied || end === undefined ? null : end.how,
    elapsedMs: usedBy(run, counted.hours, until),
    plan: `${terms.plan.code} ${terms.planVersion}`,
    calendar: `${counted.calendar} ${counted.calendarVersion}`,
  };
}

/** Open time that a run has used by an instant, when it stood still left out. */
function usedBy(run: Run, hours: Hours, until: Instant): number {
  const open = (from: Instant, to: Instant) => (from < to ? hours.between(from, to) : 0);
  const still = run.stoppedSince === undefined ? run.stops : [...run.stops, { from: run.stoppedSince, to: until }];
  const stood = still.map(({ from, to }) => open(Math.max(from, run.startedAt), Math.min(to, until)));
  return stood.reduce((left, ms) => left - ms, open(run.startedAt, until));
}
