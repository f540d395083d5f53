import { describe, expect, it, jest } from '@jest/globals';
import fc from '../support/fc.js';
import {
  type CalendarDefinition,
  type DayRule,
  type Instant,
  type Target,
  weekdays,
} from '../../src/business-time/calendar.js';
import { compileCalendar } from '../../src/business-time/compile-calendar.js';
import { addSkipping, moveByPauses } from '../../src/business-time/pauses.js';
import { times } from '../support/lengths.js';
import { MinuteWalk, Weeks } from './reference.js';

// Thousands of cases may take longer on a busy machine.
jest.setTimeout(300_000);

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const runs = (long: number) => ({ numRuns: times({ short: long / 10, long }, 'FC_RUNS') });

/** Zones with odd rules, and dates about which their clocks change. */
const changes: readonly (readonly [zone: string, ...dates: string[]])[] = [
  ['UTC', '2028-02-29', '2027-01-01'],
  ['Europe/Paris', '2026-03-29', '2026-10-25', '2028-02-29'],
  ['Australia/Lord_Howe', '2026-04-05', '2026-10-04'], // by half an hour
  ['America/Sao_Paulo', '2018-02-18', '2018-11-04'], // at midnight
  ['Asia/Beirut', '2026-03-29', '2026-10-25'], // at midnight
  ['America/Havana', '2026-03-08', '2026-11-01'], // from one to midnight: both are of the same date
  ['America/St_Johns', '2010-03-14', '2010-11-07'], // at one minute past midnight, back into the day before
  ['Antarctica/Troll', '2026-03-29', '2026-10-25'], // by two hours
  ['Africa/Casablanca', '2026-02-15', '2026-03-22'], // twice within five weeks
  ['Asia/Kathmandu', '1986-01-01'], // by a quarter
  ['Pacific/Apia', '2011-12-30'], // skipped a day
  ['Pacific/Kwajalein', '1993-08-21'], // skipped a day, the other way round the world
  ['America/Santiago', '2026-04-05', '2026-09-06'], // the southern hemisphere, at midnight
];

const before = 6;
const places = changes.flatMap(([zone, ...dates]) =>
  dates.map((date) => ({ zone, at: Date.parse(`${date}T00:00Z`), date })),
);
const walked = new Map<string, Weeks>();

/** Some weeks about a change of clocks; asking Luxon for every minute takes a while, so each is asked once. */
function weeksAt({ zone, at, date }: (typeof places)[number]): Weeks {
  const key = `${zone} ${date}`;
  let weeks = walked.get(key);
  if (weeks === undefined) walked.set(key, (weeks = new Weeks(zone, at - before * day, 20)));
  return weeks;
}

