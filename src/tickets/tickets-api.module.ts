import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ReadBarrier } from '../api/graphql/read-barrier.js';
import { ChangeTicketHandler } from './commands/change-ticket-handler.js';
import { RecordEventsResolver } from './graphql/record-events.resolver.js';
import { NamedTickets } from './graphql/named-tickets.js';
import { EventReporter } from './graphql/event-reporter.js';
import { TicketMutationsResolver } from './graphql/ticket-mutations.resolver.js';
import { ReapplyToCustomerResolver } from './graphql/reapply-to-customer.resolver.js';
import { TicketQueriesResolver } from './graphql/ticket-queries.resolver.js';
import { OpenedTicketsHandler, TicketByIdHandler, TicketListHandler } from './queries/ticket-queries.js';
import { UnknownInFilterHandler } from './unknown-in-filter.js';

export const ticketResolvers = [
  TicketMutationsResolver,
  TicketQueriesResolver,
  RecordEventsResolver,
  ReapplyToCustomerResolver,
];

@Module({
  imports: [CqrsModule],
  providers: [
    ...ticketResolvers,
    ChangeTicketHandler,
    TicketByIdHandler,
    TicketListHandler,
    OpenedTicketsHandler,
    UnknownInFilterHandler,
    ReadBarrier,
    EventReporter,
    NamedTickets,
  ],
})
export class TicketsApiModule {}
