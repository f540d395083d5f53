import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Kysely } from 'kysely';
import { type Page, type PageRequest } from '../../database/page.js';
import { type Schema } from '../../database/schema.js';
import { ReadBarrier } from '../../graphql/read-barrier.js';
import { READ_MODELS } from '../../tokens.js';
import { breaches, type BreachFilter, type BreachView } from './breaches.js';

/** Breaches, latest deadline first. */
export class BreachList extends Query<Page<BreachView>> {
  constructor(
    readonly filter: BreachFilter,
    readonly page: PageRequest,
    readonly after?: string,
  ) {
    super();
  }
}

@QueryHandler(BreachList)
export class BreachListHandler implements IQueryHandler<BreachList> {
  constructor(
    @Inject(READ_MODELS) private readonly db: Kysely<Schema>,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ filter, page, after }: BreachList) {
    await this.barrier.seen(['breaches'], after);
    return breaches(this.db, filter, page);
  }
}