const time = fc
  .oneof(
    fc.integer({ min: 0, max: 95 }).map((quarter) => quarter * 15),
    fc.integer({ min: 0, max: 1439 }),
  )
  .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`);
const window = fc
  .tuple(time, fc.oneof({ weight: 9, arbitrary: time }, { weight: 1, arbitrary: fc.constant('24:00') }))
  .filter(([opens, closes]) => opens !== closes);
const windows = fc.array(window, { maxLength: 2 });
const office = fc.constant([['09:00', '17:00']] as const);
const weekly = fc
  .record(Object.fromEntries(weekdays.map((name) => [name, fc.oneof(windows, office)])))
  .filter((hours) => Object.values(hours).some((list) => list.length > 0));

/** A calendar with holidays and hours of single dates about a change of clocks, and instants there. */
const situation = fc.constantFrom(...places).chain((place) => {
  const date = fc
    .integer({ min: -3, max: 8 })
    .map((days) => new Date(place.at + days * day).toISOString().slice(0, 10));
  const near = fc
    .tuple(
      fc.oneof(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -3 * 1440, max: 4 * 1440 })),
      fc.oneof(fc.constant(0), fc.integer({ min: -1, max: 1 }), fc.integer({ min: 0, max: minute - 1 })),
    )
    .map(([minutes, ms]) => place.at + minutes * minute + ms);
  return fc.record({
    place: fc.constant(place),
    definition: fc.record({
      timeZone: fc.constant(place.zone),
      weekly,
      holidays: fc.array(fc.oneof(date, fc.record({ date, hours: window })), { maxLength: 2 }),
      dates: fc.dictionary(date, windows, { maxKeys: 2 }),
      nominalDayMinutes: fc.integer({ min: 1, max: 1440 }),
    }),
    instants: fc.array(near, { minLength: 4, maxLength: 4 }),
  });
});

const amountMs = fc.oneof(
  fc.integer({ min: 1, max: 1200 }).map((m) => m * minute),
  fc.integer({ min: 1, max: 2 * day }),
);
const dayTarget = fc.record({
  amount: fc.integer({ min: 1, max: 5 }),
  unit: fc.constant('businessDays' as const),
  rule: fc.constantFrom<DayRule>('sameTime', 'endOfDay', 'workingHours'),
});
const target: fc.Arbitrary<Target> = fc.oneof(
  fc.record({ amount: fc.integer({ min: 1, max: 60 }), unit: fc.constant('hours' as const) }),
  fc.record({
    amount: fc.integer({ min: 1, max: 6000 }),
    unit: fc.constantFrom('minutes' as const, 'seconds' as const),
  }),
  dayTarget,
);

/** Undefined where the weeks walked through end before the answer. */
const within = (weeks: Weeks, at: Instant) =>
  at < weeks.until - 4 * day && at > weeks.from + 4 * day ? at : undefined;

const crossesMidnight = ({ weekly, dates = {} }: CalendarDefinition) =>
  [...Object.values(weekly), ...Object.values(dates)].flat().some(([opens, closes]) => opens >= closes);

describe('any calendar', () => {
  it('answers as a walk through its minutes does', () => {
    fc.assert(
      fc.property(
        situation,
        amountMs,
        fc.array(dayTarget, { minLength: 3, maxLength: 3 }),
        (given, amount, targets) => {
          const { place, instants } = given;
          const definition = given.definition as CalendarDefinition;
          const weeks = weeksAt(place);
          const calendar = compileCalendar(definition);
          const walk = new MinuteWalk(definition, weeks);
          const agree = (what: string, ours: Instant, theirs: Instant | undefined) => {
            const wanted = theirs === undefined ? undefined : within(weeks, theirs);
            if (wanted !== undefined) expect([what, ours]).toEqual([what, wanted]);
          };
          for (const at of instants) {
            expect(['isOpen', at, calendar.isOpen(at)]).toEqual(['isOpen', at, walk.isOpen(at)]);
            agree('nextOpening', calendar.nextOpening(at), walk.nextOpening(at));
            const closing = walk.nextClosing(at);
            if (closing !== undefined) agree('nextClosing', calendar.nextClosing(at), closing);
            agree('add', calendar.add(at, amount), walk.add(at, amount));
            agree('subtract', calendar.add(at, -amount), walk.subtract(at, amount));
            for (const { amount: n, rule, unit } of targets)
              agree(`${n} ${rule}`, calendar.dueAt(at, { amount: n, unit, rule }), walk.businessDays(at, n, rule));
          }
          const [a = 0, b = 0, c = 0] = instants.toSorted((x, y) => x - y);
          expect(calendar.between(a, b)).toBe(walk.between(a, b));
          expect(calendar.between(c, a)).toBe(0 - walk.between(a, c));
        },
      ),
      runs(1000),
    );
  });

  it('adds and subtracts what lies between', () => {
    fc.assert(
      fc.property(situation, amountMs, ({ definition, instants: [from = 0] }, amount) => {
        const calendar = compileCalendar(definition);
        const to = calendar.add(from, amount);
        expect(calendar.between(from, to)).toBe(amount);
        expect(calendar.between(to, from)).toBe(-amount);
        const back = calendar.add(to, -amount);
        expect(back).toBeGreaterThanOrEqual(from);
        expect(calendar.between(back, to)).toBe(amount);
        expect(calendar.add(from, amount + 1)).toBeGreaterThan(to);
        const spans = [...calendar.openSpans(from, to)];
        expect(spans.reduce((sum, span) => sum + span.to - span.from, 0)).toBe(amount);
        expect(spans.every((span, i) => span.from > (spans[i - 1]?.to ?? -Infinity))).toBe(true);
      }),
      runs(500),
    );
  });

  it('is open from an opening, and closed from a closing', () => {
    fc.assert(
      fc.property(situation, ({ definition, instants: [from = 0] }) => {
        const calendar = compileCalendar(definition);
        const opening = calendar.nextOpening(from);
        expect([calendar.isOpen(opening), calendar.between(from, opening)]).toEqual([true, 0]);
        const week = calendar.between(opening, opening + 7 * day);
        if (week === 7 * day) return; // round the clock, as far as we see
        const closing = calendar.nextClosing(opening);
        expect([calendar.isOpen(closing - 1), calendar.isOpen(closing)]).toEqual([true, false]);
        expect(calendar.between(opening, closing)).toBe(closing - opening);
      }),
      runs(500),
    );
  });

  it('answers the same, whatever it was asked before', () => {
    fc.assert(
      fc.property(situation, target, fc.integer({ min: 1970, max: 2100 }), (given, wanted, year) => {
        const { definition, instants } = given;
        const [from = 0] = instants;
        const [fresh, asked] = [1, 2].map(() => compileCalendar(definition as CalendarDefinition));
        asked?.between(Date.UTC(year, 5, 1), from);
        expect(asked?.dueAt(from, wanted)).toBe(fresh?.dueAt(from, wanted));
        expect(asked?.add(from, -hour)).toBe(fresh?.add(from, -hour));
      }),
      runs(200),
    );
  });

  it('is due later for a later start', () => {
    fc.assert(
      fc.property(situation, target, ({ place, definition, instants }, wanted) => {
        const calendar = compileCalendar(definition);
        const [early = 0, late = 0] = instants.toSorted((a, b) => a - b);
        expect(calendar.dueAt(early, wanted)).toBeGreaterThan(early);
        if (wanted.unit === 'businessDays' && wanted.rule !== 'workingHours') {
          // Days are counted from the date that owns a window, so only outside night shifts are they in order; and the
          // same local time is in the order of wall clocks.
          if (crossesMidnight(definition)) return;
          const weeks = weeksAt(place);
          const [a, b] = [early, late].map((at) => weeks.localAt(calendar.nextOpening(at)));
          if (!((a ?? NaN) <= (b ?? NaN))) return;
        }
        expect(calendar.dueAt(late, wanted)).toBeGreaterThanOrEqual(calendar.dueAt(early, wanted));
      }),
      runs(500),
    );
  });

  it('never has a pause bring a deadline nearer, nor one in closed hours move it', () => {
    fc.assert(
      fc.property(situation, target, ({ definition, instants }, wanted) => {
        const calendar = compileCalendar(definition);
        const [a = 0, b = 0, c = 0, d = 0] = instants;
        const deadline = calendar.dueAt(Math.min(...instants), wanted);
        const pauses = [
          { from: Math.min(a, b), to: Math.max(a, b) },
          { from: Math.min(c, d), to: Math.max(c, d) },
        ];
        const moved = moveByPauses(deadline, pauses, calendar);
        expect(moved).toBeGreaterThanOrEqual(deadline);
        const isOpenPause = (pause: { from: Instant; to: Instant }) => calendar.between(pause.from, pause.to) > 0;
        const closed = pauses.filter((pause) => !isOpenPause(pause));
        expect(moveByPauses(deadline, closed, calendar)).toBe(deadline);
        expect(addSkipping(a, hour, closed, calendar)).toBe(calendar.add(a, hour));
        for (const pause of pauses.filter(isOpenPause)) {
          const alone = moveByPauses(deadline, [pause], calendar);
          if (pause.from > deadline) expect(alone).toBe(deadline);
          else expect(alone).toBeGreaterThanOrEqual(pause.to);
          // Pauses that meet are one.
          const middle = Math.floor((pause.from + pause.to) / 2);
          const halves = [
            { from: middle, to: pause.to },
            { from: pause.from, to: middle },
          ];
          expect(moveByPauses(deadline, halves, calendar)).toBe(alone);
        }
      }),
      runs(500),
    );
  });
});
