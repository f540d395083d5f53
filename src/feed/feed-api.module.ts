import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ReadBarrier } from '../api/graphql/read-barrier.js';
import { type Settings } from '../config/settings.js';
import { TIME_SOURCE, EVENT_STORE, SETTINGS } from '../di-tokens.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { type TimeSource } from '../time/time-source.js';
import { Feed } from './feed.js';
import { SlaEventsResolver } from './graphql/sla-events.resolver.js';

export const feedResolvers = [SlaEventsResolver];

const feed = {
  provide: Feed,
  inject: [EVENT_STORE, TIME_SOURCE, SETTINGS],
  useFactory: (store: EventStore, time: TimeSource, { heartbeatSeconds }: Settings) =>
    new Feed({ store, time, heartbeatMs: heartbeatSeconds * 1_000 }),
};

@Module({ imports: [CqrsModule], providers: [...feedResolvers, feed, ReadBarrier] })
export class FeedApiModule {}
