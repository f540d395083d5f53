import { type Instant } from '../business-time/calendar.js';
import { type Catalogue } from '../catalogue/catalogue.js';
import { type PinnedVersions } from '../clocks/pinned-versions.js';
import { type Notice, notice } from '../event-sourcing/notice.js';

/** How a ticket came to its plan. */
interface Governed {
  readonly customer: string;
  /** The plan named when it was opened. */
  readonly namedPlan: string | null;
  readonly terms: PinnedVersions;
  readonly openedAt: Instant;
}

/** The notice that a ticket has the default plan because nobody had put its customer on one; none where that is not so. */
export async function defaultPlanNotices(
  catalogue: Catalogue,
  { customer, namedPlan, terms, openedAt }: Governed,
): Promise<readonly Notice<'defaultPlan'>[]> {
  const { code } = terms.plan;
  if (namedPlan !== null || code !== catalogue.defaultPlan) return [];
  if ((await catalogue.planOfCustomer(customer, openedAt)) === code) return [];
  const message = `Nobody had put the customer "${customer}" on a plan, so the ticket has the default plan "${code}".`;
  return [notice('defaultPlan', customer, message)];
}
