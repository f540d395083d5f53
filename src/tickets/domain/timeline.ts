import { type Instant } from '../../business-time/calendar.js';
import { advance } from './layout.js';
import { type RunId } from '../../clocks/outcome.js';
import { isSameRun } from '../../clocks/run.js';
import { type TicketRun } from './ticket-clocks.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { type Fact, type JudgedAgain } from './facts.js';
import { judgedAgain, judgementIn } from './judge-again.js';
import { after, isReply, type StateChange, type TicketState } from './ticket-state.js';
import { type FirstReplyFrom } from './transition.js';
import { isSameForClocks, isSameState } from './same-ticket-state.js';
import { Sequence } from '../../event-sourcing/sequence.js';
import { isMessageAt, splitOff } from './split-off.js';

/** The ticket and its clocks as a fact leaves them. */
export interface TicketAt {
  /** Undefined before the opening. When it was first replied to is asked of the timeline: see {@link Timeline.stateAt}. */
  readonly state: TicketState | undefined;
  readonly isChanged: boolean;
  readonly open: readonly TicketRun[];
  readonly over: readonly TicketRun[];
}

/** How a ticket stood until its next fact. */
export interface Stand {
  readonly state: TicketState | undefined;
  /** When the next fact is; infinity after the last. */
  readonly until: Instant;
}

interface Entry {
  readonly fact: Fact;
  /** Undefined until it has been worked out. */
  readonly stand: TicketAt | undefined;
  /** What the fact means has changed since. */
  readonly isOther: boolean;
}

/** Runs that are over and other than they were; undefined where one is not among these any more. */
export type ChangedRuns = ReadonlyMap<RunId, TicketRun | undefined>;

const unopened: TicketAt = { state: undefined, isChanged: false, open: [], over: [] };
const unchanged: ChangedRuns = new Map();

/** How many facts are worked out at a time. */
const share = 200;

/**
 * A ticket's facts in order of occurrence, with what each left: the ticket as it stood, and its clocks as they were laid out
 * under some versions. A fact more makes another timeline, which shares what it leaves alone; what comes after the fact is
 * worked out again only until it is as it was. The earlier timeline stays as it was.
 */
export class Timeline {
  static readonly empty = new Timeline(Sequence.empty, undefined, 0, 0, unchanged, 0, -Infinity);

  private constructor(
    private readonly entries: Sequence<Entry>,
    private readonly versions: Versions | undefined,
    /** From where on it is to be worked out, and up to where there are facts that never were. */
    private readonly staleFrom: number,
    private readonly newUntil: number,
    /** Runs that have changed since somebody last {@link took} note; undefined: any may have. */
    readonly changed: ChangedRuns | undefined,
    /** How many facts have been worked out so far, those that were again among them. */
    readonly worked: number,
    /** The last instant at which it heard of a merge: whether that request was answered, earlier replies say. */
    private readonly mergedAt: Instant,
  ) {}

  get length(): number {
    return this.entries.length;
  }

  get facts(): readonly Fact[] {
    return [...this.entries].map(({ fact }) => fact);
  }

  /**
   * With a fact more; at the same instant the log's order decides. A split takes its message away, and what is judged again
   * is all there is so far.
   */
  insert(fact: Fact): Timeline {
    if (fact.type === 'TicketSplit') return this.splitOff(fact.data.messageAt).inserted(fact);
    const judgement = judgementIn(fact);
    return judgement === undefined ? this.inserted(fact) : this.judgedAgain(judgement).inserted(fact);
  }

  private inserted(fact: Fact): Timeline {
    const place = this.countUntil(fact.at);
    if (fact.at < this.mergedAt) return this.withMergesAnew(place).insertedAt(place, fact);
    return this.insertedAt(place, fact);
  }

  private insertedAt(place: number, fact: Fact): Timeline {
    return new Timeline(
      this.entries.insert(place, { fact, stand: undefined, isOther: false }),
      this.versions,
      Math.min(this.staleFrom, place),
      Math.max(this.newUntil + (place < this.newUntil ? 1 : 0), place + 1),
      this.changed,
      this.worked,
      fact.type === 'MergeReceived' ? Math.max(this.mergedAt, fact.at) : this.mergedAt,
    );
  }

  /** With every fact as one that is judged by something else. */
  private judgedAgain(by: JudgedAgain): Timeline {
    const anew = [...this.entries].map(({ fact, stand }) => ({ fact: judgedAgain(fact, by), stand, isOther: true }));
    return new Timeline(
      this.entries.replace(0, anew),
      this.versions,
      0,
      this.length,
      this.changed,
      this.worked,
      this.mergedAt,
    );
  }

  /** With the merges after a place as those that may mean something else. */
  private withMergesAnew(from: number): Timeline {
    const merges: [place: number, fact: Fact][] = [];
    let place = from;
    for (const { fact } of this.entries.from(from)) {
      if (fact.at > this.mergedAt) break;
      if (fact.type === 'MergeReceived') merges.push([place, fact]);
      place += 1;
    }
    return merges.reduce<Timeline>((all, [at, fact]) => all.replaced(at, fact), this);
  }

