import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { resolveHolidays } from '../../../src/business-time/holiday-sources.js';
import { type EventStore, type NewEvent, type StoredEvent } from '../../../src/event-sourcing/event-store.js';
import { Rejection } from '../../../src/event-sourcing/rejection.js';
import { builtInPlans, officeHours } from '../../../src/catalogue/domain/built-in-plans.js';
import { catalogueChanges } from '../../../src/catalogue/file/catalogue-changes.js';
import { describe as inWords } from '../../../src/catalogue/file/describe.js';
import { readPlansFile } from '../../../src/catalogue/file/read-plans-file.js';
import { readCatalogue } from '../../../src/catalogue/file/whole-catalogue.js';
import { toPlansFile, toYaml } from '../../../src/catalogue/file/write-plans-file.js';

const march = Date.UTC(2026, 2, 2, 9);
const example = readFileSync('examples/plans/plans.yaml', 'utf8');

const calendar = { code: 'desk', name: 'Desk', definition: officeHours('UTC') };
const target = { metric: 'firstResponse', target: { amount: 4, unit: 'hours' } };
const gold = { code: 'gold', name: 'Gold', calendar: 'desk', targets: [target] };
const acme = { id: 'acme', plan: 'gold' };
const file = { calendars: [calendar], plans: [gold], customers: [acme] };

/** A catalogue that files are applied to, one after another; `changed` is what the last one changed, in words. */
class Applied {
  private readonly events: NewEvent[] = [];
  changed: readonly string[] = [];

  private read = () =>
    readCatalogue({
      readAll: async function* (this: Applied) {
        yield* this.events as StoredEvent[];
      }.bind(this) as EventStore['readAll'],
    });

  async apply(source: string | object, now = march): Promise<this> {
    const text = typeof source === 'string' ? source : stringify(source);
    const changes = await catalogueChanges({ now, resolveHolidays }, await this.read(), readPlansFile(text));
    this.events.push(...changes.map(({ event }) => event));
    this.changed = changes.map((change) => inWords(change).join('\n'));
    return this;
  }

  async exported(now = march): Promise<string> {
    return toYaml(toPlansFile(await this.read(), now));
  }

  get types(): readonly string[] {
    return this.events.map(({ type }) => type);
  }
}

const applied = (source: string | object) => new Applied().apply(source);

async function refusal(work: () => Promise<unknown>): Promise<readonly [string, string]> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Rejection) return [error.code, error.message];
    throw error;
  }
  return ['accepted', ''];
}

