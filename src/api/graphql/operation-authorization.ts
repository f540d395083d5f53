import { type ApolloServerPlugin } from '@apollo/server';
import {
  type ASTNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type Identity } from '../../auth/identity.js';
import { type Permission } from '../../auth/permissions.js';
import { permissionOf, type RequestContext, rootTypesOf, whyNot } from '../../auth/requires.js';

/** The permissions that an operation takes, by the name of the operation or field that takes it. */
type Needed = ReadonlyMap<string, Permission>;

/** Documents are asked again and again, by whomever. */
const needed = new WeakMap<OperationDefinitionNode, Needed>();

/**
 * Why somebody may not do all of a document that was found valid; undefined: they may. It is asked before any of it is
 * done: the schema's guard alone would do what comes before the operation refused.
 */
export function whyNotAll(
  identity: Identity,
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): string | undefined {
  const needs = needed.get(operation) ?? neededBy(operation, schema, document);
  needed.set(operation, needs);
  for (const [name, permission] of needs) {
    const why = whyNot(identity, name, permission);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** Where there are fields; values need no look. */
const selections = {
  ...Object.fromEntries(Object.values(Kind).map((kind) => [kind, []])),
  ...{ SelectionSet: ['selections'], Field: ['selectionSet'], InlineFragment: ['selectionSet'] },
  ...{ OperationDefinition: ['selectionSet'], FragmentDefinition: ['selectionSet'] },
} as NonNullable<Parameters<typeof visit>[2]>;

/** Looks through an operation, and into each fragment of it once. */
function neededBy(operation: OperationDefinitionNode, schema: GraphQLSchema, document: DocumentNode): Needed {
  const roots = rootTypesOf(schema);
  const needs = new Map<string, Permission>();
  const parts = new Set<ASTNode>([operation]); // it grows while it is gone through
  const types = new TypeInfo(schema);
  for (const part of parts) {
    const look = {
      Field: () => {
        const [type, field] = [types.getParentType(), types.getFieldDef()];
        const permission = field == null ? undefined : permissionOf(field);
        if (type == null || field == null || permission === undefined) return;
        needs.set(roots.some((root) => root === type) ? field.name : `${type.name}.${field.name}`, permission);
      },
      FragmentSpread: ({ name }: { readonly name: { readonly value: string } }) => {
        for (const fragment of document.definitions)
          if (fragment.kind === Kind.FRAGMENT_DEFINITION && fragment.name.value === name.value) parts.add(fragment);
      },
    };
    visit(part, visitWithTypeInfo(types, look), selections);
  }
  return needs;
}

/** Refuses what comes over HTTP as a whole where its sender may not do all of it. */
export const operationAuthorization: ApolloServerPlugin<RequestContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ schema, document, operation, contextValue: { identity } }) {
        const why = operation === undefined ? undefined : whyNotAll(identity, schema, document, operation);
        if (why !== undefined)
          throw new GraphQLError(why, { extensions: { code: 'FORBIDDEN', http: { status: 403 } } });
        return Promise.resolve();
      },
    }),
};
