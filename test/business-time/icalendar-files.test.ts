import { describe, expect, it } from '@jest/globals';
import { type HolidaySource, resolveHolidays } from '../../src/business-time/holiday-sources.js';
import { officeHours } from '../../src/catalogue/domain/built-in-plans.js';

type Lines = readonly string[];

let uids = 0;
const event = (...lines: Lines) => [
  'BEGIN:VEVENT',
  ...(lines.some((line) => line.startsWith('UID')) ? [] : [`UID:e${(uids += 1)}@example.org`]),
  ...lines,
  'END:VEVENT',
];
const calendar = (...parts: readonly Lines[]) => ['BEGIN:VCALENDAR', 'VERSION:2.0', ...parts.flat(), 'END:VCALENDAR'];
const text = (...parts: readonly Lines[]) => `${calendar(...parts).join('\r\n')}\r\n`;

/** The holidays of a file for 2027 and 2028, a line each. */
async function read(icalendar: string, more: Partial<HolidaySource> = {}, timeZone = 'Europe/Berlin') {
  const holidaysFrom = [{ icalendar, firstYear: 2027, lastYear: 2028, ...more }];
  const { holidays = [], ...known } = await resolveHolidays({ ...officeHours(timeZone), holidaysFrom }, 2026);
  const lines = holidays.map((holiday) => {
    if (typeof holiday === 'string') return holiday;
    const { date, hours, name = '' } = holiday;
    return [date, ...(hours === undefined ? [] : [hours.join('-')]), name].join(' ').trim();
  });
  return { lines, known: [known.holidaysKnownFrom, known.holidaysKnownUntil] };
}
const linesOf = async (...given: Parameters<typeof read>) => (await read(...given)).lines;

const newYear = event('DTSTART;VALUE=DATE:20270101', 'SUMMARY:New Year');
const mayDay = event('DTSTART;VALUE=DATE:20270501', 'SUMMARY:May Day');

describe('a file as publishers write it', () => {
  it('may have several calendars', async () => {
    const both = text(newYear) + text(mayDay);
    expect(await linesOf(both)).toEqual(['2027-01-01 New Year', '2027-05-01 May Day']);
  });

  it.each<readonly [name: string, spoil: (file: string) => string]>([
    ['begins with a byte order mark', (file) => `\uFEFF${file}`],
    ['has blanks behind its lines', (file) => file.replaceAll('\r\n', '  \t\r\n')],
    ['has blank lines', (file) => file.replaceAll('\r\n', '\r\n\r\n')],
    ['has the lines of another system', (file) => file.replaceAll('\r\n', '\n')],
    ['has the lines of an old one', (file) => file.replaceAll('\r\n', '\r')],
    [
      'writes its words small',
      (file) => file.replace(/BEGIN:VEVENT|END:VEVENT|DTSTART|SUMMARY/g, (w) => w.toLowerCase()),
    ],
    ['folds its lines', (file) => file.replace('New Year', 'New\r\n  Year')],
    ['says of no date that it is one', (file) => file.replaceAll(';VALUE=DATE', '')],
  ])('is read where it %s', async (_, spoil) => {
    expect(await linesOf(spoil(text(newYear, mayDay)))).toEqual(['2027-01-01 New Year', '2027-05-01 May Day']);
  });

  it('may say the words of the standard in any case', async () => {
    const rule = event('DTSTART;VALUE=DATE:20270104', 'RRULE:freq=Weekly;count=3;byday=mo', 'SUMMARY:Quiet');
    const off = event('DTSTART;VALUE=DATE:20270501', 'STATUS:Cancelled');
    expect(await linesOf(text(rule, off))).toEqual(['2027-01-04 Quiet', '2027-01-11 Quiet', '2027-01-18 Quiet']);
  });

  it.each([
    ['text that is none', 'hello', 'it is no iCalendar file'],
    ['nothing', '', 'it is no iCalendar file'],
    [
      'an event outside of a calendar',
      event('DTSTART:20270101').join('\n'),
      'line 1 begins VEVENT outside of a VCALENDAR',
    ],
    [
      'an event that does not end',
      text(['BEGIN:VEVENT', 'DTSTART:20270101']),
      'the VEVENT that begins in line 3 does not end',
    ],
  ])('is refused where it is %s', async (_, file, why) => {
    await expect(read(file)).rejects.toMatchObject({
      code: 'MALFORMED_ICALENDAR',
      message: expect.stringContaining(why) as unknown,
    });
  });
});

