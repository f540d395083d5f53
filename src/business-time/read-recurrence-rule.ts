import { type RecurrenceRule, type RuleDay } from './recurrence.js';

/** No holiday comes round less often. */
const longestInterval = 1_000;

const frequencies = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY'] as const;
const dayNames = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const known = new Set(
  'freq interval count until wkst bymonth byweekno byyearday bymonthday byday byhour byminute bysecond bysetpos'.split(
    ' ',
  ),
);

/** What a rule is for: an event's start. */
interface Start {
  readonly local: number;
  readonly isDate: boolean;
}

/**
 * A rule as ical.js parses it, checked against RFC 5545, 3.3.10.
 * @throws Error for one that is no holiday's, or that no reader can follow
 */
export function readRule(given: unknown, start: Start): RecurrenceRule & { readonly until: string | undefined } {
  const parts = given as Readonly<Record<string, unknown>>;
  const fault = (why: string) => new Error(`its recurrence rule ${why}.`);
  const numbers = (name: string) => listOf(parts[name]).map(Number);
  const frequency = frequencies.find((one) => one === parts['freq']);
  if (frequency === undefined) throw fault(`is no holiday's: FREQ=${String(parts['freq'])}`);
  const unknown = Object.keys(parts).find((name) => !known.has(name));
  if (unknown !== undefined) throw fault(`has an unknown part: ${unknown.toUpperCase()}`);
  const { interval = 1, count } = parts as { readonly interval?: number; readonly count?: number };
  if (!(interval <= longestInterval)) throw fault(`has an INTERVAL above ${longestInterval}`);
  if (count !== undefined && !(count >= 1)) throw fault('has a COUNT below 1');
  if (!start.isDate) expectTimeOf(start, numbers, fault);
  const rule = {
    ...{ frequency, interval, count, weekStart: (Number(parts['wkst'] ?? 2) + 5) % 7 },
    ...{ months: numbers('bymonth'), weeks: numbers('byweekno'), yearDays: numbers('byyearday') },
    ...{ monthDays: numbers('bymonthday'), positions: numbers('bysetpos') },
    weekdays: listOf(parts['byday']).map(readDay),
  };
  expectParts(rule, fault);
  const { until } = parts;
  return { ...rule, until: typeof until === 'string' ? until : undefined };
}

type Fault = (why: string) => Error;

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly unknown[]) : [value];

function readDay(value: unknown): RuleDay {
  const [, nth, name = ''] = /^([+-]?\d+)?(..)$/.exec(String(value)) ?? [];
  return { weekday: dayNames.indexOf(name), nth: nth === undefined ? undefined : Number(nth) };
}

/** Occurrences at other times of the day than the event's are nothing that a holiday has. */
function expectTimeOf({ local }: Start, numbers: (name: string) => readonly number[], fault: Fault): void {
  const at = new Date(local);
  const times = { byhour: at.getUTCHours(), byminute: at.getUTCMinutes(), bysecond: at.getUTCSeconds() };
  for (const [name, time] of Object.entries(times)) {
    if (numbers(name).some((value) => value !== time)) throw fault(`has ${name.toUpperCase()} of another time`);
  }
}

/** What RFC 5545 says MUST NOT be. */
function expectParts(rule: RecurrenceRule, fault: Fault): void {
  const { frequency, weeks, yearDays, monthDays, weekdays } = rule;
  const isNumbered = weekdays.some(({ nth }) => nth !== undefined);
  const isByPeriod = frequency === 'YEARLY' || frequency === 'MONTHLY';
  if (isNumbered && (!isByPeriod || weeks.length > 0)) throw fault('has BYDAY with a number where none may be');
  if (weeks.length > 0 && frequency !== 'YEARLY') throw fault(`has BYWEEKNO and is ${frequency}`);
  if (yearDays.length > 0 && frequency !== 'YEARLY') throw fault(`has BYYEARDAY and is ${frequency}`);
  if (monthDays.length > 0 && frequency === 'WEEKLY') throw fault(`has BYMONTHDAY and is ${frequency}`);
}
