import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Page, type PageRequest } from '../../read-models/page.js';
import { type Readers } from '../../read-models/scoped.js';
import { type Reader } from '../../auth/asker.js';
import { ReadBarrier } from '../../api/graphql/read-barrier.js';
import { READERS } from '../../di-tokens.js';
import { type TicketView } from '../domain/ticket-view.js';
import { type Opened, openedTickets } from './tickets-opened.js';
import { ticketById, ticketCalled, type TicketFilter, tickets, workQueue } from './tickets.js';

/** A ticket by id or reference. */
export class TicketByIdQuery extends Query<TicketView | undefined> {
  constructor(
    readonly reader: Reader,
    readonly idOrReference: string,
    readonly minPosition?: string,
  ) {
    super();
  }
}

@QueryHandler(TicketByIdQuery)
export class TicketByIdHandler implements IQueryHandler<TicketByIdQuery> {
  constructor(
    @Inject(READERS) private readonly readers: Readers,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ reader, idOrReference, minPosition }: TicketByIdQuery) {
    await this.barrier.seen(['tickets'], minPosition);
    const here = await ticketById(this.readers.here(reader.scope), idOrReference);
    return here ?? ticketCalled(this.readers.of(reader), idOrReference);
  }
}

/** A list of tickets: all of them newest first, or the work queue in its order. */
export class TicketListQuery extends Query<Page<TicketView>> {
  constructor(
    readonly reader: Reader,
    readonly list: 'tickets' | 'workQueue',
    readonly filter: TicketFilter,
    readonly page: PageRequest,
    readonly minPosition?: string,
  ) {
    super();
  }
}

const lists = { tickets, workQueue };

@QueryHandler(TicketListQuery)
export class TicketListHandler implements IQueryHandler<TicketListQuery> {
  constructor(
    @Inject(READERS) private readonly readers: Readers,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ reader, list, filter, page, minPosition }: TicketListQuery) {
    await this.barrier.seen(['tickets'], minPosition);
    return lists[list](this.readers.of(reader), filter, page);
  }
}

/** The ids of a customer's tickets that were opened in a period, oldest first. */
export class OpenedTicketsQuery extends Query<Page<string>> {
  constructor(
    readonly reader: Reader,
    readonly opened: Opened,
    readonly page: PageRequest,
    readonly minPosition: string,
  ) {
    super();
  }
}

@QueryHandler(OpenedTicketsQuery)
export class OpenedTicketsHandler implements IQueryHandler<OpenedTicketsQuery> {
  constructor(
    @Inject(READERS) private readonly readers: Readers,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ reader, opened, page, minPosition }: OpenedTicketsQuery) {
    await this.barrier.seen(['tickets'], minPosition);
    return openedTickets(this.readers.of(reader), opened, page);
  }
}
