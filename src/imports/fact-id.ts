import { canonicalJson } from '../event-sourcing/canonical-json.js';
import { contentOf } from '../tickets/domain/command-content.js';
import { type TicketCommand } from '../tickets/domain/facts.js';
import { deriveId } from '../event-sourcing/derive-id.js';
import { ticketIdOf } from '../tickets/domain/ticket-id.js';
import { type FactRecord } from './import-record.js';
import { type Repetitions } from './repetitions.js';

/**
 * The id of an imported fact derives from its source, its ticket and its content in the log's own words, so that a row twice
 * is one fact; and from how often that content came before with something else in between – but a ticket is opened once.
 */
export function factIdOf(fact: FactRecord, source: string, repetitions: Repetitions): string {
  const { occurredAt, actor, command } = fact;
  const ticket = keyOf(fact, source);
  const content = canonicalJson({ occurredAt, actor, said: contentOf(command, ticket) });
  const id = deriveId('fact', source, ticket, content);
  // Corrections stand by themselves: whether a log has them between other facts changes no other id.
  const repetition = repetitions.count(command.type === 'CorrectTicket' ? `correction ${ticket}` : ticket, id);
  return repetition === 0 || command.type === 'OpenTicket'
    ? id
    : deriveId('fact', source, ticket, content, String(repetition));
}

/** The ticket of a fact in the log's own words: a ticket of its own by the name that it has there, however it is named. */
function keyOf({ ticket, named }: FactRecord, source: string): string {
  if (named === undefined) return ticket;
  if ('reference' in named) return `reference ${named.reference}`;
  return named.id === ticketIdOf({ source, externalId: ticket }) ? ticket : named.id;
}

/** People see the id that the source gave, unless it says otherwise; what it says of another ticket means ours. */
export function inOurWords(command: TicketCommand, ticket: string, source: string): TicketCommand {
  switch (command.type) {
    case 'OpenTicket':
      return { reference: ticket, ...command, from: { source, externalId: ticket } };
    case 'MergeTicket':
      return { ...command, into: ticketIdOf({ source, externalId: command.into }) };
    case 'SplitTicket': {
      const from = { source, externalId: command.into };
      return { reference: command.into, ...command, into: ticketIdOf(from), from };
    }
    default:
      return command;
  }
}
