import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api, newFolder } from '../support/api.js';
import { importLines, type TestContext, ledgerAt } from '../support/application-contexts.js';

const file = (...lines: readonly string[]) =>
  ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'SUMMARY:Off', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n');
const rule = (text: string) => file('DTSTART;VALUE=DATE:20250204', `RRULE:${text}`);
const windows = Array.from({ length: 5_000 }, (_, i) => {
  const at = (seconds: number) => new Date(seconds * 1000).toISOString().slice(11, 19);
  return [at(i * 17), at(i * 17 + 1)] as const;
});
const open = { opens: '09:00', closes: '17:00' };
const desk = { code: 'desk', name: 'Desk', timeZone: 'UTC', weekly: [{ day: 'mon', windows: [open] }] };
const countries = Array.from({ length: 20 }, () => ({ country: 'DE', firstYear: 1990, lastYear: 2030 }));

/** What would keep everybody waiting; each is refused at once, with a code and the field. */
const hostile: readonly (readonly [name: string, changes: object, code: string, field: string])[] = [
  [
    'a rule that never comes round',
    { holidaysFrom: [{ icalendar: rule('FREQ=DAILY;INTERVAL=7;BYDAY=MO') }] },
    ...(['MALFORMED_ICALENDAR', 'holidaysFrom[0].icalendar'] as const),
  ],
  [
    'an event of three centuries',
    { holidaysFrom: [{ icalendar: file('DTSTART;VALUE=DATE:19000101', 'DTEND;VALUE=DATE:22001231') }] },
    ...(['MALFORMED_ICALENDAR', 'holidaysFrom[0].icalendar'] as const),
  ],
  [
    'three centuries of a country',
    { holidaysFrom: [{ country: 'DE', firstYear: 1900, lastYear: 2200 }] },
    ...(['INVALID_YEARS', 'holidaysFrom[0]'] as const),
  ],
  ['twenty countries', { holidaysFrom: countries }, ...(['CALENDAR_TOO_LARGE', 'holidaysFrom[9]'] as const)],
  [
    'thousands of windows a day',
    { weekly: [{ day: 'mon', windows: windows.map(([opens, closes]) => ({ opens, closes })) }] },
    ...(['CALENDAR_TOO_LARGE', 'weekly.mon'] as const),
  ],
  ['holidays of another age', { holidays: [{ date: '9999-01-01' }] }, ...(['OUT_OF_RANGE', 'holidays[0]'] as const)],
];

describe('a calendar that would keep everybody waiting', () => {
  let api: Api;
  let context: TestContext;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    const query =
      'mutation ($input: DefineCalendarInput!) { defineCalendar(input: $input) { ... on CalendarDefined { position } } }';
    await api.data(query, { input: desk });
    context = await ledgerAt('2026-03-02T09:00:00Z', newFolder());
  });
  afterAll(async () => {
    await api.end();
    await context.close();
  });

  const refusalOf = async (verb: 'define' | 'revise', input: object) => {
    const type = verb === 'define' ? 'DefineCalendarInput' : 'ReviseCalendarInput';
    const query = `mutation ($input: ${type}!) { done: ${verb}Calendar(input: $input) { ... on Rejection { code message } } }`;
    return (await api.data<{ done: Record<string, unknown> }>(query, { input })).done;
  };

  it.each(hostile)(
    'is refused with its field when it is defined, and when it is revised: %s',
    async (_, changes, code, field) => {
      const refused = { code, message: expect.stringContaining(field) };
      expect(await refusalOf('define', { ...desk, code: 'hostile', ...changes })).toEqual(refused);
      expect(await refusalOf('revise', { code: 'desk', ...changes })).toEqual(refused);
    },
  );

  it('is refused in an import', async () => {
    const definition = { timeZone: 'UTC', weekly: { mon: windows } };
    const ruled = {
      timeZone: 'UTC',
      weekly: { mon: [['09:00', '17:00']] },
      holidaysFrom: [{ icalendar: rule('FREQ=DAILY;BYDAY=5MO') }],
    };
    const lines = [definition, ruled].map((one, i) =>
      JSON.stringify({ event: 'CalendarDefined', code: `c${i}`, name: 'C', definition: one }),
    );
    const { rejected } = await importLines(context, lines);
    expect(rejected.map(({ code }) => code)).toEqual(['CALENDAR_TOO_LARGE', 'MALFORMED_ICALENDAR']);
  });
});
