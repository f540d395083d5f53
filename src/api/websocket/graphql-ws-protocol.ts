import {
  execute,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
  subscribe,
} from 'graphql';
import { CloseCode, type Context, type ServerOptions } from 'graphql-ws';
import { type Authenticator } from '../../auth/authenticator.js';
import { noLongerHolds } from '../../auth/identity.js';
import { authenticateConnection, closeIfOver, contextOfConnection, identityOf } from './authenticate-connections.js';
import { whyNotAll } from '../graphql/operation-authorization.js';
import { type TimeSource } from '../../time/time-source.js';
import { faultsOfRequest } from '../graphql/request-faults.js';
import { type About, aboutOperation, noteAbout } from '../about-refusal.js';
import { answerTooLarge, exceeds } from '../answer-size.js';
import { type Limits } from '../limits.js';
import { type RequestLimits } from '../request-limits.js';
import { documentReader, refusal } from './document-reader.js';
import { type OpenSocket } from './open-socket.js';
import { errorFormat, fewOf } from '../exception-filter.js';

type Params = Record<string, unknown>;
type SocketContext = Context<Params, OpenSocket>;

/** Closed for asking too much; a client does not try again by itself. */
const tooMany = 4429;

/** The longest name of an operation: each of its messages repeats it. */
const longestId = 200;

/** How many operations a socket has under way. */
const underWay = ({ subscriptions }: SocketContext): number => Object.keys(subscriptions).length;

const sum = (contexts: readonly SocketContext[]) => contexts.reduce((all, one) => all + underWay(one), 0);

/** What comes over a socket is read, limited and told as what comes by HTTP. */
export function socketProtocol(
  schema: GraphQLSchema,
  requestLimits: RequestLimits,
  authenticator: Authenticator,
  time: TimeSource,
): ServerOptions<Params, OpenSocket> {
  const { limits, rates, requests } = requestLimits;
  const read = documentReader(schema, requestLimits);
  const format = errorFormat(requestLimits);
  const formatted = (errors: readonly GraphQLError[], about: About) => {
    const few = fewOf(errors);
    noteAbout(few, about);
    return few.map((error) => format(error.toJSON(), error));
  };
  const contexts = new Set<SocketContext>();
  const theirs = ({ extra }: SocketContext) =>
    [...contexts].filter((one) => one.extra.identity?.actor.id === extra.identity?.actor.id);

  return {
    connectionInitWaitTimeout: 0, // whoever serves the socket waits for its identity, not for the message alone
    execute: (args: ExecutionArgs) => withSoundVariables(args, limits, execute),
    subscribe: (args: ExecutionArgs) => withSoundVariables(args, limits, subscribe),
    // What it returns reaches the client, so it is a plain yes or no.
    onConnect: async (context) => {
      contexts.add(context);
      if (!(await authenticateConnection(context, authenticator, time))) return false;
      if (theirs(context).length <= limits.sockets.perIdentity) return true;
      context.extra.socket.close(tooMany, 'Too many sockets');
      return false;
    },
    onClose: (context) => {
      contexts.delete(context);
    },
    onSubscribe: (context, id, payload) => {
      const over = closeIfOver(context.extra);
      if (over !== undefined) return [refusal(noLongerHolds(over).message, over)];
      if (id.length > longestId) {
        context.extra.socket.close(CloseCode.BadRequest, 'Invalid message received');
        return [refusal('The id is too long.', 'BAD_REQUEST')];
      }
      if (underWay(context) > limits.operations.perSocket) {
        // Not answered: whoever sends without reading would fill the memory with answers.
        context.extra.socket.close(tooMany, 'Too many operations');
        return [refusal('Too many operations.', 'TOO_MANY_OPERATIONS')];
      }
      if (requests.over(`address ${context.extra.address}`, rates.perAddress) !== undefined)
        return [tooQuick(rates.perAddress, 'come from your address')];
      const document = read(payload);
      if (document instanceof Array) return document;
      const operation = getOperationAST(document, payload.operationName);
      if (operation === null || operation === undefined) {
        return [
          refusal('operationName is required: the document has several operations.', 'OPERATION_RESOLUTION_FAILURE'),
        ];
      }
      const identity = identityOf(context);
      const name = identity.actor.id;
      if (requests.take(`identity ${name}`, rates.perIdentity) !== undefined) {
        return [tooQuick(rates.perIdentity, 'are yours')];
      }
      if (operation.operation === OperationTypeNode.SUBSCRIPTION) {
        const isFull = sum([...contexts]) > limits.operations.total;
        if (isFull || sum(theirs(context)) > limits.operations.perIdentity) {
          const reason = isFull
            ? 'The server has reached its limit of subscriptions'
            : 'You have too many subscriptions';
          return [refusal(`${reason}; try again later.`, 'TOO_MANY_OPERATIONS')];
        }
      }
      const why = whyNotAll(identity, schema, document, operation);
      if (why !== undefined) return [refusal(why, 'FORBIDDEN')];
      const { operationName, variables: variableValues } = payload;
      const isLasting = operation.operation === OperationTypeNode.SUBSCRIPTION;
      const contextValue = contextOfConnection(context, id, isLasting);
      return { schema, document, contextValue, operationName, variableValues };
    },
    onComplete: ({ extra }, id) => {
      extra.underWay.end(id);
    },
    onError: ({ extra }, _, { operationName }, errors) =>
      formatted(errors, aboutOperation(extra.identity, operationName)),
    onNext: ({ extra }, _, { operationName }, { document }, result) => {
      const { errors, data = null } = result;
      const about = () => aboutOperation(extra.identity, operationName, getOperationAST(document, operationName));
      if (exceeds(data, limits.answerChars))
        return { data: null, errors: formatted([refusal(answerTooLarge.message, answerTooLarge.code)], about()) };
      return errors === undefined ? undefined : { data, errors: formatted(errors, about()) };
    },
  };
}

/** Runs an operation whose variables are sound; graphql-js would repeat wrong ones in full. */
function withSoundVariables<Result>(
  args: ExecutionArgs,
  limits: Limits,
  run: (args: ExecutionArgs) => Result,
): Result | ExecutionResult {
  const { schema, document, variableValues } = args;
  const operation = getOperationAST(document, args.operationName);
  const faults = operation && faultsOfRequest({ schema, document, operation }, variableValues ?? {}, limits);
  return faults?.isEmpty === false ? { errors: [faults.asError()] } : run(args);
}

const tooQuick = (most: number, whose: string) =>
  refusal(`More than ${most} requests a minute ${whose}.`, 'TOO_MANY_REQUESTS');
