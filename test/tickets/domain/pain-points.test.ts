import { describe, expect, it } from '@jest/globals';
import { officeHours } from '../../../src/catalogue/domain/built-in-plans.js';
import { hours, instant, planWith, refusal, robot, TicketLife } from '../../support/ticket-life.js';

const resolveIn = (amount: number) => planWith({ targets: [{ metric: 'resolution', target: hours(amount) }] });
const answerIn = (amount: number) => planWith({ targets: [{ metric: 'firstResponse', target: hours(amount) }] });
const hold = { type: 'PauseTicket', reason: 'onHold' } as const;
const waitForCustomer = { type: 'PauseTicket', reason: 'waitingForCustomer' } as const;
const byRevision = (version: number, of: 'plan' | 'calendar' = 'plan', code = 'tested') =>
  ({ type: 'ApplyRevision', of, code, version }) as const;
const count = (ticket: TicketLife, said: string) =>
  ticket.outcomes.filter((outcome) => outcome.startsWith(said)).length;

/** What the users of other systems complain of, with the threads in which they do; each is not so here. */
describe('reopening', () => {
  it('does not count the time spent solved against the target (zammad#188, glpi#23359)', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) }).open('Mon 09:00').do('Mon 11:00', 'ResolveTicket');
    ticket.do('Thu 09:00', 'ReopenTicket');
    expect(ticket.last).toEqual(['TicketReopened Thu 09:00', 'SlaClockStarted resolution/1 due Thu 17:00']);
  });

  it('does not count the time spent closed, nor fail the ticket at once (glpi PR#9267, frappe/erpnext PR#28550)', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) }).open('Mon 09:00').do('Mon 11:00', 'CloseTicket');
    expect(ticket.do('Fri+2 09:00', 'ReopenTicket').last.at(-1)).toBe(
      'SlaClockStarted resolution/2 due Fri+2 15:00 (reopened)',
    );
    expect(ticket.settle('Fri+2 15:00').last).toEqual(['SlaAtRisk resolution/2 Fri+2 13:00']);
  });

  it('keeps the pauses from before (LanternOps/breeze#6689)', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) })
      .open('Mon 09:00')
      .do('Mon 10:00', hold)
      .do('Mon 12:00', 'ResumeTicket');
    ticket.do('Mon 13:00', 'CloseTicket').do('Tue 13:00', 'ReopenTicket');
    expect(ticket.last.at(-1)).toBe('SlaClockStarted resolution/2 due Wed 11:00 (reopened)');
  });
});

describe('a plan or calendar that is edited', () => {
  it('reaches running tickets, where it is meant to (zammad#534, zammad#4353, frappe/helpdesk#2214)', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) }).knows(resolveIn(4), 2).open('Mon 09:00');
    expect(ticket.do('Mon 10:00', byRevision(2), { version: 2 }).last).toEqual([
      'PlanReapplied Mon 10:00',
      'SlaDeadlineMoved resolution/2 due Mon 13:00 (planRevised)',
    ]);
  });

  it('as relief for an unplanned closing day takes back the breaches of that day, with the reason (frappe/helpdesk#2214)', () => {
    const closed = { ...officeHours('UTC'), holidays: ['2026-03-03'] };
    const ticket = new TicketLife({ plan: resolveIn(8) })
      .knowsCalendar(closed, 2)
      .open('Mon 12:00')
      .settle('Tue 13:00');
    expect(ticket.last).toEqual(['SlaBreached resolution/1 due Tue 12:00']);
    ticket.do('Tue 14:00', byRevision(2, 'calendar', 'business-hours'), { calendarVersion: 2 });
    expect(ticket.last.slice(1)).toEqual([
      'SlaBreachWithdrawn resolution/2 due Wed 12:00 (calendarRevised)',
      'SlaDeadlineMoved resolution/2 due Wed 12:00 (calendarRevised)',
    ]);
  });

  it('changes no verdict that was given: what was met or breached and answered stays (zammad#4353)', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) })
      .knows(resolveIn(1), 2)
      .open('Mon 09:00')
      .do('Mon 12:00', 'ResolveTicket');
    ticket.do('Mon 13:00', byRevision(2), { version: 2 });
    expect(ticket.last).toEqual(['PlanReapplied Mon 13:00']);
  });
});

