import { describe, expect, it } from '@jest/globals';
import { inForce } from '../../../src/catalogue/domain/version-history.js';
import { type Plan, type PlanTarget } from '../../../src/catalogue/domain/plan.js';
import { planDefaults } from '../../../src/catalogue/domain/plan-defaults.js';
import { isRetired, type PlanChanges, planDecider, versionsOf } from '../../../src/catalogue/domain/plan-decider.js';
import { specify } from '../../support/specify.js';

const day = (date: string) => Date.parse(`${date}T00:00:00Z`);
const hours = (amount: number) => ({ amount, unit: 'hours' }) as const;
const firstResponse = (target: PlanTarget['target'], more: Partial<PlanTarget> = {}): PlanTarget => ({
  ...{ metric: 'firstResponse', target, ...more },
});
const gold: Plan = { code: 'gold', name: 'Gold', ...planDefaults, targets: [firstResponse(hours(8))] };

const define = (changes: Partial<Plan> = {}) => ({ type: 'DefinePlan', plan: { ...gold, ...changes } }) as const;
const revise = (changes: PlanChanges, from?: string, appliesToOpenTickets = false) =>
  ({
    type: 'RevisePlan',
    code: 'gold',
    changes,
    effectiveFrom: from === undefined ? undefined : day(from),
    appliesToOpenTickets,
  }) as const;
const retire = (from?: string) =>
  ({ type: 'RetirePlan', code: 'gold', effectiveFrom: from === undefined ? undefined : day(from) }) as const;

const plans = specify(planDecider);
const defined = plans.given(['2026-01-01', define()]);

