import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ReadBarrier } from '../api/graphql/read-barrier.js';
import { ChangeCalendarHandler } from './commands/change-calendar-handler.js';
import { ChangeCustomerHandler } from './commands/change-customer-handler.js';
import { ChangePlanHandler } from './commands/change-plan-handler.js';
import { ChangeWordHandler } from './commands/change-word-handler.js';
import { CatalogueMutationsResolver } from './graphql/catalogue-mutations.resolver.js';
import { CatalogueQueriesResolver } from './graphql/catalogue-queries.resolver.js';
import { DueAtResolver } from './graphql/due-at.resolver.js';
import { JoinCustomersHandler } from './commands/join-customers-handler.js';
import { JoinsResolver } from './graphql/joins.resolver.js';
import { JoinsOfCustomerHandler } from './queries/joins-query.js';
import { WordsResolver } from './graphql/words.resolver.js';
import {
  CalendarHistoriesHandler,
  CustomerByIdHandler,
  CustomerListHandler,
  PlanHistoriesHandler,
  WordsOfDeskHandler,
} from './queries/catalogue-queries.js';
import { DueAtHandler } from './queries/due-at-query.js';

export const catalogueResolvers = [
  CatalogueQueriesResolver,
  CatalogueMutationsResolver,
  DueAtResolver,
  WordsResolver,
  JoinsResolver,
];

const commands = [
  ChangePlanHandler,
  ChangeCalendarHandler,
  ChangeCustomerHandler,
  ChangeWordHandler,
  JoinCustomersHandler,
];
const queries = [
  PlanHistoriesHandler,
  CalendarHistoriesHandler,
  CustomerByIdHandler,
  CustomerListHandler,
  WordsOfDeskHandler,
  DueAtHandler,
  JoinsOfCustomerHandler,
];

@Module({
  imports: [CqrsModule],
  providers: [...catalogueResolvers, ...commands, ...queries, ReadBarrier],
})
export class CatalogueApiModule {}
