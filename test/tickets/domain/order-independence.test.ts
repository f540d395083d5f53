import { describe, expect, it } from '@jest/globals';
import fc from '../../support/fc.js';
import { type InternalCommand } from '../../../src/tickets/domain/commands.js';
import { type TicketCommand } from '../../../src/tickets/domain/facts.js';
import { Rejection } from '../../../src/event-sourcing/rejection.js';
import { readClock } from '../../../src/clocks/clock.js';
import { type TicketClock } from '../../../src/tickets/domain/ticket-clocks.js';
import { countedIn } from '../../../src/catalogue/domain/promise.js';
import { clockAfter } from '../../../src/clocks/recorded-clock.js';
import { noCall } from '../../../src/tickets/domain/call.js';
import { layOut } from '../../../src/tickets/domain/layout.js';
import { isFact } from '../../../src/tickets/domain/fact-of.js';
import { isLate, type Stop, stopsChanged, withStops } from '../../../src/tickets/domain/stops.js';
import { changes } from '../../../src/tickets/domain/ticket-state.js';
import { viewOf } from '../../../src/tickets/domain/ticket-view.js';
import { evolve, unopened } from '../../../src/tickets/domain/ticket.js';
import { times } from '../../support/lengths.js';
import { hours, person, planWith, robot, show, TicketLife } from '../../support/ticket-life.js';

const runs = (long: number) => ({ numRuns: times({ short: long / 10, long }) });

const plan = planWith({
  targets: [
    { metric: 'firstResponse', target: hours(6) },
    { metric: 'followUp', target: hours(5) },
    { metric: 'resolution', target: hours(20) },
    { metric: 'resolution', target: hours(9), priority: 'high' },
    { metric: 'callBack', target: hours(7) },
    { metric: 'callBack', target: hours(3), priority: 'high' },
    { metric: 'appointment', target: { amount: 5, unit: 'minutes' } },
  ],
});

/** The second version of it, which pauses for less, and promises no follow-up. */
const second = {
  ...plan,
  targets: [
    { metric: 'firstResponse', target: hours(3) },
    { metric: 'resolution', target: hours(30) },
    { metric: 'resolution', target: hours(4), priority: 'high' },
    { metric: 'callBack', target: hours(12) },
  ],
  pauses: { ...plan.pauses, resolution: ['onHold'], callBack: ['waitingForCustomer', 'onHold'] },
} as const;

const hour = 3_600_000;
const opening = Date.UTC(2026, 2, 2, 9);
const end = opening + 12 * 24 * hour;

const unreachedCall = {
  ...{ ...noCall, requestedAt: opening + 20 * hour, attempts: 1, unreachedSince: opening + 22 * hour },
  pauses: [{ from: opening + 22 * hour, to: opening + 28 * hour }],
};

/** Another ticket is merged into it, older by some hours and unanswered, or answered. */
const receptions = [-30, -1, null, 25, 60].map((since, i): InternalCommand => ({
  ...{ type: 'ReceiveMerge', from: `older-${i % 2}`, stands: true, revision: i, merge: `merge-${i % 2}` },
  unansweredSince: since === null ? null : opening + since * hour,
  // A call goes along with some, for which nobody was reached, or a time was agreed on.
  ...(i === 0 ? { call: unreachedCall } : {}),
  ...(i === 3 ? { call: { ...noCall, startsAt: opening + 70 * hour, agreedAt: opening + 60 * hour } } : {}),
}));

/** However often a merge is told, it was at one instant: so many hours after the opening. */
const mergedAfter = (command: TicketCommand | InternalCommand): number | undefined =>
  command.type !== 'ReceiveMerge' ? undefined : command.from === 'older-0' ? 28 : 64;

const reply = { type: 'RecordCustomerReply' } as const;

