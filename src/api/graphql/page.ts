import { type Type } from '@nestjs/common';
import { ArgsType, Field, Int, ObjectType } from '@nestjs/graphql';
import { PositionScalar } from './scalars.js';

@ObjectType({ description: "Where a page ends, in Relay's terms." })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more rows follow.' })
  hasNextPage!: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the last row; null for an empty page.' })
  endCursor!: string | null;
}

/** The connection types of a list of some node, in Relay's terms. */
export function connectionOf<Node extends object>(name: string, node: () => Type<Node>) {
  @ObjectType(`${name}Edge`, { description: `A row of a list: ${name}.` })
  class Edge {
    @Field(() => String, { description: 'The cursor of this row; give it back as `afterCursor` to continue after it.' })
    cursor!: string;

    @Field(node, { description: 'The row itself.' })
    node!: Node;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list: ${name}.` })
  class Connection {
    @Field(() => [Edge], { description: 'The rows, in order.' })
    edges!: Edge[];

    @Field(() => PageInfo, { description: 'Where the page ends.' })
    pageInfo!: PageInfo;
  }
  return Connection;
}

@ArgsType()
export class ReadArgs {
  @Field(() => PositionScalar, {
    nullable: true,
    description: 'Wait until the read model has this write, at most 5 seconds, else READ_MODEL_BEHIND.',
  })
  after?: string;
}

@ArgsType()
export class PageArgs extends ReadArgs {
  @Field(() => Int, { nullable: true, description: 'How many rows, 1 to 200; 50 where it is left out.' })
  first?: number;

  @Field(() => String, { nullable: true, description: 'The cursor of the last row seen.' })
  afterCursor?: string;
}

/** A value without the keys that were left out or said to be null. */
export type GivenValues<Value> = { readonly [Key in keyof Value]: Exclude<Value[Key], undefined | null> };

/** Drops what was left out: GraphQL hands on `undefined` and `null` alike. */
export function givenValues<Value extends object>(value: Value | null | undefined): Partial<GivenValues<Value>> {
  const kept: Partial<Record<string, unknown>> = {};
  for (const [key, v] of Object.entries(value ?? {})) if (v !== undefined && v !== null) kept[key] = v;
  return kept as Partial<GivenValues<Value>>;
}
