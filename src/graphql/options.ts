import { type ApolloServerPlugin } from '@apollo/server';
import { unwrapResolverError } from '@apollo/server/errors';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { type ApolloDriverConfig } from '@nestjs/apollo';
import {
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  OperationTypeNode,
} from 'graphql';
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
export const graphqlOptions: Omit<ApolloDriverConfig, 'driver'> = {
  autoSchemaFile: true,
  sortSchema: true,
  graphiql: false,
  playground: false,
  introspection: true,
  csrfPrevention: true,
  allowBatchedHttpRequests: false,
  includeStacktraceInErrorResponses: false,
  // What onConnect returns reaches the client, so it is a plain yes. Connections are pinged every 12 s by default.
  subscriptions: {
    'graphql-ws': {
      path: '/graphql',
      onConnect: () => true,
      onNext: (_context, _id, _payload, _args, { data, errors }) => withFormattedErrors(data, errors),
    },
  },
  plugins: [ApolloServerPluginCacheControlDisabled(), neverCached, subscriptionsByWebSocket],
  formatError,
};

/** A refusal keeps its code; what nobody foresaw says nothing of our insides. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const cause = unwrapResolverError(error);
  const isOurs = cause instanceof GraphQLError || formatted.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR';
  return isOurs && !(cause instanceof Rejection) ? formatted : withCause(formatted, cause);
}

/** As {@link formatError}, of what goes over a socket: Apollo has no part in that. */
function formatSocketError(error: GraphQLError): GraphQLFormattedError {
  const cause = error.originalError ?? error;
  return cause instanceof GraphQLError ? error.toJSON() : withCause(error.toJSON(), cause);
}

function withFormattedErrors(
  data: ExecutionResult['data'],
  errors: ExecutionResult['errors'],
): FormattedExecutionResult | undefined {
  return errors && { data: data ?? null, errors: errors.map(formatSocketError) };
}

function withCause(formatted: GraphQLFormattedError, cause: unknown): GraphQLFormattedError {
  if (cause instanceof Rejection) return { ...formatted, message: cause.message, extensions: { code: cause.code } };
  console.error(cause);
  return { ...formatted, message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_SERVER_ERROR' } };
}
