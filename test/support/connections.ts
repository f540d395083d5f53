import { readFileSync } from 'node:fs';
import { buildSchema, getNamedType, type GraphQLField, isObjectType, isRequiredArgument } from 'graphql';

/** A list of the schema that comes in pages. */
export interface Connection {
  readonly name: string;
  /** The arguments that it cannot do without, as they stand in a document: ` id: "T-1"`. */
  readonly needs: string;
  readonly isCounted: boolean;
}

/** Every connection of the schema. @throws Error for one that is not found at the root, or takes what nobody has given */
export function connectionsOf(file: string, given: Readonly<Record<string, string>>): readonly Connection[] {
  const schema = buildSchema(readFileSync(file, 'utf8'));
  return Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((parent) =>
      Object.values(parent.getFields()).flatMap((field) => {
        const type = getNamedType(field.type);
        if (!isObjectType(type) || type.getFields()['pageInfo'] === undefined) return [];
        if (parent !== schema.getQueryType()) throw new Error(`${parent.name}.${field.name} is paged by no test`);
        return [{ name: field.name, needs: needsOf(field, given), isCounted: 'totalCount' in type.getFields() }];
      }),
    );
}

const needsOf = ({ name, args }: GraphQLField<unknown, unknown>, given: Readonly<Record<string, string>>) =>
  args
    .filter(isRequiredArgument)
    .map((arg) => {
      if (given[arg.name] === undefined) throw new Error(`${name} needs ${arg.name}, which this test does not give`);
      return ` ${arg.name}: "${given[arg.name] ?? ''}"`;
    })
    .join('');

export interface PageArguments {
  readonly first?: number;
  readonly last?: number;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

/**
 * What a list answers, by EdgesToReturn, HasPreviousPage and HasNextPage of the Relay cursor connections specification, where
 * rows beyond a cursor are always found.
 */
export function pageBySpecification(all: readonly string[], { first, last, after, before }: PageArguments) {
  const from = after === undefined ? 0 : all.indexOf(after) + 1;
  const until = before === undefined ? all.length : all.indexOf(before);
  let edges = all.slice(from, until);
  if (first !== undefined) edges = edges.slice(0, first);
  if (last !== undefined) edges = edges.slice(-last);
  const isCut = edges.length < until - from;
  return {
    cursors: edges,
    pageInfo: {
      startCursor: edges[0] ?? null,
      endCursor: edges.at(-1) ?? null,
      hasPreviousPage: (last !== undefined && isCut) || after !== undefined,
      hasNextPage: (first !== undefined && isCut) || before !== undefined,
    },
  };
}
