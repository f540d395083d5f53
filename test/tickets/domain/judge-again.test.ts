import { describe, expect, it } from '@jest/globals';
import fc from '../../support/fc.js';
import { type Plan } from '../../../src/catalogue/domain/plan.js';
import { Rejection } from '../../../src/event-sourcing/rejection.js';
import { type TicketCommand } from '../../../src/tickets/domain/facts.js';
import { evolve, type Ticket, unopened } from '../../../src/tickets/domain/ticket.js';
import { times } from '../../support/lengths.js';
import { hours, instant, planWith, refusal, robot, type Setting, show, TicketLife } from '../../support/ticket-life.js';

const atRiskShare = 0.99;
/** Nobody is promised anything by it: what tickets are under whose customer nobody enrolled. */
const none = planWith({ code: 'none', targets: [], types: [], atRiskShare });
const answerIn = (amount: number, changes: Partial<Plan> = {}) =>
  planWith({ targets: [{ metric: 'firstResponse', target: hours(amount) }], atRiskShare, ...changes });
const gold = answerIn(4, { code: 'gold' });
const again = { type: 'ReapplyPlan', answered: true } as const;
const ofPeriod = { ...again, keepsClasses: true } as const;
const enrolled = { plan: gold, known: () => gold };

/** A ticket of a customer whom nobody had enrolled, answered at an instant, resolved and closed. */
const unenrolled = (answeredAt: string, setting: Setting = {}) =>
  new TicketLife({ plan: none, ...setting })
    .open('Mon 09:00')
    .do(answeredAt, 'RecordFirstResponse')
    .do('Tue 15:00', 'ResolveTicket')
    .do('Tue 16:00', 'CloseTicket');

