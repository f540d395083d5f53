import {
  type DocumentNode,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import { type Context, type ServerOptions, type SubscribePayload } from 'graphql-ws';
import { type Extra } from 'graphql-ws/use/ws';
import { type Authenticator } from '../auth/authenticator.js';
import { type Identity } from '../auth/identity.js';
import { authenticateConnection, contextOfConnection } from '../auth/websocket-door.js';
import { whyNotAll } from '../auth/whole-requests.js';
import { type Clock } from '../clock/clock.js';
import { type Doors } from './doors.js';
import { notAllowed } from './operations.js';
import { queryRules } from './query-rules.js';
import { errorFormat } from './refusals.js';

type Params = Record<string, unknown>;
type Known = Extra & { identity?: Identity };
type SocketContext = Context<Params, Known>;

/** Closed for asking too much; a client does not try again by itself. */
const tooMany = 4429;

/** How many operations a socket has under way. */
const underWay = ({ subscriptions }: SocketContext): number => Object.keys(subscriptions).length;

const sum = (contexts: readonly SocketContext[]) => contexts.reduce((all, one) => all + underWay(one), 0);

/** What comes over a socket is read, limited and told as what comes by HTTP. */
export function socketProtocol(
  schema: GraphQLSchema,
  doors: Doors,
  authenticator: Authenticator,
  clock: Clock,
): ServerOptions<Params, Known> {
  const { limits, rates, requests } = doors;
  const read = reader(schema, doors);
  const format = errorFormat(doors);
  const told = (errors: readonly GraphQLError[]) => errors.map((error) => format(error.toJSON(), error));
  const contexts = new Set<SocketContext>();
  const theirs = ({ extra }: SocketContext) =>
    [...contexts].filter((one) => one.extra.identity?.actor.id === extra.identity?.actor.id);

  return {
    connectionInitWaitTimeout: limits.initMs,
    // What it returns reaches the client, so it is a plain yes or no.
    onConnect: async (context) => {
      contexts.add(context);
      if (!(await authenticateConnection(context, authenticator, clock))) return false;
      if (theirs(context).length <= limits.sockets.perIdentity) return true;
      context.extra.socket.close(tooMany, 'Too many sockets');
      return false;
    },
    onClose: (context) => {
      contexts.delete(context);
    },
    onSubscribe: (context, _, payload) => {
      if (underWay(context) > limits.operations.perSocket) {
        // Not answered: whoever sends without reading would fill the memory with answers.
        context.extra.socket.close(tooMany, 'Too many operations');
        return [refusal('Too many operations.', 'TOO_MANY_OPERATIONS')];
      }
      const document = read(payload);
      if (document instanceof Array) return document;
      const operation = getOperationAST(document, payload.operationName);
      if (operation === null || operation === undefined) {
        return [refusal('It is not said which operation is meant.', 'OPERATION_RESOLUTION_FAILURE')];
      }
      const contextValue = contextOfConnection(context);
      const name = contextValue.identity.actor.id;
      if (requests.take(`identity ${name}`, rates.perIdentity) !== undefined) {
        return [refusal(`More than ${rates.perIdentity} requests a minute are yours.`, 'TOO_MANY_REQUESTS')];
      }
      if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
        const isFull = sum([...contexts]) > limits.operations.total;
        if (isFull || sum(theirs(context)) > limits.operations.perIdentity) {
          const said = isFull ? 'The server has as many subscriptions as it takes' : 'You have too many subscriptions';
          return [refusal(`${said}; try again later.`, 'TOO_MANY_OPERATIONS')];
        }
      }
      const why = whyNotAll(contextValue.identity, schema, document, operation);
      if (why !== undefined) return [refusal(why, 'FORBIDDEN')];
      const { operationName, variables: variableValues } = payload;
      return { schema, document, contextValue, operationName, variableValues };
    },
    onError: (_, __, ___, errors) => told(errors),
    onNext: (_, __, ___, ____, result) => {
      const { errors, data = null } = result;
      return errors === undefined ? undefined : { data, errors: told(errors) };
    },
  };
}

const refusal = (message: string, code: string) => new GraphQLError(message, { extensions: { code } });

/** Reads a document as Apollo does for HTTP, by the same rules. */
function reader(schema: GraphQLSchema, doors: Doors) {
  const rules = [...specifiedRules, ...queryRules(doors)];
  return (payload: SubscribePayload): DocumentNode | readonly GraphQLError[] => {
    const text = doors.operations === undefined ? payload.query : doors.operations.documentOf(payload);
    if (text === undefined) return [refusal(notAllowed.message, notAllowed.code)];
    try {
      const document = parse(text, { maxLexicalTokens: doors.limits.tokens });
      const faults = validate(schema, document, rules);
      return faults.length > 0 ? faults.map((fault) => coded(fault, 'GRAPHQL_VALIDATION_FAILED')) : document;
    } catch (error) {
      if (error instanceof GraphQLError) return [coded(error, 'GRAPHQL_PARSE_FAILED')];
      throw error;
    }
  };
}

const coded = ({ message, nodes, source, positions }: GraphQLError, code: string) =>
  new GraphQLError(message, {
    ...{ nodes: nodes ?? null, source: source ?? null, positions: positions ?? null },
    extensions: { code },
  });
