import { type OwnOrder, type TicketOrder } from './commands.js';

/**
 * What an order says, with what is meant where a field is left out. Orders that mean the same have the same content, through
 * whichever door they came: ids and digests are made from it. `ticket` is what people see where there is no reference.
 */
export function contentOf(order: TicketOrder | OwnOrder, ticket: string): object {
  switch (order.type) {
    case 'OpenTicket':
      return openingOf(order, ticket);
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

type Opening = Extract<TicketOrder, { type: 'OpenTicket' }>;

/** Written out in full: an object that is spread and then given more keys takes ten microseconds to make and read. */
function openingOf(order: Opening, ticket: string): object {
  const content: { readonly [Field in keyof Required<Opening>]: unknown } = {
    type: order.type,
    reference: order.reference ?? ticket,
    customer: order.customer,
    plan: order.plan,
    ticketType: order.ticketType,
    channel: order.channel,
    priority: order.priority ?? 'normal',
    subject: order.subject,
    application: order.application,
    users: order.users ?? [],
    origin: order.origin ?? 'customerRequest',
    splitFrom: order.splitFrom,
    from: order.from,
  };
  return content;
}
