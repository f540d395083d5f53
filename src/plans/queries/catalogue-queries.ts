import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Scope } from '../../auth/scope.js';
import { type Page, type PageRequest } from '../../database/page.js';
import { type Readers } from '../../database/scoped.js';
import { ReadBarrier } from '../../graphql/read-barrier.js';
import { READERS } from '../../tokens.js';
import { type CalendarHistory } from '../domain/calendar-decider.js';
import { type CustomerHistory } from '../domain/customer-decider.js';
import { type PlanHistory } from '../domain/plan-decider.js';
import { calendars, customer, customers, plans } from './catalogue.js';

/** The histories of plans: of the one with a code, or of all. */
export class PlanHistories extends Query<readonly PlanHistory[]> {
  constructor(
    readonly scope: Scope,
    readonly code: string | undefined,
    readonly after?: string,
  ) {
    super();
  }
}

/** The histories of calendars: of the one with a code, or of all. */
export class CalendarHistories extends Query<readonly CalendarHistory[]> {
  constructor(
    readonly scope: Scope,
    readonly code: string | undefined,
    readonly after?: string,
  ) {
    super();
  }
}

/** The history of a customer; undefined where nobody enrolled it. */
export class CustomerById extends Query<CustomerHistory | undefined> {
  constructor(
    readonly scope: Scope,
    readonly id: string,
    readonly after?: string,
  ) {
    super();
  }
}

/** The histories of customers, by id. */
export class CustomerList extends Query<Page<CustomerHistory>> {
  constructor(
    readonly scope: Scope,
    readonly page: PageRequest,
    readonly after?: string,
  ) {
    super();
  }
}

class Reading {
  constructor(
    @Inject(READERS) protected readonly readers: Readers,
    private readonly barrier: ReadBarrier,
  ) {}

  protected seen = (after: string | undefined) => this.barrier.seen(['catalogue'], after);
}

@QueryHandler(PlanHistories)
export class PlanHistoriesHandler extends Reading implements IQueryHandler<PlanHistories> {
  async execute({ scope, code, after }: PlanHistories) {
    await this.seen(after);
    return plans(this.readers(scope), code === undefined ? undefined : [code]);
  }
}

@QueryHandler(CalendarHistories)
export class CalendarHistoriesHandler extends Reading implements IQueryHandler<CalendarHistories> {
  async execute({ scope, code, after }: CalendarHistories) {
    await this.seen(after);
    return calendars(this.readers(scope), code === undefined ? undefined : [code]);
  }
}

@QueryHandler(CustomerById)
export class CustomerByIdHandler extends Reading implements IQueryHandler<CustomerById> {
  async execute({ scope, id, after }: CustomerById) {
    await this.seen(after);
    return customer(this.readers(scope), id);
  }
}

@QueryHandler(CustomerList)
export class CustomerListHandler extends Reading implements IQueryHandler<CustomerList> {
  async execute({ scope, page, after }: CustomerList) {
    await this.seen(after);
    return customers(this.readers(scope), page);
  }
}
