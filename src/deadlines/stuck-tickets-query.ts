import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type LeaseDatabase, type StuckTicketsTable } from './leases.js';
import { LEASES } from '../di-tokens.js';

/** How many are shown; where there are more, it is not the tickets that are stuck. */
const most = 1_000;

/** Tickets that some work is stuck on, the longest first. */
export class StuckTicketListQuery extends Query<readonly StuckTicketsTable[]> {}

@QueryHandler(StuckTicketListQuery)
export class StuckTicketListHandler implements IQueryHandler<StuckTicketListQuery> {
  constructor(@Inject(LEASES) private readonly db: LeaseDatabase) {}

  execute() {
    return this.db.selectFrom('stuck_tickets').selectAll().orderBy('since').orderBy('ticket').limit(most).execute();
  }
}
