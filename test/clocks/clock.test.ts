import { describe, expect, it } from '@jest/globals';
import { compileCalendar } from '../../src/business-time/compile-calendar.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';
import { readClock } from '../../src/clocks/clock.js';
import { type TicketClock } from '../../src/tickets/domain/ticket-clocks.js';
import { clockAfter } from '../../src/clocks/recorded-clock.js';
import { isFact } from '../../src/tickets/domain/fact-of.js';
import { type Stop, stopsChanged, withStops } from '../../src/tickets/domain/stops.js';
import { changes } from '../../src/tickets/domain/ticket-state.js';
import { viewOf } from '../../src/tickets/domain/ticket-view.js';
import { hours, instant, planWith, TicketLife } from '../support/ticket-life.js';

const hour = 3_600_000;
const calendar = compileCalendar(officeHours('UTC'));

/** The only clock of a ticket as it stands at an instant. */
function clockAt({ state, versions }: TicketLife, at: string): TicketClock {
  const [clock] = viewOf('t1', state, versions, instant(at))?.clocks() ?? [];
  if (clock === undefined) throw new Error('there is no clock');
  return clock;
}

/** The only clock of a ticket as a read model has it: by what was recorded of it, and by when the ticket stopped. */
function clockFrom({ events, state, versions }: TicketLife): TicketClock {
  let clock: TicketClock | undefined;
  for (const event of events) if (!isFact(event)) clock = clockAfter(clock, event.type, event.data);
  const stops = new Map<string, Stop>();
  for (const { before, state: after, fact } of changes(state.facts))
    for (const stop of stopsChanged(before, after, fact.at)) stops.set(`${stop.kind} ${stop.from}`, stop);
  if (clock === undefined) throw new Error('there is no clock');
  return withStops(clock, [...stops.values()], versions.plan(clock.terms.plan).pauses[clock.metric] ?? []);
}

const read = (ticket: TicketLife, at: string, now = at) => readClock(clockAt(ticket, at), calendar, instant(now));

