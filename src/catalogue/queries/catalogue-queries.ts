import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Page, type PageRequest } from '../../read-models/page.js';
import { type Readers } from '../../read-models/scoped.js';
import { type Reader } from '../../auth/asker.js';
import { ReadBarrier } from '../../api/graphql/read-barrier.js';
import { READERS } from '../../di-tokens.js';
import { type CalendarHistory } from '../domain/calendar-decider.js';
import { type CustomerHistory } from '../domain/customer-decider.js';
import { type PlanHistory } from '../domain/plan-decider.js';
import { type Words } from '../domain/words.js';
import { calendars, customer, customers, plans, words } from './read-catalogue.js';

/** The histories of plans: of the one with a code, or of all. */
export class PlanHistoriesQuery extends Query<readonly PlanHistory[]> {
  constructor(
    readonly reader: Reader,
    readonly code: string | undefined,
    readonly minPosition?: string,
  ) {
    super();
  }
}

/** The histories of calendars: of the one with a code, or of all. */
export class CalendarHistoriesQuery extends Query<readonly CalendarHistory[]> {
  constructor(
    readonly reader: Reader,
    readonly code: string | undefined,
    readonly minPosition?: string,
  ) {
    super();
  }
}

/** The history of a customer; undefined where nobody enrolled it. */
export class CustomerByIdQuery extends Query<CustomerHistory | undefined> {
  constructor(
    readonly reader: Reader,
    readonly id: string,
    readonly minPosition?: string,
  ) {
    super();
  }
}

/** The histories of customers, by id. */
export class CustomerListQuery extends Query<Page<CustomerHistory>> {
  constructor(
    readonly reader: Reader,
    readonly page: PageRequest,
    readonly minPosition?: string,
  ) {
    super();
  }
}

/** All words of the desk. */
export class WordsOfDeskQuery extends Query<Words> {
  constructor(
    readonly reader: Reader,
    readonly minPosition?: string,
  ) {
    super();
  }
}

class CatalogueReader {
  constructor(
    @Inject(READERS) protected readonly readers: Readers,
    private readonly barrier: ReadBarrier,
  ) {}

  protected seen = (minPosition: string | undefined) => this.barrier.seen(['catalogue'], minPosition);
}

@QueryHandler(PlanHistoriesQuery)
export class PlanHistoriesHandler extends CatalogueReader implements IQueryHandler<PlanHistoriesQuery> {
  async execute({ reader, code, minPosition }: PlanHistoriesQuery) {
    await this.seen(minPosition);
    return plans(this.readers.of(reader), code === undefined ? undefined : [code]);
  }
}

@QueryHandler(CalendarHistoriesQuery)
export class CalendarHistoriesHandler extends CatalogueReader implements IQueryHandler<CalendarHistoriesQuery> {
  async execute({ reader, code, minPosition }: CalendarHistoriesQuery) {
    await this.seen(minPosition);
    return calendars(this.readers.of(reader), code === undefined ? undefined : [code]);
  }
}

@QueryHandler(CustomerByIdQuery)
export class CustomerByIdHandler extends CatalogueReader implements IQueryHandler<CustomerByIdQuery> {
  async execute({ reader, id, minPosition }: CustomerByIdQuery) {
    await this.seen(minPosition);
    return customer(this.readers.of(reader), id);
  }
}

@QueryHandler(CustomerListQuery)
export class CustomerListHandler extends CatalogueReader implements IQueryHandler<CustomerListQuery> {
  async execute({ reader, page, minPosition }: CustomerListQuery) {
    await this.seen(minPosition);
    return customers(this.readers.of(reader), page);
  }
}

@QueryHandler(WordsOfDeskQuery)
export class WordsOfDeskHandler extends CatalogueReader implements IQueryHandler<WordsOfDeskQuery> {
  async execute({ reader, minPosition }: WordsOfDeskQuery) {
    await this.seen(minPosition);
    return words(this.readers.of(reader));
  }
}
