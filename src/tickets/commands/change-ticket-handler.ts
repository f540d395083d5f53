import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type TimeSource } from '../../time/time-source.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { type StreamCache } from '../../event-sourcing/stream-cache.js';
import { type Catalogue } from '../../catalogue/catalogue.js';
import { CATALOGUE, TIME_SOURCE, EVENT_STORE, TICKETS } from '../../di-tokens.js';
import { ticketStream } from '../domain/events.js';
import { type Ticket, unopened } from '../domain/ticket.js';
import { ChangeTicket, changeTicket, type TicketChanged } from './change-ticket.js';
import { changeAndPropagate } from './propagate-merge.js';
import { namesAnother } from './other-ticket.js';

@CommandHandler(ChangeTicket)
export class ChangeTicketHandler implements ICommandHandler<ChangeTicket> {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    @Inject(TIME_SOURCE) private readonly time: TimeSource,
    @Inject(TICKETS) private readonly tickets: StreamCache<Ticket>,
  ) {}

  execute({ scope, ticketId, requests, isNew, signal }: ChangeTicket): Promise<TicketChanged> {
    const { store, catalogue, time, tickets } = this;
    const stream = ticketStream(ticketId);
    if (isNew && tickets.get(stream) === undefined)
      tickets.set(stream, { state: unopened, revision: 'noStream', position: undefined });
    const change = requests.some(({ command }) => namesAnother(command)) ? changeAndPropagate : changeTicket;
    return change({ store, catalogue, time, tickets }, ticketId, requests, scope, signal);
  }
}
