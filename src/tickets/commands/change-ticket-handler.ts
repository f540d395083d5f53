import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Clock } from '../../time/time-source.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { type StreamCache } from '../../event-sourcing/stream-cache.js';
import { type Catalogue } from '../../catalogue/catalogue.js';
import { CATALOGUE, CLOCK, EVENT_STORE, TICKETS } from '../../di-tokens.js';
import { ticketStream } from '../domain/events.js';
import { type Ticket, unopened } from '../domain/ticket.js';
import { ChangeTicket, changeTicket, type TicketChanged } from './change-ticket.js';
import { changeAndHandOver } from './propagate-merge.js';
import { namesAnother } from './other-ticket.js';

@CommandHandler(ChangeTicket)
export class ChangeTicketHandler implements ICommandHandler<ChangeTicket> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TICKETS) private readonly tickets: StreamCache<Ticket>,
  ) {}

  execute({ scope, ticketId, requests, isNew, signal }: ChangeTicket): Promise<TicketChanged> {
    const { store, catalogue, clock, tickets } = this;
    const stream = ticketStream(ticketId);
    if (isNew && tickets.get(stream) === undefined)
      tickets.set(stream, { state: unopened, revision: 'noStream', position: undefined });
    const change = requests.some(({ order }) => namesAnother(order)) ? changeAndHandOver : changeTicket;
    return change({ store, catalogue, clock, tickets }, ticketId, requests, scope, signal);
  }
}
