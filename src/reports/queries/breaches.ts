import { type Selectable, sql } from 'kysely';
import { keyOf, type Page, pageOf, type PageRequest, sizeOf } from '../../read-models/page.js';
import { among } from '../../read-models/rows.js';
import { type BreachesTable } from '../projections/breaches-projection.js';
import { type Readable } from '../../read-models/scoped.js';

export type BreachView = Selectable<BreachesTable>;

/** Which breaches; what is left out does not narrow. */
export interface BreachFilter {
  readonly metrics?: readonly string[];
  readonly plans?: readonly string[];
  readonly customers?: readonly string[];
  readonly assignees?: readonly string[];
  readonly ticket?: string;
  readonly withdrawn?: boolean;
  /** Breaches from before the import that brought their ticket; in by default. */
  readonly includeHistoric?: boolean;
}

/** Breaches, latest deadline first. */
export async function breaches(db: Readable, filter: BreachFilter, request: PageRequest): Promise<Page<BreachView>> {
  const size = sizeOf(request);
  const key = keyOf(request, ['number', 'string']);
  let query = db
    .selectFrom('breaches')
    .selectAll()
    .orderBy('due_at', 'desc')
    .orderBy('id', 'desc')
    .limit(size + 1);
  if (key !== undefined) query = query.where(sql<boolean>`(due_at, id) < (${key[0]}, ${key[1]})`);
  const lists = [
    ['metric', filter.metrics],
    ['plan', filter.plans],
    ['customer', filter.customers],
    ['assignee', filter.assignees],
    ['ticket', filter.ticket === undefined ? undefined : [filter.ticket]],
  ] as const;
  for (const [column, values] of lists) {
    if (values !== undefined && values.length > 0) query = query.where(column, 'in', among(values));
  }
  if (filter.withdrawn !== undefined) query = query.where('withdrawn_at', filter.withdrawn ? 'is not' : 'is', null);
  if (filter.includeHistoric === false) query = query.where('historic', '=', 0);
  return pageOf(
    await query.execute(),
    size,
    ({ due_at, id }) => [due_at, id],
    (row) => row,
  );
}
