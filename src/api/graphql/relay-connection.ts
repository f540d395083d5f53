import { type Type } from '@nestjs/common';
import { ArgsType, Field, Int, ObjectType } from '@nestjs/graphql';
import { MayScan } from './may-scan.js';
import { NoticeType } from './notice.type.js';
import { PositionScalar } from './scalars.js';

@ObjectType({ description: 'Where a page begins and ends, and whether there is more.' })
export class PageInfo {
  @Field(() => String, { nullable: true, description: 'The cursor of the first row; null for an empty page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'The cursor of the last row; null for an empty page.' })
  endCursor!: string | null;

  @Field(() => Boolean, { description: 'Whether more rows follow.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether more rows come before.' })
  hasPreviousPage!: boolean;
}

interface ConnectionOptions {
  /** The length of the list is known without going through it. */
  readonly isCounted?: boolean;
  /** It is narrowed by a filter, which may name what there never was. */
  readonly isFiltered?: boolean;
}

/** The connection types of a list of some node, by the Relay cursor connections specification. */
export function connectionOf<Node extends object>(
  name: string,
  node: () => Type<Node>,
  { isCounted = false, isFiltered = false }: ConnectionOptions = {},
) {
  @ObjectType(`${name}Edge`, { description: `A row of a list: ${name}.` })
  class Edge {
    @Field(() => String, {
      description: 'The cursor of this row; give it back as `after` or `before` to continue from it.',
    })
    cursor!: string;

    @Field(node, { description: 'The row itself.' })
    node!: Node;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list: ${name}.` })
  class Connection {
    @Field(() => [Edge], { description: 'The rows, in the order of the list.' })
    edges!: Edge[];

    @Field(() => PageInfo, { description: 'Where the page begins and ends.' })
    pageInfo!: PageInfo;
  }
  if (isCounted)
    Field(() => Int, { description: 'How many rows the whole list has.' })(Connection.prototype, 'totalCount');
  if (isFiltered) addFilterNotices(Connection.prototype);
  return Connection;
}

/** Gives the answer to a filter the field of its notices; what there never was is looked for in many rows. */
export function addFilterNotices(answer: object): void {
  const description = 'What the filter names that there never was: the first 50.';
  Field(() => [NoticeType], { description })(answer, 'notices');
  MayScan()(answer, 'notices');
}

@ArgsType()
export class ReadArgs {
  @Field(() => PositionScalar, {
    nullable: true,
    description:
      "Wait until the read model has this write (the `position` of a mutation's answer), at most 5 seconds, else READ_MODEL_BEHIND.",
  })
  minPosition?: string;
}

@ArgsType()
export class PageArgs extends ReadArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'How many rows, from the start or after `after`: 1 to 200; 50 if `last` is left out too.',
  })
  first?: number;

  @Field(() => String, { nullable: true, description: 'Only rows after this cursor.' })
  after?: string;

  @Field(() => Int, { nullable: true, description: 'How many rows, from the end or before `before`: 1 to 200.' })
  last?: number;

  @Field(() => String, {
    nullable: true,
    description: 'Only rows before this cursor; it needs `last` or `first`.',
  })
  before?: string;
}

/** A value without the keys that were left out or said to be null. */
export type GivenValues<Value> = { readonly [Key in keyof Value]: Exclude<Value[Key], undefined | null> };

/** Drops what was left out: GraphQL hands on `undefined` and `null` alike. */
export function givenValues<Value extends object>(value: Value | null | undefined): Partial<GivenValues<Value>> {
  const kept: Partial<Record<string, unknown>> = {};
  for (const [key, v] of Object.entries(value ?? {})) if (v !== undefined && v !== null) kept[key] = v;
  return kept as Partial<GivenValues<Value>>;
}
