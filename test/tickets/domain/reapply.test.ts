import { describe, expect, it } from '@jest/globals';
import { officeHours } from '../../../src/catalogue/domain/built-in-plans.js';
import { type Plan } from '../../../src/catalogue/domain/plan.js';
import { Rejection } from '../../../src/event-sourcing/rejection.js';
import { hours, planWith, type Setting, show, TicketLife } from '../../support/ticket-life.js';

/** Warnings have tests of their own. */
const atRiskShare = 0.99;
const resolveIn = (amount: number, changes: Partial<Plan> = {}) =>
  planWith({ targets: [{ metric: 'resolution', target: hours(amount) }], atRiskShare, ...changes });
const hold = { type: 'PauseTicket', reason: 'onHold' } as const;
const reapply = { type: 'ReapplyPlan' } as const;
const v2 = { version: 2 };

/** A ticket opened under the first version of a plan that has a second. */
const under = (first: Plan, second: Plan, setting: Setting = {}) =>
  new TicketLife({ plan: first, ...setting }).knows(second, 2);

const closedTuesday = { ...officeHours('UTC'), holidays: ['2026-03-03'] };

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
  return 'accepted';
}

describe('reapplying the plan', () => {
  it('lays what runs out anew from its own start, with its pauses, and says what moved, from when and why', () => {
    const ticket = under(resolveIn(8), resolveIn(4))
      .open('Mon 09:00')
      .do('Mon 10:00', hold)
      .do('Mon 11:00', 'ResumeTicket');
    expect(ticket.do('Mon 12:00', reapply, v2).last).toEqual([
      'PlanReapplied Mon 12:00',
      'SlaDeadlineMoved resolution/2 due Mon 14:00 (reapplied)',
    ]);
    expect(ticket.events.at(-1)?.data).toMatchObject({
      ...{ previousDueAt: Date.UTC(2026, 2, 3, 10), cause: 'f4' },
      terms: { plan: { code: 'tested', version: 2 } },
    });
    expect(ticket.life.terms.plan.version).toBe(2);
  });

  it('goes on under the version from then on: what comes later is judged by it', () => {
    const second = resolveIn(4, { resolutionSatisfiedBy: 'closed', atRiskShare: 0.5 });
    const ticket = under(resolveIn(8), second).open('Mon 09:00').do('Mon 10:00', reapply, v2);
    expect(ticket.settle('Mon 11:00').last).toEqual(['SlaAtRisk resolution/2 Mon 11:00']);
    expect(ticket.do('Mon 12:00', 'ResolveTicket').last).toEqual(['TicketResolved Mon 12:00']);
    expect(ticket.do('Mon 13:00', 'CloseTicket').last.at(-1)).toBe('SlaMet resolution/2 Mon 13:00');
  });

  it('may put the deadline before it: then it is breached, effective at the deadline', () => {
    const ticket = under(resolveIn(8), resolveIn(2)).open('Mon 09:00');
    expect(ticket.do('Mon 12:00', reapply, v2).last).toEqual([
      'PlanReapplied Mon 12:00',
      'SlaDeadlineMoved resolution/2 due Mon 11:00 (reapplied)',
      'SlaBreached resolution/2 due Mon 11:00',
    ]);
  });

  it('takes a breach back that the new layout does not have, and says why', () => {
    const ticket = under(resolveIn(2), resolveIn(8)).open('Mon 09:00').settle('Mon 12:00');
    expect(ticket.do('Mon 13:00', reapply, v2).last).toEqual([
      'PlanReapplied Mon 13:00',
      'SlaBreachWithdrawn resolution/2 due Mon 17:00 (reapplied)',
      'SlaDeadlineMoved resolution/2 due Mon 17:00 (reapplied)',
    ]);
    expect(ticket.do('Mon 16:00', 'ResolveTicket').last.at(-1)).toBe('SlaMet resolution/2 Mon 16:00');
  });

  it('puts a breach at another deadline, and leaves one at the same alone', () => {
    const sooner = under(resolveIn(2), resolveIn(1)).open('Mon 09:00').settle('Mon 12:00');
    expect(sooner.do('Mon 13:00', reapply, v2).last).toEqual([
      'PlanReapplied Mon 13:00',
      'SlaBreachWithdrawn resolution/2 due Mon 10:00 (reapplied)',
      'SlaDeadlineMoved resolution/2 due Mon 10:00 (reapplied)',
      'SlaBreached resolution/2 due Mon 10:00',
    ]);
    const same = under(resolveIn(2), resolveIn(2, { rank: 9 }))
      .open('Mon 09:00')
      .settle('Mon 12:00');
    expect(same.do('Mon 13:00', reapply, v2).last).toEqual(['PlanReapplied Mon 13:00']);
  });

  describe('of a ticket whose class was put right after a breach (osTicket#5160)', () => {
    const byPriority = planWith({
      atRiskShare,
      targets: [
        { metric: 'resolution', target: hours(16) },
        { metric: 'resolution', target: hours(1), priority: 'urgent' },
        { metric: 'resolution', target: hours(2), priority: 'low' },
      ],
      types: ['productBug'],
    });
    const mistaken = () =>
      new TicketLife({ plan: byPriority }).open('Mon 09:00', { priority: 'urgent' }).settle('Mon 11:00');
    const normal = { type: 'ReclassifyTicket', priority: 'normal' } as const;

    it('takes the breach back: it is due by the right class, from its own start', () => {
      const ticket = mistaken().do('Mon 12:00', normal);
      expect(ticket.last).toEqual(['TicketReclassified Mon 12:00']); // what was breached stays
      expect(ticket.do('Mon 13:00', reapply).last).toEqual([
        'PlanReapplied Mon 13:00',
        'SlaBreachWithdrawn resolution/2 due Tue 17:00 (reapplied)',
        'SlaDeadlineMoved resolution/2 due Tue 17:00 (reapplied)',
      ]);
      expect(ticket.do('Mon 14:00', reapply).last).toEqual([]);
      expect(ticket.do('Tue 17:00', 'ResolveTicket').last.at(-1)).toBe('SlaMet resolution/2 Tue 17:00');
    });

    it('puts the breach where the right class has it', () => {
      const low = mistaken().do('Mon 12:00', { ...normal, priority: 'low' });
      expect(low.do('Mon 13:00', reapply).last.at(-1)).toBe('SlaBreached resolution/2 due Mon 11:00');
    });

    it('keeps the pauses', () => {
      const held = new TicketLife({ plan: byPriority })
        .open('Mon 09:00', { priority: 'urgent' })
        .do('Mon 09:30', hold)
        .do('Mon 10:30', 'ResumeTicket')
        .settle('Mon 12:00');
      expect(held.do('Mon 12:00', normal).do('Mon 13:00', reapply).last.at(-1)).toBe(
        'SlaDeadlineMoved resolution/2 due Wed 10:00 (reapplied)',
      );
    });

    it('to one without promise: withdraws it, and cancels the clock for the lost promise', () => {
      const ticket = mistaken().do('Mon 12:00', { type: 'ReclassifyTicket', ticketType: 'onBoarding' });
      expect(ticket.do('Mon 13:00', reapply).last).toEqual([
        'PlanReapplied Mon 13:00',
        'SlaBreachWithdrawn resolution/2 due Mon 10:00 (reapplied)',
        'SlaClockCancelled resolution/2 Mon 13:00 (lostPromise)',
      ]);
      expect(ticket.do('Mon 14:00', reapply).last).toEqual([]);
    });

    it('is already so where the right class has the same deadline, and a revision does not judge it', () => {
      const same = new TicketLife({ plan: resolveIn(2) }).open('Mon 09:00', { priority: 'urgent' }).settle('Mon 12:00');
      expect(same.do('Mon 12:00', normal).do('Mon 13:00', reapply).last).toEqual([]);
      const revised = mistaken().knows(byPriority, 1).do('Mon 12:00', normal);
      const revision = { type: 'ApplyRevision', of: 'plan', code: 'tested', version: 1 } as const;
      expect(revised.do('Mon 13:00', revision).last).toEqual([]);
    });
  });

  it('leaves alone what was met, met late or cancelled', () => {
    const first = planWith({ targets: [{ metric: 'firstResponse', target: hours(1) }] });
    const second = planWith({ targets: [{ metric: 'firstResponse', target: hours(4) }] });
    const late = under(first, second).open('Mon 09:00').do('Mon 11:00', 'RecordFirstResponse');
    expect(late.do('Mon 12:00', reapply, v2).last).toEqual(['PlanReapplied Mon 12:00']);
  });

  it('cancels what loses its promise, breached or not, and starts what it creates', () => {
    const answer = planWith({ targets: [{ metric: 'firstResponse', target: hours(4) }] });
    const running = under(resolveIn(8), answer).open('Mon 09:00');
    expect(running.do('Mon 12:00', reapply, v2).last).toEqual([
      'PlanReapplied Mon 12:00',
      'SlaClockCancelled resolution/1 Mon 12:00 (lostPromise)',
      'SlaClockStarted firstResponse/1 due Mon 16:00',
    ]);
    const breached = under(resolveIn(2), answer).open('Mon 09:00').settle('Mon 12:00');
    expect(breached.do('Mon 12:00', reapply, v2).last.slice(0, 3)).toEqual([
      'PlanReapplied Mon 12:00',
      'SlaBreachWithdrawn resolution/2 due Mon 11:00 (reapplied)',
      'SlaClockCancelled resolution/2 Mon 12:00 (lostPromise)',
    ]);
  });

  it('gives a ticket that was served as best effort its promise', () => {
    const ticket = new TicketLife({ plan: 'community' }).open('Mon 09:00');
    const pro = planWith({ code: 'pro', targets: [{ metric: 'firstResponse', target: hours(4) }] });
    expect(ticket.do('Mon 12:00', reapply, { plan: pro }).last.at(-1)).toBe(
      'SlaClockStarted firstResponse/1 due Mon 16:00',
    );
    expect(ticket.life.guarantee).toEqual({ kind: 'guaranteed', reason: null });
  });

  it('keeps the pauses that were, and stands still from then on as the new version has it', () => {
    const none = { firstResponse: [], followUp: [], resolution: [] };
    const running = under(resolveIn(4), resolveIn(8, { pauses: none }))
      .open('Mon 09:00')
      .do('Mon 10:00', hold);
    expect(running.do('Mon 12:00', reapply, v2).last.at(-1)).toBe(
      'SlaDeadlineMoved resolution/2 due Tue 11:00 (reapplied)',
    );
    expect(running.do('Mon 13:00', 'ResumeTicket').last).toEqual(['TicketResumed Mon 13:00']);
    const still = under(resolveIn(4, { pauses: none }), resolveIn(8))
      .open('Mon 09:00')
      .do('Mon 10:00', hold);
    expect(still.do('Mon 12:00', reapply, v2).last.at(-1)).toBe('SlaDeadlineMoved resolution/2 due paused (reapplied)');
    expect(still.do('Mon 13:00', 'ResumeTicket').last.at(-1)).toBe(
      'SlaDeadlineMoved resolution/2 due Tue 10:00 (resumed)',
    );
  });

  it('in another calendar counts in that', () => {
    const ticket = under(resolveIn(8), resolveIn(8)).knowsCalendar(closedTuesday, 2).open('Mon 11:00');
    expect(ticket.do('Mon 12:00', reapply, { calendarVersion: 2 }).last.at(-1)).toBe(
      'SlaDeadlineMoved resolution/2 due Wed 11:00 (reapplied)',
    );
  });

  it('creates no clock where the plan stays the same, in whatever calendar', () => {
    const followUp = planWith({ targets: [{ metric: 'followUp', target: hours(8) }], atRiskShare });
    const ticket = under(followUp, planWith({ targets: [] }))
      .knowsCalendar(closedTuesday, 2)
      .open('Mon 09:00');
    ticket.do('Mon 10:00', 'RecordFirstResponse', v2);
    expect(ticket.do('Mon 12:00', reapply).last).toEqual([]);
    expect(ticket.do('Mon 12:00', reapply, { calendarVersion: 2 }).last).toEqual(['PlanReapplied Mon 12:00']);
  });

  it('alone changes the versions that govern a ticket; assigning or reclassifying it under newer ones does not', () => {
    const ticket = under(resolveIn(8), resolveIn(4)).open('Mon 09:00');
    ticket.do('Mon 10:00', { type: 'AssignTicket', assignee: 'mia', team: null }, v2);
    ticket.do('Mon 10:00', { type: 'ReclassifyTicket', priority: 'urgent' }, v2);
    expect(ticket.life.terms.plan.version).toBe(1);
    expect(ticket.do('Mon 10:00', reapply, v2).life.terms.plan.version).toBe(2);
  });

  it('again is already so', () => {
    const ticket = under(resolveIn(8), resolveIn(4)).open('Mon 09:00').do('Mon 12:00', reapply, v2);
    expect(ticket.do('Mon 12:30', reapply, v2).last).toEqual([]);
    expect(under(resolveIn(8), resolveIn(4)).open('Mon 09:00').do('Mon 12:00', reapply).last).toEqual([]);
  });

  it('is refused of a ticket that is closed or cancelled', () => {
    const closed = under(resolveIn(8), resolveIn(4)).open('Mon 09:00').do('Mon 10:00', 'CloseTicket');
    expect(refusal(() => closed.do('Mon 12:00', reapply, v2))).toBe('TICKET_CLOSED');
    const spam = under(resolveIn(8), resolveIn(4))
      .open('Mon 09:00')
      .do('Mon 10:00', { type: 'CancelTicket', reason: 'spam' });
    expect(refusal(() => spam.do('Mon 12:00', reapply, v2))).toBe('TICKET_CANCELLED');
  });

  it('recorded late acts on clocks as they stood when it occurred', () => {
    const ticket = under(resolveIn(8), resolveIn(4)).open('Mon 09:00').do('Mon 14:00', 'ResolveTicket');
    expect(ticket.do('Mon 11:00', reapply, { ...v2, now: 'Mon 15:00' }).last).toEqual([
      'PlanReapplied Mon 11:00',
      'SlaBreached resolution/2 due Mon 13:00',
      'SlaMetLate resolution/2 Mon 14:00',
    ]);
    const paused = under(resolveIn(8), resolveIn(4)).open('Mon 09:00').do('Mon 12:00', hold);
    expect(paused.do('Mon 11:00', reapply, { ...v2, now: 'Mon 15:00' }).last).toEqual([
      'PlanReapplied Mon 11:00',
      'SlaDeadlineMoved resolution/2 due paused (reapplied)',
    ]);
  });
});

