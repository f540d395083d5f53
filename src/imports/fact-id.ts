import { canonical } from '../event-sourcing/canonical-json.js';
import { contentOf } from '../tickets/domain/command-content.js';
import { type TicketOrder } from '../tickets/domain/commands.js';
import { deriveId } from '../event-sourcing/derive-id.js';
import { ticketIdOf } from '../tickets/domain/ticket-id.js';
import { type FactRecord } from './import-record.js';
import { type Repetitions } from './repetitions.js';

/**
 * The id of an imported fact derives from its source, its ticket and its content in the log's own words, so that a row twice
 * is one fact; and from how often that content came before with something else in between – but a ticket is opened once.
 */
export function factIdOf(fact: FactRecord, source: string, repetitions: Repetitions): string {
  const { ticket, occurredAt, actor, order } = fact;
  const content = canonical({ occurredAt, actor, said: contentOf(order, ticket) });
  const id = deriveId('fact', source, ticket, content);
  const repetition = repetitions.count(ticket, id);
  return repetition === 0 || order.type === 'OpenTicket'
    ? id
    : deriveId('fact', source, ticket, content, String(repetition));
}

/** People see the id that the source gave, unless it says otherwise; what it says of another ticket means ours. */
export function inOurWords(order: TicketOrder, ticket: string, source: string): TicketOrder {
  switch (order.type) {
    case 'OpenTicket':
      return { reference: ticket, ...order, from: { source, externalId: ticket } };
    case 'MergeTicket':
      return { ...order, into: ticketIdOf({ source, externalId: order.into }) };
    case 'SplitTicket': {
      const from = { source, externalId: order.into };
      return { reference: order.into, ...order, into: ticketIdOf(from), from };
    }
    default:
      return order;
  }
}