const commands: fc.Arbitrary<TicketCommand | InternalCommand> = fc.oneof(
  fc.constantFrom<TicketCommand | InternalCommand>(
    { type: 'RecordFirstResponse' },
    { type: 'RecordFollowUp' },
    reply,
    reply,
    { type: 'PauseTicket', reason: 'waitingForCustomer' },
    { type: 'PauseTicket', reason: 'onHold' },
    { type: 'PauseTicket', reason: 'onHold', until: opening + 30 * hour },
    { type: 'PauseTicket', reason: 'waitingForThirdParty', until: opening + 80 * hour },
    { type: 'PauseTicket', reason: 'waitingForThirdParty', until: end + 10 * hour },
    { type: 'ResumeTicket' },
    { type: 'ResumeTicket', reason: 'onHold' },
    { type: 'ReclassifyTicket', priority: 'high' },
    { type: 'ReclassifyTicket', priority: 'normal' },
    { type: 'ReapplyPlan', version: 1 },
    { type: 'ReapplyPlan', version: 2 },
    { type: 'ReapplyPlan', version: 2, answered: true },
    { type: 'ReapplyPlan', version: 1, answered: true, keepsClasses: true },
    { type: 'ApplyRevision', of: 'plan', code: 'tested', version: 2 },
    { type: 'ResolveTicket' },
    { type: 'ResolveTicket', publicReply: false },
    { type: 'CloseTicket' },
    { type: 'ReopenTicket' },
    { type: 'AddInternalNote', text: 'hm' },
    { type: 'CancelTicket', reason: 'spam' },
    { type: 'RestoreTicket' },
    { type: 'RestoreTicket' },
    { type: 'MergeTicket', into: 't2' },
    ...['t3', 't4'].map((into): TicketCommand => ({ type: 'SplitTicket', into, messageAt: 0 })),
    ...receptions,
  ),
  fc.oneof(
    fc
      .tuple(fc.option(fc.integer({ min: 1, max: 150 }), { nil: undefined }), fc.integer({ min: 1, max: 200 }))
      .map(([from, until]): TicketCommand => {
        const preferredFrom = from === undefined ? {} : { preferredFrom: opening + from * hour };
        return {
          type: 'RequestCall',
          ...preferredFrom,
          ...(until > 150 ? {} : { preferredUntil: opening + until * hour }),
        };
      }),
    fc
      .integer({ min: 1, max: 200 })
      .map((at): TicketCommand => ({ type: 'ScheduleCall', startsAt: opening + at * hour })),
    fc
      .tuple(fc.integer({ min: 1, max: 200 }), fc.constantFrom('us' as const, 'customer' as const))
      .map(([at, by]): TicketCommand => ({ type: 'MoveCall', startsAt: opening + at * hour, by })),
    fc.constantFrom<TicketCommand>(
      { type: 'RequestCall' },
      { type: 'RecordCallAttempt', outcome: 'noAnswer' },
      { type: 'RecordCallAttempt', outcome: 'busy' },
      { type: 'RecordCallHeld', endedAt: 0 },
      { type: 'CancelCall', by: 'us' },
      { type: 'CancelCall', by: 'customer' },
      { type: 'RecordCallMissed', by: 'us' },
      { type: 'RecordCallMissed', by: 'customer' },
    ),
  ),
);

/** Facts with the hour they occur and the hours until we hear of them. */
const facts = fc.array(
  fc.record({
    command: commands,
    after: fc.integer({ min: 1, max: 200 }),
    late: fc.integer({ min: 0, max: 80 }),
    isAutomatic: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  }),
  { minLength: 1, maxLength: 14 },
);

interface Said {
  readonly command: TicketCommand | InternalCommand;
  readonly after: number;
  readonly late: number;
  readonly isAutomatic: boolean;
}

