import {
  type DynamicModule,
  Global,
  Inject,
  Injectable,
  Module,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type Type,
} from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { GraphQLModule } from '@nestjs/graphql';
import { AuditApiModule } from '../audit/audit-api.module.js';
import { type Authenticator } from '../auth/authenticator.js';
import { type RequestLimits } from '../api/request-limits.js';
import { WebSocketTransport } from '../api/websocket/websocket-server.js';
import { graphqlOptions } from './graphql-options.js';
import { type PledgeContext } from './pledge-context.js';
import { CatalogueApiModule } from '../catalogue/catalogue-api.module.js';
import { ReportsApiModule } from '../reports/reports-api.module.js';
import { watchDeadlines } from '../deadlines/deadline-watcher.js';
import { DeadlinesApiModule } from '../deadlines/deadlines-api.module.js';
import { FeedApiModule } from '../feed/feed-api.module.js';
import { TicketsApiModule } from '../tickets/tickets-api.module.js';
import { WebhooksApiModule } from '../webhooks/webhooks-api.module.js';
import {
  AUTHENTICATOR,
  CATALOGUE,
  HOLIDAYS,
  TIME_SOURCE,
  REQUEST_LIMITS,
  LEASES,
  EVENT_STORE,
  FIRST_BUILD,
  PLEDGE_CONTEXT,
  PROJECTIONS,
  READERS,
  READS,
  SETTINGS,
  TICKETS,
  WEBHOOKS,
} from '../di-tokens.js';
import { allProcessors } from './background-processors.js';

/** Runs the projections and those who watch for deadlines, revisions and merges while the server is up: a stop is abort, await. */
@Injectable()
export class BackgroundWork implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(PLEDGE_CONTEXT) private readonly context: PledgeContext,
    @Inject(REQUEST_LIMITS) private readonly requestLimits: RequestLimits,
  ) {}

  onApplicationBootstrap(): void {
    const { store, projections, work } = this.context;
    const { log } = this.requestLimits;
    const { signal } = this.stop;
    const projecting = projections.run(signal, ({ name, error, failedEvent }) => {
      const message = `projection ${name} stopped at event ${failedEvent ?? '?'}: ${error ?? '?'}`;
      log({ level: 'error', code: 'PROJECTION_STOPPED', message });
    });
    const watching = allProcessors(work).map((ports) => watchDeadlines(ports, signal));
    const looking = store.watch(signal, (fault) => {
      if (fault === undefined)
        log({ level: 'info', code: 'EVENT_STORE_BACK', message: 'The event store is available again.' });
      else log({ level: 'error', code: fault.code, message: fault.forOperators });
    });
    this.running = Promise.all([projecting, looking, ...watching]);
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.running;
  }
}

/** The ports of an open application context, for every module to inject. */
@Global()
@Module({})
export class PledgeContextModule {
  static of(context: PledgeContext, requestLimits: RequestLimits, authenticator: Authenticator): DynamicModule {
    const ports = [
      { provide: AUTHENTICATOR, useValue: authenticator },
      { provide: REQUEST_LIMITS, useValue: requestLimits },
      { provide: PLEDGE_CONTEXT, useValue: context },
      { provide: EVENT_STORE, useValue: context.store },
      { provide: TIME_SOURCE, useValue: context.time },
      { provide: SETTINGS, useValue: context.settings },
      { provide: CATALOGUE, useValue: context.catalogue },
      { provide: HOLIDAYS, useValue: context.resolveHolidays },
      { provide: READERS, useValue: context.readers },
      { provide: READS, useValue: context.reads },
      { provide: TICKETS, useValue: context.tickets },
      { provide: LEASES, useValue: context.leases },
      { provide: PROJECTIONS, useValue: context.projections },
      { provide: FIRST_BUILD, useValue: context.firstBuild },
      { provide: WEBHOOKS, useValue: context.webhooks },
    ];
    return { module: PledgeContextModule, providers: ports, exports: ports };
  }
}

/** What the API is made of. */
export const apiModules = [
  TicketsApiModule,
  FeedApiModule,
  DeadlinesApiModule,
  ReportsApiModule,
  CatalogueApiModule,
  AuditApiModule,
  WebhooksApiModule,
];

@Module({})
export class AppModule {
  /** The server over an open application context, with modules that its caller adds. */
  static over(
    context: PledgeContext,
    requestLimits: RequestLimits,
    authenticator: Authenticator,
    more: readonly Type[],
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PledgeContextModule.of(context, requestLimits, authenticator),
        CqrsModule.forRoot(),
        GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, ...graphqlOptions(requestLimits) }),
        ...apiModules,
        ...more,
      ],
      providers: [BackgroundWork, WebSocketTransport],
    };
  }
}
