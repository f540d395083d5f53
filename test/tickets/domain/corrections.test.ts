import { describe, expect, it } from '@jest/globals';
import { type TicketCommand } from '../../../src/tickets/domain/facts.js';
import { TicketLife } from '../../support/ticket-life.js';

const right: TicketCommand = { type: 'CorrectTicket', subject: 'It stopped', reference: 'R-2' };

describe('a correction of what was said of a ticket', () => {
  it('shows what is right from then on, leaves what it does not name, and says what it had been', () => {
    const ticket = new TicketLife()
      .open('Mon 09:00', { application: 'Billing', users: ['ann'] })
      .do('Mon 10:00', right);
    expect(ticket.last).toEqual(['TicketCorrected Mon 10:00']);
    expect(ticket.life).toMatchObject({
      ...{ subject: 'It stopped', reference: 'R-2', application: 'Billing', users: ['ann'] },
    });
    expect(ticket.events.at(-1)?.data).toMatchObject({
      ...{ subject: 'It stopped', reference: 'R-2', was: { subject: 'It broke', reference: 't1' } },
    });
    expect(ticket.events.at(-1)?.data).not.toHaveProperty('was.users');
  });

  it('moves no clock, and what becomes of the clocks says the new subject', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 10:00', right).do('Mon 11:00', 'RecordFirstResponse');
    const met = ticket.events.find(({ type }) => type === 'SlaMet');
    expect(met?.data).toMatchObject({ subject: 'It stopped', reference: 'R-2' });
  });

  it('is already so where it is so', () => {
    const ticket = new TicketLife().open('Mon 09:00', { users: ['ann'] });
    expect(ticket.do('Mon 10:00', { type: 'CorrectTicket', subject: 'It broke', users: ['ann'] }).last).toEqual([]);
    expect(ticket.do('Mon 10:00', right).do('Mon 11:00', right).last).toEqual([]);
  });

  it('is taken however the ticket stands, and changes nothing of that', () => {
    for (const ending of [
      { type: 'CloseTicket' },
      { type: 'CancelTicket', reason: 'spam' },
      { type: 'MergeTicket', into: 't2' },
    ] as const) {
      const ticket = new TicketLife().open('Mon 09:00').do('Mon 10:00', ending);
      const { status } = ticket.life;
      expect(ticket.do('Mon 11:00', right).life).toMatchObject({ status, subject: 'It stopped' });
    }
  });

  it('that is heard late gives way to a later one', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 12:00', right);
    ticket.do('Mon 10:00', { type: 'CorrectTicket', subject: 'It halted', application: 'Sync' }, { now: 'Mon 13:00' });
    expect(ticket.life).toMatchObject({ subject: 'It stopped', application: 'Sync' });
  });

  it('is what a ticket begins with that is split off afterwards', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 10:00', right);
    ticket.do('Mon 11:00', { type: 'SplitTicket', into: 't2', messageAt: Date.parse('2026-03-02T09:00:00Z') });
    expect(ticket.events.at(-1)?.data).toMatchObject({ opening: { subject: 'It stopped', reference: 't2' } });
  });
});
