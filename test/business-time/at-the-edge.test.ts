import { describe, expect, it } from '@jest/globals';
import { type CalendarDefinition, type Window } from '../../src/business-time/calendar.js';
import { compileCalendar } from '../../src/business-time/compile-calendar.js';
import { clip, layOutTarget } from '../../src/business-time/deadline.js';
import { resolveHolidays } from '../../src/business-time/holiday-sources.js';
import { addSkipping, moveByPause, moveByPauses, uniteSpans } from '../../src/business-time/pauses.js';
import { isSameTarget } from '../../src/business-time/target.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';

const hour = 3_600_000;
/** In March 2026, whose second is a Monday. */
const at = (text: string) => Date.parse(`2026-03-${text}:00Z`);
const span = (from: string, to: string) => ({ from: at(from), to: at(to) });
const office = compileCalendar(officeHours('UTC'));
const workdays = (...windows: Window[]) => Object.fromEntries(['mon', 'tue', 'wed'].map((day) => [day, windows]));

describe('opening hours', () => {
  it('are over at the closing instant, and begin at the opening one', () => {
    expect([at('02T17:00') - 1, at('02T17:00')].map((instant) => office.isOpen(instant))).toEqual([true, false]);
    expect([at('03T09:00') - 1, at('03T09:00')].map((instant) => office.isOpen(instant))).toEqual([false, true]);
  });

  it('go on after a holiday of some hours', () => {
    const holidays = [{ date: '2026-03-02', hours: ['12:00', '14:00'] as const }];
    const calendar = compileCalendar({ timeZone: 'UTC', weekly: workdays(['09:00', '17:00']), holidays });
    expect([...calendar.openSpans(at('02T00:00'), at('03T00:00'))]).toEqual([
      span('02T09:00', '02T12:00'),
      span('02T14:00', '02T17:00'),
    ]);
  });

  it('of a night shift that a window of the next date cuts in two belong to its date on both sides', () => {
    const weekly: CalendarDefinition['weekly'] = {
      mon: [['22:00', '06:00']],
      tue: [['01:00', '02:00']],
      wed: [['09:00', '17:00']],
    };
    const calendar = compileCalendar({ timeZone: 'UTC', weekly });
    const endOfSecondDay = (from: string) =>
      calendar.dueAt(at(from), { amount: 2, unit: 'businessDays', rule: 'endOfDay' });
    expect(['02T23:00', '03T03:00'].map(endOfSecondDay)).toEqual([at('04T17:00'), at('04T17:00')]);
    expect(endOfSecondDay('03T01:30')).toBe(at('10T06:00')); // Tuesday's own hour
  });
});

describe('no open time', () => {
  it('added to an instant is that instant, in closed hours too', () => {
    for (const instant of [at('02T12:00'), at('02T17:00'), at('02T20:00'), at('07T12:00')])
      expect(office.add(instant, 0)).toBe(instant);
  });
});

describe('spans', () => {
  it('that touch are one', () => {
    const touching = [
      { from: 1, to: 2 },
      { from: 2, to: 3 },
      { from: 4, to: 5 },
    ];
    expect(uniteSpans(touching)).toEqual([
      { from: 1, to: 3 },
      { from: 4, to: 5 },
    ]);
  });

  it('of which nothing lies between two instants are left out', () => {
    const spans = [
      { from: 0, to: 5 },
      { from: 5, to: 15 },
      { from: 15, to: 20 },
      { from: 20, to: 30 },
    ];
    expect(clip(spans, 10, 20)).toEqual([
      { from: 10, to: 15 },
      { from: 15, to: 20 },
    ]);
    expect(clip(spans, 40, 50)).toEqual([]);
  });
});

