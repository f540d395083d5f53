import { expect } from '@jest/globals';
import { type Instant } from '../../src/business-time/calendar.js';
import { oneAtATime } from '../../src/event-sourcing/one-at-a-time.js';
import { Rejection } from '../../src/event-sourcing/rejection.js';
import { settleDue, type WatcherPorts } from '../../src/deadlines/deadline-watcher.js';
import { changeTicket, type TicketChanged } from '../../src/tickets/commands/change-ticket.js';
import { settleTicket } from '../../src/tickets/commands/settle-ticket.js';
import { changeAndPropagate } from '../../src/tickets/commands/propagate-merge.js';
import { namesAnother } from '../../src/tickets/commands/other-ticket.js';
import { readClock } from '../../src/clocks/clock.js';
import { replayedView, replayTicket } from '../../src/audit/replay.js';
import { type TicketClock } from '../../src/tickets/domain/ticket-clocks.js';
import { type TicketView } from '../../src/tickets/domain/ticket-view.js';
import { type Received, type TicketCommand } from '../../src/tickets/domain/facts.js';
import { slaSummary } from '../../src/reports/queries/summary-query.js';
import { ticketById } from '../../src/tickets/queries/tickets.js';
import { projectionNames } from '../../src/app/projection-worker/projections.js';
import { type TestContext } from '../support/application-contexts.js';
import { BothCatalogues } from './both-catalogues.js';
import { NaiveDesk } from './naive-desk.js';
import { type Breach, type Verdict } from './naive-context.js';
import { TicketRecord } from './record.js';
import { idOf, type Script, type ScriptOrder, type Step, type When } from './script.js';

const day = 86_400_000;

/** The ledger and the model, told the same. After every step they are to say the same. */
export class Both {
  private readonly catalogues = new BothCatalogues();
  private readonly desk = new NaiveDesk(this.catalogues.naive);
  private readonly records = new Map<string, TicketRecord>();

  private constructor(
    private readonly context: TestContext,
    private readonly openings: Script['openings'],
  ) {}

  static async start(context: TestContext, { plans, openings }: Script): Promise<Both> {
    const both = new Both(context, openings);
    await both.catalogues.define(context, plans);
    return both;
  }

  async take(step: Step): Promise<void> {
    const { context } = this;
    const now = context.time.now();
    switch (step.type) {
      case 'say':
        return this.say(step, now);
      case 'move':
        context.time.moveTo(now + step.ms);
        return;
      case 'moveToDeadline': {
        const deadline = this.deadline(idOf(step.ticket), step.which);
        if (deadline !== undefined && deadline > now && deadline < now + 8 * day)
          context.time.moveTo(deadline + step.beside);
        return;
      }
      case 'settle': {
        const id = idOf(step.ticket);
        const naive = this.desk.tickets.get(id);
        if (naive === undefined) return;
        await settleTicket(context, id);
        naive.settle(now);
        return this.compareNow(id);
      }
      case 'watch':
        return this.watch();
      default:
        return this.catalogues.take(context, step);
    }
  }

  private deadline(id: string, which: number): Instant | undefined {
    const clocks = this.desk.tickets.get(id)?.clocks() ?? [];
    const instants = clocks.flatMap(({ dueAt, atRiskAt }) => [dueAt, atRiskAt]).filter((at) => at !== null);
    return instants.length === 0 ? undefined : instants[which % instants.length];
  }

  private instantOf(id: string, when: When, now: Instant): Instant | undefined {
    const facts = this.desk.tickets.get(id)?.facts ?? [];
    switch (when.kind) {
      case 'now':
        return undefined;
      case 'ago':
        return now - when.ms;
      case 'ahead':
        return now + when.ms;
      case 'deadline': {
        const at = this.deadline(id, when.which);
        return at === undefined || at > now ? undefined : at + when.beside;
      }
      case 'fact': {
        const at = facts.length === 0 ? undefined : facts[when.which % facts.length]?.at;
        return at === undefined ? undefined : at + when.beside;
      }
    }
  }

  private recordOf(id: string): TicketRecord {
    const record = this.records.get(id) ?? new TicketRecord(id);
    this.records.set(id, record);
    return record;
  }

  /** What is said of a ticket first opens it; those to be split off wait until they are. */
  private orderOf(step: Extract<Step, { type: 'say' }>, id: string, now: Instant): TicketCommand | undefined {
    const naive = this.desk.tickets.get(id);
    if (naive === undefined) return this.openings[step.ticket];
    const others = this.desk.youngestFirst().filter((other) => other !== id);
    return written(step.command, id, others, naive.messages(now), this.instantOf(id, step.when, now) ?? now);
  }

