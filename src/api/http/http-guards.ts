import helmet from '@fastify/helmet';
import { BadRequestException } from '@nestjs/common';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { inTurn } from '../../event-sourcing/yield-to-event-loop.js';
import { limitConnections } from './connections.js';
import { type RequestLimits } from '../request-limits.js';
import { tooMuchJson } from '../json-size.js';
import { tooLong, tooLongCode } from '../graphql/document-rules.js';
import { type Limits } from '../limits.js';
import { type Asked, notAllowed, type Operations } from '../graphql/persisted-operations.js';
import { aboutRequest } from '../about-refusal.js';
import { errorBody } from '../exception-filter.js';
import { refuseWhileStopping } from './stopping.js';

/** How long a request may take and how large it may be, for whoever makes the server. */
export const httpOptions = ({ bodyBytes, requestMs, idleMs, headersMs, checkMs }: Limits) => ({
  bodyLimit: bodyBytes,
  requestTimeout: requestMs,
  connectionTimeout: idleMs,
  return503OnClosing: false, // we answer it ourselves
  http: { headersTimeout: headersMs, connectionsCheckingInterval: checkMs },
});

/** What a browser is told to keep to: GraphiQL has all that it needs from here, but for styles that it makes itself. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/**
 * Reads JSON, and nothing else, in turns, where it has no more values than it may; keys that would reach a prototype are
 * refused.
 */
function readJson(server: FastifyInstance, limits: Limits): void {
  const parse = server.getDefaultJsonParser('error', 'error');
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const read = () => {
      const why = tooMuchJson(body, limits);
      if (why === undefined) void parse(request, body.toString(), done);
      else done(new BadRequestException(why));
    };
    void inTurn(read, request.identity?.actor.id);
  });
}

/** Guards HTTP before anything is read of a request but its head. */
export async function guardHttp(
  app: NestFastifyApplication,
  requestLimits: RequestLimits,
  stopping: AbortSignal,
): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  limitConnections(app.getHttpServer(), requestLimits);
  readJson(server, requestLimits.limits);
  const headers = await securityHeaders();
  server.addHook('onRequest', (_, reply, done) => {
    void reply.headers(headers);
    done();
  });
  refuseWhileStopping(server, stopping);
  limitAddresses(server, requestLimits);
  if (requestLimits.origins.length > 0) {
    const allowedHeaders = ['authorization', 'content-type'];
    app.enableCors({ origin: [...requestLimits.origins], methods: ['GET', 'POST'], allowedHeaders, maxAge: 600 });
  }
  if (requestLimits.operations !== undefined) allowOnly(server, requestLimits.operations, requestLimits);
  refuseLongDocuments(server, requestLimits);
}

/** What helmet says, asked once: it is the same for every answer, and making it anew costs a tenth of a request. */
async function securityHeaders(): Promise<Record<string, string>> {
  const page = fastify();
  await page.register(helmet, { contentSecurityPolicy });
  page.get('/', (_, reply) => reply.send());
  const { headers } = await page.inject('/');
  await page.close();
  const own = new Set(['content-length', 'date', 'connection']);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (own.has(name) ? [] : [[name, String(value)]])),
  );
}

/** By address, before anybody is known. */
function limitAddresses(server: FastifyInstance, requestLimits: RequestLimits): void {
  const { rates, addressOf } = requestLimits;
  server.addHook('onRequest', (request, reply, done) => {
    const address = addressOf(request.raw);
    if (isWithin(requestLimits, request, reply, 'address', address, rates.perAddress)) done();
  });
}

/** By identity, once it is known. */
export function limitIdentities(server: FastifyInstance, requestLimits: RequestLimits): void {
  server.addHook('preParsing', (request, reply, _, done) => {
    const name = request.identity?.actor.id;
    const { perIdentity } = requestLimits.rates;
    if (name === undefined || isWithin(requestLimits, request, reply, 'identity', name, perIdentity)) done();
  });
}

/** Counts a request, and answers it where it is one too many. */
function isWithin(
  { requests, log }: RequestLimits,
  request: FastifyRequest,
  reply: FastifyReply,
  kind: string,
  who: string,
  most: number,
): boolean {
  const tooQuick = requests.take(`${kind} ${who}`, most);
  if (tooQuick === undefined) return true;
  const id = randomUUID();
  const code = 'TOO_MANY_REQUESTS';
  // A flood fills no log.
  if (tooQuick.isFirst) log({ level: 'warn', id, code, who: `${kind} ${who}`, ...aboutRequest(request) });
  const message = `Your ${kind} sent more than ${most} requests in a minute.`;
  void reply
    .status(429)
    .header('retry-after', tooQuick.retryAfterSeconds)
    .send(errorBody(message, code, id));
  return false;
}

/** Lets through the operations of a list alone; one that is named by its id is put in full. */
function allowOnly(server: FastifyInstance, operations: Operations, { log }: RequestLimits): void {
  server.addHook('preHandler', (request: FastifyRequest, reply: FastifyReply, done) => {
    if (request.routeOptions.url !== '/graphql') {
      done();
      return;
    }
    const asked = isAsked(request.body) ? request.body : {};
    const query = operations.documentOf(asked);
    if (query === undefined) {
      const id = randomUUID();
      const { code, message } = notAllowed;
      log({ level: 'warn', id, code, ...aboutRequest(request) });
      void reply.status(400).send(errorBody(message, code, id));
      return;
    }
    const { extensions: _, ...rest } = asked;
    request.body = { ...rest, query };
    done();
  });
}

/** Before a document is parsed: the parser reads a name of megabytes as one token. */
function refuseLongDocuments(server: FastifyInstance, { limits, log }: RequestLimits): void {
  server.addHook('preHandler', (request: FastifyRequest, reply: FastifyReply, done) => {
    const { body } = request;
    const document = isAsked(body) ? body.query : undefined;
    const why = typeof document === 'string' ? tooLong(document, limits) : undefined;
    if (why === undefined) {
      done();
      return;
    }
    const id = randomUUID();
    log({ level: 'warn', id, code: tooLongCode, ...aboutRequest(request) });
    void reply.status(400).send(errorBody(why, tooLongCode, id));
  });
}

const isAsked = (body: unknown): body is Asked => typeof body === 'object' && body !== null;
