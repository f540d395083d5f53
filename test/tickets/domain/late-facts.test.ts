import { describe, expect, it } from '@jest/globals';
import { hours, instant, planWith, TicketLife } from '../../support/ticket-life.js';

describe('a reply recorded late', () => {
  it('that occurred in time withdraws the breach', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').settle('Tue 10:00');
    expect(ticket.last).toEqual(['SlaBreached firstResponse/1 due Tue 09:00']);
    expect(ticket.do('Tue 09:00', 'RecordFirstResponse', { now: 'Tue 11:00' }).last).toEqual([
      'FirstResponseSent Tue 09:00',
      'SlaBreachWithdrawn firstResponse/2 due Tue 09:00 (corrected)',
      'SlaMet firstResponse/2 Tue 09:00',
    ]);
  });

  it('that occurred before the one taken for the first response makes that one the follow-up', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 14:00', 'RecordFirstResponse');
    ticket.do('Mon 10:00', 'RecordFollowUp', { now: 'Mon 15:00' });
    expect(ticket.last).toEqual([
      'FollowUpSent Mon 10:00',
      'SlaMet firstResponse/2 Mon 10:00',
      'SlaClockStarted followUp/1 due Tue 10:00',
      'SlaMet followUp/1 Mon 14:00',
    ]);
  });

  it('from before the ticket was resolved is accepted, as of then', () => {
    const ticket = new TicketLife({ plan: 'pro' })
      .open('Mon 08:00')
      .do('Mon 10:00', { type: 'ResolveTicket', publicReply: false });
    ticket.do('Mon 09:00', 'RecordFirstResponse', { now: 'Mon 11:00' });
    expect(ticket.last).toEqual(['FirstResponseSent Mon 09:00', 'SlaMet firstResponse/1 Mon 09:00']);
  });
});

describe('a close recorded late', () => {
  it('from before the deadline withdraws the breach and cancels the run', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').settle('Tue 10:00');
    expect(ticket.do('Mon 16:00', 'CloseTicket', { now: 'Tue 11:00' }).last).toEqual([
      'TicketClosed Mon 16:00',
      'SlaBreachWithdrawn firstResponse/2 due Tue 09:00 (corrected)',
      'SlaClockCancelled firstResponse/2 Mon 16:00 (closed)',
    ]);
  });
});

describe('a pause recorded late', () => {
  const plan = planWith({ targets: [{ metric: 'resolution', target: hours(8) }] });

  it('takes a breach back', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').settle('Tue 10:00');
    ticket.do('Mon 16:00', { type: 'PauseTicket', reason: 'onHold' }, { now: 'Tue 11:00' });
    expect(ticket.last).toEqual([
      'TicketPaused Mon 16:00',
      'SlaBreachWithdrawn resolution/2 due paused (corrected)',
      'SlaDeadlineMoved resolution/2 due paused (paused)',
      'SlaAtRisk resolution/2 Mon 15:00',
    ]);
  });

  it('that began before the one under way corrects since when the clock stands', () => {
    const ticket = new TicketLife({ plan })
      .open('Mon 09:00')
      .do('Mon 12:00', { type: 'PauseTicket', reason: 'onHold' });
    ticket.do('Mon 11:00', { type: 'PauseTicket', reason: 'waitingForCustomer' }, { now: 'Mon 13:00' });
    expect(ticket.last).toEqual(['TicketPaused Mon 11:00', 'SlaDeadlineMoved resolution/2 due paused (corrected)']);
    expect(ticket.events.at(-1)?.data).toMatchObject({
      pause: { since: instant('Mon 11:00'), dueAt: instant('Mon 17:00') },
    });
  });

  it('and over in closed hours leaves a breach standing, and moves nothing', () => {
    const ticket = new TicketLife({ plan }).open('Mon 12:00').do('Mon 19:00', 'RecordCustomerReply');
    expect(ticket.settle('Wed 10:00').last).toEqual(['SlaBreached resolution/1 due Tue 12:00']);
    ticket.do('Mon 18:00', { type: 'PauseTicket', reason: 'waitingForCustomer' }, { now: 'Wed 11:00' });
    expect(ticket.last).toEqual(['TicketPaused Mon 18:00']);
  });

  it('that shows a breach nobody saw records it: a resume from before the deadline', () => {
    const ticket = new TicketLife({ plan })
      .open('Mon 09:00')
      .do('Mon 10:00', { type: 'PauseTicket', reason: 'onHold' });
    ticket.do('Mon 11:00', 'ResumeTicket', { now: 'Wed 09:00' });
    expect(ticket.last).toEqual([
      'TicketResumed Mon 11:00',
      'SlaDeadlineMoved resolution/1 due Tue 10:00 (resumed)',
      'SlaBreached resolution/1 due Tue 10:00',
    ]);
  });
});

