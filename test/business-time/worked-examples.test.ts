import { describe, expect, it } from '@jest/globals';
import { type CalendarDefinition, type DayRule } from '../../src/business-time/calendar.js';
import { compileCalendar } from '../../src/business-time/compile-calendar.js';
import { moveByPauses } from '../../src/business-time/pauses.js';
import { zoneOf } from '../../src/business-time/zone.js';

const paris = zoneOf('Europe/Paris');
/** An instant by the clocks of Paris. */
const at = (local: string) => paris.toInstant(Date.parse(`${local}Z`), 'first');
const show = (instant: number) => new Date(paris.toLocal(instant)).toISOString().slice(0, 16);

const office = [['09:00', '17:00']] as const;
const desk: CalendarDefinition = {
  timeZone: 'Europe/Paris',
  weekly: { mon: office, tue: office, wed: office, thu: office, fri: office },
  holidays: ['2026-05-01'],
};
const day = (rule: DayRule) => ({ amount: 1, unit: 'businessDays', rule }) as const;

/** The worked examples of ADR 5, as they stand there. */
describe('one business day', () => {
  const calendar = compileCalendar(desk);
  const rules = ['sameTime', 'endOfDay', 'workingHours'] as const;

  it.each([
    ['Friday 16:59', '2026-03-06T16:59', ['2026-03-09T16:59', '2026-03-09T17:00', '2026-03-09T16:59']],
    ['a holiday, at 11:00', '2026-05-01T11:00', ['2026-05-05T09:00', '2026-05-05T17:00', '2026-05-04T17:00']],
  ])('from %s', (_, start, due) => {
    expect(rules.map((rule) => show(calendar.dueAt(at(start), day(rule))))).toEqual(due);
  });

  it('of seven and a half hours from Friday 16:59', () => {
    const shorter = compileCalendar({ ...desk, nominalDayMinutes: 450 });
    expect(show(shorter.dueAt(at('2026-03-06T16:59'), day('workingHours')))).toBe('2026-03-09T16:29');
  });

  it('on the night the clocks change', () => {
    const round = [['00:00', '24:00']] as const;
    const [mon, tue, wed, thu, fri, sat, sun] = Array.from({ length: 7 }, () => round);
    const always = compileCalendar({
      timeZone: 'Europe/Paris',
      weekly: { mon, tue, wed, thu, fri, sat, sun } as never,
    });
    expect(show(always.dueAt(at('2026-03-28T02:30'), day('sameTime')))).toBe('2026-03-29T03:00');
    expect(show(always.dueAt(at('2026-03-28T02:30'), { amount: 24, unit: 'hours' }))).toBe('2026-03-29T03:30');
    expect(always.dueAt(at('2026-10-24T02:30'), day('sameTime'))).toBe(Date.UTC(2026, 9, 25, 0, 30));
    const night = compileCalendar({ timeZone: 'Europe/Paris', weekly: { sat: [['22:00', '06:00']] } });
    const hours = (from: string, to: string) => night.between(at(from), at(to)) / 3_600_000;
    expect([hours('2026-03-28T12:00', '2026-03-29T12:00'), hours('2026-10-24T12:00', '2026-10-25T12:00')]).toEqual([
      7, 9,
    ]);
    const early = compileCalendar({ timeZone: 'Europe/Paris', weekly: { sat: [['22:00', '02:30']] } });
    expect(early.nextClosing(at('2026-10-24T23:00'))).toBe(Date.UTC(2026, 9, 25, 1, 30));
  });

  it('with a pause over a weekend', () => {
    const due = calendar.dueAt(at('2026-03-06T15:00'), day('sameTime'));
    const paused = (from: string, to: string) => show(moveByPauses(due, [{ from: at(from), to: at(to) }], calendar));
    expect(show(due)).toBe('2026-03-09T15:00');
    expect(paused('2026-03-06T16:00', '2026-03-09T10:00')).toBe('2026-03-09T17:00');
    expect(paused('2026-03-06T17:00', '2026-03-09T09:00')).toBe('2026-03-09T15:00');
  });
});