describe('a plan', () => {
  it('is defined from the beginning of time', () => {
    plans
      .given()
      .when('2026-01-01', define())
      .then(['PlanDefined', { ...gold, version: 1, effectiveFrom: null }]);
  });

  it('is defined once: the same again is already so, also after a revision; another is refused', () => {
    defined.when('2026-01-02', define()).then();
    plans
      .given(['2026-01-01', define()], ['2026-02-01', revise({ rank: 9 })])
      .when('2026-03-01', define())
      .then();
    defined.when('2026-01-02', define({ name: 'Other' })).thenRejected('PLAN_EXISTS', 'code');
  });

  it('keeps the pauses of a metric where a revision says those of another', () => {
    const followUp = ['onHold'] as const;
    defined
      .when('2026-02-01', revise({ pauses: { followUp } }))
      .then(['PlanRevised', { pauses: { ...planDefaults.pauses, followUp } }]);
  });

  it('that is to be retired is revised before that day', () => {
    plans
      .given(['2026-01-01', define()], ['2026-01-15', retire('2026-06-01')])
      .when('2026-02-01', revise({ rank: 9 }))
      .then(['PlanRevised', { rank: 9, version: 2, effectiveFrom: day('2026-02-01') }]);
  });

  it('is revised from a given instant on, or from now on; what is left out stays', () => {
    defined
      .when('2026-02-01', revise({ rank: 9 }, '2026-04-01', true))
      .then([
        'PlanRevised',
        { ...gold, rank: 9, version: 2, effectiveFrom: day('2026-04-01'), appliesToOpenTickets: true },
      ]);
    defined
      .when('2026-02-01', revise({ pauses: { ...planDefaults.pauses, followUp: [] } }))
      .then([
        'PlanRevised',
        { ...gold, pauses: { ...planDefaults.pauses, followUp: [] }, effectiveFrom: day('2026-02-01') },
      ]);
  });

  it('is revised by nothing that is so already', () => {
    defined.when('2026-02-01', revise({ name: 'Gold', targets: gold.targets })).then();
  });

  it('takes no revision from before the last one', () => {
    const revised = plans.given(['2026-01-01', define()], ['2026-02-01', revise({ rank: 9 }, '2026-04-01')]);
    revised
      .when('2026-02-02', revise({ rank: 8 }, '2026-03-31'))
      .thenRejected('EFFECTIVE_FROM_BEFORE_LAST', 'effectiveFrom');
    revised.when('2026-02-02', revise({ rank: 8 })).thenRejected('EFFECTIVE_FROM_BEFORE_LAST', '2026-04-01');
    revised.when('2026-02-02', revise({ rank: 8 }, '2026-04-01')).then(['PlanRevised', { version: 3, rank: 8 }]);
  });

  it('has at each instant the version last recorded of those in force', () => {
    const { state } = plans.given(
      ['2026-01-01', define()],
      ['2026-02-01', revise({ rank: 2 }, '2026-04-01')],
      ['2026-02-02', revise({ rank: 3 }, '2026-04-01')],
      ['2026-05-01', revise({ rank: 4 })],
    );
    const rankOn = (date: string) => inForce(versionsOf(state), day(date))?.content.rank;
    expect(['1999-01-01', '2026-03-31', '2026-04-01', '2026-04-30', '2026-05-01'].map(rankOn)).toEqual([0, 0, 3, 3, 4]);
  });

  it('is retired once, from an instant on; another may be said earlier', () => {
    defined.when('2026-02-01', retire()).then(['PlanRetired', { code: 'gold', effectiveFrom: day('2026-02-01') }]);
    const retired = plans.given(['2026-01-01', define()], ['2026-02-01', retire('2026-06-01')]);
    retired.when('2026-02-02', retire('2026-07-01')).then();
    retired.when('2026-02-02', retire()).then(['PlanRetired', { effectiveFrom: day('2026-02-02') }]);
    expect([isRetired(retired.state, day('2026-05-31')), isRetired(retired.state, day('2026-06-01'))]).toEqual([
      false,
      true,
    ]);
  });

  it('retired, still promises what it did, and may be revised for those who are on it', () => {
    const { state, when } = plans.given(['2026-01-01', define()], ['2026-02-01', retire()]);
    expect(inForce(versionsOf(state), day('2026-03-01'))?.content).toEqual(gold);
    when('2026-03-01', revise({ rank: 9 })).then(['PlanRevised', { version: 2, rank: 9 }]);
  });

  it('that is not there is neither revised nor retired', () => {
    plans
      .given()
      .when('2026-01-01', revise({ rank: 1 }))
      .thenRejected('PLAN_NOT_FOUND', 'gold');
    plans.given().when('2026-01-01', retire()).thenRejected('PLAN_NOT_FOUND', 'gold');
  });

  const p1 = { priority: 'P1' };
  const bug = { type: 'productBug' } as const;
  it.each<readonly [string, Partial<Plan>, string, string]>([
    ['a target of zero', { targets: [firstResponse(hours(0))] }, 'INVALID_TARGET', 'targets[0].target.amount'],
    [
      'a target of a million days',
      { targets: [firstResponse(hours(1)), { metric: 'followUp', target: { amount: 1e6, unit: 'businessDays' } }] },
      'INVALID_TARGET',
      'targets[1].target.amount',
    ],
    ['a target of a million days of hours', { targets: [firstResponse(hours(24e6))] }, 'INVALID_TARGET', 'targets[0]'],
    ['a share of nothing', { atRiskShare: 0 }, 'INVALID_AT_RISK_SHARE', 'atRiskShare'],
    ['a share of all', { atRiskShare: 1 }, 'INVALID_AT_RISK_SHARE', 'atRiskShare'],
    [
      'two for the same tickets',
      { targets: [firstResponse(hours(1)), firstResponse(hours(2))] },
      'DOUBLE_TARGET',
      'targets[1]',
    ],
    [
      'one by type and one by priority, and none for both',
      { targets: [firstResponse(hours(1), bug), firstResponse(hours(2), p1)] },
      'AMBIGUOUS_TARGETS',
      'targets[1]',
    ],
    [
      'the same the other way round',
      { targets: [firstResponse(hours(2), p1), firstResponse(hours(1), bug)] },
      'AMBIGUOUS_TARGETS',
      'targets[0]',
    ],
  ])('with %s is refused, defined or revised, with the field at fault', (_, changes, code, field) => {
    plans.given().when('2026-01-01', define(changes)).thenRejected(code, field);
    defined.when('2026-01-02', revise(changes)).thenRejected(code, field);
  });

  it('may have one by type and one by priority with a third for both, or for other metrics', () => {
    const targets = [firstResponse(hours(1), bug), firstResponse(hours(2), p1)];
    const third = firstResponse(hours(3), { ...bug, ...p1 });
    plans
      .given()
      .when('2026-01-01', define({ targets: [...targets, third] }))
      .then(['PlanDefined', {}]);
    const other = { ...firstResponse(hours(2), p1), metric: 'resolution' } as const;
    plans
      .given()
      .when('2026-01-01', define({ targets: [firstResponse(hours(1), bug), other] }))
      .then(['PlanDefined', {}]);
  });
});
