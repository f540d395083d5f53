import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, type QueryBus, QueryHandler } from '@nestjs/cqrs';
import { sql } from 'kysely';
import { ReadBarrier } from '../api/graphql/read-barrier.js';
import { type Reader } from '../auth/asker.js';
import { type Catalogue } from '../catalogue/catalogue.js';
import { UnknownWord } from '../catalogue/domain/unknown-word.js';
import { wordIn, type WordList } from '../catalogue/domain/words.js';
import { CATALOGUE, READERS, TIME_SOURCE } from '../di-tokens.js';
import { type Notice, notice } from '../event-sourcing/notice.js';
import { soon } from '../event-sourcing/soon.js';
import { wordKey } from '../parsing/word.js';
import { once } from '../read-models/page.js';
import { among } from '../read-models/rows.js';
import { type Readable, type Readers } from '../read-models/scoped.js';
import { type TimeSource } from '../time/time-source.js';

/** What a filter of a list or a report may name that there never was. */
export interface NamedInFilter {
  readonly plans?: readonly string[];
  readonly customers?: readonly string[];
  readonly types?: readonly string[];
  readonly channels?: readonly string[];
  readonly priorities?: readonly string[];
}

/** What a filter names that there never was, as far as the reader may see: a customer of others is as one that is not there. */
export class UnknownInFilterQuery extends Query<readonly Notice[]> {
  constructor(
    readonly reader: Reader,
    readonly filter: NamedInFilter,
    readonly minPosition: string | undefined,
  ) {
    super();
  }
}

/** Asks for it when somebody wants it, once however often a document does. */
export const unknownIn = (bus: QueryBus, ...asked: ConstructorParameters<typeof UnknownInFilterQuery>) =>
  once(() => bus.execute(new UnknownInFilterQuery(...asked)));

/** How many are told. */
const mostNotices = 50;

const lists = [
  ['type', 'types', 'unknownType'],
  ['channel', 'channels', 'unknownChannel'],
  ['priority', 'priorities', 'unknownPriority'],
] as const;

@QueryHandler(UnknownInFilterQuery)
export class UnknownInFilterHandler implements IQueryHandler<UnknownInFilterQuery> {
  constructor(
    @Inject(READERS) private readonly readers: Readers,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    @Inject(TIME_SOURCE) private readonly time: TimeSource,
    private readonly barrier: ReadBarrier,
  ) {}

  async execute({ reader, filter, minPosition }: UnknownInFilterQuery): Promise<readonly Notice[]> {
    await this.barrier.seen(['catalogue', 'tickets'], minPosition);
    const db = this.readers.of(reader);
    const notices: Notice[] = [];
    for (const [list, field, code] of lists) {
      const said = await this.unknownWords(db, list, filter[field] ?? []);
      notices.push(...said.map(({ word, message }) => notice(code, word, message)));
    }
    const { plans = [], customers = [] } = filter;
    for (const plan of await without(plans, (some) => catalogued(db, 'plan', some)))
      notices.push(notice('unknownPlan', plan, `filter.plans: there is no plan "${plan}".`));
    const strangers = await without(customers, (some) => catalogued(db, 'customer', some));
    for (const customer of await without(strangers, (some) => onTickets(db, 'customer', some)))
      notices.push(notice('unknownCustomer', customer, `filter.customers: there is no customer "${customer}".`));
    return notices.slice(0, mostNotices);
  }

  /** Words that the desk never had, and no ticket has from before there were words. */
  private async unknownWords(db: Readable, list: WordList, said: readonly string[]): Promise<readonly UnknownWord[]> {
    if (said.length === 0) return [];
    const words = await soon(this.catalogue.words());
    const others = said.filter((word) => wordIn(words, list, word) === undefined);
    const unknown = await without(others, (some) => onTickets(db, list, some), wordKey);
    return unknown.map((word) => new UnknownWord(list, word, words, this.time.now(), 'filter'));
  }
}

/** Those of some names that a look does not find. */
async function without(
  names: readonly string[],
  look: (keys: readonly string[]) => Promise<readonly string[]>,
  keyOf: (name: string) => string = (name) => name,
): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const found = new Set(await look(names.map(keyOf)));
  return names.filter((name) => !found.has(keyOf(name)));
}

async function catalogued(db: Readable, kind: string, codes: readonly string[]): Promise<readonly string[]> {
  const rows = db.selectFrom('catalogue').select('code').distinct().where('kind', '=', kind);
  return (await rows.where('code', 'in', among(codes)).execute()).map(({ code }) => code);
}

/** Those that some ticket has. */
async function onTickets(
  db: Readable,
  column: 'customer' | WordList,
  values: readonly string[],
): Promise<readonly string[]> {
  const rows = db
    .selectFrom('tickets')
    .select(sql<string>`${sql.ref(column)}`.as('value'))
    .distinct();
  return (await rows.where(column, 'in', among(values)).execute()).map(({ value }) => value);
}