describe('a file of plans', () => {
  it.each([
    [
      {
        plans: [{ name: 'X', targets: [{ metric: 'speed', target: { amount: 1 } }] }],
        customers: [{ plan: '?' }],
        plan: [],
      },
      /^plans\[0\].code is missing; plans\[0\].targets\[0\].metric must be one of [^;]*; plans\[0\].targets\[0\].target.unit is missing; customers\[0\].id is missing; customers\[0\].plan must be [^;]*; plan is not a field here\.$/,
    ],
    [
      { types: [{ code: 'a' }, { code: ' A ' }], plans: [gold, gold], customers: [acme, acme, acme] },
      /^types\[1\].code A occurs twice; plans\[1\].code gold occurs twice; customers\[1\].id acme occurs twice; customers\[2\].id acme occurs twice\.$/,
    ],
  ])('with several mistakes is refused with all of them: %j', async (source, message) => {
    expect(await refusal(() => applied(source))).toEqual(['INVALID_FIELD', expect.stringMatching(message)]);
  });

  it('makes what is not there yet, and a second time nothing', async () => {
    const catalogue = await applied(example);
    expect(catalogue.types).toEqual([
      ...['WordDefined', 'WordDefined', 'WordDefined'],
      ...['CalendarDefined', 'CalendarDefined', 'PlanDefined', 'PlanDefined', 'CustomerEnrolled', 'CustomerEnrolled'],
    ]);
    await catalogue.apply(example);
    expect(catalogue.changed).toEqual([]);
  });

  it('written out and read again changes nothing, here or where all of it is new', async () => {
    const catalogue = await applied(example);
    await catalogue.apply({ plans: [{ ...gold, calendar: 'rome', retired: true }] });
    const written = await catalogue.exported();
    await catalogue.apply(written);
    expect(catalogue.changed).toEqual([]);
    const anew = await applied(written);
    expect(parse(await anew.exported())).toEqual(parse(written));
  });

  it('keeps from when until when the holidays of a calendar are known', async () => {
    const known = { holidaysKnownFrom: '2020-07-01', holidaysKnownUntil: '2030-06-30' };
    const source = { ...file, calendars: [{ ...calendar, definition: { ...calendar.definition, ...known } }] };
    const exported = await (await applied(source)).exported();
    expect((parse(exported) as typeof file).calendars[0]?.definition).toMatchObject(known);
    expect((await (await applied(source)).apply(exported)).changed).toEqual([]);
  });

  it('may be JSON', async () => {
    expect((await applied(JSON.stringify(file))).types).toEqual(['CalendarDefined', 'PlanDefined', 'CustomerEnrolled']);
  });

  it('changes only what differs, and says so in words', async () => {
    const catalogue = await applied(file);
    await catalogue.apply({
      calendars: [{ ...calendar, definition: { ...calendar.definition, holidays: ['2026-05-01'] } }],
      plans: [
        {
          ...gold,
          ...{ rank: 3, effectiveFrom: '2026-04-01T00:00:00+02:00', appliesToOpenTickets: true },
          targets: [target, { ...target, priority: 'high', target: { amount: 1, unit: 'businessDays' } }],
        },
        { code: 'new', name: 'New', calendar: 'desk', targets: [] },
      ],
      customers: [{ ...acme, plan: 'new', name: 'Acme', calendar: 'desk', effectiveFrom: '2026-06-01T00:00:00Z' }],
    });
    expect(catalogue.changed).toEqual([
      '~ calendar desk: version 2, from 2026-03-02T09:00:00.000Z on\n    definition.holidays: 2026-05-01',
      [
        '~ plan gold: version 2, from 2026-03-31T22:00:00.000Z on, open tickets too',
        '    rank: 0 → 3',
        '    targets: + firstResponse in 1 businessDays sameTime for high',
      ].join('\n'),
      expect.stringMatching(/^\+ plan new: new, from the beginning of time\n {4}rank: 0/),
      '~ customer acme: from 2026-06-01T00:00:00.000Z on\n    name: none → Acme\n    plan: gold → new',
      '~ customer acme: from 2026-06-01T00:00:00.000Z on\n    calendar: none → desk',
    ]);
  });

  it('gives a target a calendar of its own, says so in words, and refuses one that is not there', async () => {
    const urgent = { ...target, priority: 'urgent', calendar: 'always' };
    const always = { ...calendar, code: 'always' };
    const catalogue = await (
      await applied(file)
    ).apply({
      calendars: [calendar, always],
      plans: [{ ...gold, targets: [target, urgent] }],
    });
    expect(catalogue.changed.at(-1)).toContain('+ firstResponse in 4 hours for urgent by always');
    expect((await catalogue.apply(await catalogue.exported())).changed).toEqual([]);
    const mars = { ...file, plans: [{ ...gold, targets: [target, { ...urgent, calendar: 'mars' }] }] };
    expect(await refusal(() => applied(mars))).toEqual([
      'CALENDAR_NOT_FOUND',
      'plans[0].targets[1].calendar: there is no calendar mars.',
    ]);
  });

  it('leaves alone what it does not name, and the order of what is a set', async () => {
    const catalogue = await applied({ ...file, plans: [{ ...gold, channels: ['email', 'phone'] }] });
    await catalogue.apply({ plans: [{ ...gold, channels: ['phone', 'email'] }] });
    expect(catalogue.changed).toEqual([]);
    await catalogue.apply({});
    expect(catalogue.changed).toEqual([]);
    await catalogue.apply('');
    expect(catalogue.changed).toEqual([]);
  });

  it('takes what it leaves out of a plan as the usual, not as it was', async () => {
    const catalogue = await applied({ ...file, plans: [{ ...gold, rank: 7 }] });
    await catalogue.apply({ plans: [gold] });
    expect(catalogue.changed).toEqual(['~ plan gold: version 2, from 2026-03-02T09:00:00.000Z on\n    rank: 7 → 0']);
  });

  it('retires a plan after those who are on it are enrolled, once; another is not enrolled', async () => {
    const retired = { ...file, plans: [{ ...gold, retired: true }] };
    const catalogue = await applied(retired);
    expect(catalogue.changed.at(-1)).toBe('- plan gold: retired from 2026-03-02T09:00:00.000Z on');
    await catalogue.apply(retired);
    expect(catalogue.changed).toEqual([]);
    const late = { customers: [{ id: 'late', plan: 'gold' }] };
    expect(await refusal(() => catalogue.apply(late))).toEqual([
      'PLAN_RETIRED',
      'customers[0].plan: gold is retired; it takes no new customers.',
    ]);
    const written = await catalogue.exported();
    expect(written).toContain('retired: true');
    expect(await (await applied(written)).exported()).toBe(written);
  });

  it('ends enrolments, takes an end back, and is written out with it', async () => {
    const until = '2026-04-01T00:00:00.000Z';
    const catalogue = await applied({ ...file, customers: [{ ...acme, until }] });
    expect(catalogue.types.slice(-2)).toEqual(['CustomerEnrolled', 'CustomerEnrolmentEnded']);
    expect(catalogue.changed.at(-1)).toBe(`- customer acme: enrolment ends from ${until} on`);
    expect(parse(await catalogue.exported())).toMatchObject({ customers: [{ ...acme, until }] });
    expect((await catalogue.apply(await catalogue.exported())).changed).toEqual([]);
    expect((await new Applied().apply(await catalogue.exported())).types).toContain('CustomerEnrolmentEnded');
    const sooner = '2026-03-15T00:00:00.000Z';
    await catalogue.apply({ customers: [{ ...acme, until: sooner }] });
    expect(catalogue.changed).toEqual([`- customer acme: enrolment ends from ${sooner} on`]);
    await catalogue.apply({ customers: [{ ...acme, effectiveFrom: sooner }] });
    expect(catalogue.types.at(-1)).toBe('CustomerPlanChanged');
    expect(parse(await catalogue.exported())).toMatchObject({ customers: [{ ...acme, effectiveFrom: sooner }] });
  });

  it('joins ids of customers, once, and is written out with the joins', async () => {
    const joins = [{ from: 'acme old', into: 'acme', effectiveFrom: '2026-04-01T00:00:00.000Z' }];
    const catalogue = await applied({ ...file, joins });
    expect(catalogue.changed.at(-1)).toBe('+ join acme old: joined to acme from 2026-04-01T00:00:00.000Z on');
    expect(parse(await catalogue.exported())).toMatchObject({ joins });
    expect((await catalogue.apply(await catalogue.exported())).changed).toEqual([]);
    expect((await catalogue.apply({ joins: [{ from: 'acme old', into: 'acme' }] })).changed).toEqual([]);
    const circle = { joins: [{ from: 'acme', into: 'acme old' }] };
    expect(await refusal(() => catalogue.apply(circle))).toEqual([
      'JOIN_CYCLE',
      expect.stringMatching(/^joins\[0\]\.into: /),
    ]);
  });

  it('is written out with the instants that lie ahead, and without those of the past', async () => {
    const catalogue = await applied(file);
    await catalogue.apply({ plans: [{ ...gold, rank: 3, effectiveFrom: '2026-04-01T00:00:00Z' }] });
    expect(await catalogue.exported()).toContain("effectiveFrom: '2026-04-01T00:00:00.000Z'");
    expect(await catalogue.exported(Date.UTC(2026, 4, 1))).not.toContain('effectiveFrom');
  });

  it('knows the built-in plans as they are', async () => {
    const office = { code: 'business-hours', name: 'Business hours', definition: officeHours('UTC') };
    const catalogue = await applied({ calendars: [office], plans: builtInPlans });
    expect(catalogue.types).toHaveLength(6);
    await catalogue.apply(await catalogue.exported());
    expect(catalogue.changed).toEqual([]);
  });

  const withPlan = (changes: object) => ({ ...file, plans: [{ ...gold, ...changes }] });
  const withDefinition = (changes: object) => ({
    calendars: [{ ...calendar, definition: { ...calendar.definition, ...changes } }],
  });
  it.each<readonly [string, string | object, string, string]>([
    ['no YAML', 'plans: [', 'MALFORMED_FILE', 'line 1'],
    ['a key twice', 'plans: []\nplans: []', 'MALFORMED_FILE', 'line 2'],
    ['a list', '- a', 'INVALID_FIELD', 'the file'],
    ['a field that nobody knows', { plan: [] }, 'INVALID_FIELD', 'plan'],
    ['a field of a plan that nobody knows', withPlan({ target: [] }), 'INVALID_FIELD', 'plans[0].target'],
    ['a plan without targets', { plans: [{ code: 'x', name: 'X' }] }, 'INVALID_FIELD', 'plans[0].targets'],
    ['a code with a blank', withPlan({ code: 'a b' }), 'INVALID_FIELD', 'plans[0].code'],
    ['a plan twice', { plans: [gold, gold] }, 'INVALID_FIELD', 'plans[1].code'],
    ['a rank of words', withPlan({ rank: 'high' }), 'INVALID_FIELD', 'plans[0].rank'],
    ['a local time', withPlan({ effectiveFrom: '2026-04-01T00:00:00' }), 'INVALID_FIELD', 'plans[0].effectiveFrom'],
    ['an unknown reason', withPlan({ pauses: { followUp: ['tea'] } }), 'INVALID_FIELD', 'plans[0].pauses.followUp[0]'],
    [
      'a rule of days for hours',
      withPlan({ targets: [{ ...target, target: { amount: 1, unit: 'hours', rule: 'sameTime' } }] }),
      'INVALID_FIELD',
      'plans[0].targets[0].target.rule',
    ],
    [
      'a target of zero',
      withPlan({ targets: [{ ...target, target: { amount: 0, unit: 'hours' } }] }),
      'INVALID_TARGET',
      'plans[0].targets[0].target.amount',
    ],
    [
      'a target of a million days',
      withPlan({ targets: [{ ...target, target: { amount: 1e6, unit: 'businessDays' } }] }),
      'INVALID_TARGET',
      'plans[0].targets[0].target.amount',
    ],
    ['an unknown calendar', withPlan({ calendar: 'mars' }), 'CALENDAR_NOT_FOUND', 'plans[0].calendar'],
    ['an unknown plan', { customers: [acme] }, 'PLAN_NOT_FOUND', 'customers[0].plan'],
    [
      "a customer's unknown calendar",
      { ...file, customers: [{ ...acme, calendar: 'mars' }] },
      'CALENDAR_NOT_FOUND',
      'customers[0].calendar',
    ],
    [
      'an unknown zone',
      withDefinition({ timeZone: 'Mars/Base' }),
      'UNKNOWN_TIME_ZONE',
      'calendars[0].definition.timeZone',
    ],
    [
      'a time like 25:00',
      withDefinition({ weekly: { mon: [['09:00', '25:00']] } }),
      'INVALID_TIME',
      'calendars[0].definition.weekly.mon[0][1]',
    ],
    [
      'an unknown country',
      withDefinition({ holidaysFrom: [{ country: 'XX' }] }),
      'UNKNOWN_COUNTRY',
      'calendars[0].definition.holidaysFrom[0].country',
    ],
    ['no opening', withDefinition({ weekly: {} }), 'NO_OPENING', 'calendars[0].definition.weekly'],
    [
      'an unknown field of a calendar',
      withDefinition({ zone: 'UTC' }),
      'INVALID_FIELD',
      'calendars[0].definition.zone',
    ],
  ])('with %s is refused with a code and the path', async (_, source, code, path) => {
    expect(await refusal(() => applied(source))).toEqual([code, expect.stringContaining(path)]);
  });

  const own = {
    types: [{ code: 'incident', name: 'Incident' }],
    channels: [{ code: 'Chat' }],
    priorities: [
      { code: '1 - Critical', name: 'Critical', rank: 9 },
      { code: 'LOW', rank: -1 },
    ],
  };

  it('has the words of the desk, which plans may name in any case', async () => {
    const worded = { ...gold, types: ['INCIDENT', 'productBug'], channels: ['chat'] };
    const urgent = { ...target, type: 'Incident', priority: '1 - critical' };
    const catalogue = await applied({ ...file, ...own, plans: [{ ...worded, targets: [target, urgent] }] });
    expect(catalogue.changed.slice(0, 4)).toEqual([
      '+ type incident: new, from the beginning of time\n    name: Incident',
      '+ channel Chat: new, from the beginning of time\n    name: Chat',
      '+ priority 1 - Critical: new, from the beginning of time\n    name: Critical\n    rank: 9',
      '~ priority low: from the beginning of time\n    rank: 0 → -1',
    ]);
    const { plans } = parse(await catalogue.exported()) as { plans: object[] };
    expect(plans[0]).toMatchObject({
      ...{ types: ['incident', 'productBug'], channels: ['Chat'] },
      targets: [target, { ...target, type: 'incident', priority: '1 - Critical' }],
    });
    await catalogue.apply({ ...file, ...own, plans: [{ ...worded, targets: [target, urgent] }] });
    expect(catalogue.changed).toEqual([]);
  });

  it('retires words and takes them back; one that it says nothing of stays as it is', async () => {
    const catalogue = await applied(own);
    await catalogue.apply({ types: [{ code: 'Incident', retired: true, effectiveFrom: '2026-02-01T00:00:00Z' }] });
    expect(catalogue.changed).toEqual(['- type incident: retired from 2026-02-01T00:00:00.000Z on']);
    await catalogue.apply(own);
    expect(catalogue.changed).toEqual([]);
    const written = await catalogue.exported();
    expect(written).toContain("effectiveFrom: '2026-02-01T00:00:00.000Z'");
    expect(parse(await (await applied(written)).exported())).toEqual(parse(written));
    const worded = { ...file, plans: [{ ...gold, types: ['INCIDENT'] }] };
    await catalogue.apply(worded); // tickets that have the word keep their promise
    expect(parse(await catalogue.exported())).toMatchObject({ plans: [{ types: ['incident'] }] });
    await catalogue.apply({ types: [{ code: 'incident', retired: false }] });
    expect(catalogue.changed).toEqual(['+ type incident: in use again']);
  });

  it.each<readonly [string, object, string, string]>([
    ['a type', { types: ['productBug', 'gadget'] }, 'UNKNOWN_TYPE', 'plans[0].types[1]: there is no type "gadget"'],
    ['a channel', { channels: ['fax'] }, 'UNKNOWN_CHANNEL', 'plans[0].channels[0]: there is no channel "fax"'],
    [
      'a priority',
      { targets: [target, { ...target, priority: 'P9' }] },
      'UNKNOWN_PRIORITY',
      'plans[0].targets[1].priority: there is no priority "P9". The priorities are low, normal, high, urgent.',
    ],
  ])('with a plan that names %s which the desk lacks is refused', async (_, changes, code, message) => {
    expect(await refusal(() => applied(withPlan(changes)))).toEqual([code, expect.stringContaining(message)]);
  });

  it.each<readonly [string, object, string]>([
    ['a word twice', { types: [{ code: 'a' }, { code: ' A ' }] }, 'types[1].code'],
    ['a word of blanks', { channels: [{ code: '  ' }] }, 'channels[0].code'],
    ['a rank of a type', { types: [{ code: 'a', rank: 1 }] }, 'types[0].rank'],
    [
      'a date of a word that is not retired',
      { types: [{ code: 'a', effectiveFrom: '2026-02-01T00:00:00Z' }] },
      'types[0].effectiveFrom',
    ],
  ])('with %s is refused', async (_, source, path) => {
    expect(await refusal(() => applied(source))).toEqual(['INVALID_FIELD', expect.stringContaining(path)]);
  });

  it('with a revision from before the last one is refused', async () => {
    const catalogue = await applied(file);
    await catalogue.apply(withPlan({ rank: 1, effectiveFrom: '2026-04-01T00:00:00Z' }));
    expect(await refusal(() => catalogue.apply(withPlan({ rank: 2, effectiveFrom: '2026-03-31T00:00:00Z' })))).toEqual([
      'EFFECTIVE_FROM_BEFORE_LAST',
      expect.stringContaining('plans[0].effectiveFrom'),
    ]);
  });

  it('is refused for all that is wrong with it at once', async () => {
    const source = { plans: [{ ...gold, calendar: 'mars' }], customers: [{ id: 'x', plan: 'none' }] };
    const [code, message] = await refusal(() => applied(source));
    expect([code, message.split('\n')]).toEqual([
      'CALENDAR_NOT_FOUND',
      ['plans[0].calendar: there is no calendar mars.', 'PLAN_NOT_FOUND: customers[0].plan: there is no plan none.'],
    ]);
  });
});
