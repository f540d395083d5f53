import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';

type Answered = Record<string, Record<string, unknown> & { readonly position: string }>;

const weekly = ['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => ({
  ...{ day, windows: [{ opens: '09:00', closes: '17:00' }] },
}));

describe('the catalogue', () => {
  let api: Api;
  /** Does a mutation, and answers what it does. */
  const change = async (verb: string, input: object, fields: string) => {
    const type = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${verb}(input: $input) { ${fields} ... on Rejection { code message } } }`;
    const answer = (await api.data<Answered>(query, { input }))[verb];
    if (answer === undefined) throw new Error(`${verb} answered nothing`);
    return answer;
  };
  const plan = (verb: string, input: object) =>
    change(
      verb,
      input,
      '... on PlanDefined { position plan { version rank effectiveFrom retiredFrom pauses { followUp } } }',
    );
  const calendar = (verb: string, input: object) =>
    change(verb, input, '... on CalendarDefined { position calendar { version timeZone definition effectiveFrom } }');
  const customer = (verb: string, input: object) =>
    change(verb, input, '... on CustomerDefined { position customer { plan calendar name effectiveFrom } }');

  const gold = { code: 'gold', name: 'Gold', rank: 5, calendar: 'rome' };
  const targets = [{ metric: 'FIRST_RESPONSE', target: { amount: 8, unit: 'HOURS' } }];

  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    await calendar('defineCalendar', { code: 'rome', name: 'Rome', timeZone: 'Europe/Rome', weekly });
    await plan('definePlan', { ...gold, targets });
    await customer('enrolCustomer', { id: 'acme', name: 'Acme', plan: 'gold' });
  });

  afterAll(() => api.end());

  it('keeps every version of a plan, and tells who changed what when', async () => {
    const revised = await plan('revisePlan', {
      ...{ code: 'gold', rank: 6, pauses: { followUp: ['ON_HOLD'] } },
      ...{ effectiveFrom: '2026-04-01T00:00:00+02:00' },
    });
    expect(revised).toMatchObject({
      plan: { version: 2, rank: 6, effectiveFrom: '2026-03-31T22:00:00.000Z', pauses: { followUp: ['ON_HOLD'] } },
    });
    const { now, then, first } = await api.data(
      `query ($minPosition: Position) {
        now: plan(code: "gold", minPosition: $minPosition) { version rank history { type version effectiveFrom recordedAt actor { id } changes { path before after } } }
        then: plan(code: "gold", at: "2026-03-31T22:00:00Z", minPosition: $minPosition) { version rank }
        first: plan(code: "gold", at: "2026-05-01T00:00:00Z", version: 1, minPosition: $minPosition) { version rank }
      }`,
      { minPosition: revised.position },
    );
    expect([now, then, first]).toEqual([
      {
        ...{ version: 1, rank: 5 },
        history: [
          {
            ...{ type: 'PLAN_DEFINED', version: 1, effectiveFrom: null, recordedAt: '2026-03-02T09:00:00.000Z' },
            ...{ actor: { id: 'developer' }, changes: [] },
          },
          {
            ...{ type: 'PLAN_REVISED', version: 2, effectiveFrom: '2026-03-31T22:00:00.000Z' },
            ...{ recordedAt: '2026-03-02T09:00:00.000Z', actor: { id: 'developer' } },
            changes: [
              { path: 'rank', before: 5, after: 6 },
              {
                path: 'pauses.followUp',
                before: ['waitingForCustomer', 'waitingForThirdParty', 'scheduled', 'onHold'],
                after: ['onHold'],
              },
            ],
          },
        ],
      },
      { version: 2, rank: 6 },
      { version: 1, rank: 5 },
    ]);
  });

  it('lists plans and calendars as in force at an instant', async () => {
    const { plans, later, calendars } = await api.data<Record<string, { code: string; version: number }[]>>(
      `{ plans { code version } later: plans(at: "2026-05-01T00:00:00Z") { code version } calendars { code version } }`,
    );
    expect(plans?.map(({ code }) => code)).toEqual(['gold', 'enterprise', 'advanced', 'pro', 'standard', 'community']);
    expect([plans?.[0]?.version, later?.[0]?.version]).toEqual([1, 2]);
    expect(calendars).toEqual([
      { code: 'business-hours', version: 1 },
      { code: 'rome', version: 1 },
    ]);
  });

  it('revises a calendar by parts, its holidays by a country too', async () => {
    const holidays = [{ date: '2026-03-19', name: "Founders' day" }];
    const revised = await calendar('reviseCalendar', { code: 'rome', holidays, effectiveFrom: '2026-03-10T00:00:00Z' });
    expect(revised).toMatchObject({
      calendar: { version: 2, timeZone: 'Europe/Rome', definition: { holidays, nominalDayMinutes: 480 } },
    });
    const more = { holidaysFrom: [{ country: 'IT', firstYear: 2026, lastYear: 2027 }] };
    const further = await calendar('reviseCalendar', { code: 'rome', ...more, effectiveFrom: '2026-03-11T00:00:00Z' });
    expect(further['calendar']).toMatchObject({
      version: 3,
      definition: {
        ...{ holidaysKnownFrom: '2026-01-01', holidaysKnownUntil: '2027-12-31' },
        holidays: expect.arrayContaining([...holidays, expect.objectContaining({ date: '2026-12-25' })]) as unknown,
      },
    });
    const { calendar: before } = await api.data('{ calendar(code: "rome", at: "2026-03-09T00:00:00Z") { version } }');
    expect(before).toEqual({ version: 1 });
  });

  it('keeps every plan and calendar that a customer had', async () => {
    await customer('changeCustomerPlan', { id: 'acme', plan: 'pro', effectiveFrom: '2026-04-01T00:00:00Z' });
    const input = { id: 'acme', calendar: 'rome', effectiveFrom: '2026-05-01T00:00:00Z' };
    const { position } = await customer('setCustomerCalendar', input);
    const { now, april, may, list, nobody } = await api.data(
      `query ($minPosition: Position) {
        now: customer(id: "acme", minPosition: $minPosition) { name plan calendar history { type version effectiveFrom actor { id } changes { path before after } } }
        april: customer(id: "acme", at: "2026-04-30T00:00:00Z", minPosition: $minPosition) { plan calendar }
        may: customer(id: "acme", at: "2026-05-01T00:00:00Z", minPosition: $minPosition) { plan calendar }
        list: customers(minPosition: $minPosition) { edges { node { id plan } } }
        nobody: customer(id: "nobody") { plan }
      }`,
      { minPosition: position },
    );
    expect(now).toEqual({
      ...{ name: 'Acme', plan: 'gold', calendar: null },
      history: [
        { type: 'CUSTOMER_ENROLLED', version: 1, effectiveFrom: null, actor: { id: 'developer' }, changes: [] },
        {
          ...{ type: 'CUSTOMER_PLAN_CHANGED', version: 2, effectiveFrom: '2026-04-01T00:00:00.000Z' },
          ...{ actor: { id: 'developer' }, changes: [{ path: 'plan', before: 'gold', after: 'pro' }] },
        },
        {
          ...{ type: 'CUSTOMER_CALENDAR_SET', version: 3, effectiveFrom: '2026-05-01T00:00:00.000Z' },
          ...{ actor: { id: 'developer' }, changes: [{ path: 'calendar', before: null, after: 'rome' }] },
        },
      ],
    });
    expect([april, may]).toEqual([
      { plan: 'pro', calendar: null },
      { plan: 'pro', calendar: 'rome' },
    ]);
    expect([list, nobody]).toEqual([{ edges: [{ node: { id: 'acme', plan: 'gold' } }] }, null]);
  });

  it('lets a retired plan take no new customers, and keeps those it has', async () => {
    await plan('definePlan', { code: 'old', name: 'Old', targets: [] });
    await customer('enrolCustomer', { id: 'faithful', plan: 'old' });
    expect(await plan('retirePlan', { code: 'old' })).toMatchObject({
      plan: { retiredFrom: '2026-03-02T09:00:00.000Z' },
    });
    expect(await customer('enrolCustomer', { id: 'late', plan: 'old' })).toMatchObject({ code: 'PLAN_RETIRED' });
    expect(
      await customer('changeCustomerPlan', { id: 'acme', plan: 'old', effectiveFrom: '2026-09-01T00:00:00Z' }),
    ).toMatchObject({ code: 'PLAN_RETIRED' });
    expect(await customer('enrolCustomer', { id: 'faithful', plan: 'old' })).toMatchObject({
      customer: { plan: 'old' },
    });
  });

  it.each([
    ['definePlan', { ...gold, code: 'x', calendar: 'mars', targets }, 'CALENDAR_NOT_FOUND', 'calendar'],
    ['revisePlan', { code: 'gold', calendar: 'mars' }, 'CALENDAR_NOT_FOUND', 'calendar'],
    ['revisePlan', { code: 'none', rank: 1 }, 'PLAN_NOT_FOUND', 'none'],
    [
      'revisePlan',
      { code: 'gold', rank: 1, effectiveFrom: '2026-03-01T00:00:00Z' },
      'EFFECTIVE_FROM_BEFORE_LAST',
      'effectiveFrom',
    ],
    [
      'definePlan',
      { ...gold, code: 'x', targets: [{ metric: 'RESOLUTION', target: { amount: 0, unit: 'HOURS' } }] },
      'INVALID_TARGET',
      'targets[0].target.amount',
    ],
    [
      'definePlan',
      { ...gold, code: 'x', targets: [{ metric: 'RESOLUTION', target: { amount: 1e6, unit: 'BUSINESS_DAYS' } }] },
      'INVALID_TARGET',
      'targets[0].target.amount',
    ],
    ['retirePlan', { code: 'none' }, 'PLAN_NOT_FOUND', 'none'],
  ])('%s is refused with a code that names the field: %j', async (verb, input, code, field) => {
    expect(await plan(verb, input)).toEqual({ code, message: expect.stringContaining(field) as unknown });
  });

  it.each([
    ['reviseCalendar', { code: 'none', name: 'x' }, 'CALENDAR_NOT_FOUND'],
    [
      'reviseCalendar',
      { code: 'rome', timeZone: 'Mars/Base', effectiveFrom: '2027-01-01T00:00:00Z' },
      'UNKNOWN_TIME_ZONE',
    ],
    ['reviseCalendar', { code: 'rome', weekly: [], effectiveFrom: '2027-01-01T00:00:00Z' }, 'NO_OPENING'],
  ])('%s is refused with a code: %j', async (verb, input, code) => {
    expect(await calendar(verb, input)).toMatchObject({ code });
  });

  it.each([
    ['enrolCustomer', { id: 'x', plan: 'none' }, 'PLAN_NOT_FOUND'],
    ['enrolCustomer', { id: 'x', plan: 'pro', calendar: 'none' }, 'CALENDAR_NOT_FOUND'],
    ['enrolCustomer', { id: 'acme', plan: 'pro' }, 'CUSTOMER_ENROLLED'],
    ['changeCustomerPlan', { id: 'nobody', plan: 'pro' }, 'CUSTOMER_NOT_FOUND'],
    ['setCustomerCalendar', { id: 'acme', calendar: 'none' }, 'CALENDAR_NOT_FOUND'],
  ])('%s is refused with a code: %j', async (verb, input, code) => {
    expect(await customer(verb, input)).toMatchObject({ code });
  });

  it('is the same after a restart', async () => {
    const { position: after } = await plan('retirePlan', { code: 'old' });
    const all = `query ($minPosition: Position) {
      plans(minPosition: $minPosition) { code version history { version } }
      customers(minPosition: $minPosition) { edges { node { id plan history { type } } } }
    }`;
    const before = await api.data(all, { after });
    await api.restart('2026-03-02T09:00:00Z');
    expect(await api.data(all, { after })).toEqual(before);
  });

  it('takes holidays as ranges, as yearly dates, and from the events of a file that its filters keep', async () => {
    const event = (uid: string, ...lines: readonly string[]) => ['BEGIN:VEVENT', `UID:${uid}`, ...lines, 'END:VEVENT'];
    const icalendar = [
      'BEGIN:VCALENDAR',
      ...event('1', 'DTSTART:20270517', 'SUMMARY:Whit Monday', 'TRANSP:TRANSPARENT', 'CATEGORIES:Public'),
      ...event('2', 'DTSTART:20270214', 'SUMMARY:Day of love', 'TRANSP:TRANSPARENT', 'DESCRIPTION:Observance'),
      ...event('3', 'DTSTART:20270220', 'SUMMARY:Working day', 'TRANSP:OPAQUE'),
      ...event('4', 'DTSTART:20270301', 'RRULE:FREQ=HOURLY', 'SUMMARY:Mistyped', 'TRANSP:TRANSPARENT'),
      'END:VCALENDAR',
    ].join('\r\n');
    const source = {
      icalendar,
      transp: 'transparent',
      except: { description: ['obs*'] },
      firstYear: 2027,
      lastYear: 2027,
    };
    const oslo = (code: string, holidaysFrom: readonly object[]) =>
      calendar('defineCalendar', {
        ...{ code, name: 'Oslo', timeZone: 'Europe/Oslo', weekly, holidaysFrom },
        holidays: [
          { from: '2027-12-30', to: '2027-12-31', name: 'Closing' },
          { yearly: '12-24', firstYear: 2027, lastYear: 2027, hours: { opens: '12:00', closes: '24:00' } },
        ],
      });
    expect(await oslo('oslo', [source])).toMatchObject({
      code: 'MALFORMED_ICALENDAR',
      message: expect.stringContaining('the event "Mistyped" that begins in line') as unknown,
    });
    const { calendar: defined } = await oslo('oslo', [{ ...source, skipMalformed: true }]);
    expect((defined as { definition: { holidays: unknown } }).definition.holidays).toEqual([
      { date: '2027-05-17', name: 'Whit Monday' },
      { date: '2027-12-24', hours: ['12:00', '24:00'] },
      { date: '2027-12-30', name: 'Closing' },
      { date: '2027-12-31', name: 'Closing' },
    ]);
    expect(await oslo('bergen', [{ ...source, summary: ['nothing'], skipMalformed: true }])).toMatchObject({
      code: 'NO_HOLIDAYS',
    });
  });
});
