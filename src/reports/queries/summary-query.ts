import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { sql } from 'kysely';
import { among } from '../../read-models/rows.js';
import { type Readable, type Readers } from '../../read-models/scoped.js';
import { type Reader } from '../../auth/asker.js';
import { ReadBarrier } from '../../api/graphql/read-barrier.js';
import { READERS } from '../../di-tokens.js';

/** What became of the promises of a plan in a month. */
export interface SummaryLine {
  readonly plan: string;
  readonly metric: string;
  /** `YYYY-MM` in the calendar's zone. */
  readonly month: string;
  readonly met: number;
  readonly metLate: number;
  /** Late, and still unanswered. */
  readonly breached: number;
  readonly cancelled: number;
  /** Breaches taken back. */
  readonly withdrawn: number;
  /** How many promises were judged: met, met late and breached. */
  readonly judged: number;
  /** Met over judged, 0 to 1; null where none was judged. */
  readonly attainment: number | null;
}

export interface SummaryFilter {
  readonly plans?: readonly string[];
  readonly metrics?: readonly string[];
  /** `YYYY-MM`, inclusive. */
  readonly fromMonth?: string;
  readonly toMonth?: string;
}

/** Attainment by plan, metric and month. */
export class SummaryQuery extends Query<readonly SummaryLine[]> {
  constructor(
    readonly reader: Reader,
    readonly filter: SummaryFilter,
    readonly minPosition?: string,
  ) {
    super();
  }
}

@QueryHandler(SummaryQuery)
export class SummaryHandler implements IQueryHandler<SummaryQuery> {
  constructor(
    @Inject(READERS) private readonly readers: Readers,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ reader, filter, minPosition }: SummaryQuery) {
    await this.barrier.seen(['summary'], minPosition);
    return slaSummary(this.readers.of(reader), filter);
  }
}

/** Attainment by plan, metric and month, latest month first. */
export async function slaSummary(db: Readable, filter: SummaryFilter): Promise<readonly SummaryLine[]> {
  const { plans = [], metrics = [], fromMonth, toMonth } = filter;
  let query = linesOf(db).selectAll().orderBy('month', 'desc').orderBy('plan').orderBy('metric');
  if (plans.length > 0) query = query.where('plan', 'in', among(plans));
  if (metrics.length > 0) query = query.where('metric', 'in', among(metrics));
  if (fromMonth !== undefined) query = query.where('month', '>=', fromMonth);
  if (toMonth !== undefined) query = query.where('month', '<=', toMonth);
  const rows = await query.execute();
  return rows
    .map(({ met_late: metLate, ...row }) => {
      const judged = row.met + metLate + row.breached;
      return { ...row, metLate, judged, attainment: judged === 0 ? null : row.met / judged };
    })
    .filter(({ judged, cancelled, withdrawn }) => judged + cancelled + withdrawn > 0);
}

/** The lines as they are kept for all customers together; those of some are counted from their own verdicts. */
const linesOf = (db: Readable) =>
  db.scope === 'everyone' ? db.selectFrom('sla_summary') : db.selectFrom(counted(db).as('sla_summary'));

function counted(db: Readable) {
  const among = (verdict: string) => sql<number>`sum(verdict = ${sql.lit(verdict)} AND excluded = 0)`;
  return db
    .selectFrom('verdicts')
    .where('month', '<>', '')
    .select(['plan', 'metric', 'month'])
    .select([among('met').as('met'), among('metLate').as('met_late'), among('breached').as('breached')])
    .select(sql<number>`sum(verdict = 'cancelled' OR (verdict <> 'open' AND excluded = 1))`.as('cancelled'))
    .select((of) => of.fn.sum<number>('withdrawals').as('withdrawn'))
    .groupBy(['plan', 'metric', 'month']);
}