describe('an event that cannot be read', () => {
  it.each([
    ['a month that is none', ['RRULE:FREQ=YEARLY;BYMONTHDAY=11;BYMONTH=16'], 'BYMONTH cannot be 16.'],
    ['a part that nobody knows', ['RRULE:FREQ=YEARLY;BYEASTER=1'], 'unknown part: BYEASTER'],
    ['the months of another calendar', ['RRULE:RSCALE=CHINESE;FREQ=YEARLY'], 'unknown part: RSCALE'],
    ['a rule of seconds', ['RRULE:FREQ=SECONDLY'], 'FREQ=SECONDLY'],
    ['a date that is none', ['EXDATE;VALUE=DATE:20270230'], '2027-02-30 is not a date or time'],
    ['a zone that nobody knows', ['EXDATE;TZID=Mars/Base:20270101T000000'], 'Mars/Base is not an IANA time zone'],
    ['a year of days', ['DTEND;VALUE=DATE:20290102'], 'it lasts more than 366 days'],
    ['a line that is none', ['hello'], 'it is not written as RFC 5545 says'],
  ])('is named, with %s, and can be left out', async (_, lines, why) => {
    const file = text(newYear, event('DTSTART;VALUE=DATE:20270116', ...lines, 'SUMMARY:Mistyped'), mayDay);
    await expect(read(file)).rejects.toMatchObject({
      code: 'MALFORMED_ICALENDAR',
      field: 'holidaysFrom[0].icalendar',
      message: expect.stringMatching(/the event "Mistyped" that begins in line 8 cannot be read: /) as unknown,
    });
    await expect(read(file)).rejects.toThrow(why);
    expect(await linesOf(file, { skipMalformed: true })).toEqual(['2027-01-01 New Year', '2027-05-01 May Day']);
  });
});

