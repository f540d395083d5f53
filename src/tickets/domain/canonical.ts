import canonicalize from 'canonicalize';
import { type OwnOrder, type TicketOrder } from './commands.js';

/** A value in the canonical form of RFC 8785: equal content is equal text, in whatever order code writes its fields. */
export function canonical(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('only objects and lists have a canonical form');
  return text;
}

/**
 * What an order says, with what is meant where a field is left out. Orders that mean the same have the same content, through
 * whichever door they came: ids and digests are made from it. `ticket` is what people see where there is no reference.
 */
export function contentOf(order: TicketOrder | OwnOrder, ticket: string): object {
  switch (order.type) {
    case 'OpenTicket': {
      const { reference = ticket, priority = 'normal', origin = 'customerRequest', users = [] } = order;
      return { ...order, reference, priority, origin, users };
    }
    case 'AssignTicket':
      return { ...order, team: order.team ?? null };
    case 'ResolveTicket':
      return { ...order, publicReply: order.publicReply ?? true };
    case 'SplitTicket':
      return { ...order, reference: order.reference ?? order.into };
    default:
      return order;
  }
}