describe('a revision that applies to open tickets', () => {
  const toVersion2 = { type: 'ApplyRevision', of: 'plan', code: 'tested', version: 2 } as const;
  /** In force on Monday noon; the policy may come to the ticket later. */
  const apply = (ticket: TicketLife, now = 'Mon 12:00') =>
    ticket.do('Mon 12:00', toVersion2, { ...v2, now, mayBackdate: true }).last;

  it('43: lays an open ticket out anew, once', () => {
    const ticket = under(resolveIn(8), resolveIn(4)).open('Mon 09:00');
    expect(apply(ticket)).toEqual([
      'PlanReapplied Mon 12:00',
      'SlaDeadlineMoved resolution/2 due Mon 13:00 (planRevised)',
    ]);
    expect(apply(ticket)).toEqual([]);
  });

  it('acts at the instant it comes into force, whenever the policy gets to the ticket', () => {
    const ticket = under(resolveIn(2), resolveIn(8))
      .open('Mon 10:00')
      .settle('Mon 12:30')
      .do('Mon 13:00', 'CloseTicket');
    expect(apply(ticket, 'Mon 16:00')).toEqual([
      'PlanReapplied Mon 12:00',
      'SlaBreachWithdrawn resolution/2 due Tue 10:00 (planRevised)',
      'SlaClockCancelled resolution/2 Mon 13:00 (closed)',
    ]);
  });

  it('says by what deadline a clock was cancelled that was closed before the policy got to it', () => {
    const ticket = under(resolveIn(8), resolveIn(4)).open('Mon 09:00').do('Mon 12:30', 'CloseTicket');
    expect(apply(ticket, 'Mon 16:00')).toEqual([
      'PlanReapplied Mon 12:00',
      'SlaClockCancelled resolution/2 Mon 12:30 (closed)',
    ]);
    expect(ticket.events.at(-1)?.data).toMatchObject({ dueAt: Date.UTC(2026, 2, 2, 13) });
  });

  it('leaves a breach standing that has the same deadline under it, and says that it is under it now', () => {
    const ticket = under(resolveIn(4), resolveIn(4, { name: 'Four hours' }))
      .open('Mon 09:00')
      .settle('Mon 14:00');
    expect(apply(ticket, 'Mon 14:01')).toEqual([
      'PlanReapplied Mon 12:00',
      'SlaDeadlineMoved resolution/2 due Mon 13:00 (planRevised)',
    ]);
    expect(ticket.events.at(-1)?.data).toMatchObject({ terms: { plan: { version: 2 } } });
    expect(ticket.do('Mon 15:00', 'ResolveTicket').last.at(-1)).toBe('SlaMetLate resolution/2 Mon 15:00');
  });

  it('leaves such a breach standing where the ticket has lost the promise since', () => {
    const bugsOnly = { types: ['productBug'] } as const;
    const ticket = under(resolveIn(2, bugsOnly), resolveIn(2, { ...bugsOnly, name: 'Two hours' }))
      .open('Mon 09:00')
      .settle('Mon 11:30')
      .do('Mon 12:01', { type: 'ReclassifyTicket', ticketType: 'onBoarding' });
    expect(apply(ticket, 'Mon 14:01')).toEqual(['PlanReapplied Mon 12:00']);
    expect(ticket.do('Mon 15:00', 'ResolveTicket').last.at(-1)).toBe('SlaMetLate resolution/1 Mon 15:00');
  });

  it('leaves alone a ticket that was closed by then, and one that did not wait for it', () => {
    const closed = under(resolveIn(8), resolveIn(4)).open('Mon 09:00').do('Mon 10:00', 'CloseTicket');
    expect(apply(closed, 'Mon 16:00')).toEqual([]);
    expect(apply(under(resolveIn(8), resolveIn(4)).open('Mon 12:30', {}, v2), 'Mon 16:00')).toEqual([]);
  });

  it('reaches a ticket opened afterwards by somebody who had not heard of it', () => {
    const ticket = under(resolveIn(8), resolveIn(4)).open('Mon 12:30');
    expect(apply(ticket, 'Mon 12:31')).toEqual([
      'PlanReapplied Mon 12:30',
      'SlaDeadlineMoved resolution/2 due Mon 16:30 (planRevised)',
    ]);
    expect(apply(ticket, 'Mon 12:32')).toEqual([]);
  });

  it('reaches a ticket whose opening was recorded after it, under the version of then', () => {
    const ticket = under(resolveIn(8), resolveIn(4)).open('Mon 09:00', {}, { now: 'Mon 14:00' });
    expect(apply(ticket, 'Mon 14:01')).toEqual([
      'PlanReapplied Mon 12:00',
      'SlaDeadlineMoved resolution/2 due Mon 13:00 (planRevised)',
      'SlaBreached resolution/2 due Mon 13:00',
    ]);
  });

  it('counts the span closed as a pause of a clock whose breach it withdraws at the reopening', () => {
    const ticket = under(resolveIn(1), resolveIn(8)).open('Mon 09:00').do('Mon 12:00', 'CloseTicket');
    ticket.do('Mon 14:00', 'ReopenTicket');
    expect(apply(ticket, 'Mon 14:01')).toEqual([
      'PlanReapplied Mon 14:00',
      'SlaBreachWithdrawn resolution/2 due Tue 11:00 (planRevised)',
      'SlaDeadlineMoved resolution/2 due Tue 11:00 (planRevised)',
    ]);
  });

  it('reaches a clock that a reopening takes up under the old version', () => {
    const ticket = under(resolveIn(8), resolveIn(4)).open('Mon 09:00').do('Mon 10:00', 'CloseTicket');
    ticket.do('Mon 14:00', 'ReopenTicket', v2);
    expect(ticket.last.at(-1)).toBe('SlaClockStarted resolution/2 due Tue 13:00 (reopened)');
    expect(apply(ticket, 'Mon 14:01')).toEqual([
      'PlanReapplied Mon 14:00',
      'SlaDeadlineMoved resolution/3 due Mon 17:00 (planRevised)',
    ]);
    expect(apply(ticket, 'Mon 14:02')).toEqual([]);
  });

  it('reaches each clock once, those too that started afterwards under the old version', () => {
    const both = (amount: number) =>
      resolveIn(amount, {
        targets: [
          { metric: 'resolution', target: hours(amount) },
          { metric: 'followUp', target: hours(amount) },
        ],
      });
    const ticket = under(both(8), both(4)).open('Mon 09:00').do('Mon 12:00:00.005', 'RecordFirstResponse');
    expect(apply(ticket, 'Mon 12:01')).toEqual([
      'PlanReapplied Mon 12:00',
      'PlanReapplied Mon 12:00:00.005',
      'SlaDeadlineMoved resolution/2 due Mon 13:00 (planRevised)',
      'SlaDeadlineMoved followUp/2 due Mon 16:00:00.005 (planRevised)',
    ]);
    expect(apply(ticket, 'Mon 12:02')).toEqual([]);
  });

  it('leaves alone what is under another plan, or under a newer version', () => {
    const other = under(resolveIn(8), resolveIn(4)).open('Mon 09:00', {}, { plan: resolveIn(6, { code: 'other' }) });
    expect(apply(other)).toEqual([]);
    const newer = under(resolveIn(8), resolveIn(4)).open('Mon 09:00', {}, { plan: resolveIn(6), version: 3 });
    expect(apply(newer)).toEqual([]);
  });

  it('gives way to a version that somebody chose for the ticket afterwards', () => {
    const ticket = under(resolveIn(8), resolveIn(4)).open('Mon 09:00');
    apply(ticket);
    expect(ticket.do('Mon 12:30', reapply).last.at(-1)).toBe('SlaDeadlineMoved resolution/3 due Mon 17:00 (reapplied)');
    expect(apply(ticket, 'Mon 12:31')).toEqual([]);
    ticket.do('Mon 12:40', 'CloseTicket').do('Mon 12:50', 'ReopenTicket');
    expect(apply(ticket, 'Mon 12:51')).toEqual([]);
    const inThatInstant = under(resolveIn(8), resolveIn(4)).open('Mon 09:00');
    apply(inThatInstant);
    inThatInstant.do('Mon 12:00', reapply, { now: 'Mon 12:30' });
    expect(apply(inThatInstant, 'Mon 12:31')).toEqual([]);
  });

  it('of a plan brings no newer version of the calendar with it', () => {
    const ticket = under(resolveIn(8), resolveIn(9)).knowsCalendar(closedTuesday, 2).open('Mon 11:00');
    ticket.do('Mon 12:00', toVersion2, { ...v2, calendarVersion: 2, mayBackdate: true });
    expect(ticket.last.at(-1)).toBe('SlaDeadlineMoved resolution/2 due Tue 12:00 (planRevised)');
  });

  it('of a calendar grants relief for a day closed without warning, whatever the plan', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) }).knowsCalendar(closedTuesday, 2).open('Mon 11:00');
    ticket.settle('Tue 12:00');
    const revised = { type: 'ApplyRevision', of: 'calendar', code: 'business-hours', version: 2 } as const;
    const told = { calendarVersion: 2, mayBackdate: true };
    expect(ticket.do('Tue 13:00', revised, told).last).toEqual([
      'PlanReapplied Tue 13:00',
      'SlaBreachWithdrawn resolution/2 due Wed 11:00 (calendarRevised)',
      'SlaDeadlineMoved resolution/2 due Wed 11:00 (calendarRevised)',
    ]);
    expect(ticket.do('Tue 13:00', revised, { ...told, now: 'Tue 13:01' }).last).toEqual([]);
    expect(ticket.life.terms).toEqual({
      ...{ plan: { code: 'tested', version: 1 }, calendar: { code: 'business-hours', version: 2 } },
    });
  });

  it('leaves unjudged what an import left unjudged', () => {
    const at = Date.UTC(2026, 2, 2, 10);
    const setting = { import: { id: 'i1', startedAt: at, judgedFrom: at } };
    const ticket = under(resolveIn(8), resolveIn(4), setting).open('Mon 09:00');
    apply(ticket);
    expect([ticket.outcomes, ticket.life.guarantee.reason]).toEqual([[], 'beforeJudgedFrom']);
  });
});

