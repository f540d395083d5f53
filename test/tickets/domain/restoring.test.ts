import { describe, expect, it } from '@jest/globals';
import { elapsed } from '../../../src/clocks/run.js';
import { hours, instant, planWith, refusal, type Setting, TicketLife } from '../../support/ticket-life.js';

const spam = { type: 'CancelTicket', reason: 'spam' } as const;
const hold = { type: 'PauseTicket', reason: 'onHold' } as const;
const resolveIn = (amount: number) =>
  planWith({ atRiskShare: 0.99, targets: [{ metric: 'resolution', target: hours(amount) }] });
const opened = (amount = 8, setting: Setting = {}) =>
  new TicketLife({ plan: resolveIn(amount), ...setting }).open('Mon 09:00');

describe('a cancelling that is taken back (freescout#1351, osTicket#5325)', () => {
  it('has the clocks go on from their own starts, the time between included', () => {
    const ticket = opened().do('Mon 10:00', spam).do('Mon 12:00', 'RestoreTicket');
    expect(ticket.last).toEqual(['TicketRestored Mon 12:00', 'SlaClockStarted resolution/2 due Mon 17:00']);
    expect(ticket.life).toMatchObject({ status: 'open', cancelledAt: null, cancelReason: null });
    expect(ticket.do('Mon 17:00', 'ResolveTicket').last.at(-1)).toBe('SlaMet resolution/2 Mon 17:00');
    expect(ticket.events.at(-1)?.data).toMatchObject({ elapsedMs: 8 * 3_600_000 });
  });

  it('is late where the deadline passed meanwhile: the mistake was ours', () => {
    const ticket = opened(2).do('Mon 10:00', spam).do('Mon 12:00', 'RestoreTicket');
    expect(ticket.last).toEqual([
      'TicketRestored Mon 12:00',
      'SlaClockStarted resolution/2 due Mon 11:00',
      'SlaBreached resolution/2 due Mon 11:00',
    ]);
  });

  it('leaves what was breached before, and lets it be answered', () => {
    const ticket = opened(2).do('Mon 12:00', spam).do('Mon 13:00', 'RestoreTicket');
    expect(ticket.last).toEqual(['TicketRestored Mon 13:00']);
    expect(ticket.do('Mon 14:00', 'ResolveTicket').last.at(-1)).toBe('SlaMetLate resolution/1 Mon 14:00');
  });

  it('puts it where it was: waiting since when it waited, resolved, closed', () => {
    const waiting = opened().do('Mon 10:00', hold).do('Mon 11:00', spam).do('Mon 13:00', 'RestoreTicket');
    expect([waiting.life.status, [...waiting.life.waits]]).toEqual([
      'waiting',
      [['onHold', { since: instant('Mon 10:00'), until: null }]],
    ]);
    expect(waiting.do('Mon 14:00', 'ResumeTicket').last.at(-1)).toBe(
      'SlaDeadlineMoved resolution/2 due Tue 13:00 (resumed)',
    );
    const closed = opened().do('Mon 10:00', 'ResolveTicket').do('Mon 11:00', 'CloseTicket').do('Mon 12:00', spam);
    expect(closed.do('Mon 13:00', 'RestoreTicket').life).toMatchObject({
      ...{ status: 'closed', resolvedAt: instant('Mon 10:00'), closedAt: instant('Mon 11:00') },
    });
  });

  it('takes up a first response that closing had ended only when it is answered or reopened, as before', () => {
    const plan = planWith({ targets: [{ metric: 'firstResponse', target: hours(4) }] });
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 10:00', 'CloseTicket');
    ticket.do('Mon 11:00', spam);
    expect(ticket.do('Mon 12:00', 'RestoreTicket').last).toEqual(['TicketRestored Mon 12:00']);
    expect(ticket.do('Mon 13:00', 'RecordFirstResponse').last.at(-1)).toBe('SlaMet firstResponse/2 Mon 13:00');
  });

  it('ends the waits that were to end by themselves meanwhile, each at its own instant', () => {
    const waiting = { ...hold, until: instant('Mon 12:00') };
    const ticket = opened().do('Mon 10:00', waiting).do('Mon 11:00', spam).do('Mon 15:00', 'RestoreTicket');
    expect(ticket.last).toEqual(['TicketRestored Mon 15:00', 'SlaClockStarted resolution/2 due Tue 11:00 (resumed)']);
    expect(ticket.life).toMatchObject({ status: 'open', waits: new Map() });
    expect(ticket.settle('Mon 16:00').last).toEqual([]);

    const both = opened()
      .do('Mon 10:00', waiting)
      .do('Mon 10:00', { type: 'PauseTicket', reason: 'waitingForCustomer' });
    both.do('Mon 11:00', spam).do('Mon 15:00', 'RestoreTicket');
    expect([both.life.status, [...both.life.waits.keys()]]).toEqual(['waiting', ['waitingForCustomer']]);
    expect(both.settle('Mon 16:00').last).toEqual([]);

    const late = opened(2)
      .settle('Mon 12:00')
      .do('Mon 13:00', { ...hold, until: instant('Mon 14:00') });
    late.do('Mon 13:30', spam).do('Mon 15:00', 'RestoreTicket');
    const [clock] = late.state.clocksAt(instant('Mon 15:00'), late.versions);
    expect(clock && elapsed(clock, instant('Mon 15:00'))).toBe(5 * 3_600_000);
  });

  it('may happen again, and again is already so', () => {
    const ticket = opened().do('Mon 10:00', spam).do('Mon 11:00', 'RestoreTicket');
    expect(ticket.do('Mon 11:30', 'RestoreTicket').last).toEqual([]);
    ticket.do('Mon 12:00', spam);
    expect(ticket.do('Mon 13:00', 'RestoreTicket').last.at(-1)).toBe('SlaClockStarted resolution/3 due Mon 17:00');
  });

  it('is refused of a ticket that was not cancelled; a cancelled one is not reopened, but restored', () => {
    expect(refusal(() => opened().do('Mon 10:00', 'RestoreTicket'))).toMatch(/^TICKET_NOT_CANCELLED/);
    expect(refusal(() => opened().do('Mon 10:00', spam).do('Mon 11:00', 'ReopenTicket'))).toBe(
      'TICKET_CANCELLED: The ticket was already cancelled at that time; restoreTicket takes that back.',
    );
  });

  it('heard of late has what was said of the ticket since count', () => {
    const ticket = opened().do('Mon 10:00', spam);
    expect(refusal(() => ticket.do('Mon 12:00', hold))).toMatch(/^TICKET_CANCELLED/);
    ticket.do('Mon 11:00', 'RestoreTicket', { now: 'Mon 13:00' }).do('Mon 12:00', hold, { now: 'Mon 13:00' });
    expect(ticket.life.status).toBe('waiting');
  });

  it('in a log is a reopening of what was cancelled, and only there', () => {
    const imported = { id: 'i1', startedAt: instant('Fri 09:00') };
    const ticket = opened(8, { import: imported }).do('Mon 10:00', spam).do('Mon 11:00', 'ReopenTicket');
    expect(ticket.last).toEqual(['TicketRestored Mon 11:00', 'SlaClockStarted resolution/2 due Mon 17:00']);
    const resolved = opened(8, { import: imported }).do('Mon 10:00', 'ResolveTicket').do('Mon 11:00', spam);
    expect(resolved.do('Mon 12:00', 'ReopenTicket').last.slice(0, 2)).toEqual([
      'TicketRestored Mon 12:00',
      'TicketReopened Mon 12:00',
    ]);
    expect(resolved.life).toMatchObject({ status: 'open', reopenings: 1 });
  });
});
