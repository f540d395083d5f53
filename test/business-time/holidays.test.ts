import { describe, expect, it } from '@jest/globals';
import { compileCalendar } from '../../src/business-time/compile-calendar.js';
import {
  type CalendarSource,
  dateOf,
  type HolidaySource,
  resolveHolidays,
} from '../../src/business-time/holiday-sources.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';

const berlin = officeHours('Europe/Berlin');
const resolve = (...holidaysFrom: readonly HolidaySource[]) => resolveHolidays({ ...berlin, holidaysFrom }, 2026);
const datesOf = async (...sources: readonly HolidaySource[]) =>
  ((await resolve(...sources)).holidays ?? []).map(dateOf);

const file = (...events: readonly (readonly string[])[]) =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Example//Test//EN',
    ...events.flatMap((lines, i) => [
      'BEGIN:VEVENT',
      `UID:${i}@example.com`,
      'DTSTAMP:20260101T000000Z',
      ...lines,
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ].join('\r\n');

const events = async (...given: readonly (readonly string[])[]) =>
  (await resolve({ icalendar: file(...given), firstYear: 2026, lastYear: 2028 })).holidays;

describe('holidays of a country', () => {
  it('are dates of the years asked for, with their names', async () => {
    const { holidays, holidaysKnownUntil } = await resolve({ country: 'DE', firstYear: 2026, lastYear: 2027 });
    expect(holidays).toContainEqual({ date: '2026-04-06', name: 'Ostermontag' });
    expect(holidays).toContainEqual({ date: '2027-03-29', name: 'Ostermontag' });
    expect(holidays).toHaveLength(18);
    expect(holidaysKnownUntil).toBe('2027-12-31');
  });

  it('may be those of a region', async () => {
    const years = { firstYear: 2026, lastYear: 2026 };
    expect(await datesOf({ country: 'DE', region: 'BY', ...years })).toContain('2026-01-06');
    expect(await datesOf({ country: 'DE', region: 'BE', ...years })).not.toContain('2026-01-06');
    expect(await datesOf({ country: 'DE', region: 'BY-A', ...years })).toContain('2026-08-08');
    for (const own of ['BY', 'BY-KATH'])
      expect(await datesOf({ country: 'DE', region: `DE-${own}`, ...years })).toEqual(
        await datesOf({ country: 'DE', region: own, ...years }),
      );
    expect(await datesOf({ country: 'DE', region: 'DE-BY-KATH', ...years })).toContain('2026-08-15');
  });

  it('have their substitute days', async () => {
    expect(await datesOf({ country: 'US', firstYear: 2027, lastYear: 2027 })).toContain('2027-07-05');
  });

  it.each<[string, Omit<HolidaySource, 'country'>, string, string]>([
    ['from ten years back to five years on', {}, '2016-01-01', '2031-12-25'],
    ['to five years on', { firstYear: 2024 }, '2024-01-01', '2031-12-25'],
    ['from ten years back', { lastYear: 2027 }, '2016-01-01', '2027-12-25'],
    ['from ten years before the last year', { lastYear: 2020 }, '2010-01-01', '2020-12-25'],
  ])('are by default those %s', async (_, years, first, last) => {
    const resolved = await resolve({ country: 'FR', ...years });
    const dates = (resolved.holidays ?? []).map(dateOf);
    expect([dates[0], dates.at(-1)]).toEqual([first, last]);
    const known = [`${first.slice(0, 4)}-01-01`, `${last.slice(0, 4)}-12-31`];
    expect([resolved.holidaysKnownFrom, resolved.holidaysKnownUntil]).toEqual(known);
  });

  it('are known where all sources know them, and what is said by hand', async () => {
    const sources: readonly HolidaySource[] = [
      { country: 'DE', firstYear: 2020, lastYear: 2029 },
      { country: 'FR', firstYear: 2023, lastYear: 2031 },
    ];
    const known = async (more: Partial<CalendarSource> = {}) => {
      const { holidaysKnownFrom, holidaysKnownUntil } = await resolveHolidays(
        { ...berlin, holidays: ['2010-05-01'], holidaysFrom: sources, ...more },
        2026,
      );
      return [holidaysKnownFrom, holidaysKnownUntil];
    };
    expect(await known()).toEqual(['2023-01-01', '2029-12-31']);
    expect(await known({ holidaysKnownFrom: '2024-07-01', holidaysKnownUntil: '2027-06-30' })).toEqual([
      ...['2024-07-01', '2027-06-30'],
    ]);
    expect(await known({ holidaysKnownFrom: '2000-01-01', holidaysKnownUntil: '2050-12-31' })).toEqual([
      ...['2023-01-01', '2029-12-31'],
    ]);
  });

  it('join those given, each date once', async () => {
    const source: CalendarSource = {
      ...{ ...berlin, holidays: ['2026-12-24', '2026-12-25'] },
      holidaysFrom: [
        { country: 'DE', firstYear: 2026, lastYear: 2026 },
        { country: 'DE', firstYear: 2026, lastYear: 2026 },
      ],
    };
    const { holidays = [] } = await resolveHolidays(source, 2026);
    expect(holidays.filter((holiday) => typeof holiday === 'string')).toEqual(['2026-12-24', '2026-12-25']);
    expect(holidays).toHaveLength(10);
  });

  it('leave a definition without sources as it is', async () => {
    expect(await resolveHolidays(berlin, 2026)).toEqual(berlin);
  });

  it('compile, and a deadline knows where they begin and end', async () => {
    const calendar = compileCalendar(await resolve({ country: 'DE', firstYear: 2026, lastYear: 2026 }));
    expect(calendar.isOpen(Date.parse('2026-04-06T10:00:00+02:00'))).toBe(false);
    expect(calendar.holidaysKnownFrom).toBe(Date.parse('2026-01-01T00:00:00+01:00'));
    expect(calendar.holidaysKnownUntil).toBe(Date.parse('2027-01-01T00:00:00+01:00'));
  });
});

describe('holidays of an iCalendar file', () => {
  it('are its events of whole days, however many days they last', async () => {
    expect(
      await events(
        ['SUMMARY:Labour Day', 'DTSTART;VALUE=DATE:20260501', 'DTEND;VALUE=DATE:20260502'],
        ['SUMMARY:Closing', 'DTSTART;VALUE=DATE:20261230', 'DTEND;VALUE=DATE:20270102'],
        ['DTSTART;VALUE=DATE:20260601'],
      ),
    ).toEqual([
      { date: '2026-05-01', name: 'Labour Day' },
      { date: '2026-06-01' },
      { date: '2026-12-30', name: 'Closing' },
      { date: '2026-12-31', name: 'Closing' },
      { date: '2027-01-01', name: 'Closing' },
    ]);
  });

  it('recur, with exceptions, as far as the years go', async () => {
    expect(
      await events(['SUMMARY:Fair', 'DTSTART;VALUE=DATE:20200911', 'RRULE:FREQ=YEARLY', 'EXDATE;VALUE=DATE:20270911']),
    ).toEqual([
      { date: '2026-09-11', name: 'Fair' },
      { date: '2028-09-11', name: 'Fair' },
    ]);
  });

  it('15: on 29 February are in leap years alone', async () => {
    const leapDay = file(['DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY']);
    const { holidays } = await resolve({ icalendar: leapDay, firstYear: 2026, lastYear: 2033 });
    expect(holidays).toEqual([{ date: '2028-02-29' }, { date: '2032-02-29' }]);
  });

  it.each(['FREQ=SECONDLY', 'FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=31', 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31'])(
    'are refused where their rule may have no next one to find: %s',
    async (rule) => {
      const never = file(['SUMMARY:Never', 'DTSTART;VALUE=DATE:20260101', `RRULE:${rule}`]);
      await expect(resolve({ icalendar: never, firstYear: 2026, lastYear: 2028 })).rejects.toMatchObject({
        code: 'MALFORMED_ICALENDAR',
      });
    },
  );

  it('are refused where more than two hundred events recur', async () => {
    const yearly = ['DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=YEARLY'];
    const many = file(...Array.from({ length: 201 }, () => yearly));
    await expect(resolve({ icalendar: many, firstYear: 2026, lastYear: 2028 })).rejects.toMatchObject({
      code: 'MALFORMED_ICALENDAR',
    });
  });

  it("with times close that part of their dates, in the calendar's zone", async () => {
    expect(
      await events(
        ['SUMMARY:Christmas Eve', 'DTSTART:20261224T110000Z', 'DTEND:20261224T230000Z'],
        ['SUMMARY:Meeting', 'DTSTART;TZID=America/New_York:20260302T040000', 'DURATION:PT90M'],
        ['SUMMARY:Move', 'DTSTART:20260305T150000', 'DTEND:20260307T100000'],
      ),
    ).toEqual([
      { date: '2026-03-02', hours: ['10:00:00', '11:30:00'], name: 'Meeting' },
      { date: '2026-03-05', hours: ['15:00:00', '24:00'], name: 'Move' },
      { date: '2026-03-06', name: 'Move' },
      { date: '2026-03-07', hours: ['00:00', '10:00:00'], name: 'Move' },
      { date: '2026-12-24', hours: ['12:00:00', '24:00'], name: 'Christmas Eve' },
    ]);
  });

  it('that are cancelled are none', async () => {
    const cancelled = ['DTSTART;VALUE=DATE:20260501', 'STATUS:cancelled'];
    expect(await events(cancelled, ['DTSTART;VALUE=DATE:20260502'])).toEqual([{ date: '2026-05-02' }]);
  });

  it.each([
    ['no events', []],
    ['cancelled events alone', [['DTSTART;VALUE=DATE:20260501', 'STATUS:CANCELLED']]],
    ['events of other years alone', [['DTSTART;VALUE=DATE:20250501'], ['DTSTART;VALUE=DATE:20290501']]],
  ])('are refused where there are none, and never known: %s', async (_, given) => {
    await expect(events(...given)).rejects.toMatchObject({
      code: 'NO_HOLIDAYS',
      field: 'holidaysFrom[0].icalendar',
      message: expect.stringContaining('has no holidays from 2026 to 2028') as unknown,
    });
  });

  it.each([
    ['one event', [['DTSTART;VALUE=DATE:20260501']], '2026-01-01', '2026-12-31'],
    ['two', [['DTSTART;VALUE=DATE:20280501'], ['DTSTART;VALUE=DATE:20190501']], '2019-01-01', '2028-12-31'],
    [
      'more than is asked for',
      ['20010101', '20260101', '20400101'].map((date) => [`DTSTART;VALUE=DATE:${date}`]),
      '2016-01-01',
      '2031-12-31',
    ],
    ['a rule', [['DTSTART;VALUE=DATE:20200501', 'RRULE:FREQ=YEARLY']], '2020-01-01', '2031-12-31'],
    [
      'a rule and single feasts',
      [
        ['DTSTART;VALUE=DATE:20180501', 'RRULE:FREQ=YEARLY'],
        ['DTSTART;VALUE=DATE:20240401'],
        ['DTSTART;VALUE=DATE:20250421'],
      ],
      '2024-01-01',
      '2025-12-31',
    ],
  ])('are known in the years that the file has them for: %s', async (_, given, first, last) => {
    const { holidaysKnownFrom, holidaysKnownUntil } = await resolve({ icalendar: file(...given) });
    expect([holidaysKnownFrom, holidaysKnownUntil]).toEqual([first, last]);
  });
});

describe('a source of holidays', () => {
  it.each([
    ['an unknown country', { country: 'XX' }, 'UNKNOWN_COUNTRY', 'holidaysFrom[0].country'],
    ['an unknown region', { country: 'DE', region: 'XX' }, 'UNKNOWN_REGION', 'holidaysFrom[0].region'],
    ['an unknown part of a region', { country: 'DE', region: 'BY-X' }, 'UNKNOWN_REGION', 'holidaysFrom[0].region'],
    [
      'years the wrong way round',
      { country: 'DE', firstYear: 2027, lastYear: 2026 },
      'INVALID_YEARS',
      'holidaysFrom[0]',
    ],
    ['a thousand years', { country: 'DE', lastYear: 3026 }, 'INVALID_YEARS', 'holidaysFrom[0]'],
    ['a file that is none', { icalendar: 'hello' }, 'MALFORMED_ICALENDAR', 'holidaysFrom[0].icalendar'],
    [
      'an event without a start',
      { icalendar: file(['SUMMARY:?']) },
      'MALFORMED_ICALENDAR',
      'holidaysFrom[0].icalendar',
    ],
    [
      'a file with an unknown zone',
      { icalendar: file(['DTSTART;TZID=Mars/Base:20260302T040000', 'DURATION:PT1H']) },
      'MALFORMED_ICALENDAR',
      'holidaysFrom[0].icalendar',
    ],
    ['neither', {}, 'MALFORMED', 'holidaysFrom[0]'],
  ])('with %s is refused, with the field at fault', async (_, source, code, field) => {
    await expect(resolve(source as HolidaySource)).rejects.toMatchObject({ code, field });
  });
});
