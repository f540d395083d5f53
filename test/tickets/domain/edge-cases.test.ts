import { describe, expect, it } from '@jest/globals';
import { Rejection } from '../../../src/event-sourcing/rejection.js';
import { hours, instant, planWith, robot, TicketLife } from '../../support/ticket-life.js';

/** The code of the refusal that some work ends in. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Rejection) return error.code;
    throw error;
  }
  return 'accepted';
}

const resolveIn = (amount: number) => planWith({ targets: [{ metric: 'resolution', target: hours(amount) }] });
const hold = { type: 'PauseTicket', reason: 'onHold' } as const;
const waitForCustomer = { type: 'PauseTicket', reason: 'waitingForCustomer' } as const;

/** The edge cases of the field, by the number each has in the project's list; those of calendars are tested with them. */
describe('edge case', () => {
  it('7: a reply at exactly the deadline meets it, though the watcher polls at the same instant', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').settle('Tue 09:00');
    expect(ticket.last).toEqual(['SlaAtRisk firstResponse/1 Mon 15:00']);
    expect(ticket.do('Tue 09:00', 'RecordFirstResponse').last.at(-1)).toBe('SlaMet firstResponse/1 Tue 09:00');
  });

  it('8: no target, no clock', () => {
    expect(new TicketLife({ plan: 'pro' }).open('Mon 09:00').outcomes.join()).not.toMatch(/followUp|resolution/);
  });

  it('23: only the open part of a pause matters', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) })
      .open('Mon 09:00')
      .do('Mon 16:00', hold)
      .do('Tue 08:00', 'ResumeTicket');
    expect(ticket.last.at(-1)).toBe('SlaDeadlineMoved resolution/1 due Tue 10:00 (resumed)');
  });

  it('24: overlapping pauses are united', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) })
      .open('Mon 09:00')
      .do('Mon 10:00', hold)
      .do('Mon 11:00', waitForCustomer);
    ticket.do('Mon 12:00', { type: 'ResumeTicket', reason: 'onHold' });
    expect(ticket.last).toEqual(['TicketResumed Mon 12:00']);
    expect(ticket.do('Mon 13:00', 'RecordCustomerReply').last.at(-1)).toContain('due Tue 12:00');
  });

  it('25: with nothing left, the deadline is the first open instant of the resume, and a reply at it is in time', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) }).open('Mon 09:00').do('Mon 17:00', hold);
    expect(ticket.do('Tue 12:00', 'ResumeTicket').last.at(-1)).toContain('due Tue 12:00');
    expect(ticket.do('Tue 12:00', 'ResolveTicket').last.at(-1)).toBe('SlaMet resolution/1 Tue 12:00');
  });

  it('26: a pause after the breach does not undo it, but lateness stops growing', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) })
      .open('Mon 09:00')
      .do('Tue 10:00', hold)
      .do('Tue 16:00', 'ResumeTicket');
    ticket.do('Tue 17:00', 'ResolveTicket');
    const late = ticket.events.find((event) => event.type === 'SlaMetLate');
    expect(late?.data).toMatchObject({ elapsedMs: 10 * 3_600_000, targetMs: 8 * 3_600_000 });
  });

  it('27: a ticket that waits from its first instant has all of its time when it is resumed', () => {
    const ticket = new TicketLife({ plan: resolveIn(2) })
      .open('Mon 09:00')
      .do('Mon 09:00', hold)
      .do('Mon 12:00', 'ResumeTicket');
    expect(ticket.last.at(-1)).toContain('due Mon 14:00');
  });

  it('28: waiting for the customer pauses the follow-up, not the first response', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 10:00', waitForCustomer);
    expect(ticket.last).toEqual(['TicketPaused Mon 10:00']);
  });

  it('29: a ticket an agent opens: a call heard is its own answer, one of our own has no first response', () => {
    const heard = new TicketLife({ plan: 'advanced' }).open('Mon 09:00', { origin: 'phoneRequest', channel: 'phone' });
    const met = heard.events.find((event) => event.type === 'SlaMet');
    expect(met?.data).toMatchObject({ metric: 'firstResponse', elapsedMs: 0 });
    expect(new TicketLife().open('Mon 09:00', { origin: 'noRequest' }).outcomes).toEqual([]);
  });

  it('30: an automatic reply is no response', () => {
    const ticket = new TicketLife({ plan: 'pro' })
      .open('Mon 09:00')
      .do('Mon 09:00', 'RecordFirstResponse', { actor: robot });
    expect(ticket.life.firstRespondedAt).toBeNull();
  });

  it('31: an internal note is none either; a silent close cancels', () => {
    const ticket = new TicketLife({ plan: 'pro' })
      .open('Mon 09:00')
      .do('Mon 09:10', { type: 'AddInternalNote', text: '?' });
    expect(ticket.do('Mon 10:00', 'CloseTicket').last.at(-1)).toBe(
      'SlaClockCancelled firstResponse/1 Mon 10:00 (closed)',
    );
  });

  it('32: a response before opening hours is met with no time used', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Sat 09:00').do('Sun 11:00', 'RecordFirstResponse');
    const met = ticket.events.find((event) => event.type === 'SlaMet');
    expect(met?.data).toMatchObject({ elapsedMs: 0, startedAt: instant('Sat 09:00'), at: instant('Sun 11:00') });
  });

  it('33: a reply before the opening is refused live; on import it is clamped to the opening, and flagged', () => {
    const live = new TicketLife({ plan: 'pro' }).open('Mon 09:00');
    expect(refusal(() => live.do('Mon 08:59', 'RecordFirstResponse', { now: 'Mon 09:01' }))).toBe(
      'OCCURRED_BEFORE_OPENING',
    );
    const imported = new TicketLife({ plan: 'pro', import: { id: 'i1', startedAt: instant('Fri+9 09:00') } });
    imported.open('Mon 09:00', {}, { now: 'Fri+9 09:00', mayBackdate: true });
    imported.do('Mon 08:59', 'RecordFirstResponse', { now: 'Fri+9 09:00', mayBackdate: true });
    expect(imported.last).toEqual(['FirstResponseSent Mon 08:59', 'SlaMet firstResponse/1 Mon 09:00']);
    expect(imported.notices).toEqual(['FirstResponseSent clampedToOpening']);
  });

  it('34: the next reply is due from the oldest unanswered message', () => {
    const ticket = new TicketLife({ plan: planWith({ followUpStarts: 'nextReply' }) }).open('Mon 09:00');
    ticket
      .do('Mon 10:00', 'RecordFirstResponse')
      .do('Mon 11:00', 'RecordCustomerReply')
      .do('Mon 14:00', 'RecordCustomerReply');
    expect(ticket.outcomes.at(-1)).toBe('SlaClockStarted followUp/1 due Tue 11:00');
  });

  it('35: a customer message does not restart the update interval', () => {
    const ticket = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 10:00', 'RecordFirstResponse')
      .do('Mon 12:00', 'RecordCustomerReply');
    expect(ticket.last).toEqual(['CustomerReplied Mon 12:00']);
  });

  it('36: staying silent breaches a follow-up once', () => {
    const ticket = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 10:00', 'RecordFirstResponse')
      .settle('Wed 09:00')
      .settle('Fri+2 09:00');
    expect(ticket.outcomes.filter((said) => said.startsWith('SlaBreached followUp'))).toHaveLength(1);
  });

  it('37: thanks after resolving reopen nothing', () => {
    const ticket = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 10:00', 'ResolveTicket')
      .do('Mon 11:00', 'RecordCustomerReply');
    expect(ticket.life.status).toBe('resolved');
  });

  it('38: reopening starts a new resolution after a satisfied one, and lets a closed one go on without the span closed', () => {
    const solved = new TicketLife({ plan: resolveIn(8) })
      .open('Mon 09:00')
      .do('Mon 10:00', 'ResolveTicket')
      .do('Wed 10:00', 'ReopenTicket');
    expect(solved.last.at(-1)).toBe('SlaClockStarted resolution/1 due Thu 10:00');
    const closed = new TicketLife({ plan: resolveIn(8) })
      .open('Mon 09:00')
      .do('Mon 10:00', 'CloseTicket')
      .do('Wed 10:00', 'ReopenTicket');
    expect(closed.last.at(-1)).toBe('SlaClockStarted resolution/2 due Wed 17:00 (reopened)');
  });

  it("41: a customer's change of plan leaves running clocks alone; later ones use the new plan", () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00');
    const faster = planWith({ code: 'faster', targets: [{ metric: 'followUp', target: hours(1) }] });
    ticket.do('Mon 10:00', 'RecordFirstResponse', { plan: faster });
    expect(ticket.last).toEqual([
      'FirstResponseSent Mon 10:00',
      'SlaMet firstResponse/1 Mon 10:00',
      'SlaClockStarted followUp/1 due Mon 11:00',
    ]);
  });

  describe('42: a change of priority or type', () => {
    const plan = planWith({
      targets: [
        { metric: 'resolution', target: hours(16) },
        { metric: 'resolution', target: hours(4), priority: 'high' },
      ],
    });

    it('lays running clocks out anew from their own starts, with their pauses', () => {
      const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 10:00', hold).do('Mon 11:00', 'ResumeTicket');
      expect(ticket.do('Mon 12:00', { type: 'ReclassifyTicket', priority: 'high' }).last).toEqual([
        'TicketReclassified Mon 12:00',
        'SlaDeadlineMoved resolution/2 due Mon 14:00 (reclassified)',
      ]);
    });

    it('may put the deadline before the change: then it is breached, effective at the deadline', () => {
      const ticket = new TicketLife({ plan })
        .open('Mon 09:00')
        .do('Mon 15:00', { type: 'ReclassifyTicket', priority: 'high' });
      expect(ticket.last).toEqual([
        'TicketReclassified Mon 15:00',
        'SlaDeadlineMoved resolution/2 due Mon 13:00 (reclassified)',
        'SlaBreached resolution/2 due Mon 13:00',
      ]);
    });

    it('never changes what was met or breached', () => {
      const ticket = new TicketLife({ plan }).open('Mon 09:00', { priority: 'high' }).settle('Mon 14:00');
      expect(ticket.do('Mon 15:00', { type: 'ReclassifyTicket', priority: 'normal' }).last).toEqual([
        'TicketReclassified Mon 15:00',
      ]);
    });

    it('cancels a clock that loses its promise, and starts at the change one that it creates', () => {
      const ticket = new TicketLife({ plan })
        .open('Mon 09:00')
        .do('Mon 12:00', { type: 'ReclassifyTicket', ticketType: 'onBoarding' });
      expect(ticket.last.at(-1)).toBe('SlaClockCancelled resolution/1 Mon 12:00 (lostPromise)');
      expect(ticket.life.guarantee).toEqual({ kind: 'bestEffort', reason: 'typeNotCovered' });
      ticket.do('Mon 13:00', { type: 'ReclassifyTicket', ticketType: 'productBug' });
      expect(ticket.last.at(-1)).toBe('SlaClockStarted resolution/1 due Wed 13:00');
    });
  });

  it('44: a fact that occurred in time withdraws a recorded breach, which stays in the history', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').settle('Wed 09:00');
    ticket.do('Mon 12:00', 'RecordFirstResponse', { now: 'Wed 10:00' });
    expect(ticket.outcomes.filter((said) => said.startsWith('SlaBreach'))).toHaveLength(2);
  });

  it('45: a late fact corrects what was published, by a breach that had been missed too', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) })
      .open('Mon 09:00')
      .do('Mon 10:00', hold)
      .do('Wed 10:00', 'ResolveTicket');
    expect(ticket.do('Mon 11:00', 'ResumeTicket', { now: 'Wed 12:00' }).last).toContain(
      'SlaBreached resolution/2 due Tue 10:00',
    );
  });

  it('46: more than 30 days back takes the ingest or admin role', () => {
    const ticket = () => new TicketLife().open('Mon 09:00');
    expect(refusal(() => ticket().do('Tue 09:00', 'RecordFollowUp', { now: 'Fri+5 09:00' }))).toBe(
      'OCCURRED_TOO_LONG_AGO',
    );
    expect(refusal(() => ticket().do('Tue 09:00', 'RecordFollowUp', { now: 'Fri+5 09:00', mayBackdate: true }))).toBe(
      'accepted',
    );
  });

  it('47: ties go by the order of the log', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 10:00', hold).do('Mon 10:00', 'ResumeTicket');
    expect(ticket.life.status).toBe('open');
  });

  it('48: a repeated id changes nothing; with other content it is an error', () => {
    const once = { factId: 'x', commandHash: 'h' };
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 10:00', 'RecordFirstResponse', once);
    expect(ticket.do('Mon 10:00', 'RecordFirstResponse', { ...once, now: 'Mon 11:00' }).last).toEqual([]);
    expect(refusal(() => ticket.do('Mon 10:00', 'RecordFollowUp', { factId: 'x', commandHash: 'other' }))).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    );
  });

  it('49: the future is refused beyond five minutes; within them the earlier instant counts', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00');
    expect(refusal(() => ticket.do('Mon 10:05:00.001', 'RecordFirstResponse', { now: 'Mon 10:00' }))).toBe(
      'OCCURRED_IN_FUTURE',
    );
    expect(ticket.do('Mon 10:05', 'RecordFirstResponse', { now: 'Mon 10:00' }).last).toEqual([
      'FirstResponseSent Mon 10:05',
      'SlaMet firstResponse/1 Mon 10:00',
    ]);
    expect(ticket.notices).toEqual(['FirstResponseSent clampedToRecording']);
    ticket.do('Mon 10:06', 'RecordFollowUp').do('Mon 10:04', 'RecordCustomerReply', { now: 'Mon 10:07' });
    expect(ticket.notices).toHaveLength(1);
  });

  it('50: a breach found late is effective at its deadline, and says when it was found', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').settle('Fri 09:00');
    const breach = ticket.events.find((event) => event.type === 'SlaBreached');
    expect(breach?.metadata).toMatchObject({ occurredAt: instant('Tue 09:00'), recordedAt: instant('Fri 09:00') });
  });

  it('51: imported history is historic, is judged by its own horizon, and is unjudged before judgedFrom', () => {
    const startedAt = instant('Fri+9 09:00');
    const now = { now: 'Fri+9 09:00', mayBackdate: true };
    const ticket = new TicketLife({ plan: 'pro', import: { id: 'i1', startedAt } }).open('Mon 09:00', {}, now);
    expect(ticket.last).toHaveLength(2);
    ticket.do('Wed 09:00', 'RecordFirstResponse', now);
    expect(ticket.last[0]).toBe('SlaBreached firstResponse/1 due Tue 09:00');
    expect(ticket.events.find((event) => event.type === 'SlaBreached')?.data).toMatchObject({ historic: true });
    const unjudged = new TicketLife({ plan: 'pro', import: { id: 'i1', startedAt, judgedFrom: instant('Tue 09:00') } });
    expect(unjudged.open('Mon 09:00', {}, now).last).toEqual(['TicketOpened Mon 09:00']);
    expect(unjudged.life.guarantee.reason).toBe('beforeJudgedFrom');
  });

  it('52: the warning is in business time: a Monday deadline does not warn on Sunday', () => {
    const ticket = new TicketLife({ plan: resolveIn(2) }).open('Fri 16:00');
    expect(ticket.settle('Sun 23:00').last).toEqual([]);
    expect(ticket.settle('Mon+1 09:30').last).toEqual(['SlaAtRisk resolution/1 Mon+1 09:30']);
  });

  it('53: without promise there is no clock, and no verdict', () => {
    const ticket = new TicketLife({ plan: 'community' }).open('Mon 09:00').do('Mon 10:00', 'RecordFirstResponse');
    expect(ticket.outcomes).toEqual([]);
  });

  it('56: nothing is rounded before it is compared', () => {
    const ticket = new TicketLife({ plan: resolveIn(1) })
      .open('Mon 09:00:00.400')
      .do('Mon 10:00:00.401', 'ResolveTicket');
    expect(ticket.last[0]).toContain('SlaBreached');
  });

  it('57: an interval that ends before it begins is none: the end has no effect, and is flagged', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) }).open('Mon 09:00').do('Mon 12:00', hold);
    expect(ticket.do('Mon 11:00', 'ResumeTicket', { now: 'Mon 13:00' }).last).toEqual([]);
    const late = new TicketLife({ plan: resolveIn(8) }).open('Mon 09:00').do('Mon 10:00', hold);
    late.do('Mon 12:00', 'ResumeTicket').do('Mon 11:00', 'ResolveTicket', { now: 'Mon 13:00' });
    expect(late.notices).toEqual(['TicketResumed withoutEffect']);
    const met = late.events.find((event) => event.type === 'SlaMet');
    expect(met?.data).toMatchObject({ elapsedMs: 3_600_000 });
  });

  it('58: each computed deadline says the time zone data it was computed with', () => {
    const started = new TicketLife({ plan: 'pro' })
      .open('Mon 09:00')
      .events.find((event) => event.type === 'SlaClockStarted');
    expect(started?.data).toMatchObject({ tzdata: '2026a', timeZone: 'UTC' });
  });

  it('59: spam cancels the clocks, with the reason', () => {
    const ticket = new TicketLife({ plan: 'pro' })
      .open('Mon 09:00')
      .do('Mon 10:00', { type: 'CancelTicket', reason: 'spam' });
    expect(ticket.last.at(-1)).toContain('SlaClockCancelled');
    expect(refusal(() => ticket.do('Mon 11:00', 'RecordFirstResponse'))).toBe('TICKET_CANCELLED');
  });

  it('60: reassignment moves no clock, and a breach names the owner at its deadline', () => {
    const ticket = new TicketLife({ plan: 'pro' })
      .open('Mon 09:00')
      .do('Mon 10:00', { type: 'AssignTicket', assignee: 'ann', team: null });
    ticket.do('Wed 10:00', { type: 'AssignTicket', assignee: 'bob', team: null });
    expect(ticket.last).toEqual(['SlaBreached firstResponse/1 due Tue 09:00', 'TicketAssigned Wed 10:00']);
    expect(ticket.events.find((event) => event.type === 'SlaBreached')?.data).toMatchObject({ assignee: 'ann' });
  });
});
