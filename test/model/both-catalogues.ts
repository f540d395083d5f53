import { type CalendarDefinition, type Instant } from '../../src/business-time/calendar.js';
import { changeCalendar } from '../../src/catalogue/commands/change-calendar.js';
import { changeCustomer } from '../../src/catalogue/commands/change-customer.js';
import { changeWord } from '../../src/catalogue/commands/change-word.js';
import { changePlan } from '../../src/catalogue/commands/change-plan.js';
import { type Plan } from '../../src/catalogue/domain/plan.js';
import { type TestContext } from '../support/application-contexts.js';
import { NaiveCatalogue } from './naive-catalogue.js';
import { calendars, ownWords, type Step } from './script.js';

export const beginning = Date.parse('2026-03-23T10:00:00Z');
const day = 86_400_000;
const admin = { id: 'admin', kind: 'person' } as const;

type CatalogueStep = Extract<
  Step,
  { type: 'revisePlan' | 'reviseCalendar' | 'putCustomer' | 'giveCalendar' | 'retireWord' | 'restoreWord' }
>;

/** Plans, calendars, customers and words of the ledger and of the model, told the same. */
export class BothCatalogues {
  readonly naive = new NaiveCatalogue('community', { from: beginning - 60 * day, days: 400 });
  /** Since when a plan, a calendar or a customer is as it is: what comes next may not begin before. */
  private readonly last = new Map<string, Instant>();
  private readonly holidays = new Map<string, CalendarDefinition>(Object.entries(calendars));
  private revisions = 0;

  async define(context: TestContext, plans: readonly Plan[]): Promise<void> {
    const { naive } = this;
    for (const [list, code] of ownWords) {
      await changeWord(context, { type: 'DefineWord', list, code }, admin);
      naive.words.define(list, code);
    }
    for (const [code, definition] of Object.entries(calendars)) {
      await changeCalendar(context, { type: 'DefineCalendar', calendar: { code, name: code, definition } }, admin);
      naive.defineCalendar(code, definition);
    }
    for (const plan of plans) {
      await changePlan(context, { type: 'DefinePlan', plan }, admin);
      naive.definePlan(plan);
    }
    for (const [customer, plan] of [
      ['acme', 'gold'],
      ['beta', 'silver'],
    ] as const) {
      const enrolment = { customer, name: null, plan, calendar: null, effectiveFrom: null };
      await changeCustomer(context, { type: 'EnrolCustomer', enrolment }, admin);
      naive.putCustomer(customer, plan, null);
    }
    // The plan of a customer whom nobody enrolled promises nothing, whatever else it says.
    naive.defineCalendar('business-hours', there(calendars['office']));
    naive.definePlan({ ...there(plans[0]), code: 'community', calendar: 'business-hours', targets: [] });
  }

  async take(context: TestContext, step: CatalogueStep): Promise<void> {
    const { naive } = this;
    const now = context.time.now();
    switch (step.type) {
      case 'revisePlan': {
        const { code } = step.to;
        const effectiveFrom = this.notBefore(code, now + step.from);
        const plan = { ...step.to, name: `${code} ${(this.revisions += 1)}` };
        const { code: _code, ...changes } = plan;
        const revision = {
          type: 'RevisePlan',
          code,
          changes,
          effectiveFrom,
          appliesToOpenTickets: step.applies,
        } as const;
        await changePlan(context, revision, admin);
        naive.revisePlan(plan, effectiveFrom, now, step.applies);
        return;
      }
      case 'reviseCalendar': {
        const { calendar: code, applies } = step;
        const effectiveFrom = this.notBefore(code, now + step.from);
        const before = there(this.holidays.get(code));
        const date = new Date(now + step.holiday * day).toISOString().slice(0, 10);
        const holidays = [...(before.holidays ?? []).filter((other) => other !== date), date];
        const definition = { ...before, holidays, nominalDayMinutes: 400 + (this.revisions += 1) };
        const revision = {
          type: 'ReviseCalendar',
          code,
          changes: { definition },
          effectiveFrom,
          appliesToOpenTickets: applies,
        } as const;
        await changeCalendar(context, revision, admin);
        this.holidays.set(code, definition);
        naive.reviseCalendar(code, definition, effectiveFrom, now, applies);
        return;
      }
      case 'putCustomer': {
        const { customer, plan } = step;
        const effectiveFrom = this.notBefore(customer, now + step.from);
        const { recorded } = await changeCustomer(
          context,
          { type: 'ChangeCustomerPlan', customer, plan, effectiveFrom },
          admin,
        );
        if (recorded > 0) naive.changeCustomer(customer, { plan }, effectiveFrom);
        return;
      }
      case 'retireWord': {
        const [list, code] = step.word;
        const effectiveFrom = now + step.from;
        await changeWord(context, { type: 'RetireWord', list, code, effectiveFrom }, admin);
        naive.words.retire(list, code, effectiveFrom);
        return;
      }
      case 'restoreWord': {
        const [list, code] = step.word;
        await changeWord(context, { type: 'RestoreWord', list, code }, admin);
        naive.words.restore(list, code);
        return;
      }
      case 'giveCalendar': {
        const { customer, calendar } = step;
        const effectiveFrom = this.notBefore(customer, now + step.from);
        const { recorded } = await changeCustomer(
          context,
          { type: 'SetCustomerCalendar', customer, calendar, effectiveFrom },
          admin,
        );
        if (recorded > 0) naive.changeCustomer(customer, { calendar }, effectiveFrom);
        return;
      }
    }
  }

  private notBefore(what: string, from: Instant): Instant {
    const effectiveFrom = Math.max(from, this.last.get(what) ?? -Infinity);
    this.last.set(what, effectiveFrom);
    return effectiveFrom;
  }
}

function there<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('the script names what is not there');
  return value;
}
