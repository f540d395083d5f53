import { describe, expect, it } from '@jest/globals';
import rrule from 'rrule';
import { dateOf, resolveHolidays } from '../../src/business-time/holiday-sources.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';
import fc from '../support/fc.js';

const [firstYear, lastYear] = [2026, 2029];
const day = (date: Date) => date.toISOString().slice(0, 10);
const written = (date: string) => date.replaceAll('-', '');

const date = fc
  .integer({ min: Date.UTC(2024, 0, 1) / 86_400_000, max: Date.UTC(2028, 11, 31) / 86_400_000 })
  .map((days) => day(new Date(days * 86_400_000)));
const weekday = fc.constantFrom('MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU');
const nth = fc.constantFrom('1', '2', '3', '-1', '-2');
const by = {
  YEARLY: fc.oneof(
    fc.constant(''),
    fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }))
      .map(([m, d]) => `;BYMONTH=${m};BYMONTHDAY=${d}`),
    fc.tuple(fc.integer({ min: 1, max: 12 }), nth, weekday).map(([m, n, w]) => `;BYMONTH=${m};BYDAY=${n}${w}`),
    fc.integer({ min: 1, max: 366 }).map((n) => `;BYYEARDAY=${n}`),
    fc.tuple(fc.integer({ min: 1, max: 52 }), weekday).map(([n, w]) => `;BYWEEKNO=${n};BYDAY=${w}`),
  ),
  MONTHLY: fc.oneof(
    fc.constant(''),
    fc.integer({ min: 1, max: 31 }).map((d) => `;BYMONTHDAY=${d}`),
    fc.integer({ min: 1, max: 28 }).map((d) => `;BYMONTHDAY=-${d}`),
    fc.tuple(nth, weekday).map(([n, w]) => `;BYDAY=${n}${w}`),
    fc.tuple(fc.constantFrom(1, 2, -1), weekday, weekday).map(([n, a, b]) => `;BYDAY=${a},${b};BYSETPOS=${n}`),
  ),
  WEEKLY: fc.oneof(
    fc.constant(''),
    fc.tuple(weekday, weekday, weekday).map(([a, b, start]) => `;BYDAY=${a},${b};WKST=${start}`),
  ),
  DAILY: fc.constant(''),
};
const frequency = fc.constantFrom('YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY');
const end = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 1, max: 12 }).map((count) => `;COUNT=${count}`),
  date.map((until) => `;UNTIL=${written(until)}`),
);
const rule = frequency.chain((freq) =>
  fc
    .tuple(by[freq], fc.integer({ min: freq === 'DAILY' ? 20 : 1, max: freq === 'DAILY' ? 90 : 4 }), end)
    .map(([parts, interval, ends]) => {
      return `FREQ=${freq};INTERVAL=${interval}${parts}${ends}`;
    }),
);
const event = fc.record({
  start: date,
  rule: fc.option(rule),
  more: fc.array(date, { maxLength: 2 }),
  off: fc.array(date, { maxLength: 3 }),
});
type Event = typeof event extends fc.Arbitrary<infer One> ? One : never;

/** The days that another library finds. */
function peers({ start, rule, more, off }: Event): readonly string[] {
  const set = new rrule.RRuleSet();
  const at = (text: string) => new Date(`${text}T00:00:00Z`);
  if (rule === null) set.rdate(at(start));
  else
    set.rrule(
      new rrule.RRule({
        ...rrule.RRule.parseString(rule.replace(/UNTIL=(\d{8})/, 'UNTIL=$1T000000Z')),
        dtstart: at(start),
      }),
    );
  for (const one of more) set.rdate(at(one));
  for (const one of off) set.exdate(at(one));
  return set.between(new Date(Date.UTC(firstYear, 0, 1)), new Date(Date.UTC(lastYear + 1, 0, 1) - 1), true).map(day);
}

const lines = ({ start, rule, more, off }: Event, i: number) => [
  ...['BEGIN:VEVENT', `UID:${i}`, `DTSTART;VALUE=DATE:${written(start)}`],
  ...(rule === null ? [] : [`RRULE:${rule}`]),
  ...more.map((one) => `RDATE;VALUE=DATE:${written(one)}`),
  ...off.map((one) => `EXDATE;VALUE=DATE:${written(one)}`),
  'END:VEVENT',
];

describe('the holidays of any file', () => {
  it('are those that another library finds in it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 4 }), async (events) => {
        const always = ['BEGIN:VEVENT', 'UID:always', 'DTSTART;VALUE=DATE:20260101', 'END:VEVENT']; // never none
        const icalendar = ['BEGIN:VCALENDAR', ...always, ...events.flatMap(lines), 'END:VCALENDAR'].join('\r\n');
        const source = { icalendar, firstYear, lastYear, skipMalformed: true };
        const { holidays = [] } = await resolveHolidays(
          { ...officeHours('Europe/Berlin'), holidaysFrom: [source] },
          2026,
        );
        const expected = new Set(['2026-01-01', ...events.flatMap(peers)]);
        expect(holidays.map(dateOf)).toEqual([...expected].sort());
      }),
    );
  });
});
