import { randomUUID } from 'node:crypto';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type RequestLimits } from '../request-limits.js';
import { type Log } from '../../observability/log.js';
import { aboutRequest } from '../about-refusal.js';
import { errorBody } from '../exception-filter.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type Authenticator } from '../../auth/authenticator.js';
import { type Identity } from '../../auth/identity.js';
import { type RequestContext } from '../../auth/requires.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent it; undefined on an open route only. */
    identity: Identity | undefined;
  }
}

/** The routes that need no key. */
const isOpen = (route: string | undefined) => route === '/health' || route?.startsWith('/graphiql/') === true;

/**
 * Every request, but for those to open routes, says who sends it. That is checked before the body is read, and after what
 * needs no name: limits of rate, and the preflight requests of browsers. A key is read on an open route too: with one, the
 * answer may say more.
 */
export function authenticateRequests(
  server: FastifyInstance,
  authenticator: Authenticator,
  requestLimits: RequestLimits,
): void {
  server.decorateRequest('identity', undefined);
  server.addHook('preParsing', (request, reply, _, done) => {
    const { authorization } = request.headers;
    const isOpenRoute = isOpen(request.routeOptions.url);
    if (isOpenRoute && authorization === undefined) {
      done();
      return;
    }
    const known = (identity: Identity) => {
      request.identity = identity;
      done();
    };
    const unknown = (error: unknown) => {
      if (isOpenRoute) done();
      else if (error instanceof Rejection)
        refuse(request, reply, error, (entry) => {
          requestLimits.strangers.write(entry, requestLimits.addressOf(request.raw));
        });
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

const unknownHere = { UNAUTHENTICATED: 401, TOKEN_EXPIRED: 401, KEY_EXPIRED: 401, KEY_REVOKED: 401 };
const statuses: Readonly<Record<string, number>> = { ...unknownHere, FORBIDDEN: 403 };

/** Answers with a refusal, which carries an id that is in the log. */
export function refuse(request: FastifyRequest, reply: FastifyReply, { code, message }: Rejection, log: Log): void {
  const id = randomUUID();
  log({ level: 'warn', id, code, ...aboutRequest(request) });
  const status = statuses[code] ?? 503;
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="pledge"');
  void reply
    .header('cache-control', 'no-store')
    .status(status)
    .send(errorBody(message, code, id));
}

/** A request; whether its sender has gone is looked for where somebody asks. */
class HttpContext implements RequestContext {
  private left: AbortController | undefined;

  constructor(
    readonly req: FastifyRequest,
    readonly identity: Identity,
    private readonly reply: FastifyReply,
  ) {}

  get signal(): AbortSignal {
    if (this.left === undefined) {
      const left = new AbortController();
      this.reply.raw.once('close', () => {
        left.abort();
      });
      if (this.reply.raw.destroyed) left.abort();
      this.left = left;
    }
    return this.left.signal;
  }
}

/** What resolvers know of a request. */
export function contextOfRequest(req: FastifyRequest, reply: FastifyReply): RequestContext {
  const { identity } = req;
  if (identity === undefined) throw new Error('a request came to GraphQL that nobody authenticated');
  return new HttpContext(req, identity, reply);
}
