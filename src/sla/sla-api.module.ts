import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ReadBarrier } from '../graphql/read-barrier.js';
import { Breaches } from './graphql/breaches.resolver.js';
import { SlaEvents } from './graphql/sla-events.resolver.js';
import { BreachListHandler } from './queries/breaches-query.js';

export const slaResolvers = [Breaches, SlaEvents];

@Module({ imports: [CqrsModule], providers: [...slaResolvers, BreachListHandler, ReadBarrier] })
export class SlaApiModule {}
