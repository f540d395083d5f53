import { describe, expect, it } from '@jest/globals';
import { hours, instant, planWith, robot, TicketLife } from '../../support/ticket-life.js';

describe('the first response', () => {
  it('is promised from the opening, and met by the first reply of a person', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00');
    expect(ticket.last).toEqual(['TicketOpened Mon 09:00', 'SlaClockStarted firstResponse/1 due Tue 09:00']);
    expect(ticket.do('Mon 11:00', 'RecordFirstResponse').last).toEqual([
      'FirstResponseSent Mon 11:00',
      'SlaMet firstResponse/1 Mon 11:00',
    ]);
  });

  it('is met by a reply that the sender calls a follow-up', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').do('Mon 11:00', 'RecordFollowUp');
    expect(ticket.last).toEqual(['FollowUpSent Mon 11:00', 'SlaMet firstResponse/1 Mon 11:00']);
  });

  it('at exactly the deadline is in time', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').do('Tue 09:00', 'RecordFirstResponse');
    expect(ticket.outcomes.at(-1)).toBe('SlaMet firstResponse/1 Tue 09:00');
  });

  it('a millisecond late leaves its breach and is met late, though nobody was watching', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').do('Tue 09:00:00.001', 'RecordFirstResponse');
    expect(ticket.last).toEqual([
      'SlaBreached firstResponse/1 due Tue 09:00',
      'FirstResponseSent Tue 09:00:00.001',
      'SlaMetLate firstResponse/1 Tue 09:00:00.001',
    ]);
  });

  it('is not given by an automatic acknowledgement or an internal note', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00');
    expect(ticket.do('Mon 09:01', 'RecordFirstResponse', { actor: robot }).last).toEqual([
      'FirstResponseSent Mon 09:01',
    ]);
    const note = { type: 'AddInternalNote', text: 'looks like the cache' } as const;
    expect(ticket.do('Mon 09:02', note).last).toEqual(['InternalNoteAdded Mon 09:02']);
  });

  it('is given by resolving with a public reply, not by resolving in silence', () => {
    const told = new TicketLife({ plan: 'pro' }).open('Mon 09:00').do('Mon 10:00', 'ResolveTicket');
    expect(told.outcomes.at(-1)).toBe('SlaMet firstResponse/1 Mon 10:00');
    const silent = new TicketLife({ plan: 'pro' }).open('Mon 09:00');
    silent.do('Mon 10:00', { type: 'ResolveTicket', publicReply: false });
    expect(silent.last).toEqual(['TicketResolved Mon 10:00']);
    expect(silent.do('Mon 12:00', 'CloseTicket').last).toEqual([
      'TicketClosed Mon 12:00',
      'SlaClockCancelled firstResponse/1 Mon 12:00 (closed)',
    ]);
  });

  it('is given by telling the customer afterwards that it was resolved in silence, once, in whatever order it is heard', () => {
    const silently = { type: 'ResolveTicket', publicReply: false } as const;
    const told = new TicketLife({ plan: 'pro' }).open('Mon 09:00').do('Mon 10:00', silently);
    expect(told.do('Mon 10:30', 'ResolveTicket', { actor: robot }).last).toEqual([]);
    expect(told.do('Mon 11:00', 'ResolveTicket').last).toEqual([
      'TicketResolved Mon 11:00',
      'SlaMet firstResponse/1 Mon 11:00',
    ]);
    expect(told.do('Mon 12:00', 'ResolveTicket').last).toEqual([]);
    expect(told.life).toMatchObject({ resolvedAt: instant('Mon 10:00'), firstRespondedAt: instant('Mon 11:00') });

    const late = new TicketLife({ plan: 'pro' }).open('Mon 09:00').do('Mon 11:00', 'ResolveTicket');
    expect(late.do('Mon 10:00', silently, { now: 'Mon 12:00' }).last).toEqual(['TicketResolved Mon 10:00']);
    expect(late.notices).toEqual([]);
  });

  it('was given by a reply before; then telling the customer of the resolving starts nothing', () => {
    const silently = { type: 'ResolveTicket', publicReply: false } as const;
    const answered = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 10:00', 'RecordFirstResponse')
      .do('Mon 11:00', silently);
    expect(answered.do('Mon 12:00', 'ResolveTicket').last).toEqual(['TicketResolved Mon 12:00']);
    expect(answered.life.lastReplyAt).toBe(instant('Mon 12:00'));
  });
});

