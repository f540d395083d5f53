import { Rejection } from '../event-sourcing/rejection.js';

/** A page of a list, in Relay's terms. */
export interface Page<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

export interface PageRequest {
  /** At most 200; 50 where it is left out. */
  readonly first?: number;
  /** The cursor of the last row seen. */
  readonly afterCursor?: string;
}

type Key = readonly (string | number)[];

const encode = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url');

/** How many rows are wanted. @throws Rejection `INVALID_PAGE` */
export function sizeOf({ first = 50 }: PageRequest): number {
  if (Number.isInteger(first) && first >= 1 && first <= 200) return first;
  throw new Rejection('INVALID_PAGE', '"first" must be a whole number from 1 to 200.');
}

/** The sort key in a cursor; undefined for the first page. @throws Rejection `INVALID_CURSOR` */
export function keyOf({ afterCursor }: PageRequest, kinds: readonly ('string' | 'number')[]): Key | undefined {
  if (afterCursor === undefined) return undefined;
  try {
    const key: unknown = JSON.parse(Buffer.from(afterCursor, 'base64url').toString('utf8'));
    if (Array.isArray(key) && key.length === kinds.length && key.every((part, i) => typeof part === kinds[i]))
      return key as Key;
  } catch {
    // Not JSON: no cursor of ours.
  }
  throw new Rejection('INVALID_CURSOR', `"${afterCursor.slice(0, 80)}" is not a cursor of this list.`);
}

/** A page from rows read one beyond its size. */
export function pageOf<Row, Node>(
  rows: readonly Row[],
  size: number,
  key: (row: Row) => Key,
  node: (row: Row) => Node,
): Page<Node> {
  const edges = rows.slice(0, size).map((row) => ({ cursor: encode(key(row)), node: node(row) }));
  return { edges, pageInfo: { hasNextPage: rows.length > size, endCursor: edges.at(-1)?.cursor ?? null } };
}
