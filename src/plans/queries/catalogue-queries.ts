import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Kysely } from 'kysely';
import { type Page, type PageRequest } from '../../database/page.js';
import { type Schema } from '../../database/schema.js';
import { ReadBarrier } from '../../graphql/read-barrier.js';
import { READ_MODELS } from '../../tokens.js';
import { type CalendarVersion, type Enrolment, type PlanVersion } from '../domain/events.js';
import { calendars, customers, plans } from './catalogue.js';

/** Every plan and every calendar. */
export class CatalogueList extends Query<{
  readonly plans: readonly PlanVersion[];
  readonly calendars: readonly CalendarVersion[];
}> {
  constructor(readonly after?: string) {
    super();
  }
}

/** Customers, by id. */
export class CustomerList extends Query<Page<Enrolment>> {
  constructor(
    readonly page: PageRequest,
    readonly after?: string,
  ) {
    super();
  }
}

@QueryHandler(CatalogueList)
export class CatalogueListHandler implements IQueryHandler<CatalogueList> {
  constructor(
    @Inject(READ_MODELS) private readonly db: Kysely<Schema>,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ after }: CatalogueList) {
    await this.barrier.seen(['catalogue'], after);
    return { plans: await plans(this.db), calendars: await calendars(this.db) };
  }
}

@QueryHandler(CustomerList)
export class CustomerListHandler implements IQueryHandler<CustomerList> {
  constructor(
    @Inject(READ_MODELS) private readonly db: Kysely<Schema>,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ page, after }: CustomerList) {
    await this.barrier.seen(['catalogue'], after);
    return customers(this.db, page);
  }
}
