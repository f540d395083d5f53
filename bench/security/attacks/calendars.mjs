/** Calendars without end, and of the largest size. */
import { ask, times } from '../ask.mjs';

const define = `mutation ($input: DefineCalendarInput!) {
  defineCalendar(input: $input) { __typename ... on Rejection { code } } }`;
const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const weekly = [{ day: 'monday', windows: [{ opens: '09:00', closes: '17:00' }] }];
let number = 0;
const calendar = (rest) => ({
  code: `c-${process.pid}-${number++}`,
  name: 'A calendar',
  timeZone: 'Europe/Rome',
  weekly,
  ...rest,
});

const event = (lines) => `BEGIN:VEVENT\r\n${lines}\r\nSUMMARY:x\r\nEND:VEVENT\r\n`;
const file = (events) => `BEGIN:VCALENDAR\r\nVERSION:2.0\r\n${events}END:VCALENDAR\r\n`;
const from = (icalendar, years = [2025, 2030]) =>
  calendar({ holidaysFrom: [{ icalendar, firstYear: years[0], lastYear: years[1] }] });

const rules = ['FREQ=DAILY;INTERVAL=7;BYDAY=MO', 'FREQ=DAILY;BYDAY=5MO', 'FREQ=WEEKLY;INTERVAL=999999999'];
const endless = rules.map((rule) => file(event(`DTSTART;VALUE=DATE:20250204\r\nRRULE:${rule}`)));
const places = file(
  event('DTSTART;VALUE=DATE:20250106\r\nRRULE:FREQ=YEARLY;BYMONTH=1;BYDAY=MO;BYSETPOS=10').repeat(200),
);
const centuries = file(event('DTSTART;VALUE=DATE:19000101\r\nDTEND;VALUE=DATE:22001231').repeat(25_000));
const countries = [
  'IT',
  'DE',
  'FR',
  'ES',
  'US',
  'GB',
  'NL',
  'BE',
  'PL',
  'SE',
  'IR',
  'SA',
  'IL',
  'TR',
  'CN',
  'JP',
  'IN',
  'BR',
  'CA',
  'AU',
];

/** Half an hour open, half an hour closed, all week. */
const clock = (minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const windows = times(48, (n) => ({ opens: clock(n * 30), closes: clock(n * 30 + 15) }));
const largest = () =>
  calendar({
    weekly: days.map((day) => ({ day, windows })),
    holidays: times(5_000, (n) => ({ date: new Date(Date.UTC(2020, 0, 1 + n)).toISOString().slice(0, 10) })),
  });
const due = `query ($calendar: String!) { ${times(
  8,
  (n) =>
    `a${n}: dueAt(input: { calendar: $calendar, from: "2026-03-02T09:00:0${n}Z", target: { amount: 3000, unit: BUSINESS_DAYS } }) { dueAt }`,
).join(' ')} }`;

const defining = (door, input) => ask(door, door.keys.admin, define, { input });

export const calendars = [
  {
    name: 'calendar rules that never come round',
    mostMiB: 700,
    width: 2,
    attack: async (door, n) => {
      await defining(door, from(endless[n % endless.length]));
      await defining(door, from(places));
    },
  },
  {
    name: 'holidays of three hundred years',
    mostMiB: 1_000,
    width: 2,
    attack: (door) => defining(door, from(centuries, [1900, 2200])),
  },
  {
    name: 'holidays of twenty countries',
    mostMiB: 1_000,
    width: 2,
    attack: (door) =>
      defining(
        door,
        calendar({ holidaysFrom: countries.map((country) => ({ country, firstYear: 1900, lastYear: 2200 })) }),
      ),
  },
  {
    name: 'deadlines in the largest calendars',
    mostMiB: 1_000,
    width: 2,
    attack: async (door) => {
      const input = largest();
      await defining(door, input);
      for (let n = 0; n < 20; n++) await ask(door, door.keys.dashboard, due, { calendar: input.code });
    },
  },
];