describe('a pause', () => {
  it('lets nothing be breached while it lasts (glpi#24481, glpi#1912, osTicket#3034)', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) }).open('Mon 09:00').do('Mon 16:59', hold).settle('Fri+3 12:00');
    expect(count(ticket, 'SlaBreached')).toBe(0);
  });

  it('is subtracted though the ticket is resolved without being resumed (frappe/helpdesk PR#3776, #1554, #1675)', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) })
      .open('Mon 09:00')
      .do('Mon 10:00', waitForCustomer)
      .do('Thu 10:00', 'ResolveTicket');
    expect(ticket.last.at(-1)).toBe('SlaMet resolution/1 Thu 10:00');
    const met = ticket.events.find(({ type }) => type === 'SlaMet');
    expect(met?.data).toMatchObject({ elapsedMs: 3_600_000, dueAt: instant('Thu 17:00') });
  });

  it('over a weekend moves the deadline by its open time, and counts the weekend once (glpi#10594, frappe/helpdesk PR#2449)', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) })
      .open('Fri 13:00')
      .do('Fri 15:00', hold)
      .do('Mon+1 11:00', 'ResumeTicket');
    expect(ticket.last.at(-1)).toBe('SlaDeadlineMoved resolution/1 due Mon+1 17:00 (resumed)');
  });

  it('that is heard of late takes back the breach that it explains (LanternOps/breeze#6689)', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) }).open('Mon 09:00').settle('Tue 12:00');
    expect(ticket.last).toEqual(['SlaBreached resolution/1 due Mon 17:00']);
    ticket.do('Mon 12:00', waitForCustomer, { now: 'Tue 12:30' });
    expect(ticket.last).toContain('SlaBreachWithdrawn resolution/2 due paused (corrected)');
  });
});

describe('a follow-up', () => {
  it("is not due from the customer's message when we spoke last (zammad#3140)", () => {
    const ticket = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 10:00', 'RecordFirstResponse')
      .do('Mon 11:00', 'RecordCustomerReply')
      .do('Mon 12:00', 'RecordFollowUp');
    expect(ticket.last).toEqual([
      'FollowUpSent Mon 12:00',
      'SlaMet followUp/1 Mon 12:00',
      'SlaClockStarted followUp/1 due Tue 12:00',
    ]);
  });

  it('does not overrule a first response that is due later (zammad#5177)', () => {
    const plan = planWith({
      targets: [
        { metric: 'firstResponse', target: hours(8) },
        { metric: 'followUp', target: hours(1) },
      ],
    });
    expect(new TicketLife({ plan }).open('Mon 09:00').settle('Mon 12:00').outcomes).toEqual([
      'SlaClockStarted firstResponse/1 due Mon 17:00',
    ]);
  });

  it('is breached by silence alone, though nothing is said of the ticket (osTicket#407)', () => {
    const ticket = new TicketLife().open('Mon 09:00').do('Mon 10:00', 'RecordFirstResponse').settle('Wed 10:00');
    expect(ticket.last).toEqual(['SlaBreached followUp/1 due Tue 10:00']);
  });
});

describe('a change of priority', () => {
  const plan = planWith({
    targets: [
      { metric: 'resolution', target: hours(16) },
      { metric: 'resolution', target: hours(4), priority: 'high' },
    ],
  });

  it('counts from the opening, not from the change, and keeps the pauses (glpi#6902, glpi#15605, glpi PR#16383, glpi#1911)', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 10:00', hold).do('Mon 11:00', 'ResumeTicket');
    ticket.do('Mon 12:00', { type: 'ReclassifyTicket', priority: 'high' });
    expect(ticket.last.at(-1)).toContain('SlaDeadlineMoved resolution/2 due Mon 14:00 (reclassified)');
  });
});

