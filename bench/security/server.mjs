/**
 * The server twice: as it is, and put together without authentication, authorisation and limits. `PLEDGE_BENCH_DOORS=open`
 * says which.
 */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { ApolloDriver } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { apiModules, BackgroundWork, PledgeContextModule } from '../../dist/app/app.module.js';
import { permissions } from '../../dist/auth/permissions.js';
import { operationAuthorization } from '../../dist/api/graphql/operation-authorization.js';
import { readSettings } from '../../dist/config/settings.js';
import { requestLimitsOf } from '../../dist/api/request-limits.js';
import { graphqlOptions } from '../../dist/app/graphql-options.js';
import { ValidateInput } from '../../dist/api/graphql/validate.js';
import { openPledgeContext } from '../../dist/app/pledge-context.js';
import { startServer } from '../../dist/app/bootstrap.js';

const settings = readSettings(process.env, { port: 0, rate: 1e9, addressRate: 1e9 });
const context = await openPledgeContext(settings, 'bench', { threaded: true });

const everybody = {
  actor: { id: 'bench', kind: 'person' },
  may: new Set(Object.keys(permissions)),
  scope: 'everyone',
  over: () => undefined,
  lookAgainAt: () => Infinity,
};

async function startOpen() {
  const requestLimits = requestLimitsOf(settings, context.time);
  const { transformSchema: _, plugins, ...rest } = graphqlOptions(requestLimits);
  const options = {
    ...rest,
    driver: ApolloDriver,
    context: () => ({ identity: everybody, signal: new AbortController().signal }), // nobody goes
    parseOptions: {},
    validationRules: [],
    plugins: plugins.filter((plugin) => plugin !== operationAuthorization),
  };
  class OpenModule {}
  Module({
    imports: [
      PledgeContextModule.of(context, requestLimits, {}),
      CqrsModule.forRoot(),
      GraphQLModule.forRoot(options),
      ...apiModules,
    ],
    providers: [BackgroundWork],
  })(OpenModule);
  const app = await NestFactory.create(OpenModule, new FastifyAdapter({ bodyLimit: 4 * 1024 * 1024 }), {
    logger: ['error', 'warn', 'fatal'],
  });
  app.useGlobalPipes(new ValidateInput(Infinity));
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), key: 'nobody asks' };
}

async function startGuarded() {
  const { url, developmentKey } = await startServer(context);
  return { url, key: developmentKey?.text };
}

process.send(await (process.env.PLEDGE_BENCH_DOORS === 'open' ? startOpen() : startGuarded()));
