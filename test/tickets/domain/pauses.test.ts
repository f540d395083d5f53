import { describe, expect, it } from '@jest/globals';
import { hours, planWith, TicketLife } from '../../support/ticket-life.js';

const plan = planWith({ targets: [{ metric: 'resolution', target: hours(8) }] });
const waiting = { type: 'PauseTicket', reason: 'waitingForCustomer' } as const;
const held = { type: 'PauseTicket', reason: 'onHold' } as const;

describe('a pause', () => {
  it('stops the clock and, ended, moves its deadline by the open time paused', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 15:00', waiting);
    expect(ticket.last).toEqual([
      'SlaAtRisk resolution/1 Mon 15:00',
      'TicketPaused Mon 15:00',
      'SlaDeadlineMoved resolution/1 due paused (paused)',
    ]);
    expect(ticket.do('Tue 10:00', 'ResumeTicket').last).toEqual([
      'TicketResumed Tue 10:00',
      'SlaDeadlineMoved resolution/1 due Tue 12:00 (resumed)',
    ]);
  });

  it('does not stop the first response: we have not answered yet', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').do('Mon 10:00', waiting);
    expect(ticket.last).toEqual(['TicketPaused Mon 10:00']);
  });

  it("for the customer ends with the customer's reply", () => {
    const ticket = new TicketLife({ plan })
      .open('Mon 09:00')
      .do('Mon 11:00', waiting)
      .do('Mon 12:00', 'RecordCustomerReply');
    expect(ticket.last).toEqual(['CustomerReplied Mon 12:00', 'SlaDeadlineMoved resolution/1 due Tue 10:00 (resumed)']);
    expect(ticket.life.status).toBe('open');
  });

  it('that overlaps another is counted once', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 11:00', waiting).do('Mon 12:00', held);
    expect(ticket.last).toEqual(['TicketPaused Mon 12:00']);
    expect(ticket.do('Mon 13:00', 'RecordCustomerReply').last).toEqual(['CustomerReplied Mon 13:00']);
    expect(ticket.do('Mon 14:00', 'ResumeTicket').last.at(-1)).toBe(
      'SlaDeadlineMoved resolution/1 due Tue 12:00 (resumed)',
    );
  });

  it('in closed hours leaves the deadline where it was', () => {
    const ticket = new TicketLife({ plan }).open('Mon 12:00').do('Mon 18:00', waiting).do('Tue 08:00', 'ResumeTicket');
    expect(ticket.last.at(-1)).toBe('SlaDeadlineMoved resolution/1 due Tue 12:00 (resumed)');
  });

  it('is ended by resolving, which is judged at the projected deadline', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 11:00', waiting).do('Fri 11:00', 'ResolveTicket');
    expect(ticket.last).toEqual(['TicketResolved Fri 11:00', 'SlaMet resolution/1 Fri 11:00']);
  });

  it('after a breach undoes nothing', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Tue 10:00', held);
    expect(ticket.last).toEqual(['SlaBreached resolution/1 due Mon 17:00', 'TicketPaused Tue 10:00']);
    expect(ticket.do('Tue 12:00', 'ResumeTicket').last).toEqual(['TicketResumed Tue 12:00']);
  });

  it('is under way when our reply starts the next interval paused', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 10:00', waiting).do('Mon 11:00', 'RecordFirstResponse');
    expect(ticket.last.at(-1)).toBe('SlaClockStarted followUp/1 due paused');
    expect(ticket.do('Mon 13:00', 'RecordCustomerReply').last.at(-1)).toBe(
      'SlaDeadlineMoved followUp/1 due Tue 13:00 (resumed)',
    );
  });

  it('for a reason that already holds, or resuming one that does not, is already so', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 11:00', held);
    expect(ticket.do('Mon 12:00', held).last).toEqual([]);
    expect(ticket.do('Mon 12:00', { type: 'ResumeTicket', reason: 'scheduled' }).last).toEqual([]);
    expect(ticket.do('Mon 12:00', { type: 'ResumeTicket', reason: 'onHold' }).last).toHaveLength(2);
  });

  it('at exactly the deadline is in time', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 17:00', held).do('Tue 11:00', 'ResumeTicket');
    expect(ticket.last.at(-1)).toBe('SlaDeadlineMoved resolution/1 due Tue 11:00 (resumed)');
    expect(ticket.do('Tue 11:00', 'ResolveTicket').last.at(-1)).toBe('SlaMet resolution/1 Tue 11:00');
  });
});