describe('a time', () => {
  const afternoon = (zone: string) =>
    event(`DTSTART;TZID=${zone}:20271224T130000`, `DTEND;TZID=${zone}:20271225T000000`, 'SUMMARY:Closed');
  const zone = (name: string, [standard, summer]: readonly [string, string]) => [
    ...['BEGIN:VTIMEZONE', `TZID:${name}`],
    ...['BEGIN:STANDARD', 'DTSTART:16010101T030000', `TZOFFSETFROM:${summer}`, `TZOFFSETTO:${standard}`],
    ...['RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10', 'END:STANDARD'],
    ...['BEGIN:DAYLIGHT', 'DTSTART:16010101T020000', `TZOFFSETFROM:${standard}`, `TZOFFSETTO:${summer}`],
    ...['RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3', 'END:DAYLIGHT', 'END:VTIMEZONE'],
  ];

  it("is in the file's own zone, whatever that is called", async () => {
    const own = zone('Head Office', ['+0100', '+0200']);
    expect(await linesOf(text(own, afternoon('Head Office')))).toEqual(['2027-12-24 13:00:00-24:00 Closed']);
    const farther = zone('Head Office', ['+0200', '+0300']);
    expect(await linesOf(text(farther, afternoon('Head Office')))).toEqual(['2027-12-24 12:00:00-23:00:00 Closed']);
  });

  it("is in the file's own zone in summer too, and at the change", async () => {
    const at = (day: string, time: string) =>
      event(`DTSTART;TZID=Far:${day}T${time}`, 'DURATION:PT1H', `SUMMARY:${time}`);
    const file = text(
      zone('Far', ['+0300', '+0400']),
      ...[at('20270701', '130000'), at('20270328', '013000'), at('20270328', '033000'), at('20271031', '053000')],
    );
    expect(await linesOf(file, {}, 'UTC')).toEqual([
      '2027-03-27 22:30:00-23:30:00 013000',
      '2027-03-27 23:30:00-24:00 033000',
      '2027-03-28 00:00-00:30:00 033000',
      '2027-07-01 09:00:00-10:00:00 130000',
      '2027-10-31 02:30:00-03:30:00 053000',
    ]);
  });

  it.each([
    ['W. Europe Standard Time', '13:00:00-24:00'],
    ['"W. Europe Standard Time"', '13:00:00-24:00'],
    ['GMT Standard Time', '14:00:00-24:00'],
  ])("is in a zone by Windows' name, without a definition: %s", async (name, hours) => {
    expect((await linesOf(text(afternoon(name))))[0]).toBe(`2027-12-24 ${hours} Closed`);
  });

  it("is refused in a zone that nobody knows and the file's own definition cannot be read", async () => {
    const broken = [
      'BEGIN:VTIMEZONE',
      'TZID:Office',
      'BEGIN:STANDARD',
      'TZOFFSETTO:+0100',
      'END:STANDARD',
      'END:VTIMEZONE',
    ];
    await expect(read(text(broken, afternoon('Office')))).rejects.toMatchObject({ code: 'MALFORMED_ICALENDAR' });
  });

  it('ends a rule in UTC: the last day is in', async () => {
    const week = event(
      ...['DTSTART;TZID=Europe/Berlin:20270104T000000', 'DTEND;TZID=Europe/Berlin:20270105T000000'],
      'RRULE:FREQ=DAILY;UNTIL=20270107T230000Z',
    );
    expect(await linesOf(text(week))).toEqual(['04', '05', '06', '07', '08'].map((day) => `2027-01-${day}`));
  });

  it.each([
    ['in UTC', 'EXDATE:20270111T110000Z'],
    ['in another zone', 'EXDATE;TZID=America/New_York:20270111T060000'],
    ['in the same', 'EXDATE;TZID=Europe/Berlin:20270111T120000'],
    ['as a date', 'EXDATE;VALUE=DATE:20270111'],
  ])('takes its date out of a rule %s', async (_, except) => {
    const start = ['DTSTART;TZID=Europe/Berlin:20270104T120000', 'DURATION:PT5H'];
    const found = await linesOf(text(event(...start, 'RRULE:FREQ=WEEKLY;COUNT=3', except)));
    expect(found).toEqual(['2027-01-04 12:00:00-17:00:00', '2027-01-18 12:00:00-17:00:00']);
  });

  it('of its own counts beside more of them', async () => {
    const friday = event('DTSTART;VALUE=DATE:20270326', 'RDATE;VALUE=DATE:20280414', 'SUMMARY:Good Friday');
    expect(await linesOf(text(friday))).toEqual(['2027-03-26 Good Friday', '2028-04-14 Good Friday']);
  });
});

describe('what stands in for one of several', () => {
  const fair = event('UID:fair', 'DTSTART;VALUE=DATE:20270910', 'RRULE:FREQ=YEARLY', 'SUMMARY:Fair');
  const moved = (id: string, ...lines: Lines) => event('UID:fair', `RECURRENCE-ID${id}`, ...lines);

  it.each([
    ['its date', ';VALUE=DATE:20280910'],
    ['its date with a time', ':20280910T000000'],
    ['its date with a time of UTC', ':20280910T000000Z'],
    ['its date with a time of some zone', ';TZID=America/New_York:20280910T000000'],
  ])('is found by %s, of whole days', async (_, id) => {
    const file = text(fair, moved(id, 'DTSTART;VALUE=DATE:20280911', 'SUMMARY:Fair, a day later'));
    for (const zone of ['Europe/Berlin', 'America/New_York', 'Asia/Tokyo'])
      expect(await linesOf(file, {}, zone)).toEqual(['2027-09-10 Fair', '2028-09-11 Fair, a day later']);
  });

  it('is found by a date alone, of an event with a time', async () => {
    const lunch = event('UID:fair', 'DTSTART:20270104T120000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=2');
    const late = moved(';VALUE=DATE:20270111', 'DTSTART:20270111T150000', 'DURATION:PT1H');
    expect(await linesOf(text(lunch, late))).toEqual(['2027-01-04 12:00:00-13:00:00', '2027-01-11 15:00:00-16:00:00']);
  });

  it('is a day by itself where the file does not have the others', async () => {
    const alone = moved(';VALUE=DATE:20280910', 'DTSTART;VALUE=DATE:20280911', 'SUMMARY:Fair');
    const off = event(
      'UID:off',
      'RECURRENCE-ID;VALUE=DATE:20270910',
      'DTSTART;VALUE=DATE:20270910',
      'STATUS:CANCELLED',
    );
    expect(await linesOf(text(alone, off))).toEqual(['2028-09-11 Fair']);
  });
});

