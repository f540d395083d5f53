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
export class PlanHistories extends Query<readonly PlanHistory[]> {
  constructor(
    readonly reader: Reader,
    readonly code: string | undefined,
    readonly minPosition?: string,
  ) {
    super();
  }
}

/** The histories of calendars: of the one with a code, or of all. */
export class CalendarHistories extends Query<readonly CalendarHistory[]> {
  constructor(
    readonly reader: Reader,
    readonly code: string | undefined,
    readonly minPosition?: string,
  ) {
    super();
  }
}

/** The history of a customer; undefined where nobody enrolled it. */
export class CustomerById extends Query<CustomerHistory | undefined> {
  constructor(
    readonly reader: Reader,
    readonly id: string,
    readonly minPosition?: string,
  ) {
    super();
  }
}

/** The histories of customers, by id. */
export class CustomerList extends Query<Page<CustomerHistory>> {
  constructor(
    readonly reader: Reader,
    readonly page: PageRequest,
    readonly minPosition?: string,
  ) {
    super();
  }
}

/** All words of the desk. */
export class WordsOfDesk extends Query<Words> {
  constructor(
    readonly reader: Reader,
    readonly minPosition?: string,
  ) {
    super();
  }
}

class Reading {
  constructor(
    @Inject(READERS) protected readonly readers: Readers,
    private readonly barrier: ReadBarrier,
  ) {}

  protected seen = (minPosition: string | undefined) => this.barrier.seen(['catalogue'], minPosition);
}

@QueryHandler(PlanHistories)
export class PlanHistoriesHandler extends Reading implements IQueryHandler<PlanHistories> {
  async execute({ reader, code, minPosition }: PlanHistories) {
    await this.seen(minPosition);
    return plans(this.readers.of(reader), code === undefined ? undefined : [code]);
  }
}

@QueryHandler(CalendarHistories)
export class CalendarHistoriesHandler extends Reading implements IQueryHandler<CalendarHistories> {
  async execute({ reader, code, minPosition }: CalendarHistories) {
    await this.seen(minPosition);
    return calendars(this.readers.of(reader), code === undefined ? undefined : [code]);
  }
}

@QueryHandler(CustomerById)
export class CustomerByIdHandler extends Reading implements IQueryHandler<CustomerById> {
  async execute({ reader, id, minPosition }: CustomerById) {
    await this.seen(minPosition);
    return customer(this.readers.of(reader), id);
  }
}

@QueryHandler(CustomerList)
export class CustomerListHandler extends Reading implements IQueryHandler<CustomerList> {
  async execute({ reader, page, minPosition }: CustomerList) {
    await this.seen(minPosition);
    return customers(this.readers.of(reader), page);
  }
}

@QueryHandler(WordsOfDesk)
export class WordsOfDeskHandler extends Reading implements IQueryHandler<WordsOfDesk> {
  async execute({ reader, minPosition }: WordsOfDesk) {
    await this.seen(minPosition);
    return words(this.readers.of(reader));
  }
}
