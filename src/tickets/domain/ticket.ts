import { type Instant } from '../../business-time/calendar.js';
import { type PinnedVersions } from '../../clocks/pinned-versions.js';
import { arePinnedAlike } from '../../clocks/pinned-versions.js';
import { lapse } from '../../clocks/run.js';
import { type TicketRun, type VanishedTicketRun, type RecordedTicketRun } from './ticket-clocks.js';
import { type RunId } from '../../clocks/outcome.js';
import { isFullyRecorded, isVanishRecorded } from '../../clocks/outcomes.js';
import { recorded } from '../../clocks/recorded-run.js';
import { endOf } from './calls.js';
import { inOrder } from './layout.js';
import { type Versions } from '../../catalogue/domain/versions.js';
import { Directory } from '../../event-sourcing/directory.js';
import { type OutcomeEvent, type TicketEvent } from './ticket-event-types.js';
import { factOf, isFact } from './fact-of.js';
import { type Fact } from './facts.js';
import { judgementIn } from './judge-again.js';
import { type StateChange, type TicketState } from './ticket-state.js';
import { Sequence } from '../../event-sourcing/sequence.js';
import { type ChangedRuns, type Stand, type TicketAt, Timeline } from './timeline.js';

/** What may have to be said: runs as they are laid out, those over only where they have changed; and those that vanished. */
export interface ToSay {
  readonly runs: readonly TicketRun[];
  readonly vanished: readonly VanishedTicketRun[];
}

/**
 * What a ticket's stream means: its facts, what was recorded of its runs, and how far it has been judged. An event more makes
 * another ticket, which shares what the event leaves alone; the earlier one stays as it was. What follows from the facts is
 * worked out when it is asked for, and kept: it is always the same.
 */
export class Ticket {
  static readonly unopened = new Ticket(
    undefined,
    undefined,
    [],
    Directory.empty,
    Directory.empty,
    -Infinity,
    0,
    0,
    Timeline.empty,
    Sequence.empty,
  );

  /** What it was foreseen to be: who has decided on an event evolves by it at once. */
  private foreseen: { readonly event: TicketEvent; readonly ticket: Ticket } | undefined;

  private constructor(
    /** Undefined until it is opened. */
    readonly customer: string | undefined,
    /** The fact that opened it. */
    readonly opening: Extract<Fact, { type: 'TicketOpened' }> | undefined,
    /** The versions that its facts pin, each once. */
    readonly pinned: readonly PinnedVersions[],
    /** The digest that each fact's command had, by the fact's id. */
    private readonly hashes: Directory<string | null>,
    readonly recorded: Directory<RecordedTicketRun>,
    /** The latest of its facts and settlements. */
    readonly horizon: Instant,
    /** Events so far; the next one's order. */
    readonly size: number,
    /** How many bytes it takes, about, with all that is worked out of it. */
    readonly bytes: number,
    private timeline: Timeline,
    /** Runs of which an outcome was recorded since it was last found out what is to be said. */
    private heard: Sequence<RunId>,
  ) {}

  /** How many facts it has. */
  get length(): number {
    return this.timeline.length;
  }

  /** In order of occurrence; gathered anew each time. */
  get facts(): readonly Fact[] {
    return this.timeline.facts;
  }

  /** How many facts have been worked out so far, those that were again among them. */
  get worked(): number {
    return this.timeline.worked;
  }

  /** The digest that the fact of an id came with, null where it had none; undefined where there is no such fact. */
  hashOf(factId: string): string | null | undefined {
    return this.hashes.get(factId);
  }

  /** The ticket after one event more. */
  with(event: TicketEvent): Ticket {
    const { foreseen } = this;
    this.foreseen = undefined; // so that nobody who keeps an earlier ticket keeps all the later ones
    return foreseen?.event === event ? foreseen.ticket : this.after(event);
  }

  /** The ticket as an event that is not recorded yet would leave it. */
  foresee(event: TicketEvent): Ticket {
    if (this.foreseen?.event !== event) this.foreseen = { event, ticket: this.after(event) };
    return this.foreseen.ticket;
  }

  private after(event: TicketEvent): Ticket {
    const { customer, opening, pinned, hashes, recorded: known, horizon, bytes, timeline, heard } = this;
    const size = this.size + 1;
    if (isFact(event)) {
      const fact = factOf(event, this.size, opening?.at);
      return new Ticket(
        customer ?? event.data.customer,
        opening ?? (fact.type === 'TicketOpened' ? fact : undefined),
        [fact.terms, ...(judgementIn(fact)?.versions ?? []).map(({ terms }) => terms)].reduce(withPinned, pinned),
        hashes.with(fact.id, fact.commandHash ?? null),
        known,
        Math.max(horizon, endOf(fact)),
        size,
        bytes + bytesOf(fact),
        timeline.insert(fact),
        heard,
      );
    }
    if (!isOutcome(event))
      return new Ticket(customer, opening, pinned, hashes, known, horizon, size, bytes, timeline, heard);
    const { run, asOf } = event.data;
    return new Ticket(
      customer,
      opening,
      pinned,
      hashes,
      known.with(run, recorded(known.get(run), event.type, event.data)),
      Math.max(horizon, asOf),
      size,
      bytes + (known.has(run) ? 0 : bytesOfRun),
      timeline,
      timeline.changed === undefined ? heard : heard.insert(heard.length, run),
    );
  }

