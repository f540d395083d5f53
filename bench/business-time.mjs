/**
 * Deadlines in business time: how many a second on one core, against bare tables over the same instants and
 * against libraries, on those of the same questions that they answer alike, in the same run. The libraries know only the zone of the process.
 */
import dayjs from 'dayjs';
import dayjsBusinessTime from 'dayjs-business-time';
import luxonBusinessDays from 'luxon-business-days';
import transition from 'moment-business-time';
import { compileCalendar } from '../dist/business-time/compile-calendar.js';
import { median } from './support/measure.mjs';

const zone = 'Europe/Paris';
const [first, last] = [Date.UTC(2025, 0, 1), Date.UTC(2028, 0, 1)];
const holidays = ['2025-05-01', '2025-12-25', '2026-01-01', '2026-04-06', '2026-05-01', '2026-12-25', '2027-01-01'];
const office = [['09:00', '17:00']];
const definition = {
  timeZone: zone,
  weekly: { mon: office, tue: office, wed: office, thu: office, fri: office },
  holidays,
};
const count = 1 << 15;
const rounds = 7;

/** The same numbers in every run. */
function* numbers(seed) {
  for (let x = seed; ;) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    yield x / 2 ** 32;
  }
}

function questions() {
  const random = numbers(7);
  const next = (from, to) => from + Math.floor(random.next().value * (to - from));
  const minutes = (last - first) / 60_000;
  const starts = Array.from({ length: count }, () => first + next(0, minutes) * 60_000);
  return {
    starts,
    hours: starts.map(() => ({ amount: next(1, 41), unit: 'hours' })),
    days: starts.map(() => ({ amount: next(1, 11), unit: 'businessDays', rule: 'sameTime' })),
  };
}

/** Answers a second: the median of some rounds, after two to warm up. */
function rateOf(work, length, repeat) {
  const rates = [];
  let sum = 0;
  for (let round = -2; round < rounds; round++) {
    const began = performance.now();
    for (let n = 0; n < repeat; n++) for (let i = 0; i < length; i++) sum += work(i);
    if (round >= 0) rates.push((repeat * length * 1000) / (performance.now() - began));
  }
  if (Number.isNaN(sum)) throw new Error('an answer is no number');
  return median(rates);
}

/**
 * The least that an answer takes: a table by the day says where the start lies and, by the open time used so far, where the goal
 * does; from there it is a step or two. It knows hours alone, and nothing but the years of the questions.
 */
function bareTables(calendar) {
  const spans = [...calendar.openSpans(first, last + 365 * 86_400_000)];
  const day = 86_400_000;
  const opens = Float64Array.from(spans, ({ from }) => from);
  const before = new Float64Array(spans.length + 1);
  for (const [i, { from, to }] of spans.entries()) before[i + 1] = before[i] + to - from;
  /** For each step of so many milliseconds the last span that begins at or before it; -1 where none does. */
  const tableOf = (sorted, from, step, count) => {
    const table = new Int32Array(count);
    for (let n = 0, i = -1; n < count; n++) {
      while (i + 1 < sorted.length && sorted[i + 1] <= from + n * step) i += 1;
      table[n] = i;
    }
    return table;
  };
  const byDay = tableOf(opens, first, day, Math.ceil((last - first) / day) + 366);
  const hours = 8 * 3_600_000;
  const byWork = tableOf(before.subarray(0, spans.length), 0, hours, Math.ceil(before.at(-1) / hours) + 1);
  return (start, amount) => {
    let i = byDay[Math.trunc((start - first) / day)];
    while (i + 1 < opens.length && opens[i + 1] <= start) i += 1;
    const used = i < 0 ? 0 : before[i] + start - opens[i];
    const goal = (i < 0 || used < before[i + 1] ? used : before[i + 1]) + amount;
    let j = byWork[Math.trunc((goal - 1) / hours)];
    while (before[j + 1] <= goal - 1) j += 1;
    return opens[j] + goal - before[j];
  };
}

/** The libraries, each asked as its documentation says; hours are missing where it has none. */
function peers() {
  transition.updateLocale('en', { holidays });
  dayjs.extend(dayjsBusinessTime);
  dayjs.setHolidays(holidays);
  const { DateTime } = luxonBusinessDays;
  const isHoliday = (date) => holidays.includes(date.toISODate());
  return [
    {
      name: 'moment-business-time',
      target: 500,
      hours: (at, n) => transition(at).addWorkingTime(n, 'hours').valueOf(),
      days: (at, n) => transition(at).addWorkingTime(n, 'days').valueOf(),
    },
    {
      name: 'dayjs-business-time',
      target: 500,
      hours: (at, n) => dayjs(at).addBusinessHours(n).valueOf(),
      days: (at, n) => dayjs(at).addBusinessDays(n).valueOf(),
    },
    {
      name: 'luxon-business-days',
      target: 150,
      days: (at, n) => {
        const date = DateTime.fromMillis(at);
        date.setupBusiness({ holidayMatchers: [isHoliday] });
        return date.plusBusiness({ days: n }).toMillis();
      },
    },
  ];
}

