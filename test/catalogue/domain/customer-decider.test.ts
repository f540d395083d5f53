import { describe, expect, it } from '@jest/globals';
import { customerDecider } from '../../../src/catalogue/domain/customer-decider.js';
import { inForce } from '../../../src/catalogue/domain/version-history.js';
import { planDefaults } from '../../../src/catalogue/domain/plan-defaults.js';
import { planDecider } from '../../../src/catalogue/domain/plan-decider.js';
import { specify } from '../../support/specify.js';

const day = (date: string) => Date.parse(`${date}T00:00:00Z`);
const from = (date: string | undefined) => (date === undefined ? undefined : day(date));

const definePlan = (code: string) =>
  ({ type: 'DefinePlan', plan: { code, name: code, ...planDefaults, targets: [] } }) as const;
const plan = (code: string) => specify(planDecider).given(['2025-01-01', definePlan(code)]).state;
const retired = specify(planDecider).given(
  ['2025-01-01', definePlan('old')],
  ['2026-01-01', { type: 'RetirePlan', code: 'old', effectiveFrom: undefined }],
).state;

const acme = { customer: 'acme', name: 'Acme', plan: 'pro', calendar: null, effectiveFrom: null };
const enrol = (changes: Partial<typeof acme> | { effectiveFrom: number } = {}, offer = plan('pro')) =>
  ({ type: 'EnrolCustomer', enrolment: { ...acme, ...changes }, offer }) as const;
const changePlan = (code: string, date?: string, offer = plan(code)) =>
  ({ type: 'ChangeCustomerPlan', customer: 'acme', plan: code, effectiveFrom: from(date), offer }) as const;
const setCalendar = (calendar: string | null, date?: string) =>
  ({ type: 'SetCustomerCalendar', customer: 'acme', calendar, effectiveFrom: from(date) }) as const;

const customers = specify(customerDecider);
const enrolled = customers.given(['2026-02-01', enrol()]);

