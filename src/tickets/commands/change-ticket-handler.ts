import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type TimeSource } from '../../time/time-source.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { type StreamCache } from '../../event-sourcing/stream-cache.js';
import { type Catalogue } from '../../catalogue/catalogue.js';
import { CATALOGUE, TIME_SOURCE, EVENT_STORE, TICKETS } from '../../di-tokens.js';
import { type Ticket } from '../domain/ticket.js';
import { ChangeTicketCommand, type TicketChanged } from './change-ticket.js';
import { enterCommand } from './command-entry.js';

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
