import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ReadBarrier } from '../api/graphql/read-barrier.js';
import { ChangeCalendarHandler } from './commands/change-calendar.js';
import { ChangeCustomerHandler } from './commands/change-customer.js';
import { ChangePlanHandler } from './commands/change-plan.js';
import { CatalogueMutations } from './graphql/catalogue-mutations.resolver.js';
import { CatalogueQueries } from './graphql/catalogue.resolver.js';
import { DueAtResolver } from './graphql/due-at.resolver.js';
import {
  CalendarHistoriesHandler,
  CustomerByIdHandler,
  CustomerListHandler,
  PlanHistoriesHandler,
} from './queries/catalogue-queries.js';
import { DueAtHandler } from './queries/due-at-query.js';

export const planResolvers = [CatalogueQueries, CatalogueMutations, DueAtResolver];

const commands = [ChangePlanHandler, ChangeCalendarHandler, ChangeCustomerHandler];
const queries = [
  PlanHistoriesHandler,
  CalendarHistoriesHandler,
  CustomerByIdHandler,
  CustomerListHandler,
  DueAtHandler,
];

@Module({
  imports: [CqrsModule],
  providers: [...planResolvers, ...commands, ...queries, ReadBarrier],
})
export class PlansApiModule {}
