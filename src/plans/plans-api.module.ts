import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ReadBarrier } from '../graphql/read-barrier.js';
import { DefineCalendarHandler, DefinePlanHandler, EnrolCustomerHandler } from './commands/define.js';
import { CatalogueResolver } from './graphql/catalogue.resolver.js';
import { DueAtResolver } from './graphql/due-at.resolver.js';
import { CatalogueListHandler, CustomerListHandler } from './queries/catalogue-queries.js';
import { DueAtHandler } from './queries/due-at-query.js';

export const planResolvers = [CatalogueResolver, DueAtResolver];

const commands = [DefinePlanHandler, DefineCalendarHandler, EnrolCustomerHandler];

@Module({
  imports: [CqrsModule],
  providers: [...planResolvers, ...commands, CatalogueListHandler, CustomerListHandler, DueAtHandler, ReadBarrier],
})
export class PlansApiModule {}
