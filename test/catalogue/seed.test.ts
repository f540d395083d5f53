import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Catalogue } from '../../src/catalogue/catalogue.js';
import { type CataloguePorts } from '../../src/catalogue/commands/catalogue-ports.js';
import { resolveHolidays } from '../../src/business-time/holiday-sources.js';
import { defineCalendar, definePlan, revisePlan } from '../../src/catalogue/commands/define.js';
import { builtInPlans, officeHours } from '../../src/catalogue/domain/built-in-plans.js';
import { type Plan } from '../../src/catalogue/domain/plan.js';
import { seedCatalogue } from '../../src/catalogue/seed.js';
import { pledge } from '../../src/event-sourcing/system-actor.js';
import { ManualClock } from '../support/manual-clock.js';
import { type OpenStore } from '../contract/event-store.contract.js';
import { eachStore } from '../support/stores.js';

const start = Date.parse('2026-03-02T09:00:00Z');

/** The plans as they were before calls were promised. */
const before: readonly Plan[] = builtInPlans.map((plan) => ({
  ...plan,
  targets: plan.targets.filter(({ metric }) => metric === 'firstResponse' || metric === 'followUp'),
  pauses: { firstResponse: plan.pauses.firstResponse ?? [], followUp: plan.pauses.followUp ?? [] },
}));

describe.each(eachStore)('the built-in plans, $where', ({ open }) => {
  let opened: OpenStore;
  let ports: CataloguePorts;
  let clock: ManualClock;
  beforeEach(async () => {
    opened = await open();
    clock = new ManualClock(start);
    const { store } = opened;
    const catalogue = new Catalogue(store, 'community');
    ports = { store, catalogue, time: clock, resolveHolidays };
  });
  afterEach(() => opened.close());

  const versions = async (code: string) =>
    (await ports.catalogue.planHistory(code)).map(({ version, effectiveFrom }) => [version, effectiveFrom]);

  /** A data folder from before. */
  async function older(): Promise<void> {
    await defineCalendar(
      ports,
      { code: 'business-hours', name: 'Business hours', definition: officeHours('UTC') },
      pledge,
    );
    for (const plan of before) await definePlan(ports, plan, pledge);
  }

  it('promise calls since always in a new data folder, and starting again records nothing', async () => {
    await seedCatalogue(ports, 'UTC');
    const position = await ports.store.lastPosition();
    await seedCatalogue(ports, 'UTC');
    expect(await ports.store.lastPosition()).toBe(position);
    expect(await versions('advanced')).toEqual([[1, null]]);
    const [version] = await ports.catalogue.planHistory('advanced');
    expect(version?.content.targets.map(({ metric }) => metric)).toEqual([
      'firstResponse',
      'followUp',
      'callBack',
      'appointment',
    ]);
  });

  it('get a new version in an older data folder, once, in force from then on', async () => {
    await older();
    clock.moveTo(start + 60_000);
    await seedCatalogue(ports, 'UTC');
    clock.moveTo(start + 120_000);
    await seedCatalogue(ports, 'UTC');
    for (const { code } of builtInPlans)
      expect(await versions(code)).toEqual([
        [1, null],
        [2, start + 60_000],
      ]);
    const history = await ports.catalogue.planHistory('advanced');
    expect(history.at(-1)?.content).toEqual(builtInPlans.find(({ code }) => code === 'advanced'));
  });

  it('stay as a person has revised or retired them', async () => {
    await older();
    const person = { id: 'ann', kind: 'person' } as const;
    const [community, standard] = before;
    if (community === undefined || standard === undefined) throw new Error('there are five plans');
    await revisePlan(ports, { ...standard, name: 'Basic' }, person);
    await seedCatalogue(ports, 'UTC');
    const history = await ports.catalogue.planHistory('standard');
    expect(history.map(({ content }) => content.name)).toEqual(['Standard', 'Basic']);
    expect(history.at(-1)?.content.targets).toEqual(standard.targets);
  });
});
