import { describe, expect, it } from '@jest/globals';
import { type CalendarDefinition, type Window } from '../../../src/business-time/calendar.js';
import { compileCalendar } from '../../../src/business-time/compile-calendar.js';
import { calendarDecider } from '../../../src/catalogue/domain/calendar-decider.js';
import { officeHours } from '../../../src/catalogue/domain/built-in-plans.js';
import { type CalendarEvent } from '../../../src/catalogue/domain/catalogue-events.js';
import { specify } from '../../support/specify.js';

const office = officeHours('UTC');
const calendars = specify(calendarDecider);
const define = (definition: CalendarDefinition) =>
  ({ type: 'DefineCalendar', calendar: { code: 'desk', name: 'Desk', definition } }) as const;

/** Windows of a second, apart. */
const windows = (count: number, from = 0): readonly Window[] =>
  Array.from({ length: count }, (_, i) => [time((from + i) * 16), time((from + i) * 16 + 1)]);
const time = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 19);
const dateAt = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
const datesOf = <Value>(count: number, value: Value) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [dateAt(n), value]));
const many = <Item>(count: number, item: (n: number) => Item) => Array.from({ length: count }, (_, n) => item(n));
const part = (n: number) => ({ date: '2026-03-03', hours: windows(1, n)[0] as Window });

describe('a calendar of any size', () => {
  it.each<[string, Partial<CalendarDefinition>, string, string]>([
    ['5,000 windows a day', { weekly: { mon: windows(5_000) } }, 'CALENDAR_TOO_LARGE', 'weekly.mon'],
    ['49 windows on a date', { dates: { '2026-03-03': windows(49) } }, 'CALENDAR_TOO_LARGE', 'dates.2026-03-03'],
    ['49 parts of a holiday', { holidays: many(49, part) }, 'CALENDAR_TOO_LARGE', 'holidays[48]'],
    ['more windows in all', { dates: datesOf(300, windows(40)) }, 'CALENDAR_TOO_LARGE', `dates.${dateAt(249)}`],
    ['5,001 holidays', { holidays: many(5_001, () => '2026-03-03') }, 'CALENDAR_TOO_LARGE', 'holidays'],
    ['5,001 dates', { dates: datesOf(5_001, []) }, 'CALENDAR_TOO_LARGE', 'dates'],
    ['a zone of 101 letters', { timeZone: 'Z'.repeat(101) }, 'CALENDAR_TOO_LARGE', 'timeZone'],
    [
      'a name of 201 letters',
      { holidays: [{ date: '2026-03-03', name: 'x'.repeat(201) }] },
      'CALENDAR_TOO_LARGE',
      'holidays[0].name',
    ],
    ['a holiday of another age', { holidays: ['2201-01-01'] }, 'OUT_OF_RANGE', 'holidays[0]'],
    ['hours of another age', { dates: { '1899-12-31': [] } }, 'OUT_OF_RANGE', 'dates.1899-12-31'],
    ['holidays known since ages', { holidaysKnownFrom: '1000-01-01' }, 'OUT_OF_RANGE', 'holidaysKnownFrom'],
    ['holidays known for ages', { holidaysKnownUntil: '9999-12-31' }, 'OUT_OF_RANGE', 'holidaysKnownUntil'],
  ])('is refused with the field when it is defined: %s', (_, changes, code, field) => {
    calendars
      .given()
      .when('2026-01-01', define({ ...office, ...changes }))
      .thenRejected(code, `${field}:`);
  });

  it('is taken at its limits', () => {
    const definition: CalendarDefinition = {
      timeZone: 'UTC',
      weekly: { mon: windows(48), tue: windows(48) },
      holidays: many(5_000, (n) => ({ date: dateAt(n % 900), name: 'x'.repeat(200) })),
      dates: datesOf(200, windows(48)),
    };
    calendars
      .given()
      .when('2026-01-01', define(definition))
      .then(['CalendarDefined', { version: 1 }]);
  });

  it('is read, renamed and laid out where it was recorded before there were limits', () => {
    const definition: CalendarDefinition = { ...office, weekly: { mon: windows(5_000) } };
    const metadata = { actor: { id: 'ann', kind: 'person' }, occurredAt: 0, recordedAt: 0, schemaVersion: 1 } as const;
    const recorded: CalendarEvent = {
      ...{ id: '1', type: 'CalendarDefined', metadata },
      data: { code: 'old', name: 'Old', definition, version: 1, effectiveFrom: null },
    };
    const history = calendarDecider.evolve([], recorded);
    const rename = { type: 'ReviseCalendar', code: 'old', changes: { name: 'Older' } } as const;
    const given = { effectiveFrom: undefined, appliesToOpenTickets: false, id: '2', metadata };
    expect(calendarDecider.decide({ ...rename, ...given }, history)).toHaveLength(1);
    const monday = Date.UTC(2026, 2, 2);
    expect(compileCalendar(definition).dueAt(monday, { amount: 2, unit: 'seconds' })).toBe(monday + 17_000);
  });
});
