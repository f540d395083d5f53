import { describe, expect, it } from '@jest/globals';
import { type CalendarDefinition } from '../../../src/business-time/calendar.js';
import { officeHours } from '../../../src/catalogue/domain/built-in-plans.js';
import { type Plan } from '../../../src/catalogue/domain/plan.js';
import { hours, planWith, TicketLife } from '../../support/ticket-life.js';

const always: CalendarDefinition = {
  timeZone: 'UTC',
  weekly: Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']]]),
  ),
};
const closedSunday: CalendarDefinition = { ...always, weekly: { ...always.weekly, sun: [] } };

/** All within ten hours: what is urgent round the clock, the rest in office hours. */
const tenHours = (changes: Partial<Plan> = {}) =>
  planWith({
    targets: [
      { metric: 'resolution', target: hours(10) },
      { metric: 'resolution', target: hours(10), priority: 'urgent', calendar: 'always' },
    ],
    atRiskShare: 0.99,
    ...changes,
  });

const under = (plan: Plan) => new TicketLife({ plan }).knowsCalendar(always, 1, 'always');
const urgent = { priority: 'urgent' };
const asUrgent = { type: 'ReclassifyTicket', priority: 'urgent' } as const;
const asNormal = { type: 'ReclassifyTicket', priority: 'normal' } as const;

describe('a target with a calendar of its own', () => {
  it('is counted in it, the others in the calendar of the plan', () => {
    expect(under(tenHours()).open('Fri 12:00', urgent).last).toEqual([
      'TicketOpened Fri 12:00',
      'SlaClockStarted resolution/1 due Fri 22:00',
    ]);
    expect(under(tenHours()).open('Fri 12:00').last.at(-1)).toBe('SlaClockStarted resolution/1 due Mon+1 14:00');
  });

  it('comes before the calendar of the customer', () => {
    const ticket = under(tenHours()).knowsCalendar(officeHours('Asia/Tokyo'), 1, 'tokyo');
    const opened = ticket.open('Fri 12:00', urgent, { customersCalendar: 'tokyo' });
    expect(opened.last.at(-1)).toBe('SlaClockStarted resolution/1 due Fri 22:00');
  });

  it('is said by every outcome of its clock: the version it is counted in', () => {
    const ticket = under(tenHours()).open('Fri 12:00', urgent).settle('Fri 23:00');
    const counted = { terms: { calendar: { code: 'always', version: 1 } }, timeZone: 'UTC' };
    expect(ticket.events.slice(1).map(({ data }) => data)).toMatchObject([counted, counted]);
    expect(ticket.life.terms).toMatchObject({
      calendar: { code: 'business-hours' },
      targetCalendars: [{ code: 'always', version: 1 }],
    });
  });

  it('stands still for the open time of that calendar', () => {
    const ticket = under(tenHours())
      .open('Fri 12:00', urgent)
      .do('Fri 20:00', { type: 'PauseTicket', reason: 'onHold' });
    expect(ticket.do('Sat 06:00', 'ResumeTicket').last.at(-1)).toBe(
      'SlaDeadlineMoved resolution/1 due Sat 08:00 (resumed)',
    );
  });

  it('is taken up and left by a change of class, from the start of the clock', () => {
    const ticket = under(tenHours()).open('Fri 12:00').do('Fri 13:00', asUrgent);
    expect(ticket.last.at(-1)).toBe('SlaDeadlineMoved resolution/2 due Fri 22:00 (reclassified)');
    expect(ticket.do('Fri 14:00', asNormal).last.at(-1)).toBe(
      'SlaDeadlineMoved resolution/3 due Mon+1 14:00 (reclassified)',
    );
  });

  it('is taken up by a change of class when the plan that the change finds no longer names it', () => {
    const ticket = under(tenHours()).open('Fri 12:00');
    const later = planWith({ targets: [{ metric: 'resolution', target: hours(10) }] });
    expect(ticket.do('Fri 13:00', asUrgent, { plan: later, version: 2 }).last.at(-1)).toBe(
      'SlaDeadlineMoved resolution/2 due Fri 22:00 (reclassified)',
    );
  });
});

describe('a revision of the calendar of a target', () => {
  const revision = { type: 'ApplyRevision', of: 'calendar', code: 'always', version: 2 } as const;
  const brings = { customersCalendar: 'always', calendarVersion: 2 };
  const revised = (plan = tenHours()) => under(plan).knowsCalendar(closedSunday, 2, 'always');

  it('lays out anew what is counted in it', () => {
    const ticket = revised().open('Sat 20:00', urgent);
    expect(ticket.do('Sat 21:00', revision, brings).last).toEqual([
      'PlanReapplied Sat 21:00',
      'SlaDeadlineMoved resolution/2 due Mon+1 06:00 (calendarRevised)',
    ]);
  });

  it('moves nothing that is counted in another, and holds for it once it is reclassified', () => {
    const ticket = revised().open('Fri 12:00');
    expect(ticket.do('Fri 13:00', revision, brings).last).toEqual(['PlanReapplied Fri 13:00']);
    expect(ticket.life.terms).toMatchObject({
      calendar: { code: 'business-hours', version: 1 },
      targetCalendars: [{ code: 'always', version: 2 }],
    });
    expect(ticket.do('Fri 14:00', asUrgent, { ownVersion: 2 }).last.at(-1)).toBe(
      'SlaDeadlineMoved resolution/2 due Fri 22:00 (reclassified)',
    );
    expect(ticket.events.at(-1)?.data).toMatchObject({ terms: { calendar: { code: 'always', version: 2 } } });
  });

  it('comes to a ticket once', () => {
    const ticket = revised().open('Sat 20:00', urgent).do('Sat 21:00', revision, brings);
    expect(ticket.do('Sat 21:00', revision, { ...brings, now: 'Sat 22:00' }).last).toEqual([]);
  });
});

describe('a revision of a plan', () => {
  const revision = { type: 'ApplyRevision', of: 'plan', code: 'tested', version: 2 } as const;

  it('that gives a target a calendar of its own lays its clocks out anew in it', () => {
    const before = planWith({ targets: [{ metric: 'resolution', target: hours(10) }], atRiskShare: 0.99 });
    const ticket = under(before).open('Fri 12:00', urgent);
    expect(ticket.do('Fri 13:00', revision, { plan: tenHours(), version: 2 }).last.at(-1)).toBe(
      'SlaDeadlineMoved resolution/2 due Fri 22:00 (planRevised)',
    );
  });

  it('brings no newer version of a calendar that the ticket is under', () => {
    const ticket = under(tenHours()).knowsCalendar(closedSunday, 2, 'always').open('Sat 20:00', urgent);
    const after = tenHours({ rank: 9 });
    ticket.do('Sat 21:00', revision, { plan: after, version: 2, ownVersion: 2 });
    expect(ticket.life.terms).toMatchObject({ plan: { version: 2 }, targetCalendars: [{ version: 1 }] });
    expect(ticket.events.at(-1)?.data).toMatchObject({ dueAt: Date.UTC(2026, 2, 8, 6) });
  });
});
