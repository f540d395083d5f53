import { describe, expect, it } from '@jest/globals';
import { hours, instant, planWith, robot, TicketLife } from '../../support/ticket-life.js';

const waitForCustomer = { type: 'PauseTicket', reason: 'waitingForCustomer' } as const;
const automatically = { actor: robot };
const nextReply = planWith({
  followUpStarts: 'nextReply',
  targets: [
    { metric: 'firstResponse', target: hours(4) },
    { metric: 'followUp', target: hours(2) },
  ],
});

describe("an automatic message of the customer's (zammad#5113, freescout#4598, osTicket#1744)", () => {
  it('is recorded, and ends no wait: five seconds after our answer we still wait', () => {
    const ticket = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 10:00', 'RecordFirstResponse')
      .do('Mon 10:00', waitForCustomer)
      .do('Mon 10:00:05', 'RecordCustomerReply', automatically);
    expect(ticket.last).toEqual(['CustomerReplied Mon 10:00:05']);
    expect(ticket.life).toMatchObject({ status: 'waiting', lastCustomerReplyAt: null, isAsked: false });
    expect(ticket.notices).toEqual(['CustomerReplied automaticMessage']);
    expect(ticket.settle('Mon+1 09:00').last).toEqual([]);
    ticket.do('Mon+1 10:00', 'RecordCustomerReply');
    expect(ticket.life).toMatchObject({ status: 'open', lastCustomerReplyAt: instant('Mon+1 10:00') });
  });

  it('starts no clock where the next reply would, and is not what we answer next', () => {
    const ticket = new TicketLife({ plan: nextReply })
      .open('Mon 09:00')
      .do('Mon 10:00', 'RecordFirstResponse')
      .do('Mon 10:00:05', 'RecordCustomerReply', automatically);
    expect(ticket.last).toEqual(['CustomerReplied Mon 10:00:05']);
    expect(ticket.do('Mon 12:00', 'RecordCustomerReply').last).toEqual([
      'CustomerReplied Mon 12:00',
      'SlaClockStarted followUp/1 due Mon 14:00',
    ]);
  });

  it('is none where a person sent it through a program, or a system did', () => {
    const ticket = new TicketLife({ plan: nextReply }).open('Mon 09:00').do('Mon 10:00', 'RecordFirstResponse');
    ticket.do('Mon 11:00', 'RecordCustomerReply', { actor: { id: 'desk', kind: 'system' } });
    expect(ticket.last.at(-1)).toBe('SlaClockStarted followUp/1 due Mon 13:00');
  });

  it('heard of late changes nothing, whatever it came before', () => {
    const ticket = new TicketLife({ plan: nextReply })
      .open('Mon 09:00')
      .do('Mon 10:00', 'RecordFirstResponse')
      .do('Mon 10:00', waitForCustomer)
      .do('Mon 12:00', 'RecordCustomerReply');
    expect(ticket.do('Mon 11:00', 'RecordCustomerReply', { ...automatically, now: 'Mon 13:00' }).last).toEqual([
      'CustomerReplied Mon 11:00',
    ]);
    expect(ticket.life.lastCustomerReplyAt).toBe(instant('Mon 12:00'));
  });
});