describe('a ticket that an agent opens', () => {
  it('for a request heard by phone is answered by that call, which starts the follow-up', () => {
    const ticket = new TicketLife({ plan: 'advanced' }).open('Mon 09:00', { origin: 'phoneRequest', channel: 'phone' });
    expect(ticket.last).toEqual([
      'TicketOpened Mon 09:00',
      'SlaClockStarted firstResponse/1 due Tue 09:00',
      'SlaMet firstResponse/1 Mon 09:00',
      'SlaClockStarted followUp/1 due Tue 09:00',
    ]);
  });

  it('without a request has no first-response promise', () => {
    const ticket = new TicketLife({ plan: 'advanced' }).open('Mon 09:00', { origin: 'noRequest' });
    expect(ticket.last).toEqual(['TicketOpened Mon 09:00']);
  });
});

describe('a ticket without promise', () => {
  it.each([
    ['community', {}, 'planWithoutPromise'],
    ['standard', { ticketType: 'appSpecificQuestion' }, 'typeNotCovered'],
    ['pro', { channel: 'phone' }, 'channelNotCovered'],
    ['enterprise', { ticketType: 'onBoarding' }, 'typeNotCovered'],
  ] as const)('on %s %j is best effort: %s', (plan, command, reason) => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00', command);
    expect(ticket.life.guarantee).toEqual({ kind: 'bestEffort', reason });
    expect(ticket.outcomes).toEqual([]);
  });
});

