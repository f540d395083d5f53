import { describe, expect, it } from '@jest/globals';
import { answersTo } from '../../src/cli/due-cases.js';

const office = [['09:00', '17:00']];
const weekly = { mon: office, tue: office, wed: office, thu: office, fri: office };
const paris = { timeZone: 'Europe/Paris', weekly };

async function answer(...lines: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
  async function* bytes() {
    yield Buffer.from(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  }
  const answers: Record<string, unknown>[] = [];
  for await (const text of answersTo(bytes())) answers.push(JSON.parse(text) as Record<string, unknown>);
  return answers;
}

const resultOf = async (question: Record<string, unknown>) =>
  (await answer({ id: 1, ...paris, ...question }))[0]?.['result'];
const codeOf = async (question: Record<string, unknown>) => {
  const [said] = await answer({ id: 1, ...paris, kind: 'add', from: '2026-05-04T09:00:00Z', minutes: 1, ...question });
  return (said?.['error'] as { readonly code: string } | undefined)?.code;
};

describe('a question of a file of cases', () => {
  it('adds minutes of open time, and subtracts them', async () => {
    const from = '2026-05-01T16:59:00+02:00';
    expect(await resultOf({ kind: 'add', from, minutes: 90 })).toBe('2026-05-04T08:29:00.000Z');
    expect(await resultOf({ kind: 'add', from, minutes: -60 })).toBe('2026-05-01T13:59:00.000Z');
    expect(await resultOf({ kind: 'add', from, minutes: 0.5 })).toBe('2026-05-01T14:59:30.000Z');
    expect(await resultOf({ kind: 'add', from, minutes: 0 })).toBe('2026-05-01T14:59:00.000Z');
  });

  it('tells the minutes of open time between two instants, negative the other way round', async () => {
    const [early, late] = ['2026-05-01T16:59:00+02:00', '2026-05-04T09:00:30+02:00'];
    expect(await resultOf({ kind: 'between', from: early, to: late })).toBe(1.5);
    expect(await resultOf({ kind: 'between', from: late, to: early })).toBe(-1.5);
    expect(await resultOf({ kind: 'between', from: early, to: early })).toBe(0);
  });

  it('tells when a target is due', async () => {
    const from = '2026-05-01T16:59:00+02:00';
    const due = (amount: number, unit: string, rule?: string) =>
      resultOf({ kind: 'due', from, target: { amount, unit, ...(rule === undefined ? {} : { rule }) } });
    expect(await due(1, 'hours')).toBe('2026-05-04T07:59:00.000Z');
    expect(await due(90, 'seconds')).toBe('2026-05-04T07:00:30.000Z');
    expect(await due(1, 'businessDays')).toBe('2026-05-04T14:59:00.000Z');
    expect(await due(1, 'businessDays', 'endOfDay')).toBe('2026-05-04T15:00:00.000Z');
    expect(await due(2, 'businessDays', 'workingHours')).toBe('2026-05-05T14:59:00.000Z');
  });

  it('heeds holidays, hours of dates, the nominal day and pauses', async () => {
    const from = '2026-05-01T16:00:00+02:00';
    const hours = { kind: 'due', from, target: { amount: 2, unit: 'hours' } };
    expect(await resultOf({ ...hours, holidays: ['2026-05-04'] })).toBe('2026-05-05T08:00:00.000Z');
    expect(await resultOf({ ...hours, dates: { '2026-05-02': [['10:00', '12:00']] } })).toBe(
      '2026-05-02T09:00:00.000Z',
    );
    const pauses = [
      ['2026-05-01T16:10:00+02:00', '2026-05-01T16:30:00+02:00'],
      ['2026-05-01T16:20:00+02:00', '2026-05-01T16:40:00+02:00'],
      ['2026-05-01T10:00:00+02:00', '2026-05-01T16:00:00+02:00'],
    ];
    expect(await resultOf({ ...hours, pauses })).toBe('2026-05-04T08:30:00.000Z');
    expect(await resultOf({ kind: 'add', from, minutes: 120, pauses })).toBe('2026-05-04T08:30:00.000Z');
    expect(await resultOf({ kind: 'between', from, to: '2026-05-04T10:30:00+02:00', pauses })).toBe(120);
    const day = {
      kind: 'due',
      from,
      nominalDayMinutes: 60,
      target: { amount: 1, unit: 'businessDays', rule: 'workingHours' },
    };
    expect(await resultOf(day)).toBe('2026-05-01T15:00:00.000Z');
  });

  it('is answered in its place, with an error where it makes no sense', async () => {
    const good = { ...paris, kind: 'add', from: '2026-05-04T09:00:00Z', minutes: 1 };
    const said = await answer(
      { id: 'a', ...good },
      '{no json',
      '',
      [1],
      'null',
      { id: { b: 2 }, kind: 'guess' },
      { id: 'c', ...good },
    );
    expect(said.map(({ id, error }) => [id, (error as { code: string } | undefined)?.code])).toEqual([
      ['a', undefined],
      [null, 'LINE_NOT_JSON'],
      [null, 'INVALID_QUESTION'],
      [null, 'INVALID_QUESTION'],
      [{ b: 2 }, 'INVALID_QUESTION'],
      ['c', undefined],
    ]);
  });

  it.each([
    ['no zone', { timeZone: undefined }, 'MALFORMED'],
    ['an unknown zone', { timeZone: 'Mars/Base' }, 'UNKNOWN_TIME_ZONE'],
    ['no week', { weekly: null }, 'MALFORMED'],
    ['a week of nothing', { weekly: {} }, 'NO_OPENING'],
    ['a week that is a list', { weekly: [] }, 'MALFORMED'],
    ['an unknown weekday', { weekly: { monday: office } }, 'UNKNOWN_WEEKDAY'],
    ['a window of no length', { weekly: { mon: [['09:00', '09:00']] } }, 'EMPTY_WINDOW'],
    ['a window of three', { weekly: { mon: [['09:00', '10:00', '11:00']] } }, 'MALFORMED'],
    ['a time like 25:00', { weekly: { mon: [['09:00', '25:00']] } }, 'INVALID_TIME'],
    ['a date that is none', { holidays: ['2026-02-30'] }, 'INVALID_DATE'],
    ['holidays that are no list', { holidays: 'none' }, 'MALFORMED'],
    ['holidays from elsewhere', { holidaysFrom: [{ country: 'DE' }] }, 'INVALID_QUESTION'],
    ['an opening in eleven years only', { weekly: {}, dates: { '2037-06-01': office } }, 'NO_OPENING'],
    ['a day of no length', { nominalDayMinutes: 0 }, 'INVALID_NOMINAL_DAY'],
    ['a local time', { from: '2026-05-04T09:00:00' }, 'INVALID_QUESTION'],
    ['an instant that is none', { from: '2026-02-30T09:00:00Z' }, 'INVALID_QUESTION'],
    ['an instant beyond counting', { from: '9999-01-01T09:00:00Z' }, 'OUT_OF_RANGE'],
    ['no minutes', { minutes: undefined }, 'INVALID_QUESTION'],
    ['minutes as text', { minutes: '90' }, 'INVALID_QUESTION'],
    ['minutes beyond counting', { minutes: 1e15 }, 'OUT_OF_RANGE'],
    [
      'a pause that ends before it begins',
      { pauses: [['2026-05-04T09:00:00Z', '2026-05-03T09:00:00Z']] },
      'INVALID_QUESTION',
    ],
    [
      'a pause when subtracting',
      { minutes: -1, pauses: [['2026-05-03T09:00:00Z', '2026-05-04T09:00:00Z']] },
      'INVALID_QUESTION',
    ],
    ['no end', { kind: 'between' }, 'INVALID_QUESTION'],
    ['no target', { kind: 'due' }, 'INVALID_QUESTION'],
    ['a target of zero', { kind: 'due', target: { amount: 0, unit: 'hours' } }, 'INVALID_TARGET'],
    ['half a business day', { kind: 'due', target: { amount: 0.5, unit: 'businessDays' } }, 'INVALID_TARGET'],
    ['a million days', { kind: 'due', target: { amount: 1e6, unit: 'businessDays' } }, 'INVALID_TARGET'],
    ['an unknown unit', { kind: 'due', target: { amount: 1, unit: 'fortnights' } }, 'INVALID_QUESTION'],
    ['an unknown rule', { kind: 'due', target: { amount: 1, unit: 'businessDays', rule: 'soon' } }, 'INVALID_QUESTION'],
  ])('with %s is refused', async (_, fault, code) => {
    expect(await codeOf(fault)).toBe(code);
  });
});
