import { type Rejection } from '../../event-sourcing/rejection.js';
import { type OwnOrder, type TicketOrder } from '../domain/commands.js';
import { type RequestOutcome } from './change-ticket.js';
import { OpenedBefore, openingRejected, opens } from './opening-rejected.js';

type Order = TicketOrder | OwnOrder;

/** A set of texts, in memory or on disk. */
export interface Texts {
  has(text: string): boolean;
  add(text: string): unknown;
}

/** The tickets that a request or an import was to open, and did not. What else it says of them may be about other tickets. */
export class Unopened {
  constructor(private readonly refused: Texts = new Set<string>()) {}

  /** A ticket that was to be opened by itself, or as one that is split off. */
  add(ticket: string, by: 'opening' | 'split'): void {
    this.refused.add(`${by} ${ticket}`);
  }

  /** Remembers which ticket a refusal leaves unopened, if any: the one itself, or the one that was to be split off. */
  remember(order: Order, ticket: string, rejection: Rejection): void {
    if (order.type === 'SplitTicket') this.add(order.into, 'split');
    else if (opens(order) && !(rejection instanceof OpenedBefore)) this.add(ticket, 'opening');
  }

  /** Whether nothing at all is said of a ticket any more. */
  refusesAllOf(ticket: string): boolean {
    return this.refused.has(`opening ${ticket}`);
  }

  /**
   * Why something is not said of a ticket, or of one that it is merged into; undefined where nothing is in the way. A refused
   * split is not, where the ticket has an opening of its own beside it.
   */
  objection(order: Order, ticket: string, hasOwnOpening = false): Rejection | undefined {
    if (opens(order)) return undefined;
    if (this.isRefused(ticket, hasOwnOpening)) return openingRejected(ticket);
    const isLost = order.type === 'MergeTicket' && this.isRefused(order.into, false);
    return isLost ? openingRejected(order.into) : undefined;
  }

  private isRefused(ticket: string, hasOwnOpening: boolean): boolean {
    return this.refusesAllOf(ticket) || (!hasOwnOpening && this.refused.has(`split ${ticket}`));
  }
}

/** Tries what nothing is in the way of, of what is said of one ticket; an outcome for each, in their order. */
export async function heeding<Request extends { readonly order: Order }>(
  unopened: Unopened,
  { ticket, hasOwnOpening }: { readonly ticket: string; readonly hasOwnOpening: boolean },
  requests: readonly Request[],
  attempt: (requests: readonly Request[]) => Promise<readonly RequestOutcome[]>,
): Promise<readonly RequestOutcome[]> {
  const objections = new Map<Request, Rejection>();
  for (const request of requests) {
    const objection = unopened.objection(request.order, ticket, hasOwnOpening);
    if (objection !== undefined) objections.set(request, objection);
  }
  const tried = objections.size === 0 ? requests : requests.filter((request) => !objections.has(request));
  const came = tried.length === 0 ? [] : await attempt(tried);
  let next = 0;
  return requests.flatMap((request) => {
    const rejection = objections.get(request);
    const outcome: RequestOutcome | undefined =
      rejection === undefined ? came[next++] : { kind: 'rejected', rejection };
    if (outcome?.kind === 'rejected') unopened.remember(request.order, ticket, outcome.rejection);
    return outcome ?? [];
  });
}
