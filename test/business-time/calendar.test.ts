import { describe, expect, it } from '@jest/globals';
import { DateTime } from 'luxon';
import { type CalendarDefinition, type Target, weekdays, type Window } from '../../src/business-time/calendar.js';
import { compileCalendar } from '../../src/business-time/compile-calendar.js';
import { layOutTarget } from '../../src/business-time/deadline.js';
import { moveByPauses } from '../../src/business-time/pauses.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';

const minute = 60_000;
const hour = 60 * minute;
const at = (text: string, zone = 'UTC') => DateTime.fromISO(text, { zone }).toMillis();
const show = (instant: number, zone = 'UTC') => DateTime.fromMillis(instant, { zone }).toFormat('yyyy-MM-dd HH:mm');
const everyDay = (...windows: Window[]) => Object.fromEntries(weekdays.map((day) => [day, windows]));
const always: CalendarDefinition = { timeZone: 'UTC', weekly: everyDay(['00:00', '24:00']) };
const due = (definition: CalendarDefinition, from: string, target: Target, zone = definition.timeZone) =>
  show(compileCalendar(definition).dueAt(at(from, zone), target), zone);
const hours = (amount: number): Target => ({ amount, unit: 'hours' });
const days = (amount: number, rule?: 'sameTime' | 'endOfDay' | 'workingHours'): Target => ({
  ...{ amount, unit: 'businessDays' },
  ...(rule === undefined ? {} : { rule }),
});
const office = officeHours('UTC');

