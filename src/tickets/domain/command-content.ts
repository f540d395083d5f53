import { usualPriority } from '../../catalogue/domain/built-in-words.js';
import { type AnyTicketCommand } from './commands.js';
import { type TicketCommand } from './facts.js';

/**
 * What a command says, with what is meant where a field is left out. Commands that mean the same have the same content, wherever
 * they came in: ids and digests are made from it. `ticket` is what people see where there is no reference.
 */
export function contentOf(command: AnyTicketCommand, ticket: string): object {
  switch (command.type) {
    case 'OpenTicket':
      return openingOf(command, ticket);
    case 'ResolveTicket':
      return { ...command, publicReply: command.publicReply ?? true };
    case 'SplitTicket':
      return { ...command, reference: command.reference ?? command.into };
    default:
      return command;
  }
}

type Opening = Extract<TicketCommand, { type: 'OpenTicket' }>;

/** Written out in full: an object that is spread and then given more keys takes ten microseconds to make and read. */
function openingOf(command: Opening, ticket: string): object {
  const content: { readonly [Field in keyof Required<Opening>]: unknown } = {
    type: command.type,
    reference: command.reference ?? ticket,
    customer: command.customer,
    plan: command.plan,
    ticketType: command.ticketType,
    channel: command.channel,
    priority: command.priority ?? usualPriority,
    subject: command.subject,
    application: command.application,
    users: command.users ?? [],
    origin: command.origin ?? 'customerRequest',
    splitFrom: command.splitFrom,
    from: command.from,
  };
  return content;
}
