import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { type Clock } from '../time/time-source.js';
import { type Settings } from '../config/settings.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { ReadBarrier } from '../api/graphql/read-barrier.js';
import { CLOCK, EVENT_STORE, SETTINGS } from '../di-tokens.js';
import { Feed } from '../feed/feed.js';
import { Breaches } from './graphql/breaches.resolver.js';
import { StuckTickets } from '../deadlines/graphql/stuck-tickets.resolver.js';
import { SlaEvents } from '../feed/graphql/sla-events.resolver.js';
import { BreachListHandler } from './queries/breaches-query.js';
import { StuckTicketListHandler } from '../deadlines/stuck-tickets-query.js';

export const slaResolvers = [Breaches, SlaEvents, StuckTickets];

const feed = {
  provide: Feed,
  inject: [EVENT_STORE, CLOCK, SETTINGS],
  useFactory: (store: EventStore, clock: Clock, { heartbeatSeconds }: Settings) =>
    new Feed({ store, clock, heartbeatMs: heartbeatSeconds * 1_000 }),
};

@Module({
  imports: [CqrsModule],
  providers: [...slaResolvers, feed, BreachListHandler, StuckTicketListHandler, ReadBarrier],
})
export class SlaApiModule {}
