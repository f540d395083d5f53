import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Readers } from '../../read-models/scoped.js';
import { type Reader } from '../../auth/asker.js';
import { ReadBarrier } from '../../api/graphql/read-barrier.js';
import { READERS } from '../../di-tokens.js';
import { slaSummary, type SummaryFilter, type SummaryLine } from './sla-summary.js';

/** Attainment by plan, metric and month. */
export class Summary extends Query<readonly SummaryLine[]> {
  constructor(
    readonly reader: Reader,
    readonly filter: SummaryFilter,
    readonly minPosition?: string,
  ) {
    super();
  }
}

@QueryHandler(Summary)
export class SummaryHandler implements IQueryHandler<Summary> {
  constructor(
    @Inject(READERS) private readonly readers: Readers,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ reader, filter, minPosition }: Summary) {
    await this.barrier.seen(['summary'], minPosition);
    return slaSummary(this.readers.of(reader), filter);
  }
}
