import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { randomUUID } from 'node:crypto';
import { type FastifyReply } from 'fastify';
import { InvalidCalendar } from '../business-time/calendar.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { inFull, type Log } from './log.js';

const ours = { message: 'Something went wrong on our side.', code: 'INTERNAL_SERVER_ERROR' };

/** What graphql-js adds to a mistake of spelling: names of a schema that is not to be explored. */
const suggestion = / ?Did you mean .*\?/g;

export interface Refusing {
  readonly log: Log;
  readonly isExplorable: boolean;
}

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * How an error is told, on every door: a refusal keeps its code; what nobody foresaw says nothing of our insides. Each
 * carries an id that is in the log, where the rest is.
 */
export function errorFormat({ log, isExplorable }: Refusing): FormatError {
  return (formatted, error) => {
    const id = randomUUID();
    const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    const { message, code, more } = told(formatted, cause);
    const isOurs = code === ours.code;
    log(isOurs ? { level: 'error', id, code, error: inFull(cause) } : { level: 'warn', id, code });
    const { stacktrace: _, ...extensions } = more;
    return {
      ...formatted,
      message: isExplorable ? message : message.replace(suggestion, ''),
      extensions: { ...extensions, code, id },
    };
  };
}

interface Told {
  readonly message: string;
  readonly code: string;
  readonly more: Readonly<Record<string, unknown>>;
}

function told({ message, extensions = {} }: GraphQLFormattedError, cause: unknown): Told {
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

/** An error as HTTP tells it, in the shape of GraphQL's. */
export const refusalBody = (message: string, code: string, id: string) => ({
  errors: [{ message, extensions: { code, id } }],
});

/**
 * Answers what no resolver throws – a body that is no JSON, a page that is not there –, and leaves to GraphQL what one
 * does: it is told, and logged, where errors are formatted.
 */
@Catch()
export class Refusals implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): unknown {
    if (host.getType<string>() !== 'http') throw error;
    const id = randomUUID();
    const status = error instanceof HttpException ? error.getStatus() : statusOf(error);
    const isOurs = status >= 500;
    const code = isOurs ? ours.code : (codes[status] ?? 'REFUSED');
    this.log(isOurs ? { level: 'error', id, code, error: inFull(error) } : { level: 'warn', id, code });
    const message = isOurs || !(error instanceof Error) ? ours.message : error.message;
    return host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .status(status)
      .send(refusalBody(message, code, id));
  }
}

/** The status that Fastify gives an error of its own. */
const statusOf = (error: unknown): number =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
