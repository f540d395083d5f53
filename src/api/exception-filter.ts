import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { randomUUID } from 'node:crypto';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { InvalidCalendar } from '../business-time/calendar.js';
import { cut, Rejection } from '../event-sourcing/rejection.js';
import { aboutError, aboutRequest } from './about-refusal.js';
import { inFull, type Log } from '../observability/log.js';

const ours = { message: 'Pledge failed unexpectedly.', code: 'INTERNAL_SERVER_ERROR' };

/** What graphql-js adds to a mistake of spelling: names of a schema that is not to be explored. */
const suggestion = / ?Did you mean .*\?/g;

/** How many errors an answer tells, and places of each. */
export const mostErrors = 10;

/** How long a message may be: it may repeat what was sent. */
const longestMessage = 1_000;

export interface ErrorReporting {
  readonly log: Log;
  readonly isExplorable: boolean;
}

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * How an error is answered, over HTTP and over WebSocket. A refusal keeps its code. An unforeseen error says nothing of our
 * insides. Each carries an id; the log has the rest under this id.
 */
export function errorFormat({ log, isExplorable }: ErrorReporting): FormatError {
  return (formatted, error) => {
    const id = randomUUID();
    const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    const { message, code, more } = described(formatted, cause);
    const isOurs = code === ours.code;
    const about = { id, code, ...aboutError(error) };
    log(isOurs ? { level: 'error', ...about, error: inFull(cause) } : { level: 'warn', ...about });
    const { locations } = formatted;
    const short = cut(message, longestMessage);
    return {
      ...formatted,
      ...(locations === undefined ? {} : { locations: locations.slice(0, mostErrors) }),
      message: isExplorable ? short : short.replace(suggestion, ''),
      extensions: { ...bounded(more), code, id },
    };
  };
}

/** The first errors of an answer, and how many more there are: each is long, and has its line in the log. */
export function fewOf(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  if (errors.length <= mostErrors) return errors;
  const more = errors.length - mostErrors;
  return [
    ...errors.slice(0, mostErrors),
    new GraphQLError(`${more} more errors are not shown.`, { extensions: { code: 'MORE_ERRORS' } }),
  ];
}

/** What a resolver adds to its error: a cursor, the fields at fault. */
function bounded(extensions: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { stacktrace: _, http: __, ...own } = extensions;
  const entries = Object.entries(own).map(([name, value]) => [
    name,
    typeof value === 'string' ? cut(value, longestMessage) : Array.isArray(value) ? value.slice(0, mostErrors) : value,
  ]);
  return Object.fromEntries(entries) as Readonly<Record<string, unknown>>;
}

interface Described {
  readonly message: string;
  readonly code: string;
  readonly more: Readonly<Record<string, unknown>>;
}

function described({ message, extensions = {} }: GraphQLFormattedError, cause: unknown): Described {
  // A question may go beyond what business time is counted for, as that after a ticket in the year 9999 does.
  if (cause instanceof Rejection || cause instanceof InvalidCalendar)
    return { message: cause.message, code: cause.code, more: {} };
  const { code, ...more } = extensions;
  if (typeof code === 'string' && code !== ours.code) return { message, code, more };
  // What graphql-js says of no field in particular, it says of the request: of its variables, mostly.
  const isOfRequest = cause instanceof GraphQLError && cause.path === undefined;
  return isOfRequest ? { message, code: 'BAD_USER_INPUT', more } : { ...ours, more: {} };
}

const codes: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  404: 'NOT_FOUND',
  413: 'TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'TOO_MANY_REQUESTS',
};

/** An error as an HTTP response has it, in the shape of GraphQL's. */
export const errorBody = (message: string, code: string, id: string) => ({
  errors: [{ message, extensions: { code, id } }],
});

/**
 * Answers errors that no resolver throws, such as a body that is no JSON or a page that does not exist. It leaves the errors of
 * resolvers to GraphQL, which answers and logs them where it formats errors.
 */
@Catch()
export class ApiExceptionFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() !== 'http') throw error;
    const id = randomUUID();
    const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
    const isOurs = status >= 500;
    const code = isOurs ? ours.code : (codes[status] ?? 'REFUSED');
    const about = { id, code, ...aboutRequest(host.switchToHttp().getRequest<FastifyRequest>()) };
    this.log(isOurs ? { level: 'error', ...about, error: inFull(error) } : { level: 'warn', ...about });
    const message = isOurs || !(error instanceof Error) ? ours.message : cut(error.message, longestMessage);
    return host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .status(status)
      .send(errorBody(message, code, id));
  }
}

/** The status that Fastify gives an error of its own. */
const statusOf = (error: unknown): number =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