describe('the follow-up', () => {
  it('starts with each reply of ours and is met by the next', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 11:00', 'RecordFirstResponse');
    expect(ticket.last.at(-1)).toBe('SlaClockStarted followUp/1 due Tue 11:00');
    expect(ticket.do('Tue 10:00', 'RecordFollowUp').last).toEqual([
      'SlaAtRisk followUp/1 Mon 17:00',
      'FollowUpSent Tue 10:00',
      'SlaMet followUp/1 Tue 10:00',
      'SlaClockStarted followUp/1 due Wed 10:00',
    ]);
  });

  it('is met by resolving, after which replies start nothing', () => {
    const ticket = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 11:00', 'RecordFirstResponse')
      .do('Mon 12:00', 'ResolveTicket');
    expect(ticket.last).toEqual(['TicketResolved Mon 12:00', 'SlaMet followUp/1 Mon 12:00']);
    expect(ticket.do('Mon 13:00', 'RecordFollowUp').last).toEqual(['FollowUpSent Mon 13:00']);
  });

  it('breaches once in a long silence; the next run begins with the late reply', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 11:00', 'RecordFirstResponse');
    ticket.settle('Wed 12:00').settle('Fri 12:00');
    expect(ticket.outcomes.filter((said) => said.startsWith('SlaBreached'))).toHaveLength(1);
    expect(ticket.do('Fri 13:00', 'RecordFollowUp').last).toEqual([
      'FollowUpSent Fri 13:00',
      'SlaMetLate followUp/1 Fri 13:00',
      'SlaClockStarted followUp/1 due Mon+1 13:00',
    ]);
  });

  it('of a plan with nextReply starts at the oldest unanswered customer message', () => {
    const ticket = new TicketLife({ plan: planWith({ followUpStarts: 'nextReply' }) }).open('Mon 09:00');
    expect(ticket.do('Mon 09:30', 'RecordCustomerReply').last).toEqual(['CustomerReplied Mon 09:30']);
    expect(ticket.do('Mon 10:00', 'RecordFirstResponse').last).toEqual([
      'FirstResponseSent Mon 10:00',
      'SlaMet firstResponse/1 Mon 10:00',
    ]);
    expect(ticket.do('Mon 11:00', 'RecordCustomerReply').last.at(-1)).toBe('SlaClockStarted followUp/1 due Tue 11:00');
    expect(ticket.do('Mon 12:00', 'RecordCustomerReply').last).toEqual(['CustomerReplied Mon 12:00']);
    expect(ticket.do('Mon 13:00', 'RecordFollowUp').last).toEqual([
      'FollowUpSent Mon 13:00',
      'SlaMet followUp/1 Mon 13:00',
    ]);
  });

  describe('of a plan with nextReply that a new class promises', () => {
    const followUp = { metric: 'followUp', target: hours(8), priority: 'high' } as const;
    const plan = planWith({ followUpStarts: 'nextReply', targets: [followUp] });
    const promised = { type: 'ReclassifyTicket', priority: 'high' } as const;
    const answered = () => new TicketLife({ plan }).open('Mon 09:00').do('Mon 10:00', 'RecordFirstResponse');

    it('starts at the change while the customer waits for an answer, having written in the instant of our last too', () => {
      for (const asked of ['Mon 10:00', 'Mon 11:00']) {
        const ticket = answered().do(asked, 'RecordCustomerReply').do('Mon 12:00', promised);
        expect(ticket.last.at(-1)).toBe('SlaClockStarted followUp/1 due Tue 12:00');
      }
    });

    it('starts nothing where nobody waits: we have answered, or resolved it, or were thanked afterwards', () => {
      const replied = answered().do('Mon 11:00', 'RecordCustomerReply').do('Mon 11:00', 'RecordFollowUp');
      expect(replied.do('Mon 12:00', promised).last).toEqual(['TicketReclassified Mon 12:00']);
      const silently = { type: 'ResolveTicket', publicReply: false } as const;
      const resolved = answered().do('Mon 11:00', 'RecordCustomerReply').do('Mon 11:10', silently);
      resolved.do('Mon 11:20', 'RecordCustomerReply').do('Mon 11:30', 'ReopenTicket');
      expect(resolved.do('Mon 12:00', promised).last).toEqual(['TicketReclassified Mon 12:00']);
    });
  });
});

describe('the resolution', () => {
  const plan = planWith({ targets: [{ metric: 'resolution', target: hours(16) }] });

  it('runs from the opening to resolving', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00');
    expect(ticket.last.at(-1)).toBe('SlaClockStarted resolution/1 due Tue 17:00');
    expect(ticket.do('Tue 17:00', 'ResolveTicket').last.at(-1)).toBe('SlaMet resolution/1 Tue 17:00');
  });

  it('is satisfied by closing alone, where the plan says so', () => {
    const ticket = new TicketLife({ plan: { ...plan, resolutionSatisfiedBy: 'closed' } }).open('Mon 09:00');
    expect(ticket.do('Mon 12:00', 'ResolveTicket').last).toEqual(['TicketResolved Mon 12:00']);
    expect(ticket.do('Wed 12:00', 'CloseTicket').last).toEqual([
      'SlaBreached resolution/1 due Tue 17:00',
      'TicketClosed Wed 12:00',
      'SlaMetLate resolution/1 Wed 12:00',
    ]);
  });
});

describe('at risk', () => {
  it('is said when three quarters of the open time are used, pauses left out', () => {
    const plan = planWith({ targets: [{ metric: 'resolution', target: hours(8) }] });
    const ticket = new TicketLife({ plan }).open('Mon 09:00');
    expect(ticket.settle('Mon 14:59').last).toEqual([]);
    ticket.do('Mon 14:59', { type: 'PauseTicket', reason: 'onHold' });
    expect(ticket.settle('Tue 12:00').last).toEqual([]);
    ticket.do('Tue 12:00', 'ResumeTicket');
    expect(ticket.settle('Tue 12:00').last).toEqual([]);
    expect(ticket.settle('Tue 12:01').last).toEqual(['SlaAtRisk resolution/1 Tue 12:01']);
    expect(ticket.settle('Tue 12:02').last).toEqual([]);
  });

  it('is left unsaid where the breach fell due too', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').settle('Tue 09:00:00.001');
    expect(ticket.last).toEqual(['SlaBreached firstResponse/1 due Tue 09:00']);
  });
});