  /** With the first message of an instant that is left, if there is one, as one that was split off. */
  private splitOff(messageAt: Instant): Timeline {
    let place = this.countBefore(messageAt);
    for (const { fact } of this.entries.from(place)) {
      if (fact.at > messageAt) break;
      if (isMessageAt(fact, messageAt) && !fact.isSplitOff) return this.replaced(place, splitOff(fact));
      place += 1;
    }
    return this;
  }

  /** With a fact that means something else than it did. */
  private replaced(place: number, fact: Fact): Timeline {
    const { stand } = this.entries.at(place) ?? {};
    return new Timeline(
      this.entries.with(place, { fact, stand, isOther: true }),
      this.versions,
      Math.min(this.staleFrom, place),
      Math.max(this.newUntil, place + 1),
      this.changed,
      this.worked,
      this.mergedAt,
    );
  }

  /** How many facts there are up to an instant, and at it. */
  countUntil(at: Instant): number {
    return this.entries.countWhile(({ fact }) => fact.at <= at);
  }

  /** How many facts there are before an instant. */
  countBefore(at: Instant): number {
    return this.entries.countWhile(({ fact }) => fact.at < at);
  }

  /** The fact of an id, which counts at an instant, and the ticket before it; {@link workedOut} before. */
  changeBy(id: string, at: Instant): Omit<StateChange, 'state'> | undefined {
    let place = this.countBefore(at);
    for (const { fact } of this.entries.from(place)) {
      if (fact.at > at) break;
      if (fact.id === id) return { fact, before: this.standAfter(place).state };
      place += 1;
    }
    return undefined;
  }

  /** Facts from an instant on. */
  *factsFrom(at: Instant): Generator<Fact, void, undefined> {
    for (const { fact } of this.entries.from(this.countBefore(at))) yield fact;
  }

  /** What was left when so many facts had come; {@link workedOut} before. */
  standAfter(count: number): TicketAt {
    return count === 0 ? unopened : standOf(this.entries.at(count - 1));
  }

  /** How the ticket stood from an instant on, from fact to fact; {@link workedOut} before. */
  *standsFrom(at: Instant): Generator<Stand, void, undefined> {
    const count = this.countUntil(at);
    let { state } = this.standAfter(count);
    for (const entry of this.entries.from(count)) {
      yield { state, until: entry.fact.at };
      ({ state } = standOf(entry));
    }
    yield { state, until: Infinity };
  }

  /** The ticket as it stood when so many facts had come; {@link workedOut} before. */
  stateAfter(count: number): TicketState | undefined {
    const { state } = this.standAfter(count);
    if (state === undefined || state.lastReplyAt === null) return state;
    const first = this.entries.countWhile((entry) => (standOf(entry).state?.lastReplyAt ?? null) === null);
    const { lastReplyAt: firstRespondedAt = null } = this.standAfter(first + 1).state ?? {};
    return firstRespondedAt === state.firstRespondedAt ? state : { ...state, firstRespondedAt };
  }

  /** The runs that were over when so many facts had come. */
  *overUntil(count: number): Generator<TicketRun, void, undefined> {
    let left = count;
    for (const entry of this.entries) {
      if (left-- === 0) return;
      yield* standOf(entry).over;
    }
  }

  /** The same, when note has been taken of what changed. */
  took(changed: ChangedRuns): Timeline {
    if (changed === this.changed) return this;
    const { entries, versions, staleFrom, newUntil, worked, mergedAt } = this;
    return new Timeline(entries, versions, staleFrom, newUntil, changed, worked, mergedAt);
  }

  isWorkedOut(versions: Versions): boolean {
    return this.versions === versions && this.staleFrom >= this.length;
  }

  /** The same, worked out under some versions. */
  workedOut(versions: Versions): Timeline {
    if (this.isWorkedOut(versions)) return this;
    const work = this.workingOut(versions);
    for (;;) {
      const { done, value } = work.next();
      if (done === true) return value;
    }
  }