/** The table of ADR 6, as it stands there; the revision comes into force on the second Monday at noon. */
describe('a resolution in eight hours, four from Monday noon on', () => {
  const revised = { type: 'ApplyRevision', of: 'plan', code: 'tested', version: 2 } as const;
  const opened = (at: string, transition: Parameters<TicketLife['open']>[2] = {}) =>
    under(resolveIn(8), resolveIn(4)).open(at, {}, transition);
  it.each([
    ['opened Monday 09:00', () => opened('Mon+1 09:00'), 'Mon+1 17:00', 'Mon+1 13:00'],
    [
      'opened Monday 09:00, waiting for an hour',
      () => opened('Mon+1 09:00').do('Mon+1 10:00', hold).do('Mon+1 11:00', 'ResumeTicket'),
      ...['Tue+1 10:00', 'Mon+1 14:00'],
    ],
    ['opened Friday 16:59', () => opened('Fri 16:59'), 'Mon+1 16:59', 'Mon+1 12:59'],
    ['opened Monday 12:30', () => opened('Mon+1 12:30', v2), 'Mon+1 16:30', 'Mon+1 16:30'],
    ['recorded at 14:00', () => opened('Mon+1 09:00', { now: 'Mon+1 14:00' }), 'Mon+1 17:00', 'Mon+1 13:00'],
  ])('%s', (_, make, kept, anew) => {
    const due = (ticket: TicketLife) => [...ticket.state.recorded.values()].map(({ dueAt }) => show(dueAt));
    expect(due(make())).toEqual([kept]);
    const now = { now: 'Mon+1 14:01', mayBackdate: true, ...v2 };
    expect(due(make().do('Mon+1 12:00', revised, now))).toEqual([anew]);
  });
});
