import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ReadBarrier } from '../api/graphql/read-barrier.js';
import { SummaryResolver } from './graphql/summary.resolver.js';
import { SummaryHandler } from './queries/summary-query.js';

export const reportResolvers = [SummaryResolver];

@Module({ imports: [CqrsModule], providers: [...reportResolvers, SummaryHandler, ReadBarrier] })
export class ReportsApiModule {}
