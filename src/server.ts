import { type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { type Doors, doorsOf } from './doors/doors.js';
import { guardHttp, httpOptions } from './doors/http.js';
import { Refusals } from './doors/refusals.js';
import { Rejection } from './event-sourcing/rejection.js';
import { serveGraphiql } from './graphql/graphiql.js';
import { ValidateInput } from './graphql/validate.js';
import { healthOf, statusCodeOf } from './health.js';
import { type Ledger } from './ledger.js';

export interface Server {
  /** Where it listens, as in `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Stops listening and ends the work behind; the ledger stays open. */
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly doors?: Doors;
  /** Asks whoever listens on its address meanwhile to leave, at the last moment. */
  readonly leave?: () => Promise<void>;
}

/**
 * Serves the API over an open ledger behind guarded doors, with modules that its caller adds.
 * @throws Rejection `ADDRESS_NOT_FREE`, `INVALID_OPERATIONS`
 */
export async function startServer(
  ledger: Ledger,
  more: readonly Type[] = [],
  { doors = doorsOf(ledger.settings, ledger.clock), leave = () => Promise.resolve() }: ServerOptions = {},
): Promise<Server> {
  const adapter = new FastifyAdapter(httpOptions(doors.limits));
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.over(ledger, doors, more), adapter, {
    logger: ['error', 'warn', 'fatal'],
    abortOnError: false,
  });
  app.useGlobalPipes(new ValidateInput(doors.limits.listItems));
  app.useGlobalFilters(new Refusals(doors.log));
  await guardHttp(app, doors);
  if (doors.isExplorable) serveGraphiql(adapter.getInstance());
  adapter.getInstance().get('/health', (_, reply) => {
    const { subscription, statuses } = ledger.projections;
    const health = healthOf(subscription, statuses);
    return reply.status(statusCodeOf(health)).send(health);
  });
  const { host, port } = ledger.settings;
  try {
    await app.init();
    await leave();
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    throw new Rejection('ADDRESS_NOT_FREE', `${host}:${port} cannot be listened on: ${(error as Error).message}`);
  }
  return { url: await app.getUrl(), close: () => app.close() };
}
