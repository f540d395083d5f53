import { type SelectQueryBuilder, sql } from 'kysely';
import { Rejection } from '../event-sourcing/rejection.js';

/** A page of a list, by the Relay cursor connections specification. */
export interface Page<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: PageInfo;
}

export interface PageInfo {
  readonly startCursor: string | null;
  readonly endCursor: string | null;
  /** Whether rows follow. Beyond a cursor that was named they are looked for when somebody asks. */
  readonly hasNextPage: Promise<boolean>;
  /** The same of rows that go before. */
  readonly hasPreviousPage: Promise<boolean>;
}

/** Which page: the `first` rows behind `after`, or the `last` before `before`. */
export interface PageRequest {
  /** At most 200; 50 if `last` is left out too. */
  readonly first?: number;
  /** A cursor. */
  readonly after?: string;
  /** At most 200. */
  readonly last?: number;
  /** A cursor. */
  readonly before?: string;
}

/** What a row is sorted by: its place in the list. */
export type Key = readonly (string | number)[];

/** Rows between two places, both exclusive; backwards the last of them, the very last first. */
export interface Part {
  readonly after: Key | undefined;
  readonly before: Key | undefined;
  readonly isBackwards: boolean;
  readonly limit: number;
}

/** A list that can be read from both ends. */
export interface List<Row> {
  /** It stands in cursors, so that those of another list are refused. */
  readonly name: string;
  /** What the parts of a key are. */
  readonly kinds: readonly ('string' | 'number')[];
  readonly keyOf: (row: Row) => Key;
  /** Reads no more than the part, in the order in which it is asked for. */
  readonly read: (part: Part) => Promise<readonly Row[]>;
}

/** @throws Rejection `INVALID_PAGE`, `INVALID_CURSOR` */
export async function readPage<Row>(list: List<Row>, request: PageRequest): Promise<Page<Row>> {
  const { name, keyOf, read } = list;
  const { size, isBackwards } = sizeOf(request);
  const [after, before] = [keyIn(request.after, list), keyIn(request.before, list)];
  const found = await read({ after, before, isBackwards, limit: size + 1 });
  const rows = isBackwards ? found.slice(0, size).toReversed() : found.slice(0, size);
  const hasMore = found.length > size;
  const edges = rows.map((node) => ({ cursor: encode(name, keyOf(node)), node }));
  const [first, last] = [rows[0], rows.at(-1)];
  // Of an empty page all rows lie beyond the one cursor or the other.
  const anyAfter = () =>
    read({ after: last === undefined ? after : keyOf(last), before: undefined, isBackwards: false, limit: 1 });
  const anyBefore = () =>
    read({ after: undefined, before: first === undefined ? before : keyOf(first), isBackwards: true, limit: 1 });
  const hasNext = once(
    async () => (hasMore && !isBackwards) || (before !== undefined && (await anyAfter()).length > 0),
  );
  const hasPrevious = once(
    async () => (hasMore && isBackwards) || (after !== undefined && (await anyBefore()).length > 0),
  );
  const pageInfo = {
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
    get hasNextPage() {
      return hasNext();
    },
    get hasPreviousPage() {
      return hasPrevious();
    },
  };
  return { edges, pageInfo };
}

/** The same page with something else in place of its rows. */
export const withNodes = <Row, Node>({ edges, pageInfo }: Page<Row>, toNode: (row: Row, i: number) => Node) => ({
  edges: edges.map(({ cursor, node }, i) => ({ cursor, node: toNode(node, i) })),
  pageInfo,
});

/** What a list is sorted by: columns, all in one direction, so that an index is read from either end. */
export interface ListOrder {
  readonly columns: readonly string[];
  readonly direction: 'asc' | 'desc';
}

/** Narrows a select to a part of a list. */
export function selectPart<DB, Table extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, Table, Row>,
  { columns, direction }: ListOrder,
  { after, before, isBackwards, limit }: Part,
): SelectQueryBuilder<DB, Table, Row> {
  const isRising = direction === 'asc';
  const place = sql.join(columns.map((column) => sql.ref(column)));
  const above = (key: Key) => sql<boolean>`(${place}) > (${sql.join(key)})`;
  const below = (key: Key) => sql<boolean>`(${place}) < (${sql.join(key)})`;
  let part = query.limit(limit);
  for (const column of columns) part = part.orderBy(sql.ref(column), isRising === isBackwards ? 'desc' : 'asc');
  if (after !== undefined) part = part.where(isRising ? above(after) : below(after));
  if (before !== undefined) part = part.where(isRising ? below(before) : above(before));
  return part;
}

const sizeDefault = 50;
const sizeMost = 200;

function sizeOf({ first, last, before }: PageRequest): { readonly size: number; readonly isBackwards: boolean } {
  if (first !== undefined && last !== undefined)
    throw new Rejection('INVALID_PAGE', 'Give "first" or "last", not both.');
  if (first === undefined && last === undefined && before !== undefined)
    throw new Rejection('INVALID_PAGE', '"before" needs "last" or "first": how many rows?');
  const size = first ?? last ?? sizeDefault;
  if (Number.isInteger(size) && size >= 1 && size <= sizeMost) return { size, isBackwards: last !== undefined };
  const name = last === undefined ? 'first' : 'last';
  throw new Rejection('INVALID_PAGE', `"${name}" must be a whole number from 1 to ${sizeMost}.`);
}

const encode = (name: string, key: Key): string => Buffer.from(JSON.stringify([name, ...key])).toString('base64url');

/** The place in a cursor, which must be written as we write it. @throws Rejection `INVALID_CURSOR` */
function keyIn(cursor: string | undefined, { name, kinds }: Pick<List<never>, 'name' | 'kinds'>): Key | undefined {
  if (cursor === undefined) return undefined;
  try {
    const [of, ...key] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as [unknown, ...Key];
    const fits = of === name && key.length === kinds.length && key.every((part, i) => typeof part === kinds[i]);
    if (fits && encode(name, key) === cursor) return key;
  } catch {
    // Not JSON, or no array: no cursor of ours.
  }
  throw new Rejection('INVALID_CURSOR', `"${cursor.slice(0, 80)}" is not a cursor of this list.`);
}

/** However often a document asks, by whatever aliases, it is looked for once. */
export function once<Value>(find: () => Promise<Value>): () => Promise<Value> {
  let found: Promise<Value> | undefined;
  return () => (found ??= find());
}
