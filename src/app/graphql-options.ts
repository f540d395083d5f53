import { randomUUID } from 'node:crypto';
import { type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { type ApolloDriverConfig } from '@nestjs/apollo';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { getOperationAST, GraphQLError, lexicographicSortSchema, OperationTypeNode } from 'graphql';
import { authorizeFields } from '../api/graphql/field-authorization.js';
import { describeSchema } from '../api/graphql/describe-schema.js';
import { contextOfRequest } from '../api/http/authenticate-requests.js';
import { operationAuthorization } from '../api/graphql/operation-authorization.js';
import { aboutOperation, noteAbout } from '../api/about-refusal.js';
import { answerTooLarge, exceeds } from '../api/answer-size.js';
import { type RequestContext } from '../auth/requires.js';
import { type RequestLimits } from '../api/request-limits.js';
import { queryRules } from '../api/graphql/query-rules.js';
import { errorFormat, fewOf, mostErrors } from '../api/exception-filter.js';
import { withFastInputs } from '../api/graphql/input-coercion.js';
import { faultsOfRequest } from '../api/graphql/request-faults.js';

/** A subscription needs a connection that stays; one that comes as a request is refused by name. */
const subscriptionsByWebSocket: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ operation }) {
        if (operation?.operation !== OperationTypeNode.SUBSCRIPTION) return Promise.resolve();
        const message = 'Subscriptions are served over WebSocket, by the protocol graphql-transport-ws.';
        throw new GraphQLError(message, {
          extensions: { code: 'SUBSCRIPTION_NEEDS_WEBSOCKET', http: { status: 400 } },
        });
      },
    }),
};

/** Wrong variables are refused before graphql-js reads them, which would repeat each of them in full. */
const soundVariables = ({ limits }: RequestLimits): ApolloServerPlugin => ({
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ schema, document, operation, request: { variables = {} } }) {
        if (operation === undefined) return Promise.resolve();
        const faults = faultsOfRequest({ schema, document, operation }, variables, limits);
        if (faults.isEmpty) return Promise.resolve();
        const error = faults.asError();
        throw new GraphQLError(error.message, { extensions: { ...error.extensions, http: { status: 400 } } });
      },
    }),
});

/** An answer has an end: a page of the longest texts is no reason for a string of hundreds of megabytes. */
const boundedAnswers = ({ limits, log }: RequestLimits): ApolloServerPlugin => ({
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ response: { body }, contextValue, operation, operationName }) {
        if (body.kind !== 'single' || !exceeds(body.singleResult.data, limits.answerChars)) return Promise.resolve();
        const id = randomUUID();
        const { code, message } = answerTooLarge;
        const { identity } = contextValue as RequestContext;
        log({ level: 'warn', id, code, ...aboutOperation(identity, operationName, operation) });
        body.singleResult = { data: null, errors: [{ message, extensions: { code, id } }] };
        return Promise.resolve();
      },
    }),
});

/** An answer tells a few errors: Apollo formats those that are left in its list. The log tells what they are about. */
const fewErrors: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didEncounterErrors({ errors, contextValue, document, request: { operationName } }) {
        const few = fewOf(errors);
        const operation = document === undefined ? null : getOperationAST(document, operationName);
        noteAbout(few, aboutOperation((contextValue as RequestContext).identity, operationName, operation));
        (errors as GraphQLError[]).splice(0, errors.length, ...few);
        return Promise.resolve();
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

/** How GraphQL is served over HTTP; the driver is chosen with the module, and WebSocket has a transport of its own. */
export const graphqlOptions = (requestLimits: RequestLimits): Omit<ApolloDriverConfig, 'driver'> => ({
  autoSchemaFile: true,
  buildSchemaOptions: { skipCheck: true }, // Apollo checks the one that is served
  graphiql: false,
  playground: false,
  introspection: true, // a rule of ours says whether it is, for sockets too
  csrfPrevention: true,
  allowBatchedHttpRequests: false,
  persistedQueries: false,
  includeStacktraceInErrorResponses: false,
  transformSchema: (schema) => withFastInputs(describeSchema(lexicographicSortSchema(authorizeFields(schema)))),
  context: (request: FastifyRequest, reply: FastifyReply) => contextOfRequest(request, reply),
  parseOptions: { maxLexicalTokens: requestLimits.limits.tokens },
  validationRules: [...queryRules(requestLimits)],
  validationOptions: { maxErrors: mostErrors },
  plugins: [
    ApolloServerPluginCacheControlDisabled(),
    fewErrors,
    boundedAnswers(requestLimits),
    neverCached,
    subscriptionsByWebSocket,
    operationAuthorization,
    soundVariables(requestLimits),
  ],
  formatError: errorFormat(requestLimits),
});
