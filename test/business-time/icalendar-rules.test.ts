import { describe, expect, it } from '@jest/globals';
import { dateOf, type HolidaySource, resolveHolidays } from '../../src/business-time/holiday-sources.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';

const event = (...lines: readonly string[]) => [
  'BEGIN:VEVENT',
  'UID:1@example.com',
  'SUMMARY:Off',
  ...lines,
  'END:VEVENT',
];
const file = (...events: readonly (readonly string[])[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', ...events.flat(), 'END:VCALENDAR'].join('\r\n');

const holidaysOf = async (icalendar: string, years: Partial<HolidaySource> = { firstYear: 2026, lastYear: 2028 }) =>
  resolveHolidays({ ...officeHours('Europe/Berlin'), holidaysFrom: [{ icalendar, ...years }] }, 2026);
/** The dates of a rule. A file without any would be refused: beside them it has a day of its own, which is not told. */
const datesBy = async (start: string, rule: string, years?: Partial<HolidaySource>) => {
  const there = file(['BEGIN:VEVENT', 'UID:2', 'DTSTART;VALUE=DATE:20260817', 'END:VEVENT']);
  const own = file(event(`DTSTART;VALUE=DATE:${start}`, `RRULE:${rule}`));
  const { holidays = [] } = await holidaysOf(`${own}\r\n${there}`, years);
  return holidays.map(dateOf).filter((date) => date !== '2026-08-17');
};

const refused = { code: 'MALFORMED_ICALENDAR', field: 'holidaysFrom[0].icalendar' };

describe('a date that does not exist', () => {
  it.each([
    ['30 February', '20260101', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', []],
    ['31 April', '20260101', 'FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=31', []],
    [
      'the 31st of most months',
      '20260131',
      'FREQ=MONTHLY;UNTIL=20261231',
      ['01', '03', '05', '07', '08', '10', '12'].map((month) => `2026-${month}-31`),
    ],
    [
      'the 31st day from the end of short months',
      '20260101',
      'FREQ=MONTHLY;BYMONTHDAY=-31;UNTIL=20261231',
      ['01', '03', '05', '07', '08', '10', '12'].map((month) => `2026-${month}-01`),
    ],
    [
      'the 30th of February alone',
      '20260130',
      'FREQ=YEARLY;BYMONTHDAY=30;BYMONTH=2,3;COUNT=2',
      ['2026-03-30', '2027-03-30'],
    ],
    ['29 February out of leap years', '20240229', 'FREQ=YEARLY', ['2028-02-29']],
    ['29 February by its month and day', '20240229', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', ['2028-02-29']],
    ['the 366th day out of leap years', '20241231', 'FREQ=YEARLY;BYYEARDAY=366', ['2028-12-31']],
    ['the 366th day from the end', '20240101', 'FREQ=YEARLY;BYYEARDAY=-366', ['2028-01-01']],
    ['a leap day of every other year', '20240229', 'FREQ=YEARLY;INTERVAL=2', ['2028-02-29']],
    [
      'the fifth Monday of most months',
      '20260330',
      'FREQ=MONTHLY;BYDAY=5MO;COUNT=3',
      ['2026-03-30', '2026-06-29', '2026-08-31'],
    ],
  ])('is left out (RFC 5545, 3.3.10): %s', async (_, start, rule, dates) => {
    expect(await datesBy(start, rule)).toEqual(dates);
  });
});

describe('a rule that never comes round', () => {
  it.each([
    ['a Tuesday plus weeks is no Monday', '20250204', 'FREQ=DAILY;INTERVAL=7;BYDAY=MO'],
    ['the same, with an end', '20250204', 'FREQ=DAILY;INTERVAL=7;BYDAY=MO;UNTIL=20300101'],
    ['the same, counted', '20250204', 'FREQ=DAILY;INTERVAL=7;BYDAY=MO;COUNT=5'],
    ['a fifth Monday of a day', '20250204', 'FREQ=DAILY;BYDAY=5MO'],
    ['a fifth Monday of a week', '20250204', 'FREQ=WEEKLY;BYDAY=5MO'],
    ['once in twenty million years', '20250204', 'FREQ=WEEKLY;INTERVAL=999999999'],
    ['a tenth Monday of a January', '20250204', 'FREQ=YEARLY;BYMONTH=1;BYDAY=MO;BYSETPOS=10'],
    ['a second of one', '20250204', 'FREQ=DAILY;BYMONTH=2;BYSETPOS=2'],
    ['a week of no month', '20250204', 'FREQ=YEARLY;BYMONTH=7;BYWEEKNO=1;BYDAY=MO'],
    ['a day that no month has', '20250204', 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31'],
    ['a 54th Monday', '20250204', 'FREQ=YEARLY;BYDAY=53MO;BYMONTH=3'],
    ['counted to nothing', '20250204', 'FREQ=YEARLY;COUNT=0'],
    ['months of another calendar', '20250204', 'RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=1'],
  ])('is refused: %s', async (_, start, rule) => {
    await expect(datesBy(start, rule)).rejects.toMatchObject(refused);
  });

  it('is refused two hundred times over as well', async () => {
    const never = event('DTSTART;VALUE=DATE:20250204', 'RRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=MO;BYSETPOS=10');
    await expect(holidaysOf(file(...Array.from({ length: 200 }, () => never)))).rejects.toMatchObject(refused);
  });
});

describe('rules of RFC 5545', () => {
  const in1997 = { firstYear: 1997, lastYear: 1999 };
  it.each([
    [
      'the Friday the 13th',
      '19970902',
      'FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13',
      ['1998-02-13', '1998-03-13', '1998-11-13', '1999-08-13'],
    ],
    ['Monday of week 20', '19970512', 'FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO', ['1997-05-12', '1998-05-11', '1999-05-17']],
    ['the 20th Monday of the year', '19970519', 'FREQ=YEARLY;BYDAY=20MO', ['1997-05-19', '1998-05-18', '1999-05-17']],
    [
      'the last Friday of May and June',
      '19970530',
      'FREQ=YEARLY;BYMONTH=5,6;BYDAY=-1FR;COUNT=3',
      ['1997-05-30', '1997-06-27', '1998-05-29'],
    ],
    [
      'every third year on three days',
      '19970101',
      'FREQ=YEARLY;INTERVAL=3;COUNT=4;BYYEARDAY=1,100,200',
      ['1997-01-01', '1997-04-10', '1997-07-19'],
    ],
    [
      'the third of Tuesdays to Thursdays',
      '19970904',
      'FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3',
      ['1997-09-04', '1997-10-07', '1997-11-06'],
    ],
    [
      'the last workday of a month',
      '19970930',
      'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2',
      ['1997-09-30', '1997-10-31'],
    ],
    [
      'weeks that start on Monday',
      '19970805',
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO',
      ['1997-08-05', '1997-08-10', '1997-08-19', '1997-08-24'],
    ],
    [
      'weeks that start on Sunday',
      '19970805',
      'FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU',
      ['1997-08-05', '1997-08-17', '1997-08-19', '1997-08-31'],
    ],
    [
      '25 December, said by days',
      '19970101',
      'FREQ=DAILY;BYMONTH=12;BYMONTHDAY=25',
      ['1997-12-25', '1998-12-25', '1999-12-25'],
    ],
    ['up to a day, and that too', '19970902', 'FREQ=DAILY;UNTIL=19970904', ['1997-09-02', '1997-09-03', '1997-09-04']],
    [
      'the second last day of February',
      '19970227',
      'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-2',
      ['1997-02-27', '1998-02-27', '1999-02-27'],
    ],
  ])('are followed: %s', async (_, start, rule, dates) => {
    expect(await datesBy(start, rule, in1997)).toEqual(dates);
  });
});

describe('an iCalendar file of any size', () => {
  const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10).replaceAll('-', '');

  it('is refused where an event lasts longer than any holiday', async () => {
    const ages = event('DTSTART;VALUE=DATE:19000101', 'DTEND;VALUE=DATE:22001231');
    await expect(holidaysOf(file(ages))).rejects.toMatchObject(refused);
    await expect(holidaysOf(file(event('DTSTART;VALUE=DATE:20260101', 'DURATION:P999999999D')))).rejects.toMatchObject(
      refused,
    );
  });

  it('is refused for years upon years', async () => {
    const one = file(event('DTSTART;VALUE=DATE:20260101'));
    await expect(holidaysOf(one, { firstYear: 1900, lastYear: 2200 })).rejects.toMatchObject({
      code: 'INVALID_YEARS',
      field: 'holidaysFrom[0]',
    });
  });

  it('is refused for more holidays than a calendar may have', async () => {
    const year = event('DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:20261231');
    await expect(holidaysOf(file(...Array.from({ length: 20 }, () => year)))).rejects.toMatchObject({
      code: 'CALENDAR_TOO_LARGE',
      field: 'holidaysFrom[0].icalendar',
    });
  });

  it('has its dates added and taken out, however many', async () => {
    const days = Array.from({ length: 9_000 }, (_, n) => day(n));
    const many = event(
      'DTSTART;VALUE=DATE:20260101',
      `RDATE;VALUE=DATE:${days.join(',')}`,
      `EXDATE;VALUE=DATE:${days.slice(2).join(',')}`,
    );
    expect((await holidaysOf(file(many))).holidays).toEqual([
      { date: '2026-01-01', name: 'Off' },
      { date: '2026-01-02', name: 'Off' },
    ]);
    const more = event(
      'DTSTART;VALUE=DATE:20260101',
      `RDATE;VALUE=DATE:${Array.from({ length: 11_000 }, (_, n) => day(n)).join(',')}`,
    );
    await expect(holidaysOf(file(more))).rejects.toMatchObject(refused);
  });

  it('has thousands of events of one day, and of exceptions that stand in for one', async () => {
    const single = Array.from({ length: 4_000 }, (_, n) => event(`DTSTART;VALUE=DATE:${day(n % 1_000)}`));
    const instead = Array.from({ length: 4_000 }, (_, n) =>
      event(`RECURRENCE-ID;VALUE=DATE:${day(n + 2_000)}`, `DTSTART;VALUE=DATE:${day(n)}`),
    );
    expect((await holidaysOf(file(...single, ...instead))).holidays).toHaveLength(1_000);
  });
});

describe('an occurrence', () => {
  const yearly = event('DTSTART;VALUE=DATE:20260601', 'RRULE:FREQ=YEARLY');
  it('is moved by the event that stands in for it, or with all later ones', async () => {
    const moved = event('RECURRENCE-ID;VALUE=DATE:20270601', 'DTSTART;VALUE=DATE:20270604', 'SUMMARY:Late');
    expect((await holidaysOf(file(yearly, moved))).holidays?.map(dateOf)).toEqual([
      '2026-06-01',
      '2027-06-04',
      '2028-06-01',
    ]);
    const shifted = event('RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20270601', 'DTSTART;VALUE=DATE:20270604');
    expect((await holidaysOf(file(yearly, shifted))).holidays?.map(dateOf)).toEqual([
      '2026-06-01',
      '2027-06-04',
      '2028-06-04',
    ]);
  });

  it('is taken out by its time in another zone, and the last is that of an end in UTC', async () => {
    const times = ['DTSTART;TZID=Europe/Berlin:20270104T120000', 'DTEND;TZID=Europe/Berlin:20270104T170000'];
    const weekly = event(...times, 'RRULE:FREQ=WEEKLY;UNTIL=20270125T110000Z', 'EXDATE:20270111T110000Z');
    expect((await holidaysOf(file(weekly))).holidays?.map(dateOf)).toEqual(['2027-01-04', '2027-01-18', '2027-01-25']);
  });
});

describe('holidays of a file', () => {
  it('are known until the last year of its single events', async () => {
    const yearly = event('DTSTART;VALUE=DATE:20200101', 'RRULE:FREQ=YEARLY');
    const easter = event('DTSTART;VALUE=DATE:20270329');
    expect((await holidaysOf(file(yearly, easter))).holidaysKnownUntil).toBe('2027-12-31');
    expect((await holidaysOf(file(yearly))).holidaysKnownUntil).toBe('2028-12-31');
    const both = file(event('DTSTART;VALUE=DATE:20270326', 'RDATE;VALUE=DATE:20280414'), yearly);
    expect((await holidaysOf(both, { firstYear: 2026, lastYear: 2031 })).holidaysKnownUntil).toBe('2028-12-31');
  });

  it('are none on a date with hours of its own, unless they are listed by hand', async () => {
    const dates = { '2026-06-01': [['10:00', '14:00']], '2026-06-02': [['10:00', '14:00']], '2026-06-03': [] } as const;
    const days = file(event('DTSTART;VALUE=DATE:20260601', 'DTEND;VALUE=DATE:20260604'));
    const source = {
      ...officeHours('Europe/Berlin'),
      holidays: ['2026-06-02'],
      dates,
      holidaysFrom: [{ icalendar: days }],
    };
    expect((await resolveHolidays(source, 2026)).holidays?.map(dateOf)).toEqual(['2026-06-02', '2026-06-03']);
  });
});
