import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ReadBarrier } from '../api/graphql/read-barrier.js';
import { BreachesResolver } from './graphql/breaches.resolver.js';
import { SummaryResolver } from './graphql/summary.resolver.js';
import { BreachListHandler } from './queries/breaches-query.js';
import { SummaryHandler } from './queries/summary-query.js';

export const reportResolvers = [BreachesResolver, SummaryResolver];

@Module({ imports: [CqrsModule], providers: [...reportResolvers, BreachListHandler, SummaryHandler, ReadBarrier] })
export class ReportsApiModule {}
