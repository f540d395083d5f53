/**
 * The real server, with one mutation more that does nothing: it goes the way of every other, up to the command bus, with
 * the input of an opening, which is checked like any other.
 */
import 'reflect-metadata';
import { Command, CommandBus, CommandHandler, CqrsModule } from '@nestjs/cqrs';
import { Inject, Module } from '@nestjs/common';
import { Args, createUnionType, Field, Mutation, ObjectType, Resolver } from '@nestjs/graphql';
import { Requires } from '../../dist/auth/requires.js';
import { readSettings } from '../../dist/config/settings.js';
import { memberOf, orRejection, RejectionType } from '../../dist/api/graphql/rejected.js';
import { openPledgeContext } from '../../dist/app/pledge-context.js';
import { startServer } from '../../dist/app/bootstrap.js';
import { OpenTicketInput } from '../../dist/tickets/graphql/ticket-mutations.resolver.js';

class Noop extends Command {}

class NoopHandler {
  execute() {
    return Promise.resolve(Object.assign(new NoopDone(), { done: true }));
  }
}
CommandHandler(Noop)(NoopHandler);

class NoopDone {}
Field(() => Boolean)(NoopDone.prototype, 'done');
ObjectType('NoopDone')(NoopDone);

const NoopResult = createUnionType({
  name: 'NoopResult',
  types: () => [NoopDone, RejectionType],
  resolveType: memberOf(NoopDone),
});

class NoopResolver {
  constructor(bus) {
    this.bus = bus;
  }

  noop() {
    return orRejection(this.bus.execute(new Noop()));
  }
}
Inject(CommandBus)(NoopResolver, undefined, 0);
Mutation(() => NoopResult, { name: 'noop' })(
  NoopResolver.prototype,
  'noop',
  Object.getOwnPropertyDescriptor(NoopResolver.prototype, 'noop'),
);
Requires('changeTickets')(NoopResolver.prototype, 'noop');
Args('input', { type: () => OpenTicketInput })(NoopResolver.prototype, 'noop', 0);
Reflect.defineMetadata('design:paramtypes', [OpenTicketInput], NoopResolver.prototype, 'noop');
Resolver()(NoopResolver);

class NoopModule {}
Module({ imports: [CqrsModule], providers: [NoopResolver, NoopHandler] })(NoopModule);

const context = await openPledgeContext(readSettings(process.env, { port: 0, rate: 1e9, addressRate: 1e9 }), 'bench', {
  threaded: true,
});
const server = await startServer(context, [NoopModule]);
process.send({ url: server.url, key: server.developmentKey.text });
process.once('disconnect', () => process.exit());