const asked = 300;

function compare(peer, kind, ours, { starts, ...targets }, calendar) {
  const theirs = (i) => peer[kind](starts[i], targets[kind][i].amount);
  const all = Array.from({ length: asked }, (_, i) => i);
  const alike = all.filter((i) => theirs(i) === ours(i));
  const differing = all.filter((i) => !alike.includes(i));
  const outside = differing.filter((i) => !calendar.isOpen(starts[i]));
  const show = (at) => new Date(at).toLocaleString('sv', { timeZone: zone });
  for (const i of [outside[0], differing.find((d) => calendar.isOpen(starts[d]))]) {
    if (i === undefined) continue;
    const question = `${show(starts[i])} and ${targets[kind][i].amount} ${kind}`;
    console.log(`${peer.name} answers otherwise, as of ${question}: ${show(theirs(i))}; we: ${show(ours(i))}`);
  }
  return {
    ratio: rateOf((i) => ours(alike[i]), alike.length, 200) / rateOf((i) => theirs(alike[i]), alike.length, 1),
    same: alike.length,
    outside: outside.length,
  };
}

export async function bench() {
  const systemZone = process.env.TZ;
  process.env.TZ = zone;
  try {
    return measure();
  } finally {
    if (systemZone === undefined) delete process.env.TZ;
    else process.env.TZ = systemZone;
  }
}

function measure() {
  const asks = questions();
  const { starts, hours, days } = asks;
  const calendar = compileCalendar(definition);
  const ours = {
    hours: (i) => calendar.dueAt(starts[i], hours[i]),
    days: (i) => calendar.dueAt(starts[i], days[i]),
  };
  const hoursRate = rateOf(ours.hours, count, 40);
  const look = bareTables(calendar);
  const bare = (i) => look(starts[i], hours[i].amount * 3_600_000);
  const wrong = starts.findIndex((_, i) => bare(i) !== ours.hours(i));
  if (wrong >= 0) throw new Error(`the bare tables answer otherwise: ${starts[wrong]} ${hours[wrong].amount}`);
  const bareRate = rateOf(bare, count, 40);
  const figures = [
    { name: 'dueAt, hours', value: hoursRate, unit: 'answers/s', target: 5_000_000 },
    {
      name: 'dueAt, business days at the same time',
      value: rateOf(ours.days, count, 40),
      unit: 'answers/s',
      target: 1_000_000,
    },
    { name: 'bare tables', value: bareRate, unit: 'answers/s' },
    { name: 'dueAt, hours / bare tables', value: hoursRate / bareRate, unit: '×', target: 1 / 3 },
    ...compiling(),
  ];
  for (const peer of peers()) {
    for (const kind of ['hours', 'days']) {
      const name = `${kind}, Pledge / ${peer.name}`;
      if (peer[kind] === undefined) {
        console.log(`${peer.name} has no ${kind}`);
        continue;
      }
      const { ratio, same, outside } = compare(peer, kind, ours[kind], asks, calendar);
      figures.push(
        { name, value: ratio, unit: '×', target: peer.target },
        { name: `  answered alike`, value: same, unit: `of ${asked}` },
        { name: `  otherwise, from outside hours`, value: outside, unit: `of ${asked}` },
      );
    }
  }
  // The names of rows are keys of the table.
  return figures.map((figure, i) =>
    figure.name.startsWith('  ')
      ? {
          ...figure,
          name: `${figures.slice(0, i).findLast(({ name }) => !name.startsWith('  ')).name}:${figure.name.slice(1)}`,
        }
      : figure,
  );
}

function compiling() {
  const tenYears = () => {
    const calendar = compileCalendar(definition);
    return calendar.between(Date.UTC(2021, 0, 1), Date.UTC(2030, 11, 31));
  };
  const perSecond = rateOf(tenYears, 20, 1);
  const before = process.memoryUsage().rss;
  const kept = Array.from({ length: 1000 }, (_, i) => {
    const calendar = compileCalendar({
      ...definition,
      holidays: [...holidays, `20${26 + (i % 3)}-06-${10 + (i % 20)}`],
    });
    calendar.between(Date.UTC(2021, 0, 1), Date.UTC(2030, 11, 31));
    return calendar;
  });
  const megabytes = (process.memoryUsage().rss - before) / 1e6;
  return [
    { name: 'compiling ten years', value: 1000 / perSecond, unit: 'ms', most: 20 },
    { name: `${kept.length} calendars of ten years`, value: megabytes, unit: 'MB', most: 400 },
  ];
}