describe('closing and cancelling', () => {
  it('in silence cancel what runs, and leave a breach a breach', () => {
    const ticket = new TicketLife({ plan: planWith({ targets: [{ metric: 'resolution', target: hours(1) }] }) });
    ticket.open('Mon 09:00').settle('Mon 11:00');
    expect(ticket.do('Mon 12:00', 'CloseTicket').last).toEqual(['TicketClosed Mon 12:00']);
    expect(ticket.do('Mon 13:00', 'RecordFirstResponse').last).toEqual(['FirstResponseSent Mon 13:00']);
  });

  it('let a breached first response still be met late', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').settle('Tue 12:00').do('Tue 13:00', 'CloseTicket');
    expect(ticket.do('Tue 14:00', 'RecordFirstResponse').last.at(-1)).toBe('SlaMetLate firstResponse/1 Tue 14:00');
  });

  it('as spam cancels the clocks with the reason', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00');
    expect(ticket.do('Mon 10:00', { type: 'CancelTicket', reason: 'spam' }).last).toEqual([
      'TicketCancelled Mon 10:00',
      'SlaClockCancelled firstResponse/1 Mon 10:00 (cancelled)',
    ]);
  });

  it('at the very deadline leave a first response no time, if the reply after it comes before opening', () => {
    const plan = planWith({ targets: [{ metric: 'firstResponse', target: hours(8) }] });
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 17:00', 'CloseTicket');
    expect(ticket.do('Mon 20:00', 'RecordFirstResponse').last.slice(-2)).toEqual([
      'SlaBreached firstResponse/2 due Mon 17:00',
      'SlaMetLate firstResponse/2 Mon 20:00',
    ]);
  });

  it('a reply after a silent close takes the first response up again, the span closed counted as a pause', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').do('Mon 11:00', 'CloseTicket');
    expect(ticket.do('Wed 11:00', 'RecordFirstResponse').last).toEqual([
      'FirstResponseSent Wed 11:00',
      'SlaClockStarted firstResponse/2 due Wed 17:00 (reopened)',
      'SlaMet firstResponse/2 Wed 11:00',
    ]);
  });
});

describe('reopening', () => {
  const plan = planWith({
    targets: [
      { metric: 'firstResponse', target: hours(8) },
      { metric: 'followUp', target: hours(8) },
      { metric: 'resolution', target: hours(16) },
    ],
  });

  it('starts a new follow-up, and a new resolution where the old one was satisfied', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 10:00', 'ResolveTicket');
    expect(ticket.do('Tue 09:00', 'ReopenTicket').last).toEqual([
      'TicketReopened Tue 09:00',
      'SlaClockStarted followUp/1 due Tue 17:00',
      'SlaClockStarted resolution/1 due Wed 17:00',
    ]);
  });

  it('lets what a silent close cancelled go on, with the same run and the next layout', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 11:00', 'CloseTicket');
    expect(ticket.do('Tue 11:00', 'ReopenTicket').last).toEqual([
      'TicketReopened Tue 11:00',
      'SlaClockStarted firstResponse/2 due Tue 17:00 (reopened)',
      'SlaClockStarted resolution/2 due Wed 17:00 (reopened)',
    ]);
  });

  it("is not caused by the customer's thanks", () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 10:00', 'ResolveTicket');
    expect(ticket.do('Mon 11:00', 'RecordCustomerReply').last).toEqual(['CustomerReplied Mon 11:00']);
    expect(ticket.life.status).toBe('resolved');
  });
});
