import { type ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { type ApolloDriverConfig } from '@nestjs/apollo';
import { type FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import { type Authenticator } from '../auth/authenticator.js';
import { guarded } from '../auth/guarded-schema.js';
import { contextOfRequest, wholeRequests } from '../auth/http-door.js';
import { authenticateConnections, type Connection, contextOfConnection } from '../auth/websocket-door.js';
import { type Clock } from '../clock/clock.js';
import { Rejection } from '../event-sourcing/rejection.js';

/** A subscription needs a connection that stays; one that comes as a request is refused by name. */
const subscriptionsByWebSocket: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ operation }) {
        if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return Promise.resolve();
        const said = 'Subscriptions are served over WebSocket, by the protocol graphql-transport-ws.';
        throw new GraphQLError(said, { extensions: { code: 'SUBSCRIPTION_NEEDS_WEBSOCKET', http: { status: 400 } } });
      },
    }),
};

/** Answers are of the moment. Apollo would say so too, by a look for hints at every field. */
const neverCached: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ response }) {
        response.http.headers.set('cache-control', 'no-store');
        return Promise.resolve();
      },
    }),
};

/** How GraphQL is served; the driver is chosen with the module. */
export const graphqlOptions = (authenticator: Authenticator, clock: Clock): Omit<ApolloDriverConfig, 'driver'> => ({
  autoSchemaFile: true,
  sortSchema: true,
  graphiql: false,
  playground: false,
  introspection: true,
  csrfPrevention: true,
  allowBatchedHttpRequests: false,
  includeStacktraceInErrorResponses: false,
  transformSchema: guarded,
  context: (from: FastifyRequest | Connection) =>
    'connectionInitReceived' in from ? contextOfConnection(from) : contextOfRequest(from),
  subscriptions: { 'graphql-ws': { path: '/graphql', ...authenticateConnections(authenticator, clock) } },
  plugins: [ApolloServerPluginCacheControlDisabled(), neverCached, subscriptionsByWebSocket, wholeRequests],
  formatError,
});

/** A refusal keeps its code; what nobody foresaw says nothing of our insides. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = unwrapResolverError(error);
  if (cause instanceof Rejection) {
    return { ...formatted, message: cause.message, extensions: { code: cause.code } };
  }
  const isOurs = cause instanceof GraphQLError || formatted.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR';
  if (isOurs) return formatted;
  console.error(cause);
  return { ...formatted, message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}