describe('a clock', () => {
  const plan = planWith({ targets: [{ metric: 'resolution', target: hours(10) }] });
  const hold = { type: 'PauseTicket', reason: 'onHold' } as const;

  it('55: shows its deadline as an instant with its zone, and what remains in business time and by the wall clock', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00');
    expect(clockAt(ticket, 'Mon 12:00')).toMatchObject({ dueAt: instant('Tue 11:00'), timeZone: 'UTC' });
    expect(read(ticket, 'Mon 12:00')).toEqual({
      ...{ state: 'running', dueAt: instant('Tue 11:00') },
      ...{ elapsedMs: 3 * hour, remainingMs: 7 * hour, elapsedWallMs: 3 * hour, remainingWallMs: 23 * hour },
      projectedDueAt: instant('Tue 11:00'),
    });
  });

  it('ticks on in open time from where it was measured', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00');
    expect(read(ticket, 'Mon 09:00', 'Tue 10:00')).toEqual(read(ticket, 'Tue 10:00'));
    expect(read(ticket, 'Mon 12:00', 'Mon 22:00')).toMatchObject({ elapsedMs: 8 * hour, elapsedWallMs: 13 * hour });
  });

  it('stands while paused, and says what its deadline would be if it were resumed now', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 12:00', hold);
    expect(clockAt(ticket, 'Mon 14:00')).toMatchObject({
      state: 'paused',
      dueAt: null,
      pausedAt: instant('Mon 12:00'),
    });
    expect(read(ticket, 'Mon 14:00')).toMatchObject({
      ...{ elapsedMs: 3 * hour, remainingMs: 7 * hour, remainingWallMs: null },
      projectedDueAt: instant('Tue 13:00'),
    });
    expect(read(ticket, 'Mon 14:00', 'Tue 09:30').projectedDueAt).toBe(instant('Tue 16:30'));
  });

  it('goes on when its pause ends by itself, whether or not that is recorded yet', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').do('Mon 12:00', { ...hold, until: instant('Mon 14:00') });
    expect(read(ticket, 'Mon 13:00')).toMatchObject({
      ...{
        state: 'paused',
        dueAt: null,
        elapsedMs: 3 * hour,
        remainingWallMs: null,
        projectedDueAt: instant('Tue 13:00'),
      },
    });
    expect(read(ticket, 'Mon 14:00')).toMatchObject({ state: 'running', remainingMs: 7 * hour });
    for (const measured of ['Mon 12:00', 'Mon 14:00', 'Mon 16:00']) {
      const unrecorded = read(ticket, measured, 'Mon 16:00');
      expect(unrecorded).toMatchObject({ state: 'running', dueAt: instant('Tue 13:00'), elapsedMs: 5 * hour });
      const recorded = new TicketLife({ plan })
        .open('Mon 09:00')
        .do('Mon 12:00', { ...hold, until: instant('Mon 14:00') });
      expect(unrecorded).toEqual(read(recorded.settle('Mon 16:00'), 'Mon 16:00'));
    }
  });

  it('that is late goes on when the wait ends by itself, at every door, whether or not that is recorded yet', () => {
    const late = () =>
      new TicketLife({ plan })
        .open('Mon 09:00')
        .settle('Tue 12:00')
        .do('Tue 13:00', { ...hold, until: instant('Tue 15:00') });
    const recorded = clockFrom(late().settle('Tue 16:00'));
    for (const now of ['Tue 14:00', 'Tue 15:00', 'Tue 16:00', 'Wed 10:00']) {
      const expected = readClock(recorded, calendar, instant(now));
      expect(expected.elapsedMs).toBe(
        ({ 'Tue 14:00': 12, 'Tue 15:00': 12, 'Tue 16:00': 13, 'Wed 10:00': 15 }[now] as number) * hour,
      );
      expect(readClock(clockFrom(late()), calendar, instant(now))).toEqual(expected);
      expect(read(late(), now)).toEqual(expected);
      expect(read(late(), 'Tue 14:00', now)).toEqual(expected);
    }
  });

  it('that is late is late by what it is past its deadline, until it is answered', () => {
    const ticket = new TicketLife({ plan }).open('Mon 09:00').settle('Tue 12:00');
    expect(read(ticket, 'Tue 12:00')).toMatchObject({ remainingMs: -hour, remainingWallMs: -hour });
    ticket.do('Tue 13:00', 'ResolveTicket');
    expect(read(ticket, 'Tue 13:00', 'Fri 09:00')).toMatchObject({ remainingMs: -2 * hour, remainingWallMs: null });
  });

  describe('that was breached 90 hours ago (chatwoot PR#15024, frappe/helpdesk PR#3297)', () => {
    const breached = () => new TicketLife({ plan }).open('Mon 09:00').settle('Fri 12:00');

    it('stands still while the ticket is on hold, and goes on after that', () => {
      const ticket = breached().do('Fri 12:00', hold);
      const onHold = { remainingMs: -25 * hour, remainingWallMs: null, elapsedMs: 35 * hour };
      expect(read(ticket, 'Fri 12:00')).toMatchObject(onHold);
      expect(read(ticket, 'Fri 12:00', 'Mon+2 12:00')).toMatchObject(onHold);
      expect(read(ticket, 'Mon+2 12:00')).toMatchObject(onHold);
      ticket.do('Mon+2 12:00', 'ResumeTicket');
      expect(read(ticket, 'Mon+2 13:00')).toMatchObject({ remainingMs: -26 * hour, elapsedMs: 36 * hour });
    });

    it.each([
      ['closed', 'CloseTicket'],
      ['cancelled', { type: 'CancelTicket', reason: 'spam' }],
      ['merged', { type: 'MergeTicket', into: 't2' }],
    ] as const)('stands for good once the ticket is %s', (_, command) => {
      const ticket = breached().do('Fri 12:00', command);
      const over = { remainingMs: -25 * hour, elapsedMs: 35 * hour, elapsedWallMs: 99 * hour, remainingWallMs: null };
      expect(clockAt(ticket, 'Fri 12:00')).toMatchObject({ state: 'breached', overAt: instant('Fri 12:00') });
      for (const now of ['Fri 12:00', 'Mon+1 09:00', 'Fri+9 09:00']) {
        expect(read(ticket, 'Fri 12:00', now)).toMatchObject(over);
        expect(read(ticket, now)).toMatchObject(over);
      }
    });

    it('goes on where the ticket is reopened, less the time closed; a late first reply is judged without it too', () => {
      const ticket = breached().do('Fri 12:00', 'CloseTicket').do('Mon+1 09:00', 'ReopenTicket');
      expect(read(ticket, 'Mon+1 10:00')).toMatchObject({ elapsedMs: 36 * hour });
      const answer = planWith({ targets: [{ metric: 'firstResponse', target: hours(10) }] });
      const asked = new TicketLife({ plan: answer }).open('Mon 09:00').do('Fri 12:00', 'CloseTicket');
      asked.do('Mon+1 12:00', 'RecordFirstResponse');
      expect(asked.last.at(-1)).toBe('SlaMetLate firstResponse/1 Mon+1 12:00');
      expect(read(asked, 'Mon+1 12:00')).toMatchObject({ elapsedMs: 35 * hour });
    });
  });

  it('57: has never used less than nothing: answered before its first open instant, it has used none', () => {
    const ticket = new TicketLife({ plan }).open('Sat 09:00').do('Sun 09:00', 'ResolveTicket');
    expect(read(ticket, 'Mon+1 12:00')).toMatchObject({ elapsedMs: 0, elapsedWallMs: 24 * hour });
  });
});
