import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Scope } from '../../auth/scope.js';
import { type TimeSource } from '../../time/time-source.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { type StreamCache } from '../../event-sourcing/stream-cache.js';
import { type Catalogue } from '../../catalogue/catalogue.js';
import { CATALOGUE, TIME_SOURCE, EVENT_STORE, TICKETS } from '../../di-tokens.js';
import { type Ticket } from '../domain/ticket.js';
import { type TicketChange, type TicketChanged } from './change-ticket.js';
import { enterCommand } from './command-entry.js';
import { type TicketRequest } from './ticket-request.js';

/** Changes one ticket. */
export class ChangeTicketCommand extends Command<TicketChanged> implements TicketChange {
  constructor(
    readonly scope: Scope,
    readonly ticketId: string,
    readonly requests: readonly TicketRequest[],
    readonly isNew: boolean,
    readonly signal: AbortSignal | undefined,
  ) {
    super();
  }
}

@CommandHandler(ChangeTicketCommand)
export class ChangeTicketHandler implements ICommandHandler<ChangeTicketCommand> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    @Inject(TIME_SOURCE) private readonly time: TimeSource,
    @Inject(TICKETS) private readonly tickets: StreamCache<Ticket>,
  ) {}

  execute(command: ChangeTicketCommand): Promise<TicketChanged> {
    const { store, catalogue, time, tickets } = this;
    return enterCommand({ store, catalogue, time, tickets }, command);
  }
}
