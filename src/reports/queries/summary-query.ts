import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Kysely } from 'kysely';
import { type Schema } from '../../database/schema.js';
import { ReadBarrier } from '../../graphql/read-barrier.js';
import { READ_MODELS } from '../../tokens.js';
import { slaSummary, type SummaryFilter, type SummaryLine } from './sla-summary.js';

/** Attainment by plan, metric and month. */
export class Summary extends Query<readonly SummaryLine[]> {
  constructor(
    readonly filter: SummaryFilter,
    readonly after?: string,
  ) {
    super();
  }
}

@QueryHandler(Summary)
export class SummaryHandler implements IQueryHandler<Summary> {
  constructor(
    @Inject(READ_MODELS) private readonly db: Kysely<Schema>,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ filter, after }: Summary) {
    await this.barrier.seen(['summary'], after);
    return slaSummary(this.db, filter);
  }
}
