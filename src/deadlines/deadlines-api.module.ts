import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { StuckTicketsResolver } from './graphql/stuck-tickets.resolver.js';
import { StuckTicketListHandler } from './stuck-tickets-query.js';

export const deadlineResolvers = [StuckTicketsResolver];

@Module({ imports: [CqrsModule], providers: [...deadlineResolvers, StuckTicketListHandler] })
export class DeadlinesApiModule {}