describe('a pause', () => {
  it('until closing time moves a deadline to closing time, not to the next opening', () => {
    expect(moveByPause(at('02T16:00'), span('02T16:00', '02T17:00'), office)).toBe(at('02T17:00'));
  });

  it('whose end the moved deadline would come before has it at the next opening after its end', () => {
    expect(moveByPause(at('02T16:00'), span('02T15:00', '02T20:00'), office)).toBe(at('03T10:00'));
    expect(moveByPause(at('02T17:00'), span('02T16:30', '02T18:00'), office)).toBe(at('03T09:30'));
  });

  it('that begins exactly when an amount is used comes after it', () => {
    expect(addSkipping(at('02T09:00'), 3 * hour, [span('02T12:00', '02T14:00')], office)).toBe(at('02T12:00'));
    expect(addSkipping(at('02T09:00'), 3 * hour + 1, [span('02T12:00', '02T14:00')], office)).toBe(at('02T14:00') + 1);
  });

  it('that touches another moves a deadline as both in one', () => {
    const [whole, parts] = [
      [span('02T15:00', '03T11:00')],
      [span('02T15:00', '02T17:00'), span('02T17:00', '03T11:00')],
    ].map((pauses) => moveByPauses(at('02T16:00'), pauses, office));
    expect(parts).toBe(whole);
    expect(whole).toBe(at('03T12:00'));
  });

  it('over several days leaves their hours out, and no more', () => {
    const pauses = [span('02T15:00', '04T11:00')];
    const { openSpans, dueAt, openMs } = layOutTarget(office, at('02T09:00'), { amount: 16, unit: 'hours' }, pauses);
    expect(openSpans).toEqual([
      span('02T09:00', '02T15:00'),
      span('04T11:00', '04T17:00'),
      span('05T09:00', '05T13:00'),
    ]);
    expect([dueAt, openMs]).toEqual([at('05T13:00'), 16 * hour]);
  });
});

describe('the holidays that are known', () => {
  const always = workdays(['00:00', '24:00']);
  const until = { timeZone: 'UTC', weekly: always, holidaysKnownUntil: '2026-03-03' };

  it('are enough for a deadline exactly when they end to be known, and not a millisecond later', () => {
    const calendar = compileCalendar(until);
    const isBeyond = (amount: number) =>
      layOutTarget(calendar, at('02T00:00'), { amount, unit: 'seconds' }, []).isBeyondKnownHolidays;
    expect([isBeyond(48 * 3_600), isBeyond(48 * 3_600 + 1)]).toEqual([false, true]);
  });

  it('are enough for a start exactly when they begin to be known, and not before', () => {
    const calendar = compileCalendar({ timeZone: 'UTC', weekly: always, holidaysKnownFrom: '2026-03-02' });
    const isBeyond = (start: number) =>
      layOutTarget(calendar, start, { amount: 1, unit: 'hours' }, []).isBeyondKnownHolidays;
    expect([isBeyond(at('02T00:00')), isBeyond(at('02T00:00') - 1)]).toEqual([false, true]);
  });

  it('are those that all of their sources know', async () => {
    const holidaysFrom = [
      { country: 'DE', firstYear: 2024, lastYear: 2027 },
      { country: 'IT', firstYear: 2025, lastYear: 2029 },
    ];
    const { holidaysKnownFrom, holidaysKnownUntil } = await resolveHolidays(
      { ...officeHours('UTC'), holidaysFrom },
      2026,
    );
    expect([holidaysKnownFrom, holidaysKnownUntil]).toEqual(['2025-01-01', '2027-12-31']);
  });
});

describe('targets', () => {
  it('are alike by amount and unit, and of business days by their rule as well', () => {
    const days = { amount: 2, unit: 'businessDays' } as const;
    expect(isSameTarget({ ...days, rule: 'sameTime' }, { ...days, rule: 'endOfDay' })).toBe(false);
    expect(isSameTarget({ ...days, rule: 'endOfDay' }, { ...days, rule: 'endOfDay' })).toBe(true);
    expect(isSameTarget(days, { ...days, amount: 3 })).toBe(false);
    expect(isSameTarget({ amount: 2, unit: 'hours' }, { amount: 2, unit: 'minutes' })).toBe(false);
  });
});
