import { type ApolloServerPlugin } from '@apollo/server';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type FragmentDefinitionNode, GraphQLError, Kind, type SelectionSetNode } from 'graphql';
import { Rejection } from '../event-sourcing/rejection.js';
import { type Authenticator } from './authenticator.js';
import { type Identity } from './identity.js';
import { permissionOf, type RequestContext, whyNot } from './requires.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent it; undefined at an open door only. */
    identity: Identity | undefined;
  }
}

/** What a stranger may ask for. */
const isOpen = (route: string | undefined) => route === '/health' || route?.startsWith('/graphiql/') === true;

/**
 * Every request but those for open doors says who sends it, before its body is read. At an open door a key is welcome: who
 * shows one may be told more.
 */
export function authenticateRequests(server: FastifyInstance, authenticator: Authenticator): void {
  server.decorateRequest('identity', undefined);
  server.addHook('onRequest', (request, reply, done) => {
    const { authorization } = request.headers;
    const isOpenDoor = isOpen(request.routeOptions.url);
    if (isOpenDoor && authorization === undefined) {
      done();
      return;
    }
    const known = (identity: Identity) => {
      request.identity = identity;
      done();
    };
    const unknown = (error: unknown) => {
      if (isOpenDoor) done();
      else if (error instanceof Rejection) refuse(reply, error);
      else done(error as Error);
    };
    try {
      const identity = authenticator.identify(authorization);
      if (identity instanceof Promise) void identity.then(known, unknown);
      else known(identity);
    } catch (error) {
      unknown(error);
    }
  });
}

function refuse(reply: FastifyReply, { code, message }: Rejection): void {
  const status = code === 'UNAUTHENTICATED' ? 401 : 503;
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="pledge"');
  void reply
    .header('cache-control', 'no-store')
    .status(status)
    .send({ errors: [{ message, extensions: { code } }] });
}

/** What resolvers know of a request. */
export function contextOfRequest(req: FastifyRequest): RequestContext & { readonly req: FastifyRequest } {
  const { identity } = req;
  if (identity === undefined) throw new Error('a request came to GraphQL that nobody authenticated');
  return { req, identity };
}

/**
 * Refuses a request as a whole where its sender may not do all of it: the schema's guard alone would do what comes before
 * the operation refused.
 */
export const wholeRequests: ApolloServerPlugin<RequestContext> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ schema, document, operation, contextValue: { identity } }) {
        if (operation === undefined) return Promise.resolve();
        const fragments = new Map<string, FragmentDefinitionNode>();
        for (const part of document.definitions)
          if (part.kind === Kind.FRAGMENT_DEFINITION) fragments.set(part.name.value, part);
        const fields = schema.getRootType(operation.operation)?.getFields();
        for (const name of operationsIn(operation.selectionSet, fragments)) {
          const field = fields?.[name];
          const permission = field === undefined ? undefined : permissionOf(field);
          const why = permission === undefined ? undefined : whyNot(identity, name, permission);
          if (why !== undefined)
            throw new GraphQLError(why, { extensions: { code: 'FORBIDDEN', http: { status: 403 } } });
        }
        return Promise.resolve();
      },
    }),
};

/** The names of the fields at the root of a document that was found valid, those in fragments too. */
function* operationsIn(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): Generator<string> {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) yield selection.name.value;
    else {
      const part = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (part !== undefined) yield* operationsIn(part.selectionSet, fragments);
    }
  }
}