describe('what counts as an answer', () => {
  it('is no automatic reply and no private note: the promise is breached though they were sent (chatwoot PR#6409, hackclub/slacker#135)', () => {
    const ticket = new TicketLife({ plan: answerIn(1) })
      .open('Mon 09:00')
      .do('Mon 09:01', 'RecordFirstResponse', { actor: robot });
    ticket.do('Mon 09:02', { type: 'AddInternalNote', text: 'busy' });
    expect(ticket.settle('Mon 11:00').last).toEqual(['SlaBreached firstResponse/1 due Mon 10:00']);
  });

  it('is the first message of a ticket that we open for a customer on the phone (jstanden/cerb#1524, fivetran/dbt_zendesk PR#273)', () => {
    const ticket = new TicketLife().open('Mon 09:00', { origin: 'phoneRequest', channel: 'phone' });
    expect(ticket.outcomes).toContain('SlaMet firstResponse/1 Mon 09:00');
  });
});

describe('a breach', () => {
  it('is told once, however often it is looked for (glpi#1996, abhinavxd/libredesk#70)', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00');
    for (const day of ['Tue', 'Wed', 'Thu', 'Fri']) ticket.settle(`${day} 12:00`);
    expect(count(ticket, 'SlaBreached')).toBe(1);
  });

  it('is not told of a ticket that is closed (glpi#2408, zammad#4432)', () => {
    const ticket = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 10:00', 'RecordFirstResponse')
      .do('Mon 11:00', 'CloseTicket')
      .settle('Fri 12:00');
    expect(count(ticket, 'SlaBreached')).toBe(0);
  });

  it('warns in business hours alone: nobody hears at midnight of what is due on Monday (glpi#2408)', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Fri 16:00').settle('Sun 12:00');
    expect(ticket.outcomes).toEqual(['SlaClockStarted firstResponse/1 due Mon+1 16:00']);
  });

  it('is named the same by two who find it at different times (riteshbonthalakoti/HELPDESK.AI PR#626)', () => {
    const found = ['Tue 09:01', 'Tue 10:00'].map(
      (at) => new TicketLife({ plan: 'pro' }).open('Mon 09:00', {}, { factId: 'f' }).settle(at).events.at(-1)?.id,
    );
    expect(found[0]).toBe(found[1]);
  });

  it('is not overwritten by what a later run does (zammad#4516, zammad#4777, fivetran/dbt_zendesk#116)', () => {
    const ticket = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 10:00', 'RecordFirstResponse')
      .do('Wed 10:00', 'RecordFollowUp')
      .do('Wed 11:00', 'RecordFollowUp');
    expect(ticket.outcomes.filter((said) => /Breached|Met/.test(said))).toEqual([
      'SlaMet firstResponse/1 Mon 10:00',
      'SlaBreached followUp/1 due Tue 10:00',
      'SlaMetLate followUp/1 Wed 10:00',
      'SlaMet followUp/1 Wed 11:00',
    ]);
  });

  it('is recorded with the very reply, resolve or close that comes late, so no value is missing then (zammad#2579, zammad#2082)', () => {
    const late = (command: 'RecordFirstResponse' | 'ResolveTicket' | 'CloseTicket') =>
      new TicketLife({ plan: 'pro' }).open('Mon 09:00').do('Tue 10:00', command).last[0];
    for (const command of ['RecordFirstResponse', 'ResolveTicket', 'CloseTicket'] as const)
      expect(late(command)).toBe('SlaBreached firstResponse/1 due Tue 09:00');
  });
});

