import { type Kysely, sql } from 'kysely';
import { keyOf, type Page, pageOf, type PageRequest, sizeOf } from '../../database/page.js';
import { type Schema } from '../../database/schema.js';
import { type CalendarVersion, type Enrolment, type PlanVersion } from '../domain/events.js';

/** Every plan, highest rank first. */
export async function plans(db: Kysely<Schema>): Promise<readonly PlanVersion[]> {
  const rows = await db.selectFrom('plans').select('plan').orderBy('rank', 'desc').orderBy('code').execute();
  return rows.map(({ plan }) => JSON.parse(plan) as PlanVersion);
}

/** Every calendar, by code. */
export async function calendars(db: Kysely<Schema>): Promise<readonly CalendarVersion[]> {
  const rows = await db.selectFrom('calendars').select('calendar').orderBy('code').execute();
  return rows.map(({ calendar }) => JSON.parse(calendar) as CalendarVersion);
}

/** Customers, by id. */
export async function customers(db: Kysely<Schema>, request: PageRequest): Promise<Page<Enrolment>> {
  const size = sizeOf(request);
  const key = keyOf(request, ['string']);
  let query = db
    .selectFrom('customers')
    .selectAll()
    .orderBy('id')
    .limit(size + 1);
  if (key !== undefined) query = query.where(sql<boolean>`id > ${key[0]}`);
  return pageOf(
    await query.execute(),
    size,
    ({ id }) => [id],
    ({ id: customer, name, plan, calendar, effective_from: effectiveFrom }) => ({
      customer,
      name,
      plan,
      calendar,
      effectiveFrom,
    }),
  );
}
