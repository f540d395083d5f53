import { type Selectable } from 'kysely';
import {
  type ListOrder,
  type Page,
  type PageRequest,
  type Part,
  readPage,
  selectPart,
  withNodes,
} from '../../read-models/page.js';
import { type CatalogueTable } from '../projections/catalogue-projection.js';
import { among } from '../../read-models/rows.js';
import { type Readable } from '../../read-models/scoped.js';
import { type Decider } from '../../event-sourcing/decider.js';
import { type NewEvent } from '../../event-sourcing/event-store.js';
import { inTurns } from '../../event-sourcing/yield-to-event-loop.js';
import { calendarDecider, type CalendarHistory } from '../domain/calendar-decider.js';
import { customerDecider, type CustomerHistory } from '../domain/customer-decider.js';
import { planDecider, type PlanHistory } from '../domain/plan-decider.js';
import { type Words } from '../domain/words.js';
import { wordsDecider } from '../domain/words-decider.js';

type Db = Readable;

/** The histories of plans, by code: of every one, or of those named. */
export const plans = async (db: Db, codes?: readonly string[]): Promise<readonly PlanHistory[]> =>
  histories(await rowsOf(db, 'plan', codes), planDecider);

/** The histories of calendars, by code: of every one, or of those named. */
export const calendars = async (db: Db, codes?: readonly string[]): Promise<readonly CalendarHistory[]> =>
  histories(await rowsOf(db, 'calendar', codes), calendarDecider);

/** All words of the desk, with the history of each. */
export const words = async (db: Db): Promise<Words> =>
  (await histories(await rowsOf(db, 'word'), wordsDecider))[0] ?? wordsDecider.initial;

/** The history of a customer; undefined where nobody enrolled it. */
export const customer = async (db: Db, id: string): Promise<CustomerHistory | undefined> =>
  (await histories(await rowsOf(db, 'customer', [id]), customerDecider))[0];

const byCode: ListOrder = { columns: ['code'], direction: 'asc' };

/** The histories of customers, by id. */
export async function customers(db: Db, request: PageRequest): Promise<Page<CustomerHistory>> {
  const query = db.selectFrom('catalogue').select('code').where('kind', '=', 'customer').where('revision', '=', 0);
  const list = {
    name: 'customers',
    kinds: ['string'],
    keyOf: ({ code }: { readonly code: string }) => [code],
    read: (part: Part) => selectPart(query, byCode, part).execute(),
  } as const;
  const page = await readPage(list, request);
  const ids = page.edges.map(({ node }) => node.code);
  const found = await histories(await rowsOf(db, 'customer', ids), customerDecider);
  const known = new Map(found.map((history) => [history[0]?.content.customer, history]));
  return withNodes(page, ({ code }) => known.get(code) ?? []);
}

function rowsOf(db: Db, kind: string, codes?: readonly string[]): Promise<readonly Selectable<CatalogueTable>[]> {
  const query = db.selectFrom('catalogue').selectAll().where('kind', '=', kind).orderBy('code').orderBy('revision');
  return (codes === undefined ? query : query.where('code', 'in', among(codes))).execute();
}

/** What rows in order of code and revision say, a history for each code. Rows may be many, and long: others have turns in between. */
async function histories<History>(
  rows: readonly Selectable<CatalogueTable>[],
  decider: Pick<Decider<History, never, NewEvent>, 'initial' | 'evolve'>,
): Promise<readonly History[]> {
  const folded = new Map<string, History>();
  await inTurns(rows, ({ code, event }) => {
    folded.set(code, decider.evolve(folded.get(code) ?? decider.initial, JSON.parse(event) as NewEvent));
  });
  return [...folded.values()];
}