describe('a fact recorded late that leaves the verdict and moves the deadline', () => {
  it('says the end again, by the deadline that holds now', () => {
    const plan = planWith({ targets: [{ metric: 'resolution', target: hours(8) }] });
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 16:00', 'ResolveTicket');
    expect(ticket.events.at(-1)?.data).toMatchObject({ layout: 1, dueAt: instant('Mon 17:00') });
    ticket.do('Mon 10:00', { type: 'PauseTicket', reason: 'onHold' }, { now: 'Mon 17:00' });
    expect(ticket.last).toEqual(['TicketPaused Mon 10:00', 'SlaMet resolution/2 Mon 16:00']);
    expect(ticket.events.at(-1)?.data).toMatchObject({ layout: 2, dueAt: instant('Tue 15:00') });
  });
});

describe('a run that a late fact makes vanish', () => {
  it('is superseded, even after it was met', () => {
    const ticket = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 10:00', 'RecordFirstResponse')
      .do('Mon 11:00', 'RecordFollowUp');
    ticket.do('Mon 09:30', { type: 'CancelTicket', reason: 'duplicate' }, { now: 'Mon 12:00' });
    expect(ticket.last).toEqual([
      'TicketCancelled Mon 09:30',
      'SlaClockCancelled firstResponse/2 Mon 09:30 (cancelled)',
      'SlaClockCancelled followUp/2 Mon 09:30 (superseded)',
      'SlaClockCancelled followUp/2 Mon 09:30 (superseded)',
    ]);
  });
});

describe('a late fact that turns met into met late', () => {
  it('records the breach', () => {
    const plan = planWith({ targets: [{ metric: 'resolution', target: hours(8) }] });
    const ticket = new TicketLife({ plan })
      .open('Mon 09:00')
      .do('Mon 10:00', { type: 'PauseTicket', reason: 'onHold' });
    ticket.do('Wed 10:00', 'ResolveTicket');
    ticket.do('Mon 11:00', 'ResumeTicket', { now: 'Wed 11:00' });
    expect(ticket.last).toEqual([
      'TicketResumed Mon 11:00',
      'SlaBreached resolution/2 due Tue 10:00',
      'SlaMetLate resolution/2 Wed 10:00',
    ]);
  });
});

describe('a reopening recorded late', () => {
  it('un-satisfies nothing, but a resolve undone by a late cancel of it does', () => {
    const plan = planWith({ targets: [{ metric: 'resolution', target: hours(8) }] });
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 12:00', 'ResolveTicket');
    // Closed in silence before: the resolve recorded first has no sense any more, and the run was cancelled.
    ticket.do('Mon 11:00', 'CloseTicket', { now: 'Mon 13:00' });
    expect(ticket.last).toEqual(['TicketClosed Mon 11:00', 'SlaClockCancelled resolution/2 Mon 11:00 (closed)']);
  });
});

describe('a fact in the log', () => {
  it('is in the same place whatever the order of recording', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').do('Mon 12:00', 'RecordFollowUp');
    ticket.do('Mon 10:00', 'RecordCustomerReply', { now: 'Mon 13:00' });
    expect(ticket.state.facts.map((fact) => fact.at)).toEqual(['Mon 09:00', 'Mon 10:00', 'Mon 12:00'].map(instant));
  });
});