describe('a customer', () => {
  it('is enrolled once; the same again is already so', () => {
    customers.given().when('2026-02-01', enrol()).then(['CustomerEnrolled', acme]);
    enrolled.when('2026-02-02', enrol()).then();
    enrolled.when('2026-02-02', enrol({ plan: 'gold' }, plan('gold'))).thenRejected('CUSTOMER_ENROLLED', 'acme');
  });

  it('changes plan and calendar, each from an instant on, and each says how the customer stands then', () => {
    const moved = customers.given(
      ['2026-02-01', enrol()],
      ['2026-02-02', changePlan('gold', '2026-04-01')],
      ['2026-02-03', setCalendar('rome', '2026-05-01')],
      ['2026-06-01', setCalendar(null)],
    );
    const on = (date: string) => inForce(moved.state, day(date))?.content;
    expect(on('2026-03-31')).toMatchObject({ plan: 'pro', calendar: null });
    expect(on('2026-04-01')).toMatchObject({ plan: 'gold', calendar: null });
    expect(on('2026-05-01')).toMatchObject({ plan: 'gold', calendar: 'rome', name: 'Acme' });
    expect(on('2026-06-01')).toMatchObject({ plan: 'gold', calendar: null });
  });

  it('that stands so already is left as it is', () => {
    enrolled.when('2026-02-02', changePlan('pro')).then();
    enrolled.when('2026-02-02', setCalendar(null)).then();
  });

  describe('whose enrolment ends', () => {
    const end = (date?: string) =>
      ({ type: 'EndCustomerEnrolment', customer: 'acme', effectiveFrom: from(date) }) as const;
    const ended = customers.given(['2026-02-01', enrol()], ['2026-02-02', end('2026-04-01')]);

    it('is on its plan until then, and on none from then on', () => {
      enrolled
        .when('2026-02-02', end('2026-04-01'))
        .then(['CustomerEnrolmentEnded', { customer: 'acme', effectiveFrom: day('2026-04-01') }]);
      const on = (date: string) => inForce(ended.state, day(date))?.content;
      expect(on('2026-03-31')).toMatchObject({ plan: 'pro' });
      expect(on('2026-04-01')).toEqual({ customer: 'acme', name: 'Acme', plan: null, calendar: null });
    });

    it('may end sooner, not later, and not before what was changed last', () => {
      ended.when('2026-02-03', end('2026-04-01')).then();
      ended.when('2026-02-03', end('2026-03-01')).then(['CustomerEnrolmentEnded', {}]);
      ended.when('2026-02-03', end('2026-05-01')).thenRejected('ENROLMENT_ENDED', '2026-04-01');
      customers
        .given(['2026-02-01', enrol()], ['2026-02-02', changePlan('gold', '2026-04-01')])
        .when('2026-02-03', end('2026-03-01'))
        .thenRejected('EFFECTIVE_FROM_BEFORE_LAST', '2026-04-01');
      customers.given().when('2026-02-03', end()).thenRejected('CUSTOMER_NOT_FOUND', 'acme');
    });

    it('may be enrolled again from then on, or go on without a gap', () => {
      ended.when('2026-05-01', enrol()).then(['CustomerEnrolled', { ...acme, effectiveFrom: day('2026-05-01') }]);
      ended.when('2026-02-03', changePlan('pro', '2026-04-01')).then(['CustomerPlanChanged', { plan: 'pro' }]);
      ended
        .when('2026-02-03', changePlan('pro', '2026-03-01'))
        .thenRejected('EFFECTIVE_FROM_BEFORE_LAST', '2026-04-01');
      ended.when('2026-05-01', setCalendar('rome')).thenRejected('ENROLMENT_ENDED', 'acme');
    });
  });

  it('may get another name with the plan', () => {
    enrolled
      .when('2026-02-02', { ...changePlan('pro'), name: 'Acme Ltd' })
      .then(['CustomerPlanChanged', { plan: 'pro', name: 'Acme Ltd' }]);
  });

  it('takes no change from before the last one', () => {
    const moved = customers.given(['2026-02-01', enrol()], ['2026-02-02', changePlan('gold', '2026-04-01')]);
    moved
      .when('2026-02-03', setCalendar('rome', '2026-03-31'))
      .thenRejected('EFFECTIVE_FROM_BEFORE_LAST', 'effectiveFrom');
    moved
      .when('2026-02-03', changePlan('pro', '2026-03-31'))
      .thenRejected('EFFECTIVE_FROM_BEFORE_LAST', 'effectiveFrom');
  });

  it('is not put on a retired plan, nor on one that is not there', () => {
    customers
      .given()
      .when('2026-02-01', enrol({ plan: 'old' }, retired))
      .thenRejected('PLAN_RETIRED', 'plan: old');
    customers
      .given()
      .when('2026-02-01', enrol({ plan: 'no' }, []))
      .thenRejected('PLAN_NOT_FOUND', 'plan');
    enrolled.when('2026-02-02', changePlan('old', undefined, retired)).thenRejected('PLAN_RETIRED', 'plan: old');
    enrolled.when('2026-02-02', changePlan('no', undefined, [])).thenRejected('PLAN_NOT_FOUND', 'plan');
  });

  it('that was on it before it was retired stays, and may be recorded later', () => {
    const since = { plan: 'old', effectiveFrom: day('2025-12-31') };
    customers.given().when('2026-02-01', enrol(since, retired)).then(['CustomerEnrolled', since]);
    const there = customers.given(['2026-02-01', enrol(since, retired)]);
    there.when('2026-02-02', enrol(since, retired)).then();
    there.when('2026-02-02', setCalendar('rome')).then(['CustomerCalendarSet', { plan: 'old', calendar: 'rome' }]);
  });

  it('that nobody enrolled has nothing to change', () => {
    customers.given().when('2026-02-02', changePlan('pro')).thenRejected('CUSTOMER_NOT_FOUND', 'acme');
    customers.given().when('2026-02-02', setCalendar('rome')).thenRejected('CUSTOMER_NOT_FOUND', 'acme');
  });
});
