import { type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { Rejection } from './event-sourcing/rejection.js';
import { serveGraphiql } from './graphql/graphiql.js';
import { QuietRefusals } from './graphql/quiet-refusals.js';
import { ValidateInput } from './graphql/validate.js';
import { healthOf, statusCodeOf } from './health.js';
import { type Ledger } from './ledger.js';

/** The largest request taken: a thousand events with room. */
const bodyLimit = 4 * 1024 * 1024;

export interface Server {
  /** Where it listens, as in `http://127.0.0.1:3000`. */
  readonly url: string;
  /** Stops listening and ends the work behind; the ledger stays open. */
  close(): Promise<void>;
}

/**
 * Serves the API over an open ledger, with modules that its caller adds. Who listens on its address meanwhile is asked to
 * leave at the last moment.
 * @throws Rejection `ADDRESS_NOT_FREE`
 */
export async function startServer(
  ledger: Ledger,
  more: readonly Type[] = [],
  leave: () => Promise<void> = () => Promise.resolve(),
): Promise<Server> {
  const adapter = new FastifyAdapter({ bodyLimit });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.over(ledger, more), adapter, {
    logger: ['error', 'warn', 'fatal'],
    abortOnError: false,
  });
  app.useGlobalPipes(new ValidateInput());
  app.useGlobalFilters(new QuietRefusals());
  serveGraphiql(adapter.getInstance());
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
