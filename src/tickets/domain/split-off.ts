import { type Instant } from '../../business-time/calendar.js';
import { type Fact } from './facts.js';

/** Whether a fact is a message of the customer's, written at an instant: the request that opened the ticket, or a reply. */
export const isMessageAt = ({ type, at }: Fact, instant: Instant): boolean =>
  at === instant && (type === 'TicketOpened' || type === 'CustomerReplied');

/** A message that became a ticket of its own: it counts in that one alone. */
export const splitOff = <Of extends Fact>(message: Of): Of => ({ ...message, isSplitOff: true });

/**
 * Facts in order of occurrence, those marked that were split off: of several messages at the same instant each split takes
 * the first that is left. Whether the ticket could still be split then does not matter: the new one is opened all the same.
 */
export function heedSplits(facts: readonly Fact[]): readonly Fact[] {
  const splits = facts.filter((fact) => fact.type === 'TicketSplit').sort((a, b) => a.order - b.order);
  const taken = new Set<Fact>();
  for (const { data, order } of splits) {
    const message = facts.find((fact) => isMessageAt(fact, data.messageAt) && fact.order < order && !taken.has(fact));
    if (message !== undefined) taken.add(message);
  }
  return taken.size === 0 ? facts : facts.map((fact) => (taken.has(fact) ? splitOff(fact) : fact));
}