/** 2026-03-02 is a Monday. The numbers are those of the edge cases of the field. */
describe('edge case', () => {
  it('1: opened outside hours, the clock starts at the next opening', () => {
    expect(due({ ...office, weekly: everyDay(['08:00', '17:00']) }, '2026-03-02T05:30', hours(2))).toBe(
      '2026-03-02 10:00',
    );
  });

  it('2: a holiday is a local date of the zone', () => {
    const tokyo = { ...officeHours('Asia/Tokyo'), holidays: ['2026-03-03'] };
    expect(due(tokyo, '2026-03-02T16:30', hours(1))).toBe('2026-03-04 09:30');
  });

  it('3: Friday 16:59 and one hour is Monday 09:59', () => {
    expect(due(office, '2026-03-06T16:59', hours(1))).toBe('2026-03-09 09:59');
  });

  it('4, 5: at closing nothing is used, at opening all counts', () => {
    expect(due(office, '2026-03-02T17:00', hours(1))).toBe('2026-03-03 10:00');
    expect(due(office, '2026-03-02T09:00', hours(1))).toBe('2026-03-02 10:00');
  });

  it('6: a span that ends exactly at closing is due at closing', () => {
    expect(due(office, '2026-03-02T09:00', hours(8))).toBe('2026-03-02 17:00');
    expect(due(office, '2026-03-02T16:00', hours(1))).toBe('2026-03-02 17:00');
  });

  it('9: business days mean one of three things', () => {
    expect(due(office, '2026-03-06T16:50', days(1, 'sameTime'))).toBe('2026-03-09 16:50');
    expect(due(office, '2026-03-06T16:50', days(1, 'endOfDay'))).toBe('2026-03-09 17:00');
    expect(due(office, '2026-03-06T16:50', days(1, 'workingHours'))).toBe('2026-03-09 16:50');
    expect(due(office, '2026-03-06T16:50', days(3))).toBe('2026-03-11 16:50');
  });

  it('10: a start on a closed day moves to the next opening first', () => {
    expect(due(office, '2026-03-07T11:00', days(1, 'sameTime'))).toBe('2026-03-10 09:00');
    expect(due(office, '2026-03-07T11:00', days(1, 'endOfDay'))).toBe('2026-03-10 17:00');
    expect(due(office, '2026-03-07T11:00', days(1, 'workingHours'))).toBe('2026-03-09 17:00');
  });

  it('11: days of different length: the rule of working hours counts real minutes', () => {
    const short = { ...office, dates: { '2026-03-03': [['09:00', '11:00']] as Window[] } };
    expect(due(short, '2026-03-02T16:00', days(1, 'workingHours'))).toBe('2026-03-04 14:00');
    expect(due(short, '2026-03-02T16:00', days(1, 'sameTime'))).toBe('2026-03-04 09:00');
  });

  it('12: an edge in the hour that is skipped moves to the first instant after it, and the window is shorter', () => {
    const night: CalendarDefinition = { timeZone: 'Europe/Paris', weekly: everyDay(['01:00', '05:00']) };
    const calendar = compileCalendar(night);
    const day = at('2026-03-29T00:00', 'Europe/Paris');
    expect(calendar.between(day, day + 23 * hour)).toBe(3 * hour);
    const edge = compileCalendar({ ...night, weekly: everyDay(['02:30', '05:00']) });
    expect(show(edge.nextOpening(day), 'Europe/Paris')).toBe('2026-03-29 03:00');
  });

  it('13: both passes of a repeated hour are open; a day round the clock has 25 hours', () => {
    const paris = compileCalendar({ ...always, timeZone: 'Europe/Paris' });
    const day = at('2026-10-25T00:00', 'Europe/Paris');
    expect(paris.between(day, at('2026-10-26T00:00', 'Europe/Paris'))).toBe(25 * hour);
    const edges = compileCalendar({ timeZone: 'Europe/Paris', weekly: everyDay(['02:15', '02:45']) });
    expect(edges.between(day, day + 25 * hour)).toBe(90 * minute);
  });

  it('14: the same local time across a change of clocks', () => {
    const paris = officeHours('Europe/Paris');
    expect(due({ ...paris, weekly: everyDay(['09:00', '17:00']) }, '2026-03-28T10:00', days(1))).toBe(
      '2026-03-29 10:00',
    );
    const twice = { ...always, timeZone: 'Europe/Paris' };
    expect(compileCalendar(twice).dueAt(at('2026-10-24T02:30', 'Europe/Paris'), days(1))).toBe(
      Date.UTC(2026, 9, 25, 0, 30),
    );
  });

  it('15: the leap day is a day like any other', () => {
    expect(due(office, '2028-02-28T12:00', days(1))).toBe('2028-02-29 12:00');
    expect(due({ ...office, holidays: ['2028-02-29'] }, '2028-02-28T12:00', days(1))).toBe('2028-03-01 12:00');
  });

  it('16: a deadline beyond the holidays that are known, or a start before them, says so', () => {
    const calendar = compileCalendar({ ...office, holidays: ['2026-01-01', '2026-12-25'] });
    const isBeyond = (from: string) => layOutTarget(calendar, at(from), hours(8), []).isBeyondKnownHolidays;
    expect([isBeyond('2026-12-31T09:00'), isBeyond('2026-12-31T09:01')]).toEqual([false, true]);
    expect([isBeyond('2025-12-31T23:59'), isBeyond('2026-01-01T00:00')]).toEqual([true, false]);
    const known = compileCalendar({
      ...{ ...office, holidays: ['2026-01-01'] },
      ...{ holidaysKnownFrom: '2025-07-01', holidaysKnownUntil: '2027-06-30' },
    });
    expect(show(known.holidaysKnownFrom ?? NaN)).toBe('2025-07-01 00:00');
    expect(show(known.holidaysKnownUntil ?? NaN)).toBe('2027-07-01 00:00');
    const unknown = compileCalendar(office);
    expect([unknown.holidaysKnownFrom, unknown.holidaysKnownUntil]).toEqual([null, null]);
  });

  it('17: hours of a date replace the weekly ones, on a closed day too', () => {
    const special = { ...office, dates: { '2026-03-07': [['10:00', '12:00']] as Window[], '2026-03-02': [] } };
    expect(due(special, '2026-03-06T16:00', hours(2))).toBe('2026-03-07 11:00');
    expect(due(special, '2026-03-02T10:00', hours(1))).toBe('2026-03-03 10:00');
  });

  it('18: a night shift belongs to the date it starts on', () => {
    const shifts = {
      timeZone: 'UTC',
      weekly: { mon: [['22:00', '06:00']], fri: [['22:00', '06:00']] },
    } as CalendarDefinition;
    expect(due(shifts, '2026-03-07T02:00', days(1))).toBe('2026-03-10 02:00');
    const onStart = compileCalendar({ ...shifts, holidays: ['2026-03-06'] });
    expect(onStart.isOpen(at('2026-03-07T02:00'))).toBe(false);
    const onEnd = compileCalendar({ ...shifts, holidays: ['2026-03-07'] });
    expect(onEnd.isOpen(at('2026-03-07T02:00'))).toBe(true);
  });

  it('19: round the clock is plain elapsed time', () => {
    const calendar = compileCalendar(always);
    for (const from of [0, at('2026-03-02T12:34'), at('2100-01-01T00:00')]) {
      expect(calendar.dueAt(from, hours(1000))).toBe(from + 1000 * hour);
    }
  });

  it('21: windows that overlap or touch count once', () => {
    const messy = compileCalendar({
      timeZone: 'UTC',
      weekly: everyDay(['09:00', '12:00'], ['11:00', '13:00'], ['13:00', '15:00']),
    });
    expect(messy.between(at('2026-03-02T00:00'), at('2026-03-03T00:00'))).toBe(6 * hour);
    expect(messy.nextClosing(at('2026-03-02T10:00'))).toBe(at('2026-03-02T15:00'));
  });

  it.each([
    ['8: a target of zero', () => compileCalendar(office).dueAt(0, hours(0)), 'INVALID_TARGET', 'target.amount'],
    ['9: half a business day', () => compileCalendar(office).dueAt(0, days(0.5)), 'INVALID_TARGET', 'target.amount'],
    [
      'a target of a million days',
      () => compileCalendar(office).dueAt(0, days(1_000_000)),
      'INVALID_TARGET',
      'target.amount',
    ],
    [
      '20: a window of no length',
      () => compileCalendar({ ...office, weekly: { mon: [['09:00', '09:00']] } }),
      'EMPTY_WINDOW',
      'weekly.mon[0]',
    ],
    [
      'a time like 25:00',
      () => compileCalendar({ ...office, weekly: { tue: [['09:00', '25:00']] } }),
      'INVALID_TIME',
      'weekly.tue[0][1]',
    ],
    [
      '24:00 as a start',
      () => compileCalendar({ ...office, weekly: { mon: [['24:00', '09:00']] } }),
      'INVALID_TIME',
      'weekly.mon[0][0]',
    ],
    ['an unknown zone', () => compileCalendar({ ...office, timeZone: 'Mars/Base' }), 'UNKNOWN_TIME_ZONE', 'timeZone'],
    [
      'a date that is none',
      () => compileCalendar({ ...office, holidays: ['2026-02-30'] }),
      'INVALID_DATE',
      'holidays[0]',
    ],
    ['22: no opening at all', () => compileCalendar({ timeZone: 'UTC', weekly: {} }), 'NO_OPENING', 'weekly'],
  ])('%s is refused, with the field at fault', (_, work, code, field) => {
    expect(work).toThrow(expect.objectContaining({ code, field }));
  });

  it('windows that touch at midnight are one, and round the clock there is no closing', () => {
    const night = compileCalendar({
      timeZone: 'UTC',
      weekly: { mon: [['22:00', '24:00']], tue: [['00:00', '06:00']] },
    });
    expect(show(night.nextClosing(at('2026-03-02T23:00')))).toBe('2026-03-03 06:00');
    expect(() => compileCalendar(always).nextClosing(0)).toThrow(expect.objectContaining({ code: 'NO_CLOSING' }));
  });

  it('an instant or an amount beyond all counting is refused', () => {
    const outOfRange = expect.objectContaining({ code: 'OUT_OF_RANGE' }) as unknown as Error;
    const calendar = compileCalendar(office);
    for (const ask of [() => calendar.add(0, 1e15), () => calendar.add(0, -1e15), () => calendar.isOpen(NaN)])
      expect(ask).toThrow(outOfRange);
    expect(() => calendar.between(0, Date.UTC(3000, 0, 1))).toThrow(outOfRange);
  });

  it('22: a calendar that is never open again says so, and loops not', () => {
    const once = compileCalendar({ timeZone: 'UTC', weekly: {}, dates: { '2026-03-02': [['09:00', '10:00']] } });
    expect(() => once.nextOpening(at('2026-03-03T00:00'))).toThrow(expect.objectContaining({ code: 'NO_OPENING' }));
  });

  it('7: a reply at exactly the deadline is in time: a pause may still begin then', () => {
    const calendar = compileCalendar(office);
    const [deadline, later] = [at('2026-03-02T12:00'), at('2026-03-02T12:00') + 1];
    expect(moveByPauses(deadline, [{ from: deadline, to: deadline + hour }], calendar)).toBe(deadline + hour);
    expect(moveByPauses(deadline, [{ from: later, to: later + hour }], calendar)).toBe(deadline);
  });

  const paused = (from: string, target: Target, ...pauses: readonly (readonly [string, string])[]) => {
    const spans = pauses.map(([begins, ends]) => ({ from: at(begins), to: at(ends) }));
    return show(layOutTarget(compileCalendar(office), at(from), target, spans).dueAt);
  };

  it('23: only the open part of a pause matters', () => {
    expect(paused('2026-03-02T15:00', hours(3), ['2026-03-02T16:00', '2026-03-03T10:00'])).toBe('2026-03-03 12:00');
    expect(paused('2026-03-02T15:00', hours(3), ['2026-03-02T17:00', '2026-03-03T09:00'])).toBe('2026-03-03 10:00');
    expect(paused('2026-03-06T16:00', hours(2), ['2026-03-06T16:30', '2026-03-09T09:00'])).toBe('2026-03-09 10:30');
  });

  it('24: pauses that overlap are united', () => {
    const overlapping = [
      ['2026-03-02T10:00', '2026-03-02T12:00'],
      ['2026-03-02T11:00', '2026-03-02T13:00'],
    ] as const;
    expect(paused('2026-03-02T09:00', hours(2), ...overlapping)).toBe('2026-03-02 14:00');
  });

  it('25: with nothing left, the deadline is the first open instant of the resume', () => {
    expect(paused('2026-03-02T15:00', hours(2), ['2026-03-02T17:00', '2026-03-03T10:00'])).toBe('2026-03-03 10:00');
    expect(paused('2026-03-02T09:00', hours(3), ['2026-03-02T12:00', '2026-03-02T20:00'])).toBe('2026-03-03 09:00');
  });

  it('26: a pause after the deadline undoes nothing', () => {
    expect(paused('2026-03-02T09:00', hours(2), ['2026-03-02T11:01', '2026-03-02T13:00'])).toBe('2026-03-02 11:00');
  });

  it('27: paused from its first instant on, it has all of its time when it is resumed', () => {
    expect(paused('2026-03-02T09:00', hours(2), ['2026-03-02T08:00', '2026-03-02T12:00'])).toBe('2026-03-02 14:00');
  });

  it("28: what pauses a clock is its plan's to say: without pauses it is laid out as if there were none", () => {
    expect(paused('2026-03-02T09:00', days(1))).toBe('2026-03-03 09:00');
    expect(paused('2026-03-02T09:00', days(1), ['2026-03-02T10:00', '2026-03-02T11:00'])).toBe('2026-03-03 10:00');
  });

  it('a part-day holiday cuts the windows of its own date', () => {
    const half = { ...office, holidays: [{ date: '2026-03-02', hours: ['12:00', '24:00'] as Window }] };
    expect(due(half, '2026-03-02T11:00', hours(2))).toBe('2026-03-03 10:00');
  });

  it('a night shift goes on after a window of the next date within it', () => {
    const night = { timeZone: 'UTC', weekly: { sat: [['22:00', '06:00']], sun: [['00:00', '02:00']] } as const };
    expect(due(night, '2026-03-07T23:00', days(1))).toBe('2026-03-14 22:00');
    expect(due(night, '2026-03-08T01:00', days(1))).toBe('2026-03-14 22:00');
    expect(due(night, '2026-03-08T01:00', days(1, 'endOfDay'))).toBe('2026-03-15 06:00');
    expect(due(night, '2026-03-08T05:00', days(1))).toBe('2026-03-14 22:00');
    expect(due(night, '2026-03-08T05:00', days(1, 'endOfDay'))).toBe('2026-03-15 06:00');
  });

  it('a zone that skipped a day has no such business day', () => {
    const apia = { ...always, timeZone: 'Pacific/Apia' };
    expect(due(apia, '2011-12-29T12:00', days(1))).toBe('2011-12-31 12:00');
  });

  it('answers for 1970 and 2100 as for today', () => {
    const calendar = compileCalendar(officeHours('Europe/Paris'));
    expect(show(calendar.dueAt(at('1970-01-02T10:00', 'Europe/Paris'), days(1)), 'Europe/Paris')).toBe(
      '1970-01-05 10:00',
    );
    expect(show(calendar.dueAt(at('2100-01-01T10:00', 'Europe/Paris'), days(1)), 'Europe/Paris')).toBe(
      '2100-01-04 10:00',
    );
  });
});
