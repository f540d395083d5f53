import { describe, expect, it, jest } from '@jest/globals';
import {
  type CalendarDefinition,
  type Instant,
  InvalidCalendar,
  type Window,
} from '../../src/business-time/calendar.js';
import { compileCalendar } from '../../src/business-time/compile-calendar.js';
import { layOutTarget } from '../../src/business-time/deadline.js';
import { layOutHorizon } from '../../src/business-time/horizon.js';
import { parseDefinition } from '../../src/business-time/parse-definition.js';
import fc from '../support/fc.js';
import { times } from '../support/lengths.js';

// Hundreds of calendars may take longer on a busy machine.
jest.setTimeout(120_000);

const day = 86_400_000;
const hour = 3_600_000;
const runs = { numRuns: times({ short: 5, long: 25 }, 'FC_RUNS') };

const text = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
/** Dozens of windows, so that pages are short; the last may go on through most of the next day. */
const dense = (nightTo: number): readonly Window[] => [
  ...Array.from({ length: 44 }, (_, i): Window => [text(i * 30 + 5), text(i * 30 + 25)]),
  ['23:00', text(nightTo)],
];
const weekday = fc.oneof(
  fc.constant([]),
  fc.integer({ min: 0, max: 1379 }).map(dense),
  fc.constant([['09:00', '17:00']] as const),
);
const dateAbout = (days: number) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10);
const dates = fc.array(fc.integer({ min: -400, max: 400 }).map(dateAbout), { maxLength: 60 });

const definition: fc.Arbitrary<CalendarDefinition> = fc
  .record({
    timeZone: fc.constantFrom('UTC', 'Europe/Paris', 'America/Havana', 'Pacific/Apia', 'Africa/Casablanca'),
    weekly: fc.record({ mon: fc.integer({ min: 0, max: 1379 }).map(dense), tue: weekday, thu: weekday, sun: weekday }),
    whole: dates,
    parts: dates,
    own: dates,
  })
  .map(({ timeZone, weekly, whole, parts, own }) => ({
    ...{ timeZone, weekly },
    holidays: [...whole, ...parts.map((date) => ({ date, hours: ['10:00', '15:00'] as const }))],
    dates: Object.fromEntries(own.map((date) => [date, [['11:00', '12:00'] as const]])),
  }));

const middle = Date.UTC(2026, 0, 1);
const instant = fc.integer({ min: -390 * day, max: 390 * day }).map((ms): Instant => middle + ms);

describe('what is laid out in pages', () => {
  it('answers as if it were laid out as a whole', () => {
    fc.assert(
      fc.property(
        definition,
        fc.array(fc.tuple(instant, instant, fc.integer({ min: 1, max: 60 })), { minLength: 8, maxLength: 8 }),
        (given, questions) => {
          const calendar = compileCalendar(given);
          const whole = layOutHorizon(parseDefinition(given), middle / day - 700, middle / day + 1_100);
          for (const [at, other, n] of questions) {
            const answers = [
              calendar.between(at, other),
              calendar.add(at, n * hour),
              calendar.add(at, -n * hour),
              calendar.nextOpening(at),
              calendar.nextClosing(at),
              calendar.dueAt(at, { amount: n, unit: 'businessDays' }),
              calendar.dueAt(at, { amount: n, unit: 'businessDays', rule: 'endOfDay' }),
              [...calendar.openSpans(at, at + 40 * day)],
            ];
            expect(answers).toEqual([
              whole.openUntil(other) - whole.openUntil(at),
              whole.add(at, n * hour),
              whole.add(at, -n * hour),
              whole.nextOpening(at),
              whole.nextClosing(at),
              whole.dayAfter(at, n, 'sameTime'),
              whole.dayAfter(at, n, 'endOfDay'),
              [...whole.openSpans(at, at + 40 * day)],
            ]);
          }
        },
      ),
      runs,
    );
  });
});

const windows = Array.from({ length: 48 }, (_, i): Window => [text(i * 30), text(i * 30 + 1)]);
const weekly = { mon: windows, tue: windows, wed: windows, thu: windows, fri: windows, sat: windows, sun: windows };
/** As large as a calendar may be. */
const largest: CalendarDefinition = {
  timeZone: 'Africa/Casablanca',
  weekly,
  holidays: Array.from({ length: 5_000 }, (_, n) => ({ date: dateAbout(n * 7), hours: ['00:10', '00:20'] as const })),
  dates: Object.fromEntries(Array.from({ length: 90 }, (_, n) => [dateAbout(n * 7 + 2), windows])),
};

describe('the largest calendar that is taken', () => {
  it.each([
    ['3,000 business days', { amount: 3_000, unit: 'businessDays' }, 60_000],
    ['10,000 business days', { amount: 10_000, unit: 'businessDays', rule: 'endOfDay' }, 150_000],
    ['3,000 working days', { amount: 3_000, unit: 'businessDays', rule: 'workingHours' }, 400_000],
    ['thousands of hours', { amount: 100_000, unit: 'hours' }, 400_000],
  ] as const)('is asked for %s in a bounded number of steps', (_, target, most) => {
    const calendar = compileCalendar(largest);
    const from = Date.UTC(2026, 2, 2, 9);
    expect(calendar.dueAt(from, target)).toBeGreaterThan(from);
    expect(calendar.steps).toBeLessThan(most);
    const { steps } = calendar;
    calendar.dueAt(from, target);
    expect(calendar.steps - steps).toBeLessThan(10_000);
  });

  it('is asked about any century in as many', () => {
    const calendar = compileCalendar(largest);
    for (const year of [1601, 2599, 1850, 2300]) calendar.dueAt(Date.UTC(year, 2, 2), { amount: 4, unit: 'hours' });
    expect(calendar.steps).toBeLessThan(40_000);
    expect(() => calendar.dueAt(0, { amount: 240_000, unit: 'hours' })).toThrow(InvalidCalendar);
    expect(calendar.steps).toBeLessThan(400_000);
  });

  it('shows the first thousand spans of a deadline, and how much they all are', () => {
    const calendar = compileCalendar({ timeZone: 'UTC', weekly });
    const from = Date.UTC(2026, 2, 2);
    const pauses = [{ from: from + day, to: from + 2 * day }];
    const { openSpans, hasMoreOpenSpans, openMs } = layOutTarget(
      calendar,
      from,
      { amount: 100, unit: 'hours' },
      pauses,
    );
    expect([openSpans.length, hasMoreOpenSpans, openMs]).toEqual([1_000, true, 100 * hour]);
    const few = layOutTarget(calendar, from, { amount: 2, unit: 'minutes' }, []);
    expect([few.openSpans.length, few.hasMoreOpenSpans, few.openMs]).toEqual([2, false, 120_000]);
  });
});
