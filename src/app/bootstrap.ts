import { type AddressInfo } from 'node:net';
import { type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { addressNotFree } from './address-not-free.js';
import { AppModule } from './app.module.js';
import { openAuthenticator } from '../auth/authenticator.js';
import { type DevelopmentKey } from '../auth/development-key.js';
import { authenticateRequests, refuse } from '../api/http/authenticate-requests.js';
import { whyNot } from '../auth/requires.js';
import { expectIdentity } from '../config/identity-settings.js';
import { type RequestLimits, requestLimitsOf } from '../api/request-limits.js';
import { limitHeld } from '../api/http/held-bytes-http.js';
import { guardHttp, httpOptions, limitIdentities } from '../api/http/http-guards.js';
import { ApiExceptionFilter } from '../api/exception-filter.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { StorageFault } from '../event-sourcing/storage-fault.js';
import { serveGraphiql } from '../api/graphql/graphiql.js';
import { ValidateInput } from '../api/graphql/validate.js';
import { countStuck } from '../deadlines/leases.js';
import { type Health, healthOf, publicly, statusCodeOf } from '../observability/health.js';
import { metricsOf, metricsType } from '../observability/metrics.js';
import { nestLog } from '../observability/nest-log.js';
import { type PledgeContext } from './pledge-context.js';
import { serverUrl } from './server-url.js';
import { projectionNames } from './projection-worker/projections.js';

export interface Server {
  /** Where it listens, as in `http://127.0.0.1:3000`. */
  readonly url: string;
  /** The key to try it with, on loopback where nobody has set whom else to believe. */
  readonly developmentKey: DevelopmentKey | undefined;
  /** Whether anybody could be known: by a token, the development key, or a key that was made. */
  readonly hasKeys: boolean;
  /** Whether a browser gets GraphiQL. */
  readonly isExplorable: boolean;
  /** Stops listening and ends the work behind; the application context stays open. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly requestLimits?: RequestLimits;
  /** Asks whoever listens on its address meanwhile to leave, at the last moment. */
  readonly leave?: () => Promise<void>;
}

/**
 * Serves the API over an open application context, under the limits of requests, with modules that its caller adds.
 * @throws Rejection `ADDRESS_NOT_FREE`, `IDENTITY_NOT_SET`, `INVALID_OPERATIONS`, and what {@link openAuthenticator} throws
 */
export async function startServer(
  context: PledgeContext,
  more: readonly Type[] = [],
  {
    requestLimits = requestLimitsOf(context.settings, context.time),
    leave = () => Promise.resolve(),
  }: ServerOptions = {},
): Promise<Server> {
  expectIdentity(context.settings);
  const authenticator = openAuthenticator(context.settings, context.time, requestLimits.log);
  const adapter = new FastifyAdapter(httpOptions(requestLimits.limits));
  const module = AppModule.over(context, requestLimits, authenticator, more);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: nestLog(requestLimits.log),
    abortOnError: false,
    bodyParser: false, // ours counts first, and reads no forms
  });
  app.useGlobalPipes(new ValidateInput());
  app.useGlobalFilters(new ApiExceptionFilter(requestLimits.log));
  const stopping = new AbortController();
  await guardHttp(app, requestLimits, stopping.signal);
  if (requestLimits.isExplorable) serveGraphiql(adapter.getInstance());
  authenticateRequests(adapter.getInstance(), authenticator, requestLimits);
  limitIdentities(adapter.getInstance(), requestLimits);
  limitHeld(adapter.getInstance(), requestLimits);
  adapter.getInstance().get('/health', async ({ identity }, reply) => {
    const health = await healthNow(context);
    const mayOperate = identity?.may.has('operate') === true;
    return reply.status(statusCodeOf(health)).send(mayOperate ? health : publicly(health));
  });
  adapter.getInstance().get('/metrics', async (request, reply) => {
    const { identity } = request;
    const why = identity === undefined ? 'Authentication is required.' : whyNot(identity, '/metrics', 'operate');
    if (why !== undefined) refuse(request, reply, new Rejection('FORBIDDEN', why), requestLimits.log);
    else await reply.type(metricsType).send(metricsOf(await healthNow(context)));
    return reply;
  });
  const { host, port } = context.settings;
  const close = async () => {
    stopping.abort();
    await app.close();
    authenticator.close();
  };
  try {
    await app.init();
    await builtSoon(context);
    await leave();
    // Nest's own way to listen writes to the log what is thrown as well.
    await adapter
      .getInstance()
      .listen({ port, host })
      .catch((cause: unknown) => {
        throw addressNotFree({ host, port }, cause as Error);
      });
  } catch (error) {
    await close();
    throw error;
  }
  const { developmentKey, hasKeys } = authenticator;
  const url = serverUrl(app.getHttpServer().address() as AddressInfo);
  return { url, developmentKey, hasKeys, isExplorable: requestLimits.isExplorable, close };
}

/** A build that takes a moment, as after every start, is waited for; of a longer one `/health` and queries tell. */
async function builtSoon({ firstBuild }: PledgeContext): Promise<void> {
  await firstBuild.over(projectionNames, AbortSignal.timeout(shortBuildMs)).catch(() => undefined); // told in /health
}

const shortBuildMs = 2_000;

async function healthNow({ store, projections, webhooks, leases, ...context }: PledgeContext): Promise<Health> {
  const faults = [store.fault, context.damage()].filter((fault) => fault !== undefined);
  const stuckTickets = await countStuck(leases).catch((error: unknown) => {
    if (!(error instanceof StorageFault)) throw error;
    faults.push(error);
    return 0;
  });
  const { subscription, statuses } = projections;
  return healthOf({
    subscription,
    projections: [...statuses, ...webhooks.runner.statuses],
    stuckTickets,
    faults,
    isBuilt: context.firstBuild.isOver,
  });
}