  /** As {@link workedOut}, some facts at a time. */
  *workingOut(versions: Versions): Generator<undefined, Timeline, undefined> {
    const isAnew = this.versions !== versions;
    const from = isAnew ? 0 : this.staleFrom;
    const newUntil = isAnew ? this.length : this.newUntil;
    const changed = new Map<RunId, TicketRun | undefined>();
    const anew: Entry[] = [];
    let now = from === 0 ? unopened : standOf(this.entries.at(from - 1));
    let known: TicketAt | undefined = now;
    const entryAt = (place: number) => (place < from ? this.entries.at(place) : anew[place - from]);
    const firstReplyFrom = (at: Instant) => {
      for (let place = this.countBefore(at); place < from + anew.length; place++) {
        const entry = entryAt(place);
        if (entry?.stand?.isChanged === true && isReply(entry.fact)) return entry.fact;
      }
      return undefined;
    };
    for (const { fact, stand, isOther } of this.entries.from(from)) {
      const was = isAnew ? undefined : stand;
      if (was !== undefined && !isOther && from + anew.length >= newUntil && isMet(now, known)) {
        known = undefined; // all that follows is as it was
        break;
      }
      now =
        was === undefined || isOther
          ? next(now, fact, versions, firstReplyFrom)
          : nextAgain(now, fact, versions, firstReplyFrom, known, was);
      noteOver(changed, now.over, was?.over ?? none);
      known = was ?? known;
      anew.push({ fact, stand: now, isOther: false });
      if (anew.length % share === 0) yield;
    }
    if (known !== undefined) noteOver(changed, none, known.open);
    return new Timeline(
      this.entries.replace(from, anew),
      versions,
      this.length,
      0,
      isAnew || this.changed === undefined ? undefined : both(this.changed, changed),
      this.worked + anew.length,
      this.mergedAt,
    );
  }
}

const none: readonly TicketRun[] = [];

const both = (before: ChangedRuns, now: ChangedRuns): ChangedRuns =>
  before.size === 0 ? now : now.size === 0 ? before : new Map([...before, ...now]);

function standOf(entry: Entry | undefined): TicketAt {
  if (entry?.stand === undefined) throw new Error('a fact has not been worked out');
  return entry.stand;
}

/** What a fact leaves of how the ticket and its clocks stood. */
function next(now: TicketAt, fact: Fact, versions: Versions, firstReplyFrom: FirstReplyFrom): TicketAt {
  const state = after(now.state, fact);
  if (state !== undefined && state !== now.state)
    return { state, isChanged: true, ...advance(now.open, fact, now.state, state, versions, firstReplyFrom) };
  return now.isChanged ? { state, isChanged: false, open: now.open, over: none } : now;
}

/**
 * As {@link next} for a fact that left something before, when `known` was how all stood. What is as it was is the same
 * object, so that it is soon seen when all is.
 */
function nextAgain(
  now: TicketAt,
  fact: Fact,
  versions: Versions,
  firstReplyFrom: FirstReplyFrom,
  known: TicketAt,
  was: TicketAt,
): TicketAt {
  const isSameBefore = now.state === known.state;
  const anew = isSameBefore ? was.state : after(now.state, fact);
  const isChanged = isSameBefore ? was.isChanged : anew !== now.state;
  const state = isChanged && isSameState(anew, was.state) ? was.state : anew;
  const { open, over } = clocksAgain(now, fact, versions, firstReplyFrom, known, was, isChanged, state);
  if (!isChanged && !now.isChanged && open === now.open && over.length === 0) return now;
  const isSame = state === was.state && isChanged === was.isChanged && open === was.open && over === was.over;
  return isSame ? was : { state, isChanged, open, over };
}

function clocksAgain(
  now: TicketAt,
  fact: Fact,
  versions: Versions,
  firstReplyFrom: FirstReplyFrom,
  known: TicketAt,
  was: TicketAt,
  isChanged: boolean,
  state: TicketState | undefined,
): Pick<TicketAt, 'open' | 'over'> {
  const isSameChange =
    isChanged === was.isChanged &&
    areSame(now.open, known.open) &&
    (!isChanged || (isSameForClocks(now.state, known.state) && isSameForClocks(state, was.state)));
  if (isSameChange) return was;
  if (!isChanged || state === undefined) return { open: now.open, over: none };
  const left = advance(now.open, fact, now.state, state, versions, firstReplyFrom);
  const before = new Map([...was.open, ...was.over].map((run) => [run.id, run]));
  const again = (runs: readonly TicketRun[], whole: readonly TicketRun[]) => {
    const same = runs.map((run) => {
      const other = before.get(run.id);
      return other !== undefined && isSameRun(run, other) ? other : run;
    });
    return areSame(same, whole) ? whole : same;
  };
  return { open: again(left.open, was.open), over: again(left.over, was.over) };
}

/** Whether all goes on alike from both. */
const isMet = (a: TicketAt, b: TicketAt) => a === b || (areSame(a.open, b.open) && isSameState(a.state, b.state));

const areSame = (a: readonly TicketRun[], b: readonly TicketRun[]) =>
  a === b || (a.length === b.length && a.every((run, i) => run === b[i]));

/** Takes note of runs that are over now and were not, or otherwise, and of those that were. */
function noteOver(
  changed: Map<RunId, TicketRun | undefined>,
  now: readonly TicketRun[],
  was: readonly TicketRun[],
): void {
  if (now === was) return;
  for (const run of was) if (!now.includes(run) && !changed.has(run.id)) changed.set(run.id, undefined);
  for (const run of now) if (!was.includes(run)) changed.set(run.id, run);
}
