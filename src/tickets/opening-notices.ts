import { type Instant } from '../business-time/calendar.js';
import { type Catalogue } from '../catalogue/catalogue.js';
import { type PinnedVersions } from '../clocks/pinned-versions.js';
import { type Notice, notice } from '../event-sourcing/notice.js';

/** How a ticket came to its customer and its plan. */
interface Opened {
  readonly customer: string;
  /** The customer that was named, where it was joined to another by then. */
  readonly joinedFrom: string | null;
  /** The plan named when it was opened. */
  readonly namedPlan: string | null;
  readonly terms: PinnedVersions;
  readonly openedAt: Instant;
}

/**
 * What a reader should know of an opening: that the ticket is of another customer than it named, or has the default plan
 * because nobody had put its customer on one.
 */
export async function noticesOfOpening(
  catalogue: Catalogue,
  { customer, joinedFrom, namedPlan, terms, openedAt }: Opened,
): Promise<readonly Notice<'defaultPlan' | 'joinedCustomer'>[]> {
  const joined = `The customer "${joinedFrom}" was joined to "${customer}" by then, so the ticket is of "${customer}".`;
  const notices = joinedFrom === null ? [] : [notice('joinedCustomer', joinedFrom, joined)];
  const { code } = terms.plan;
  if (namedPlan !== null || code !== catalogue.defaultPlan) return notices;
  if ((await catalogue.planOfCustomer(customer, openedAt)) === code) return notices;
  const message = `Nobody had put the customer "${customer}" on a plan, so the ticket has the default plan "${code}".`;
  return [...notices, notice('defaultPlan', customer, message)];
}