  private async say(step: Extract<Step, { type: 'say' }>, now: Instant): Promise<void> {
    const { actor, key, mayBackdate, when, isInterrupted } = step;
    const id = idOf(step.ticket);
    const command = this.orderOf(step, id, now);
    if (command === undefined) return;
    const occurredAt = this.instantOf(id, when, now);
    const isPerson = actor !== 'bot';
    const known = this.desk.tickets.get(id)?.facts.length ?? 0;
    const verdict = this.desk.say(id, { command, occurredAt, actor, isPerson, mayBackdate, key }, now);
    const request = {
      ...{ command, mayBackdate, actor: { id: actor, kind: isPerson ? 'person' : 'automatic' } as const },
      ...(occurredAt === undefined ? {} : { occurredAt }),
      ...(key === undefined ? {} : { idempotencyKey: key }),
    };
    const record = this.recordOf(id);
    const facts = record.size;
    const isToldAtOnce = namesAnother(command) && !isInterrupted;
    const change = isToldAtOnce ? changeAndPropagate : changeTicket;
    const answer = await change(this.context, id, [request], 'everyone').catch(rejectionOf);
    await record.readOn(this.context.store);
    const rejection = answer instanceof Rejection ? answer : refusalIn(answer);
    const said: Verdict = rejection !== undefined ? 'refused' : record.size > facts ? 'recorded' : 'alreadySo';
    expect({ id, said, code: rejection?.code }).toEqual({
      id,
      said: verdict,
      code: said === verdict ? rejection?.code : undefined,
    });
    if (verdict !== 'refused' && !(answer instanceof Rejection)) await this.compare(id, answer.ticket);
    if (!isToldAtOnce) return;
    // Who says the same again may have been interrupted before the others were told.
    for (const other of this.desk.propagate(id, now, verdict === 'alreadySo' ? 0 : known)) await this.compareNow(other);
  }

  /** The watchers look once; then the read models show what the model does. */
  async watch(): Promise<void> {
    const { context, desk } = this;
    const { deadlines, revisions } = context.work;
    const mergePropagations = oneByOne(context.work.mergePropagations);
    const signal = new AbortController();
    const now = context.time.now();
    const running = context.projections.run(signal.signal, ({ name, error }) => {
      throw new Error(`projection ${name}: ${error ?? '?'}`);
    });
    const seen = async () =>
      context.projections.waitFor(projectionNames, await context.store.lastPosition(), signal.signal);
    // A revision may bring a ticket under a calendar that has one too, and either may change what others are to hear.
    for (const ports of [
      mergePropagations,
      deadlines,
      revisions,
      mergePropagations,
      revisions,
      mergePropagations,
      deadlines,
    ]) {
      await seen();
      await settleDue(ports, signal.signal);
    }
    await seen();
    signal.abort();
    await running;
    desk.propagateAll(now);
    for (const _ of ['once', 'again']) {
      for (const naive of desk.tickets.values()) {
        naive.settle(now);
        naive.applyRevisions(now);
      }
      desk.propagateAll(now);
    }
    for (const id of desk.tickets.keys()) {
      const view = await ticketById(context.readers.here('everyone'), id);
      await this.compare(id, view, true);
      await this.compareDoors(id, view);
    }
  }

  /** The reports count what became of the clocks. What ended without a verdict is counted whenever that was. */
  async compareSummaries(): Promise<void> {
    const counted = new Tally();
    for (const line of await slaSummary(this.context.readers.here('everyone'), {})) {
      const { plan, metric, month } = line;
      for (const verdict of ['met', 'metLate', 'breached'] as const)
        counted.add(`${plan} ${metric} ${month} ${verdict}`, line[verdict]);
      for (const verdict of ['cancelled', 'withdrawn'] as const)
        counted.add(`${plan} ${metric} ${verdict}`, line[verdict]);
    }
    const expected = new Tally();
    for (const naive of this.desk.tickets.values()) {
      for (const verdict of naive.verdicts()) expected.add(verdict, 1);
    }
    expect(counted.lines()).toEqual(expected.lines());
  }

  /** A ticket's clocks as they are read now. */
  private readings(view: TicketView) {
    const { catalogue, time } = this.context;
    return view.clocks().map((clock) => ({
      ...clock,
      ...readClock(clock, catalogue.calendar(clock.terms.calendar), time.now()),
    }));
  }

  /** Every door reads the clocks of a ticket alike, and notices the same: the read model, what was decided, and a replay. */
  private async compareDoors(id: string, view: TicketView | undefined): Promise<void> {
    const { context } = this;
    const question = { scope: 'everyone', id, occurredBy: context.time.now(), recordedBy: Infinity } as const;
    const replayed = await replayTicket(context, question, () => undefined);
    const { ticket } = await changeTicket(context, id, []);
    const doors = [view, ticket, replayed && replayedView(replayed)];
    const shown = doors.map((each) => each && sorted(this.readings(each).map(withoutMeasure)));
    expect({ id, shown }).toEqual({ id, shown: [shown[0], shown[0], shown[0]] });
    const noticed = doors.map(
      (each) =>
        each &&
        each
          .notices()
          .map(({ fact, code }) => `${fact} ${code}`)
          .sort(),
    );
    expect({ id, noticed }).toEqual({ id, noticed: [noticed[0], noticed[0], noticed[0]] });
  }

  private async compareNow(id: string): Promise<void> {
    const { ticket } = await changeTicket(this.context, id, []);
    await this.compare(id, ticket);
  }

