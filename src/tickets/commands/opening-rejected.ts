import { type Decider } from '../../event-sourcing/decider.js';
import { type CommandOrRefusal } from '../../event-sourcing/handle-command.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type AnyTicketCommand, type TicketCommandInContext } from '../domain/commands.js';
import { type TicketEvent } from '../domain/ticket-event-types.js';
import { type Ticket } from '../domain/ticket.js';

type Opening = Extract<AnyTicketCommand, { type: 'OpenTicket' }>;
type TicketDecider = Decider<Ticket, TicketCommandInContext, TicketEvent>;

/** A request about a ticket. */
interface Requested {
  readonly command: AnyTicketCommand;
}

export const opens = (command: { readonly type: string }): command is Opening => command.type === 'OpenTicket';

/** How a fact is refused whose ticket the same request or import was to open, and did not. */
export const openingRejected = (ticket: string): Rejection =>
  new Rejection(
    'OPENING_REJECTED',
    `The same request or import could not open the ticket ${ticket}, so this may be about another ticket.`,
  );

/** A refused opening of the very ticket that is there; other requests about that ticket are accepted. */
export class OpenedBefore extends Rejection {
  constructor({ code, message }: Rejection) {
    super(code, `${message} It has the same source, external id and customer, so other facts about it are accepted.`);
  }
}

/** Why each of some requests about one ticket is refused, where the ticket as a whole is: its opening, and so the others. */
export function refusedAll(requests: readonly Requested[], ticket: string, rejection: Rejection) {
  const others = requests.some(({ command }) => opens(command)) ? openingRejected(ticket) : rejection;
  return requests.map(({ command }) => ({ kind: 'rejected', rejection: opens(command) ? rejection : others }) as const);
}

/** Openings first, in whatever order they came. */
export function openingsFirst<Request extends Requested>(requests: readonly Request[]): readonly Request[] {
  const firstOther = requests.findIndex(({ command }) => !opens(command));
  if (requests.findLastIndex(({ command }) => opens(command)) < firstOther || firstOther < 0) return requests;
  return [...requests].sort((a, b) => Number(opens(b.command)) - Number(opens(a.command)));
}

/** Decides on requests about one ticket, openings first; once an opening is refused, so are the other requests. */
export class HeedingOpenings implements TicketDecider {
  readonly initial: Ticket;
  readonly evolve: TicketDecider['evolve'];
  private isRefused = false;

  constructor(private readonly decider: TicketDecider) {
    this.initial = decider.initial;
    this.evolve = decider.evolve.bind(decider);
  }

  /** The commands for one try on a ticket, when so many are done; an opening may be refused before it is one. */
  begin(
    requests: readonly Requested[],
    commands: readonly CommandOrRefusal<TicketCommandInContext>[],
    ticket: Ticket,
    done: number,
  ): readonly CommandOrRefusal<TicketCommandInContext>[] {
    if (done === 0) this.isRefused = false;
    return requests.flatMap(({ command }, i) => {
      const judged = commands[i];
      if (judged === undefined) return [];
      return judged instanceof Rejection && opens(command) ? this.refused(command, judged, ticket) : judged;
    });
  }

  decide(command: TicketCommandInContext, ticket: Ticket): readonly TicketEvent[] {
    if (!opens(command)) {
      if (this.isRefused) throw openingRejected(command.context.ticket);
      return this.decider.decide(command, ticket);
    }
    try {
      return this.decider.decide(command, ticket);
    } catch (error) {
      throw error instanceof Rejection ? this.refused(command, error, ticket) : error;
    }
  }

  private refused(command: Opening, rejection: Rejection, { customer, opening }: Ticket): Rejection {
    const from = opening?.data.from;
    const isThere =
      customer === command.customer &&
      from !== undefined &&
      from.source === command.from?.source &&
      from.externalId === command.from.externalId;
    this.isRefused ||= !isThere;
    return isThere ? new OpenedBefore(rejection) : rejection;
  }
}
