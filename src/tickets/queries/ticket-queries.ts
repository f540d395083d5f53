import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Kysely } from 'kysely';
import { type Page, type PageRequest } from '../../database/page.js';
import { type Schema } from '../../database/schema.js';
import { ReadBarrier } from '../../graphql/read-barrier.js';
import { READ_MODELS } from '../../tokens.js';
import { type TicketView } from '../domain/ticket-view.js';
import { ticketBy, type TicketFilter, tickets, workQueue } from './tickets.js';

/** A ticket by id or reference. */
export class TicketById extends Query<TicketView | undefined> {
  constructor(
    readonly idOrReference: string,
    readonly after?: string,
  ) {
    super();
  }
}

@QueryHandler(TicketById)
export class TicketByIdHandler implements IQueryHandler<TicketById> {
  constructor(
    @Inject(READ_MODELS) private readonly db: Kysely<Schema>,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ idOrReference, after }: TicketById) {
    await this.barrier.seen(['tickets'], after);
    return ticketBy(this.db, idOrReference);
  }
}

/** A list of tickets: all of them newest first, or the work queue in its order. */
export class TicketList extends Query<Page<TicketView>> {
  constructor(
    readonly list: 'tickets' | 'workQueue',
    readonly filter: TicketFilter,
    readonly page: PageRequest,
    readonly after?: string,
  ) {
    super();
  }
}

const lists = { tickets, workQueue };

@QueryHandler(TicketList)
export class TicketListHandler implements IQueryHandler<TicketList> {
  constructor(
    @Inject(READ_MODELS) private readonly db: Kysely<Schema>,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ list, filter, page, after }: TicketList) {
    await this.barrier.seen(list === 'workQueue' ? ['tickets', 'catalogue'] : ['tickets'], after);
    return lists[list](this.db, filter, page);
  }
}