describe('judging a history again, what was answered too', () => {
  it('gives the verdicts that it would have had, if its customer had been enrolled', () => {
    expect(unenrolled('Mon 13:00').outcomes).toEqual([]);
    expect(unenrolled('Mon 13:00').do('Wed 09:00', again, enrolled).last).toEqual([
      'PlanReapplied Wed 09:00',
      'SlaClockStarted firstResponse/1 due Mon 13:00',
      'SlaMet firstResponse/1 Mon 13:00',
    ]);
    expect(unenrolled('Mon 14:00').do('Wed 09:00', again, enrolled).last).toEqual([
      'PlanReapplied Wed 09:00',
      'SlaClockStarted firstResponse/1 due Mon 13:00',
      'SlaBreached firstResponse/1 due Mon 13:00',
      'SlaMetLate firstResponse/1 Mon 14:00',
    ]);
  });

  it('says what the ticket is guaranteed now, and leaves how it stands', () => {
    const ticket = unenrolled('Mon 13:00').do('Wed 09:00', again, enrolled);
    expect(ticket.life).toMatchObject({
      ...{ status: 'closed', guarantee: { kind: 'guaranteed' }, terms: { plan: { code: 'gold' } } },
    });
    expect(ticket.notices).toEqual([]);
  });

  it('is already so where nothing moves', () => {
    const ticket = unenrolled('Mon 14:00').do('Wed 09:00', again, enrolled);
    expect(ticket.do('Wed 10:00', again, enrolled).last).toEqual([]);
    const right = new TicketLife({ plan: gold }).open('Mon 09:00').do('Mon 14:00', 'ResolveTicket');
    expect(right.do('Tue 09:00', again, enrolled).last).toEqual([]);
  });

  it('turns met into met late, and met late into met: each correction is an event', () => {
    const strict = answerIn(1, { code: 'strict' });
    const ticket = new TicketLife({ plan: gold }).open('Mon 09:00').do('Mon 11:00', 'ResolveTicket');
    expect(ticket.do('Tue 09:00', again, { plan: strict, known: () => strict }).last).toEqual([
      'PlanReapplied Tue 09:00',
      'SlaBreached firstResponse/2 due Mon 10:00',
      'SlaMetLate firstResponse/2 Mon 11:00',
    ]);
    expect(ticket.do('Wed 09:00', again, enrolled).last).toEqual([
      'PlanReapplied Wed 09:00',
      'SlaBreachWithdrawn firstResponse/3 due Mon 13:00 (reapplied)',
      'SlaMet firstResponse/3 Mon 11:00',
    ]);
  });

  it('takes back what nothing promised: the run is superseded, its breach withdrawn', () => {
    const ticket = new TicketLife({ plan: gold }).open('Mon 09:00').do('Mon 14:00', 'ResolveTicket');
    expect(ticket.do('Tue 09:00', again, { plan: none, known: () => none }).last).toEqual([
      'PlanReapplied Tue 09:00',
      'SlaBreachWithdrawn firstResponse/2 due Mon 13:00 (superseded)',
      'SlaClockCancelled firstResponse/2 Tue 09:00 (superseded)',
    ]);
    expect(ticket.life.guarantee.kind).toBe('bestEffort');
  });

  it('judges each clock by the version that was in force when it started, as known now', () => {
    const known = (at: number) =>
      [answerIn(at < instant('Mon 12:00') ? 1 : 8), 1 + Number(at >= instant('Mon 12:00'))] as const;
    const early = new TicketLife({ plan: none }).open('Mon 09:00').do('Mon 13:00', 'ResolveTicket');
    expect(early.do('Tue 09:00', again, { known }).last.at(-1)).toBe('SlaMetLate firstResponse/1 Mon 13:00');
    const later = new TicketLife({ plan: none }).open('Mon 12:00').do('Mon 16:00', 'ResolveTicket');
    expect(later.do('Tue 09:00', again, { known }).last.at(-1)).toBe('SlaMet firstResponse/1 Mon 16:00');
  });

  it('judges what is unanswered as well, under what governs now', () => {
    const ticket = new TicketLife({ plan: none }).open('Mon 09:00').do('Mon 10:00', 'AssignTicket');
    expect(ticket.do('Mon 12:00', again, enrolled).last).toEqual([
      'PlanReapplied Mon 12:00',
      'SlaClockStarted firstResponse/1 due Mon 13:00',
    ]);
    expect(ticket.settle('Mon 15:00').last).toEqual(['SlaBreached firstResponse/1 due Mon 13:00']);
  });

  it('judges the facts that are recorded before it; what is heard later pins what is known then', () => {
    const ticket = unenrolled('Mon 14:00').do('Wed 09:00', again, enrolled);
    const late = { now: 'Wed 10:00', plan: none };
    expect(ticket.do('Mon 12:00', 'RecordFirstResponse', late).last).toEqual([
      'FirstResponseSent Mon 12:00',
      'SlaBreachWithdrawn firstResponse/2 due Mon 13:00 (corrected)',
      'SlaMet firstResponse/2 Mon 12:00',
    ]);
  });

  it.each([
    ['closed', 'CloseTicket'],
    ['cancelled', { type: 'CancelTicket', reason: 'spam' }],
    ['merged', { type: 'MergeTicket', into: 't2' }],
  ] as const)('judges a ticket that is %s', (status, ending) => {
    const ticket = new TicketLife({ plan: none }).open('Mon 09:00').do('Mon 10:00', 'RecordFirstResponse');
    ticket.do('Mon 11:00', ending);
    expect(ticket.do('Tue 09:00', again, enrolled).last.at(-1)).toBe('SlaMet firstResponse/1 Mon 10:00');
    expect(ticket.life.status).toBe(status);
  });

  it('leaves a ticket alone that an import did not judge for its age', () => {
    const imported = { id: 'i', startedAt: instant('Wed 09:00'), judgedFrom: instant('Tue 09:00') };
    const ticket = unenrolled('Mon 14:00', { import: imported });
    expect(ticket.do('Wed 09:00', again, { ...enrolled, mayBackdate: true }).last).toEqual([]);
    expect(ticket.life.guarantee.reason).toBe('beforeJudgedFrom');
  });

  it('is refused where there is no such ticket', () => {
    expect(refusal(() => new TicketLife().do('Mon 09:00', again))).toMatch(/^TICKET_NOT_FOUND/);
  });

  describe('of a ticket whose class was put right after its answer (osTicket#5160)', () => {
    const byPriority = planWith({
      atRiskShare,
      targets: [
        { metric: 'firstResponse', target: hours(8) },
        { metric: 'firstResponse', target: hours(1), priority: 'urgent' },
      ],
      types: ['productBug'],
    });
    const lived = (first: string, then: TicketCommand) =>
      new TicketLife({ plan: byPriority })
        .open('Mon 09:00', { priority: first })
        .do('Mon 12:00', 'RecordFirstResponse')
        .do('Mon 13:00', then)
        .do('Mon 14:00', 'ResolveTicket');
    const known = { known: () => byPriority };

    it('judges it by the class of now: opened urgent by mistake', () => {
      const ticket = lived('urgent', { type: 'ReclassifyTicket', priority: 'normal' });
      expect(ticket.outcomes.at(-1)).toBe('SlaMetLate firstResponse/1 Mon 12:00');
      expect(ticket.do('Tue 09:00', again, known).last).toEqual([
        'PlanReapplied Tue 09:00',
        'SlaBreachWithdrawn firstResponse/2 due Mon 17:00 (reapplied)',
        'SlaMet firstResponse/2 Mon 12:00',
      ]);
      expect(ticket.do('Wed 09:00', again, known).last).toEqual([]);
    });

    it('to a class without promise: the run is superseded', () => {
      const ticket = lived('urgent', { type: 'ReclassifyTicket', ticketType: 'onBoarding' });
      expect(ticket.do('Tue 09:00', again, known).last.at(-1)).toBe(
        'SlaClockCancelled firstResponse/2 Tue 09:00 (superseded)',
      );
    });

    it('keeps the class that it had then, where the tickets of a period are judged again', () => {
      const risen = lived('normal', { type: 'ReclassifyTicket', priority: 'urgent' });
      expect(risen.do('Tue 09:00', ofPeriod, known).last).toEqual([]);
      expect(
        lived('urgent', { type: 'ReclassifyTicket', priority: 'normal' }).do('Tue 09:00', ofPeriod, known).last,
      ).toEqual([]);
    });

    it('shows the class of each instant as it was', () => {
      const ticket = lived('urgent', { type: 'ReclassifyTicket', priority: 'normal' }).do('Tue 09:00', again, known);
      expect(ticket.state.stateAt(instant('Mon 12:00'), ticket.versions)?.priority).toBe('urgent');
      expect(ticket.life.priority).toBe('normal');
    });
  });

  it('keeps a version that somebody chose of the same plan', () => {
    const chosen = new TicketLife({ plan: answerIn(4) }).knows(answerIn(1), 2).open('Mon 09:00');
    chosen.do('Mon 09:30', { type: 'ReapplyPlan', version: 2 }, { version: 2 }).do('Mon 12:00', 'ResolveTicket');
    chosen.do('Mon 13:00', 'CloseTicket');
    expect(chosen.outcomes.at(-1)).toBe('SlaMetLate firstResponse/2 Mon 12:00');
    expect(chosen.do('Tue 09:00', again, { version: 1, known: () => answerIn(4) }).last).toEqual([]);
  });
});