/** The life of a ticket that hears of its facts in the order of recording; refusals are part of it. */
function live(said: readonly Said[], settleBetween: boolean, readAnew = false): TicketLife {
  // Of every other life, the follow-up starts at the customer's next message.
  const followUpStarts = said.length % 2 === 0 ? 'eachReply' : 'nextReply';
  const ticket = new TicketLife({ plan: { ...plan, followUpStarts } })
    .knows({ ...second, followUpStarts }, 2)
    .open(show(opening));
  const heard = said
    .map(({ after, late, ...fact }) => ({ ...fact, hours: mergedAfter(fact.command) ?? after, late }))
    .map(({ hours, late, ...fact }) => ({ ...fact, at: opening + hours * hour, now: opening + (hours + late) * hour }))
    .sort((a, b) => a.now - b.now || a.at - b.at);
  for (const { command: asked, at, now, isAutomatic } of heard) {
    const command = toldAt(asked, ticket, at, now);
    if (settleBetween) ticket.settle(show(now));
    if (readAnew) ticket.state = ticket.events.reduce(evolve, unopened);
    try {
      const version = 'version' in command ? (command.version ?? 1) : 1;
      const actor = isAutomatic ? robot : person;
      ticket.do(show(at), command, { now: show(now), mayBackdate: true, version, actor });
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  }
  return ticket.settle(show(end));
}

/** The last message of the customer's before an instant. */
const messageBefore = ({ state }: TicketLife, until: number): number =>
  state.facts.findLast(({ type, at }) => at < until && (type === 'TicketOpened' || type === 'CustomerReplied'))?.at ??
  0;

/** What is said at an instant: of a message that was written by then, of a request that had been made. */
function toldAt(command: TicketCommand | InternalCommand, ticket: TicketLife, at: number, now: number) {
  if (command.type === 'RecordCallHeld') return { ...command, endedAt: Math.min(at + 3 * hour, now) };
  if (command.type === 'SplitTicket') return { ...command, messageAt: messageBefore(ticket, at) };
  if (command.type !== 'ReceiveMerge' || command.unansweredSince === null) return command;
  return { ...command, unansweredSince: Math.min(command.unansweredSince, at) };
}

/** The last word on every run: how it stands, and since when. */
const lastWords = (ticket: TicketLife) =>
  [...ticket.state.recorded]
    .filter(([, run]) => run.end?.reason !== 'superseded')
    .map(([id, { dueAt, breachedAt, end: ending }]) => ({
      id,
      dueAt: ending === null ? dueAt : null,
      breachedAt,
      ending,
    }))
    .sort((a, b) => a.id.localeCompare(b.id));

/** The clocks as a read model shows them: by what was recorded of them, and by when the ticket stopped. */
function shown(ticket: TicketLife): readonly TicketClock[] {
  const clocks = new Map<string, TicketClock>();
  for (const event of ticket.events)
    if (!isFact(event)) clocks.set(event.data.run, clockAfter(clocks.get(event.data.run), event.type, event.data));
  const stops = new Map<string, Stop>();
  for (const { before, state, fact } of changes(ticket.state.facts))
    for (const stop of stopsChanged(before, state, fact.at)) stops.set(`${stop.kind} ${stop.from}`, stop);
  const pausedFor = ({ terms, metric }: TicketClock) => ticket.versions.plan(terms.plan).pauses[metric] ?? [];
  return [...clocks.values()].map((clock) =>
    isLate(clock) ? withStops(clock, [...stops.values()], pausedFor(clock)) : clock,
  );
}

/** All that is read of some clocks at an instant, by run. When they were measured last is left out: it may differ. */
const read = (ticket: TicketLife, clocks: readonly TicketClock[], at: number) =>
  clocks
    .map((clock) => {
      const { measuredAt: _, planSince: __, stops: ___, ...standing } = clock;
      return { ...standing, ...readClock(clock, countedIn(clock.metric, clock.terms.calendar, ticket.versions), at) };
    })
    .sort((a, b) => a.run.localeCompare(b.run));

describe('whatever the order in which facts are heard', () => {
  it('what is recorded of the clocks is what the facts lay out', () => {
    fc.assert(
      fc.property(facts, fc.boolean(), (said, settleBetween) => {
        const ticket = live(said, settleBetween);
        // From scratch, under versions that nothing is remembered of.
        const laidOut = layOut([...ticket.state.facts], { ...ticket.versions }, end)
          .map(({ id, steps: { step }, breachedAt, end: ending }) => ({
            id,
            dueAt: ending === null ? step.dueAt : null,
            breachedAt,
            ending: ending && { kind: ending.kind, at: ending.at, reason: ending.reason },
          }))
          .sort((a, b) => a.id.localeCompare(b.id));
        expect(lastWords(ticket)).toEqual(laidOut);
      }),
      runs(1500),
    );
  });

  it('every door reads a clock alike: what was recorded of it, and what was decided', () => {
    fc.assert(
      fc.property(facts, fc.boolean(), (said, settleBetween) => {
        const ticket = live(said, settleBetween);
        const decided = viewOf('t1', ticket.state, ticket.versions, end)?.clocks() ?? [];
        expect(read(ticket, shown(ticket), end)).toEqual(read(ticket, decided, end));
        // What is over stands for good, and what waits stands still: hours later, both doors still agree.
        const later = end + 30 * hour;
        const then = viewOf('t1', ticket.state, ticket.versions, later)?.clocks() ?? [];
        const isOver = ({ state, overAt }: TicketClock) => !['running', 'paused'].includes(state) || overAt !== null;
        const over = (clocks: readonly TicketClock[]) => clocks.filter(isOver);
        const known = new Set(over(shown(ticket)).map(({ run }) => run));
        const same = (clocks: readonly TicketClock[]) => over(clocks).filter(({ run }) => known.has(run));
        expect(read(ticket, same(shown(ticket)), later)).toEqual(read(ticket, same(then), later));
      }),
      runs(1500),
    );
  });

  it('what is recorded is the same, whether the ticket is kept or read anew each time', () => {
    fc.assert(
      fc.property(facts, fc.boolean(), (said, settleBetween) => {
        expect(live(said, settleBetween).events).toEqual(live(said, settleBetween, true).events);
      }),
      runs(200),
    );
  });

  it('no outcome is recorded twice', () => {
    fc.assert(
      fc.property(facts, fc.boolean(), (said, settleBetween) => {
        const ids = live(said, settleBetween).events.map((event) => event.id);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      runs(1500),
    );
  });

  it('settling again records nothing', () => {
    fc.assert(
      fc.property(facts, (said) => {
        const ticket = live(said, false);
        expect(ticket.settle(show(end)).last).toEqual([]);
      }),
      runs(500),
    );
  });

  it('breaches are exactly the runs that ran out, each once more than it was withdrawn', () => {
    fc.assert(
      fc.property(facts, fc.boolean(), (said, settleBetween) => {
        const ticket = live(said, settleBetween);
        for (const [id, run] of ticket.state.recorded) {
          const outcomes = ticket.events.flatMap((event) => (isFact(event) || event.data.run !== id ? [] : [event]));
          const count = (type: string) => outcomes.filter((event) => event.type === type).length;
          const restarts = count('SlaClockStarted') - 1;
          const standing = count('SlaBreached') - count('SlaBreachWithdrawn');
          expect(standing).toBeGreaterThanOrEqual(run.breachedAt === null ? 0 : 1);
          expect(standing).toBeLessThanOrEqual((run.breachedAt === null ? 0 : 1) + restarts);
        }
      }),
      runs(500),
    );
  });
});