describe('a filter', () => {
  const file = text(
    event('DTSTART;VALUE=DATE:20270206', 'DTEND;VALUE=DATE:20270208', 'SUMMARY:Spring holiday', 'TRANSP:Transparent'),
    event('DTSTART:20270220T090000', 'DTEND:20270220T180000', 'SUMMARY:Make-up working day', 'TRANSP:OPAQUE'),
    event('DTSTART;VALUE=DATE:20270214', 'SUMMARY:Day of love', 'DESCRIPTION:Observance\\, no day off'),
    event('DTSTART;VALUE=DATE:20270501', 'SUMMARY:May Day (all)', 'CATEGORIES:Holidays,Public'),
  );
  const spring = ['2027-02-06 Spring holiday', '2027-02-07 Spring holiday'];
  const [love, working, may] = [
    '2027-02-14 Day of love',
    '2027-02-20 09:00:00-18:00:00 Make-up working day',
    '2027-05-01 May Day (all)',
  ];

  it.each<readonly [Partial<HolidaySource>, Lines]>([
    [{}, [...spring, love, working, may]],
    [{ transp: 'transparent' }, spring],
    [{ transp: 'opaque' }, [love, working, may]],
    [{ summary: 'spring HOLIDAY' }, spring],
    [{ summary: 'spring' }, []],
    [{ summary: 'Spring*' }, spring],
    [{ summary: ['*day', '*(all)'] }, [...spring, working, may]],
    [{ summary: '*day*o*' }, [love]],
    [{ category: 'public' }, [may]],
    [{ description: 'observance*' }, [love]],
    [{ except: { description: 'observance*' } }, [...spring, working, may]],
    [{ except: { summary: ['*working*', 'day of*'] } }, [...spring, may]],
    [{ except: { summary: '*', transp: 'opaque' } }, spring],
    [{ summary: '*day*', except: { category: ['Public'] } }, [...spring, love, working]],
  ])('%j', async (filter, lines) => {
    if (lines.length > 0) expect(await linesOf(file, filter)).toEqual(lines);
    else await expect(linesOf(file, filter)).rejects.toMatchObject({ code: 'NO_HOLIDAYS' });
  });

  it('says for which years alone what it keeps is known', async () => {
    const [single, rule] = [
      event('DTSTART;VALUE=DATE:20270329', 'SUMMARY:Easter'),
      ['DTSTART:20200101', 'RRULE:FREQ=YEARLY'],
    ];
    const both = text(single, event(...rule, 'SUMMARY:New Year'));
    expect((await read(both)).known).toEqual(['2027-01-01', '2027-12-31']);
    expect((await read(both, { except: { summary: 'Easter' } })).known).toEqual(['2027-01-01', '2028-12-31']);
  });

  it.each([
    [{ transp: 'busy' }, 'holidaysFrom[0].transp'],
    [{ summary: 3 }, 'holidaysFrom[0].summary'],
    [{ except: { category: [1] } }, 'holidaysFrom[0].except.category'],
    [{ except: 'all' }, 'holidaysFrom[0].except'],
    [{ skipMalformed: 'yes' }, 'holidaysFrom[0].skipMalformed'],
    [{ summary: Array.from({ length: 51 }, () => 'x') }, 'holidaysFrom[0].summary'],
  ])('that is none is refused: %j', async (filter, field) => {
    await expect(read(file, filter as never)).rejects.toMatchObject({ code: 'MALFORMED', field });
  });
});
