import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';

const question = `query ($input: DueAtInput!) {
  dueAt(input: $input) {
    dueAt openMs timeZone isBeyondKnownHolidays
    target { amount unit rule } calendar { code version } plan { code version } openSpans { from to }
  }
}`;

describe('dueAt', () => {
  let api: Api;
  const ask = async (input: Record<string, unknown>) =>
    (await api.data<{ dueAt: Record<string, unknown> }>(question, { input })).dueAt;
  const codeOf = async (input: Record<string, unknown>) =>
    (await api.send(question, { input })).errors?.[0]?.extensions?.['code'];

  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    const weekday = ['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => ({
      day,
      windows: [{ opens: '08:00', closes: '18:00' }],
    }));
    const rome = {
      code: 'rome',
      name: 'Rome',
      timeZone: 'Europe/Rome',
      weekly: weekday,
      holidays: [{ date: '2026-04-06' }],
    };
    await api.data(`mutation ($input: DefineCalendarInput!) { defineCalendar(input: $input) { __typename } }`, {
      input: rome,
    });
    await api.data(`mutation { enrolCustomer(input: { id: "acme", plan: "pro", calendar: "rome" }) { __typename } }`);
  });

  afterAll(() => api.end());

  it('says what a plan promises, by which versions, and over which open time', async () => {
    expect(await ask({ from: '2026-03-06T16:59:00Z', plan: 'pro' })).toEqual({
      dueAt: '2026-03-09T16:59:00.000Z',
      openMs: 8 * 3_600_000,
      timeZone: 'UTC',
      isBeyondKnownHolidays: false,
      target: { amount: 1, unit: 'BUSINESS_DAYS', rule: 'SAME_TIME' },
      calendar: { code: 'business-hours', version: 1 },
      plan: { code: 'pro', version: 1 },
      openSpans: [
        { from: '2026-03-06T16:59:00.000Z', to: '2026-03-06T17:00:00.000Z' },
        { from: '2026-03-09T09:00:00.000Z', to: '2026-03-09T16:59:00.000Z' },
      ],
    });
  });

  it("goes by the customer's plan and calendar, leaves pauses out, and owns to holidays it does not know", async () => {
    const target = { amount: 4, unit: 'HOURS' };
    const pauses = [{ from: '2026-04-07T06:00:00Z', to: '2026-04-07T07:00:00Z' }];
    expect(await ask({ from: '2026-04-03T15:00:00Z', customer: 'acme', target, pauses })).toMatchObject({
      dueAt: '2026-04-07T10:00:00.000Z',
      plan: { code: 'pro' },
      calendar: { code: 'rome' },
      isBeyondKnownHolidays: false,
      openMs: 4 * 3_600_000,
      openSpans: [
        { from: '2026-04-03T15:00:00.000Z', to: '2026-04-03T16:00:00.000Z' },
        { from: '2026-04-07T07:00:00.000Z', to: '2026-04-07T10:00:00.000Z' },
      ],
    });
    for (const from of ['2027-01-04T09:00:00Z', '2025-12-31T22:59:00Z']) {
      const answer = await ask({ from, calendar: 'rome', target });
      expect(answer).toMatchObject({ plan: null, isBeyondKnownHolidays: true });
    }
  });

  it('counts in a calendar whose holidays come from a country, resolved when it is defined', async () => {
    const define = `mutation ($input: DefineCalendarInput!) {
      defineCalendar(input: $input) { __typename ... on Rejection { code message } }
    }`;
    const weekly = ['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => ({
      ...{ day, windows: [{ opens: '09:00', closes: '17:00' }] },
    }));
    const munich = { code: 'munich', name: 'Munich', timeZone: 'Europe/Berlin', weekly };
    const input = { ...munich, holidaysFrom: [{ country: 'DE', region: 'BY', lastYear: 2026 }] };
    expect(await api.data(define, { input })).toEqual({ defineCalendar: { __typename: 'CalendarDefined' } });
    const target = { amount: 1, unit: 'HOURS' };
    expect(await ask({ from: '2026-04-02T14:30:00Z', calendar: 'munich', target })).toMatchObject({
      dueAt: '2026-04-07T07:30:00.000Z',
      isBeyondKnownHolidays: false,
    });
    const wrong = { ...munich, code: 'x', holidaysFrom: [{ country: 'XX' }] };
    expect(await api.data(define, { input: wrong })).toMatchObject({
      defineCalendar: {
        code: 'UNKNOWN_COUNTRY',
        message: expect.stringContaining('holidaysFrom[0].country') as unknown,
      },
    });
  });

  it('refuses what has no answer', async () => {
    const from = '2026-03-06T16:59:00Z';
    expect(await codeOf({ from, plan: 'community' })).toBe('NO_PROMISE');
    expect(await codeOf({ from, calendar: 'rome' })).toBe('NO_PROMISE');
    expect(await codeOf({ from, plan: 'gold' })).toBe('PLAN_NOT_FOUND');
    expect(await codeOf({ from, calendar: 'mars' })).toBe('CALENDAR_NOT_FOUND');
    expect(await codeOf({ from, plan: 'pro', target: { amount: 0, unit: 'HOURS' } })).toBe('INVALID_TARGET');
    expect(await codeOf({ from, plan: 'pro', pauses: [{ from, to: '2026-03-06T16:58:00Z' }] })).toBe('INVALID_PAUSE');
    expect(await codeOf({ from: '2026-03-06T16:59:00', plan: 'pro' })).toBe('BAD_USER_INPUT');
  });
});