  /** Everything that both say of a ticket. */
  private async compare(id: string, view: TicketChanged['ticket'], isRead = false): Promise<void> {
    const naive = this.desk.tickets.get(id);
    if (naive === undefined || view === undefined) return;
    const record = this.recordOf(id);
    await record.readOn(this.context.store);
    const { breaches } = record;
    const renamed = (run: string) => record.renamed(run, (ticket) => this.recordOf(ticket));
    const life = naive.life();
    const clocks = this.readings(view).map((clock) => ({ ...clock, run: renamed(clock.run) }));
    const superseded = clocks.filter(({ cancelReason }) => cancelReason === 'superseded').map(({ run }) => run);
    if (isRead) expect({ id, superseded: superseded.sort() }).toEqual({ id, superseded: [...naive.superseded].sort() });
    expect({
      status: view.status,
      subject: view.subject,
      class: [view.type, view.priority],
      owner: [view.assignee, view.team],
      customerReplyAt: view.lastCustomerReplyAt,
      others: [view.mergedInto, view.splitFrom, [...view.splitInto.keys()]],
      heard: heardBy(view.received),
      clocks: sorted(
        clocks
          .filter(({ cancelReason }) => cancelReason !== 'superseded')
          .map(
            ({ run, metric, state, startedAt, dueAt, atRiskAt, satisfiedAt, breachedAt, cancelReason, ...rest }) => ({
              ...{ run, metric, state, startedAt, dueAt, atRiskAt, satisfiedAt, breachedAt, cancelReason },
              elapsedMs: rest.elapsedMs,
              plan: `${rest.terms.plan.code} ${rest.terms.plan.version}`,
              calendar: `${rest.terms.calendar.code} ${rest.terms.calendar.version}`,
            }),
          ),
      ),
      breaches: breaches.map((breach) => ({ ...breach, run: renamed(breach.run) })).sort(byRun),
    }).toEqual({
      status: life?.status,
      subject: life?.subject,
      class: [life?.class.type, life?.class.priority],
      owner: [life?.assignee, life?.team],
      customerReplyAt: life?.lastCustomerReplyAt,
      others: [life?.mergedInto, life?.opening.splitFrom ?? null, life?.splitInto],
      heard: heardBy(life?.received ?? new Map()),
      clocks: sorted(naive.clocks(this.context.time.now())),
      breaches: [...naive.breaches].sort(byRun),
    });
  }
}

/** What is shown of a clock, but for when it was last measured: that is each door's own. */
const withoutMeasure = ({ measuredAt: _, planSince: __, stops: ___, ...shown }: TicketClock) => shown;

/** An order with what the script leaves to the moment at which it is given. */
function written(
  command: ScriptOrder,
  id: string,
  others: readonly string[],
  messages: readonly Instant[],
  at: Instant,
): TicketCommand {
  if (command.type === 'PauseTicket') {
    const { forMs, ...said } = command;
    return forMs === undefined ? said : { ...said, until: at + forMs };
  }
  if (command.type === 'MergeTicket') {
    const into = command.other === null ? id : (others[command.other % others.length] ?? 'nobody');
    return { type: 'MergeTicket', into };
  }
  if (command.type !== 'SplitTicket') return command;
  const { message, ...said } = command;
  return { ...said, messageAt: message === null ? 0 : (messages[message % messages.length] ?? 0) };
}

/**
 * Of two that split off the same ticket the first has it; in which order they are told must not be chance. One that is stuck
 * is tried again at every look: how long it is left alone has tests of its own.
 */
function oneByOne(ports: WatcherPorts): WatcherPorts {
  const inTurn = oneAtATime();
  return {
    ...ports,
    settle: (ticket) => inTurn(() => ports.settle(ticket)),
    stuck: { all: () => Promise.resolve([]), put: () => Promise.resolve(), remove: () => Promise.resolve() },
  };
}

function rejectionOf(error: unknown): Rejection {
  if (error instanceof Rejection) return error;
  throw error;
}

function refusalIn({ outcomes: [outcome] }: TicketChanged): Rejection | undefined {
  return outcome?.kind === 'rejected' ? outcome.rejection : undefined;
}

/** What a ticket was told by those that were merged into it. */
const heardBy = (received: Iterable<readonly [string, Omit<Received, 'revision'>]>) =>
  [...received].map(([from, { stands, unansweredSince }]) => [from, stands, unansweredSince]).sort();

/** How often each thing was counted. */
class Tally {
  private readonly times = new Map<string, number>();

  add(what: string, times: number): void {
    this.times.set(what, (this.times.get(what) ?? 0) + times);
  }

  lines = (): readonly string[] =>
    [...this.times].flatMap(([what, times]) => (times === 0 ? [] : [`${what}: ${times}`])).sort();
}

const sorted = <Clock extends { readonly run: string }>(clocks: readonly Clock[]) =>
  [...clocks].sort((a, b) => a.run.localeCompare(b.run));
const byRun = (a: Breach, b: Breach) => a.run.localeCompare(b.run);
