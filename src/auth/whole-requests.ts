import { type ApolloServerPlugin } from '@apollo/server';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { type Identity } from './identity.js';
import { permissionOf, type RequestContext, whyNot } from './requires.js';

/**
 * Why somebody may not do all of a document that was found valid; undefined: they may. It is asked before any of it is
 * done: the schema's guard alone would do what comes before the operation refused.
 */
export function whyNotAll(
  identity: Identity,
  schema: GraphQLSchema,
  document: DocumentNode,
  { operation, selectionSet }: OperationDefinitionNode,
): string | undefined {
  const fields = schema.getRootType(operation)?.getFields();
  for (const name of operationsIn(selectionSet, document)) {
    const field = fields?.[name];
    const permission = field === undefined ? undefined : permissionOf(field);
    const why = permission === undefined ? undefined : whyNot(identity, name, permission);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** The names of the fields at the root, those in fragments too, each of which is looked into once. */
function* operationsIn(
  { selections }: SelectionSetNode,
  document: DocumentNode,
  seen = new Set<string>(),
): Generator<string> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) yield selection.name.value;
    else if (selection.kind === Kind.INLINE_FRAGMENT) yield* operationsIn(selection.selectionSet, document, seen);
    else if (!seen.has(selection.name.value)) {
      seen.add(selection.name.value);
      for (const part of document.definitions)
        if (part.kind === Kind.FRAGMENT_DEFINITION && part.name.value === selection.name.value)
          yield* operationsIn(part.selectionSet, document, seen);
    }
  }
}

/** Refuses what comes over HTTP as a whole where its sender may not do all of it. */
export const wholeRequests: ApolloServerPlugin<RequestContext> = {
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
