import { type Tx } from '../../database/read-models.js';
import { upsert } from '../../database/rows.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';
import { type Projection } from '../../event-sourcing/projector.js';
import { type CalendarDefined, type CustomerEnrolled, type PlanDefined } from '../domain/events.js';

/** Plans, calendars and customers. */
export const catalogueProjection: Projection<Tx> = {
  name: 'catalogue',
  version: 1,
  types: ['PlanDefined', 'CalendarDefined', 'CustomerEnrolled'],
  async apply(events, tx) {
    const of = <Event>(type: string) =>
      events.filter((event) => event.type === type) as unknown as (StoredEvent & Event)[];
    const plans = of<PlanDefined>('PlanDefined').map(({ data }) => data);
    await upsert(
      tx,
      'plans',
      ['code', 'version'],
      plans.map((plan) => ({
        ...{ code: plan.code, version: plan.version, rank: plan.rank, plan: JSON.stringify(plan) },
      })),
    );
    const calendars = of<CalendarDefined>('CalendarDefined').map(({ data }) => data);
    await upsert(
      tx,
      'calendars',
      ['code', 'version'],
      calendars.map((calendar) => ({
        ...{ code: calendar.code, version: calendar.version, calendar: JSON.stringify(calendar) },
      })),
    );
    const customers = new Map(of<CustomerEnrolled>('CustomerEnrolled').map(({ data }) => [data.customer, data]));
    await upsert(
      tx,
      'customers',
      ['id'],
      [...customers.values()].map(({ customer, name, plan, calendar, effectiveFrom }) => ({
        ...{ id: customer, name, plan, calendar, effective_from: effectiveFrom },
      })),
    );
  },
};
