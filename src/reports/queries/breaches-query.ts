import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Selectable } from 'kysely';
import {
  type ListOrder,
  type Page,
  type PageRequest,
  type Part,
  readPage,
  selectPart,
} from '../../read-models/page.js';
import { among } from '../../read-models/rows.js';
import { type Readable, type Readers } from '../../read-models/scoped.js';
import { type Reader } from '../../auth/asker.js';
import { ReadBarrier } from '../../api/graphql/read-barrier.js';
import { READERS } from '../../di-tokens.js';
import { wordKey } from '../../parsing/word.js';
import { type BreachesTable } from '../projections/breaches-projection.js';

export type BreachView = Selectable<BreachesTable>;

/** Which breaches; what is left out does not narrow. */
export interface BreachFilter {
  readonly metrics?: readonly string[];
  readonly plans?: readonly string[];
  readonly customers?: readonly string[];
  readonly assignees?: readonly string[];
  readonly teams?: readonly string[];
  readonly priorities?: readonly string[];
  readonly types?: readonly string[];
  readonly channels?: readonly string[];
  readonly ticket?: string;
  readonly withdrawn?: boolean;
  /** Breaches from before the import that brought their ticket; in by default. */
  readonly includeHistoric?: boolean;
}

/** Breaches, latest deadline first. */
export class BreachListQuery extends Query<Page<BreachView>> {
  constructor(
    readonly reader: Reader,
    readonly filter: BreachFilter,
    readonly page: PageRequest,
    readonly minPosition?: string,
  ) {
    super();
  }
}

@QueryHandler(BreachListQuery)
export class BreachListHandler implements IQueryHandler<BreachListQuery> {
  constructor(
    @Inject(READERS) private readonly readers: Readers,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ reader, filter, page, minPosition }: BreachListQuery) {
    await this.barrier.seen(['breaches'], minPosition);
    return breaches(this.readers.of(reader), filter, page);
  }
}

const latestFirst: ListOrder = { columns: ['due_at', 'id'], direction: 'desc' };

export function breaches(db: Readable, filter: BreachFilter, request: PageRequest): Promise<Page<BreachView>> {
  let query = db.selectFrom('breaches').selectAll();
  const lists = [
    ['metric', filter.metrics],
    ['plan', filter.plans],
    ['customer', filter.customers],
    ['assignee', filter.assignees],
    ['team', filter.teams],
    ['priority_key', filter.priorities?.map(wordKey)],
    ['type_key', filter.types?.map(wordKey)],
    ['channel_key', filter.channels?.map(wordKey)],
    ['ticket', filter.ticket === undefined ? undefined : [filter.ticket]],
  ] as const;
  for (const [column, values] of lists) {
    if (values !== undefined && values.length > 0) query = query.where(column, 'in', among(values));
  }
  if (filter.withdrawn !== undefined) query = query.where('withdrawn_at', filter.withdrawn ? 'is not' : 'is', null);
  if (filter.includeHistoric === false) query = query.where('historic', '=', 0);
  const list = {
    name: 'breaches',
    kinds: ['number', 'string'],
    keyOf: ({ due_at, id }: BreachView) => [due_at, id],
    read: (part: Part) => selectPart(query, latestFirst, part).execute(),
  } as const;
  return readPage(list, request);
}
