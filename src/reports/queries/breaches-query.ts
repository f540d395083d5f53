import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Page, type PageRequest } from '../../read-models/page.js';
import { type Readers } from '../../read-models/scoped.js';
import { type Reader } from '../../auth/asker.js';
import { ReadBarrier } from '../../api/graphql/read-barrier.js';
import { READERS } from '../../di-tokens.js';
import { breaches, type BreachFilter, type BreachView } from './breaches.js';

/** Breaches, latest deadline first. */
export class BreachList extends Query<Page<BreachView>> {
  constructor(
    readonly reader: Reader,
    readonly filter: BreachFilter,
    readonly page: PageRequest,
    readonly minPosition?: string,
  ) {
    super();
  }
}

@QueryHandler(BreachList)
export class BreachListHandler implements IQueryHandler<BreachList> {
  constructor(
    @Inject(READERS) private readonly readers: Readers,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ reader, filter, page, minPosition }: BreachList) {
    await this.barrier.seen(['breaches'], minPosition);
    return breaches(this.readers.of(reader), filter, page);
  }
}
