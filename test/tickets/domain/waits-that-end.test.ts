import { describe, expect, it } from '@jest/globals';
import { Rejection } from '../../../src/event-sourcing/rejection.js';
import { hours, instant, planWith, show, TicketLife } from '../../support/ticket-life.js';

const plan = planWith({ targets: [{ metric: 'resolution', target: hours(8) }], atRiskShare: 0.99 });
const opened = () => new TicketLife({ plan }).open('Mon 09:00');
const hold = (until: string) => ({ type: 'PauseTicket', reason: 'onHold', until: instant(until) }) as const;
const held = { type: 'PauseTicket', reason: 'onHold' } as const;
const schedule = (until: string) => ({ type: 'PauseTicket', reason: 'scheduled', until: instant(until) }) as const;

describe('a wait that says until when it lasts', () => {
  it('ends by itself then, whenever that is found, and is said once', () => {
    const ticket = opened().do('Mon 10:00', hold('Mon 12:00'));
    expect(ticket.last).toEqual(['TicketPaused Mon 10:00', 'SlaDeadlineMoved resolution/1 due paused (paused)']);
    expect(ticket.settle('Mon 11:59').last).toEqual([]);
    expect(ticket.settle('Mon 15:00').last).toEqual([
      'TicketResumed Mon 12:00',
      'SlaDeadlineMoved resolution/1 due Tue 11:00 (resumed)',
    ]);
    expect(ticket.settle('Mon 16:00').last).toEqual([]);
    const { actor, occurredAt, recordedAt } =
      ticket.events.find(({ type }) => type === 'TicketResumed')?.metadata ?? {};
    expect([actor?.kind, show(occurredAt ?? 0), show(recordedAt ?? 0)]).toEqual(['system', 'Mon 12:00', 'Mon 15:00']);
    expect(ticket.life.status).toBe('open');
  });

  it('is over for whatever is said after it', () => {
    const ticket = opened().do('Mon 10:00', hold('Mon 12:00'));
    expect(ticket.do('Mon 13:00', 'ResumeTicket').last).toEqual([
      'TicketResumed Mon 12:00',
      'SlaDeadlineMoved resolution/1 due Tue 11:00 (resumed)',
    ]);
    const late = opened().do('Mon 10:00', hold('Mon 12:00')).do('Thu 10:00', 'ResolveTicket');
    expect(late.last).toEqual([
      'TicketResumed Mon 12:00',
      'SlaDeadlineMoved resolution/1 due Tue 11:00 (resumed)',
      'SlaBreached resolution/1 due Tue 11:00',
      'TicketResolved Thu 10:00',
      'SlaMetLate resolution/1 Thu 10:00',
    ]);
  });

  it('has ended by itself also where it is said late, and something after its end was said before', () => {
    const resolved = opened().do('Tue 15:00', 'ResolveTicket');
    expect(resolved.do('Mon 10:00', hold('Mon 12:00'), { now: 'Tue 16:00' }).last).toEqual([
      'TicketPaused Mon 10:00',
      'TicketResumed Mon 12:00',
      'SlaBreachWithdrawn resolution/2 due Tue 11:00 (corrected)',
      'SlaBreached resolution/2 due Tue 11:00',
      'SlaMetLate resolution/2 Tue 15:00',
    ]);
    expect(resolved.settle('Tue 17:00').last).toEqual([]);
  });

  it('has ended by itself where the reply that had ended it is split off', () => {
    const until = { type: 'PauseTicket', reason: 'waitingForCustomer', until: instant('Mon 12:00') } as const;
    const ticket = opened()
      .do('Mon 10:00', until)
      .do('Mon 11:00', 'RecordCustomerReply')
      .do('Mon 14:00', 'ResolveTicket');
    ticket.do('Mon 14:30', { type: 'SplitTicket', into: 'T-2', messageAt: instant('Mon 11:00') });
    expect(ticket.last.slice(0, 2)).toEqual(['TicketSplit Mon 14:30', 'TicketResumed Mon 12:00']);
  });

  it('keeps its deadline known, projected to its end', () => {
    const ticket = opened().do('Mon 10:00', hold('Mon 12:00'));
    expect(ticket.events.at(-1)?.data).toMatchObject({
      dueAt: null,
      pause: { since: instant('Mon 10:00'), dueAt: instant('Mon 17:00'), until: instant('Mon 12:00') },
    });
  });

  it('may be resumed sooner, and then is not ended once more', () => {
    const ticket = opened().do('Mon 10:00', hold('Mon 12:00')).do('Mon 11:00', 'ResumeTicket');
    expect(ticket.settle('Mon 16:00').last).toEqual([]);
    const told = opened().do('Mon 10:00', hold('Mon 12:00')).settle('Mon 13:00');
    told.do('Mon 11:00', 'ResumeTicket', { now: 'Mon 14:00' });
    expect(told.last).toEqual(['TicketResumed Mon 11:00', 'SlaDeadlineMoved resolution/2 due Tue 10:00 (corrected)']);
    expect(told.notices).toEqual([expect.stringContaining('withoutEffect')]);
  });

  it('goes on for longer where another end is said, even late', () => {
    const ticket = opened().do('Mon 10:00', hold('Mon 12:00')).do('Mon 11:00', hold('Mon 15:00'));
    expect(ticket.last).toEqual(['TicketPaused Mon 11:00', 'SlaDeadlineMoved resolution/1 due paused (paused)']);
    expect(ticket.settle('Mon 16:00').last).toEqual([
      'TicketResumed Mon 15:00',
      'SlaDeadlineMoved resolution/1 due Tue 14:00 (resumed)',
    ]);
    const late = opened().do('Mon 10:00', hold('Mon 12:00')).settle('Mon 13:00');
    expect(late.do('Mon 11:00', hold('Mon 15:00'), { now: 'Mon 14:00' }).last.slice(0, 1)).toEqual([
      'TicketPaused Mon 11:00',
    ]);
    expect(late.life.status).toBe('waiting');
    expect(late.settle('Mon 15:30').last[0]).toBe('TicketResumed Mon 15:00');
  });

  it('is already so where it is said again, with the same end or with none', () => {
    const ticket = opened().do('Mon 10:00', hold('Mon 12:00'));
    expect(ticket.do('Mon 10:30', hold('Mon 12:00')).last).toEqual([]);
    expect(ticket.do('Mon 10:30', held).last).toEqual([]);
    expect(ticket.life.waits.get('onHold')).toEqual({ since: instant('Mon 10:00'), until: instant('Mon 12:00') });
  });

  it('beside another leaves the clock still until both have ended', () => {
    const ticket = opened().do('Mon 10:00', hold('Mon 12:00')).do('Mon 11:00', schedule('Mon 14:00'));
    expect(ticket.last).toEqual(['TicketPaused Mon 11:00', 'SlaDeadlineMoved resolution/1 due paused (paused)']);
    expect(ticket.settle('Mon 16:00').last).toEqual([
      ...['TicketResumed Mon 12:00', 'TicketResumed Mon 14:00'],
      'SlaDeadlineMoved resolution/1 due Tue 13:00 (resumed)',
    ]);
  });

  it('that is over when it is told ends at once', () => {
    expect(opened().do('Mon 10:00', hold('Mon 12:00'), { now: 'Mon 15:00' }).last).toEqual([
      ...['TicketPaused Mon 10:00', 'TicketResumed Mon 12:00'],
      'SlaDeadlineMoved resolution/1 due paused (paused)',
      'SlaDeadlineMoved resolution/1 due Tue 11:00 (resumed)',
    ]);
  });

  it('of an import ends as far as the log has come', () => {
    const imported = { id: 'i', startedAt: instant('Fri 09:00') };
    const ticket = new TicketLife({ plan, import: imported })
      .open('Mon 09:00', {}, { now: 'Fri 09:00' })
      .do('Mon 10:00', hold('Mon 12:00'), { now: 'Fri 09:00' });
    expect(ticket.last.filter((line) => line.startsWith('Ticket'))).toEqual(['TicketPaused Mon 10:00']);
    ticket.do('Mon 13:00', { type: 'AssignTicket', assignee: 'mia', team: null }, { now: 'Fri 09:00' });
    expect(ticket.last.filter((line) => line.startsWith('Ticket'))).toEqual([
      ...['TicketResumed Mon 12:00', 'TicketAssigned Mon 13:00'],
    ]);
  });

  it('that would end before it begins is refused', () => {
    for (const until of ['Mon 09:30', 'Mon 10:00']) {
      expect(() => opened().do('Mon 10:00', hold(until))).toThrow(
        new Rejection('UNTIL_TOO_EARLY', 'until: must be later than the instant at which the wait begins.'),
      );
    }
  });
});