const tested = planWith({
  targets: [
    { metric: 'firstResponse', target: hours(6) },
    { metric: 'followUp', target: hours(5) },
    { metric: 'resolution', target: hours(20) },
    { metric: 'resolution', target: hours(9), priority: 'high' },
  ],
});
const unpromised = { ...tested, code: 'none', targets: [], types: [] };

const commands: fc.Arbitrary<TicketCommand> = fc.constantFrom<TicketCommand>(
  { type: 'RecordFirstResponse' },
  { type: 'RecordFollowUp' },
  { type: 'RecordCustomerReply' },
  { type: 'PauseTicket', reason: 'waitingForCustomer' },
  { type: 'PauseTicket', reason: 'onHold', until: instant('Thu 12:00') },
  { type: 'ResumeTicket' },
  { type: 'ReclassifyTicket', priority: 'high' },
  { type: 'ReclassifyTicket', priority: 'normal' },
  { type: 'ResolveTicket' },
  { type: 'ResolveTicket', publicReply: false },
  { type: 'CloseTicket' },
  { type: 'ReopenTicket' },
  { type: 'CancelTicket', reason: 'spam' },
  { type: 'RestoreTicket' },
  { type: 'SplitTicket', into: 't3', messageAt: instant('Mon 09:00') },
);
const hour = 3_600_000;
const facts = fc.array(
  fc.record({ command: commands, after: fc.nat(150), late: fc.nat(60), isAutomatic: fc.nat(5).map((n) => n === 0) }),
  { minLength: 1, maxLength: 14 },
);
const end = 'Thu+1 09:00';

/** A ticket that lives under a plan, and is judged again at its end by what was known all along: the plan that is tested. */
function live(plan: Plan, said: readonly (typeof facts extends fc.Arbitrary<infer Said> ? Said : never)[number][]) {
  const ticket = new TicketLife({ plan }).open('Mon 09:00');
  const heard = said
    .map(({ after, late, ...fact }) => ({
      ...fact,
      at: instant('Mon 09:00') + after * hour,
      now: instant('Mon 09:00') + (after + late) * hour,
    }))
    .sort((a, b) => a.now - b.now || a.at - b.at);
  for (const { command, at, now, isAutomatic } of heard) {
    try {
      ticket.do(show(at), command, { now: show(now), mayBackdate: true, ...(isAutomatic ? { actor: robot } : {}) });
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  }
  return ticket.settle(end).do(end, ofPeriod, { plan: tested, known: () => tested });
}

/** The last word on every run. */
const verdicts = ({ state }: TicketLife) =>
  [...state.recorded]
    .filter(([, { end: ending }]) => ending?.reason !== 'superseded')
    .map(([id, { dueAt, breachedAt, end: ending, last }]) => ({
      ...{ id, breachedAt, ending, dueAt: ending === null ? dueAt : last.dueAt, startedAt: last.startedAt },
    }))
    .sort((a, b) => a.id.localeCompare(b.id));

/** Clocks as they are laid out, under versions that nothing is remembered of. */
const laidOut = (ticket: Ticket, { versions }: TicketLife) =>
  ticket.clocksAt(instant(end), { ...versions }).map(({ id, startedAt, terms, breachedAt, end: ending, steps }) => ({
    ...{ id, startedAt, terms, breachedAt, ending, dueAt: steps.step.dueAt },
  }));

describe('whatever the life of a ticket whose customer is enrolled only afterwards', () => {
  const runs = { numRuns: times({ short: 150, long: 1500 }) };

  it('judged again it has the verdicts that it would have had, and so has whoever reads it anew', () => {
    fc.assert(
      fc.property(facts, (said) => {
        const [known, mended] = [live(tested, said), live(unpromised, said)];
        expect(verdicts(mended)).toEqual(verdicts(known));
        expect(mended.do(end, ofPeriod, { plan: tested, known: () => tested }).last).toEqual([]);
        const anew = mended.events.reduce(evolve, unopened);
        expect(laidOut(anew, mended)).toEqual(laidOut(mended.state, mended));
      }),
      runs,
    );
  });
});