  /** Works out what follows from its facts, some at a time, so that others may have a turn in between. */
  *workingOut(versions: Versions): Generator<undefined, void, undefined> {
    if (this.timeline.isWorkedOut(versions)) return;
    const timeline = yield* this.timeline.workingOut(versions);
    if (!this.timeline.isWorkedOut(versions)) this.timeline = timeline; // others may have asked meanwhile
  }

  /** How it and its clocks stood when all facts until an instant, and at it, had come. */
  standAt(at: Instant, versions: Versions): TicketAt {
    const timeline = this.workedOut(versions);
    return timeline.standAfter(timeline.countUntil(at));
  }

  /** As {@link standAt}, but for the facts at the instant itself. */
  standBefore(at: Instant, versions: Versions): TicketAt {
    const timeline = this.workedOut(versions);
    return timeline.standAfter(timeline.countBefore(at));
  }

  /** How it stood from an instant on, from fact to fact. */
  standsFrom(at: Instant, versions: Versions): Iterable<Stand> {
    return this.workedOut(versions).standsFrom(at);
  }

  /** The ticket as it stood at an instant; undefined before it was opened. */
  stateAt(at: Instant, versions: Versions): TicketState | undefined {
    const timeline = this.workedOut(versions);
    return timeline.stateAfter(timeline.countUntil(at));
  }

  /** Its clocks as they stood at an instant, in order of start. */
  clocksAt(at: Instant, versions: Versions): readonly TicketRun[] {
    const timeline = this.workedOut(versions);
    const count = timeline.countUntil(at);
    const { open } = timeline.standAfter(count);
    return inOrder([...timeline.overUntil(count), ...open.map((run) => lapse(run, at))]);
  }

  /** The fact of an id, which counts at an instant, and the ticket before it; undefined where there is none. */
  changeBy(id: string, at: Instant, versions: Versions): Omit<StateChange, 'state'> | undefined {
    return this.workedOut(versions).changeBy(id, at);
  }

  /** Facts from an instant on, in order of occurrence. */
  factsFrom(at: Instant): Iterable<Fact> {
    return this.timeline.factsFrom(at);
  }

  /** What may have to be said of its clocks at an instant after all its facts. */
  toSay(asOf: Instant, versions: Versions): ToSay {
    const timeline = this.workedOut(versions);
    const { open } = timeline.standAfter(timeline.length);
    const unsaid = this.unsaid(timeline, open);
    this.timeline = timeline.took(unsaid);
    this.heard = Sequence.empty;
    const runs = open.map((run) => lapse(run, asOf));
    const vanished: VanishedTicketRun[] = [];
    for (const [id, run] of unsaid) {
      const known = this.recorded.get(id);
      if (run !== undefined) runs.push(run);
      else if (known !== undefined) vanished.push({ id, recorded: known });
    }
    vanished.sort((a, b) => this.recorded.orderOf(a.id) - this.recorded.orderOf(b.id));
    return { runs: inOrder(runs), vanished };
  }

  private workedOut(versions: Versions): Timeline {
    this.timeline = this.timeline.workedOut(versions);
    return this.timeline;
  }

  /** Of runs that are over or have vanished, those of which that is not recorded. */
  private unsaid(timeline: Timeline, open: readonly TicketRun[]): ChangedRuns {
    const isOpen = (id: RunId) => open.some((run) => run.id === id);
    const { changed } = timeline;
    if (changed?.size === 0 && this.heard.length === 0) return changed;
    const isSure = changed !== undefined && this.heard.every((id) => isOpen(id) || changed.has(id));
    const unsaid = new Map<RunId, TicketRun | undefined>();
    for (const [id, run] of isSure ? changed : this.all(timeline)) {
      const known = this.recorded.get(id);
      const isRecorded =
        run === undefined ? known === undefined || isVanishRecorded(known) : isFullyRecorded(run, known);
      if (!isOpen(id) && !isRecorded) unsaid.set(id, run);
    }
    return unsaid;
  }

  /** Every run that is over, and every one that was recorded. */
  private all(timeline: Timeline): ChangedRuns {
    const runs = new Map<RunId, TicketRun | undefined>();
    for (const run of timeline.overUntil(timeline.length)) runs.set(run.id, run);
    for (const id of this.recorded.keys()) if (!runs.has(id)) runs.set(id, undefined);
    return runs;
  }
}

const withPinned = (pinned: readonly PinnedVersions[], terms: PinnedVersions): readonly PinnedVersions[] =>
  pinned.some((known) => arePinnedAlike(known, terms)) ? pinned : [...pinned, terms];

/** A stream without events. */
export const unopened: Ticket = Ticket.unopened;

/** When the ticket was opened; undefined until it is. */
export const openedAt = ({ opening }: Ticket): Instant | undefined => opening?.at;

/** The ticket after one event more. */
export const evolve = (ticket: Ticket, event: TicketEvent): Ticket => ticket.with(event);

/** What a run takes with what was recorded of it, measured. */
const bytesOfRun = 1_500;

/** What a fact takes with what it left, measured; texts beside that. */
function bytesOf({ type, data }: Fact): number {
  if (type === 'InternalNoteAdded') return 300;
  const hasTexts = type === 'TicketOpened' || type === 'TicketSplit' || type === 'PlanReapplied';
  return hasTexts ? 1_200 + 2 * JSON.stringify(data).length : 1_200;
}

const isOutcome = (event: TicketEvent): event is OutcomeEvent => event.type.startsWith('Sla');
