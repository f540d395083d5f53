import { type Instant } from '../../business-time/calendar.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type Catalogue, type TermsAt } from '../../catalogue/catalogue.js';
import { type PinnedVersions } from '../../clocks/pinned-versions.js';
import { type OwnOrder, type TicketOrder } from '../domain/commands.js';

type Order = TicketOrder | OwnOrder;

/** Whose ticket it is, and the plan it was opened under by name. */
export interface Owner {
  readonly customer: string;
  readonly namedPlan: string | null;
}

/**
 * The versions that orders are judged under at an instant: those that govern the customer, unless an order names others.
 * A version that is not there is refused by itself, and stops no other order.
 */
export async function termsOf(
  catalogue: Catalogue,
  { customer, namedPlan }: Owner,
  orders: readonly Order[],
): Promise<(order: Order, at: Instant) => PinnedVersions | Rejection> {
  const governing = await catalogue.governing(customer, namedPlan);
  const revised = new Map<string, TermsAt>();
  for (const order of orders) {
    if (order.type !== 'ApplyRevision') continue;
    if (order.of === 'plan') revised.set(order.code, await catalogue.governing(customer, order.code));
    else await catalogue.calendarHistory(order.code); // to have it at hand
  }
  return (order, at) => {
    if (order.type === 'ReapplyPlan') return orRejection(() => governing(at, order.version));
    if (order.type !== 'ApplyRevision') return governing(at);
    const { of, code, version } = order;
    const terms = of === 'plan' ? revised.get(code)?.(at, version) : undefined;
    return terms ?? { ...governing(at), calendar: { code, version } };
  };
}

function orRejection<Answer>(work: () => Answer): Answer | Rejection {
  try {
    return work();
  } catch (error) {
    if (error instanceof Rejection) return error;
    throw error;
  }
}
