import { describe, expect, it } from '@jest/globals';
import fc from '../../support/fc.js';
import { type InternalCommand } from '../../../src/tickets/domain/commands.js';
import { type TicketCommand } from '../../../src/tickets/domain/facts.js';
import { Rejection } from '../../../src/event-sourcing/rejection.js';
import { clockOf, readClock } from '../../../src/clocks/clock.js';
import { type TicketClock } from '../../../src/tickets/domain/ticket-clocks.js';
import { clockAfter } from '../../../src/clocks/recorded-clock.js';
import { layOut } from '../../../src/tickets/domain/layout.js';
import { isFact } from '../../../src/tickets/domain/fact-of.js';
import { evolve, unopened } from '../../../src/tickets/domain/ticket.js';
import { times } from '../../support/lengths.js';
import { hours, planWith, show, TicketLife } from '../../support/ticket-life.js';

const runs = (long: number) => ({ numRuns: times({ short: long / 10, long }) });

const plan = planWith({
  targets: [
    { metric: 'firstResponse', target: hours(6) },
    { metric: 'followUp', target: hours(5) },
    { metric: 'resolution', target: hours(20) },
    { metric: 'resolution', target: hours(9), priority: 'high' },
  ],
});

/** The second version of it, which pauses for less, and promises no follow-up. */
const second = {
  ...plan,
  targets: [
    { metric: 'firstResponse', target: hours(3) },
    { metric: 'resolution', target: hours(30) },
    { metric: 'resolution', target: hours(4), priority: 'high' },
  ],
  pauses: { ...plan.pauses, resolution: ['onHold'] },
} as const;

const hour = 3_600_000;
const opening = Date.UTC(2026, 2, 2, 9);
const end = opening + 12 * 24 * hour;

/** Another ticket is merged into it, older by some hours and unanswered, or answered. */
const receptions = [-30, -1, null].map((since, i): InternalCommand => ({
  ...{ type: 'ReceiveMerge', from: `older-${i % 2}`, stands: true, revision: i },
  unansweredSince: since === null ? null : opening + since * hour,
}));

const commands: fc.Arbitrary<TicketCommand | InternalCommand> = fc.oneof(
  fc.constantFrom<TicketCommand | InternalCommand>(
    { type: 'RecordFirstResponse' },
    { type: 'RecordFollowUp' },
    { type: 'RecordCustomerReply' },
    { type: 'PauseTicket', reason: 'waitingForCustomer' },
    { type: 'PauseTicket', reason: 'onHold' },
    { type: 'ResumeTicket' },
    { type: 'ResumeTicket', reason: 'onHold' },
    { type: 'ReclassifyTicket', priority: 'high' },
    { type: 'ReclassifyTicket', priority: 'normal' },
    { type: 'ReapplyPlan', version: 1 },
    { type: 'ReapplyPlan', version: 2 },
    { type: 'ApplyRevision', of: 'plan', code: 'tested', version: 2 },
    { type: 'ResolveTicket' },
    { type: 'ResolveTicket', publicReply: false },
    { type: 'CloseTicket' },
    { type: 'ReopenTicket' },
    { type: 'AddInternalNote', text: 'hm' },
    { type: 'MergeTicket', into: 't2' },
    ...receptions,
  ),
);

/** Facts with the hour they occur and the hours until we hear of them. */
const facts = fc.array(
  fc.record({ command: commands, after: fc.integer({ min: 1, max: 200 }), late: fc.integer({ min: 0, max: 80 }) }),
  { minLength: 1, maxLength: 14 },
);

type Said = { readonly command: TicketCommand | InternalCommand; readonly after: number; readonly late: number };

/** The life of a ticket that hears of its facts in the order of recording; refusals are part of it. */
function live(said: readonly Said[], settleBetween: boolean, readAnew = false): TicketLife {
  const ticket = new TicketLife({ plan }).knows(second, 2).open(show(opening));
  const heard = said
    .map((fact) => ({ ...fact, at: opening + fact.after * hour, now: opening + (fact.after + fact.late) * hour }))
    .sort((a, b) => a.now - b.now || a.at - b.at);
  for (const { command, at, now } of heard) {
    if (settleBetween) ticket.settle(show(now));
    if (readAnew) ticket.state = ticket.events.reduce(evolve, unopened);
    try {
      const version = 'version' in command ? (command.version ?? 1) : 1;
      ticket.do(show(at), command, { now: show(now), mayBackdate: true, version });
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  }
  return ticket.settle(show(end));
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

/** What is shown of a clock at the end; of one that has ended, how. */
function read(ticket: TicketLife, clock: TicketClock | undefined) {
  if (clock === undefined) return undefined;
  const { run, state, satisfiedAt, breachedAt, cancelledAt, cancelReason, startedAt } = clock;
  const outcome = { run, state, satisfiedAt, breachedAt, cancelledAt, cancelReason, startedAt };
  if (state !== 'running' && state !== 'paused') return outcome;
  const { dueAt, atRiskAt, pausedAt, terms, target } = clock;
  const { elapsedMs, projectedDueAt } = readClock(clock, ticket.versions.calendar(terms.calendar), end);
  return { ...outcome, dueAt, atRiskAt, pausedAt, terms, target, elapsedMs, projectedDueAt };
}

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

  it('the clocks that readers are shown are those laid out', () => {
    fc.assert(
      fc.property(facts, fc.boolean(), (said, settleBetween) => {
        const ticket = live(said, settleBetween);
        const shown = new Map<string, TicketClock>();
        for (const event of ticket.events) {
          if (isFact(event)) continue;
          shown.set(event.data.run, clockAfter(shown.get(event.data.run), event.type, event.data));
        }
        const laidOut = layOut(ticket.state.facts, ticket.versions, end).map((run) => clockOf(run, end));
        for (const clock of laidOut) expect(read(ticket, shown.get(clock.run))).toEqual(read(ticket, clock));
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