describe('a ticket that should have no clock', () => {
  it('has none: its plan promises nothing for it, and it is served all the same (frappe/helpdesk#1598, znuny#200)', () => {
    const ticket = new TicketLife({ plan: 'community' }).open('Mon 09:00').settle('Fri+4 12:00');
    expect([ticket.outcomes, ticket.life.guarantee.kind]).toEqual([[], 'bestEffort']);
  });

  it('has none that runs once it was merged, and none can be started on it (frappe/helpdesk#2539)', () => {
    const ticket = new TicketLife()
      .open('Mon 09:00')
      .do('Mon 10:00', { type: 'MergeTicket', into: 't2' })
      .settle('Fri 12:00');
    expect(count(ticket, 'SlaBreached')).toBe(0);
    expect(refusal(() => ticket.do('Fri 13:00', 'ReopenTicket'))).toMatch(/^TICKET_MERGED/);
  });

  it('that is back-dated is judged by what its log says, not by when it comes in (OneUptime#2142, DefectDojo PR#7370)', () => {
    const imported = new TicketLife({ plan: 'pro', import: { id: 'i', startedAt: instant('Mon+8 09:00') } });
    const now = { now: 'Mon+8 09:00', mayBackdate: true };
    imported.open('Mon 09:00', {}, now).do('Mon 12:00', 'RecordFirstResponse', now);
    expect(imported.outcomes).toEqual([
      'SlaClockStarted firstResponse/1 due Tue 09:00',
      'SlaMet firstResponse/1 Mon 12:00',
    ]);
  });

  it('that waits or is closed from its first instant breaches nothing (Nine-Minds/alga-psa PR#3091)', () => {
    const waits = new TicketLife({ plan: resolveIn(1) }).open('Mon 09:00').do('Mon 09:00', hold).settle('Fri 12:00');
    const closed = new TicketLife({ plan: resolveIn(1) })
      .open('Mon 09:00')
      .do('Mon 09:00', 'CloseTicket')
      .settle('Fri 12:00');
    expect([count(waits, 'SlaBreached'), count(closed, 'SlaBreached')]).toEqual([0, 0]);
  });
});

/** The rules of late facts, one by one. */
describe('a fact that is heard of late', () => {
  it('and occurred in time withdraws the breach: a reply, a resolve, a close, a pause, a cancelling', () => {
    const commands = [
      'RecordFirstResponse',
      'ResolveTicket',
      'CloseTicket',
      { type: 'CancelTicket', reason: 'spam' },
    ] as const;
    for (const command of commands) {
      const ticket = new TicketLife({ plan: 'pro' })
        .open('Mon 09:00')
        .settle('Tue 10:00')
        .do('Tue 09:00', command, { now: 'Tue 11:00' });
      expect([count(ticket, 'SlaBreached'), count(ticket, 'SlaBreachWithdrawn')]).toEqual([1, 1]);
    }
  });

  it('and occurred a millisecond too late withdraws nothing', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').settle('Tue 10:00');
    ticket.do('Tue 09:00:00.001', 'RecordFirstResponse', { now: 'Tue 11:00' });
    expect(ticket.last).toEqual(['FirstResponseSent Tue 09:00:00.001', 'SlaMetLate firstResponse/1 Tue 09:00:00.001']);
  });

  it('and shows a breach that nobody saw records it, effective at the deadline', () => {
    const paused = new TicketLife({ plan: resolveIn(2) }).open('Mon 09:00').do('Mon 10:00', hold).settle('Wed 12:00');
    paused.do('Mon 11:00', 'ResumeTicket', { now: 'Wed 13:00' });
    expect(paused.last.at(-1)).toBe('SlaBreached resolution/1 due Mon 12:00');
  });

  it('leaves the breach in the history: it is taken back by an event that says so, and nothing is edited', () => {
    const ticket = new TicketLife({ plan: 'pro' }).open('Mon 09:00').settle('Tue 10:00');
    const before = ticket.events.map((event) => JSON.stringify(event));
    ticket.do('Mon 12:00', 'RecordFirstResponse', { now: 'Tue 11:00' });
    expect(ticket.events.slice(0, before.length).map((event) => JSON.stringify(event))).toEqual(before);
    const withdrawn = ticket.events.find(({ type }) => type === 'SlaBreachWithdrawn');
    expect(withdrawn?.data).toMatchObject({ previousDueAt: instant('Tue 09:00'), reason: 'corrected', layout: 2 });
  });

  it('and takes back a breach that a later late fact brings again says each in turn', () => {
    const ticket = new TicketLife({ plan: resolveIn(8) }).open('Mon 09:00').settle('Tue 10:00');
    ticket.do('Mon 12:00', hold, { now: 'Tue 11:00' }).do('Mon 13:00', 'ResumeTicket', { now: 'Tue 12:00' });
    expect(ticket.outcomes.filter((said) => /Breach/.test(said))).toEqual([
      'SlaBreached resolution/1 due Mon 17:00',
      'SlaBreachWithdrawn resolution/2 due paused (corrected)',
      'SlaBreached resolution/2 due Tue 10:00',
    ]);
  });
});
