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
import { readersOf } from '../read-models/scoped.js';
import { noteToStderr } from '../observability/log.js';
import { type Doors } from '../api/request-limits.js';
import { WebSocketDoor } from '../api/websocket/websocket-server.js';
import { graphqlOptions } from './graphql-options.js';
import { type Ledger } from './pledge-context.js';
import { PlansApiModule } from '../catalogue/catalogue-api.module.js';
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
  CLOCK,
  DOORS,
  DUTIES,
  EVENT_STORE,
  FIRST_BUILD,
  LEDGER,
  PROJECTIONS,
  READERS,
  READS,
  SETTINGS,
  TICKETS,
  WEBHOOKS,
} from '../di-tokens.js';
import { allOf } from './background-processors.js';

/** Runs the projections and those who watch for deadlines, revisions and merges while the server is up: a stop is abort, await. */
@Injectable()
export class BackgroundWork implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  onApplicationBootstrap(): void {
    const { store, projections, work } = this.ledger;
    const { signal } = this.stop;
    const projecting = projections.run(signal, ({ name, error, failedEvent }) => {
      noteToStderr(`projection ${name} stopped at event ${failedEvent ?? '?'}: ${error ?? '?'}`);
    });
    const watching = allOf(work).map((ports) => watchDeadlines(ports, signal));
    const looking = store.watch(signal, (fault) => {
      noteToStderr(
        fault === undefined
          ? 'The event store is as it was again.'
          : `${fault.code}: ${fault.message}${fault.detail === '' ? '' : ` (${fault.detail})`}`,
      );
    });
    this.running = Promise.all([projecting, looking, ...watching]);
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.running;
  }
}

/** The ports of an open ledger, for every module to inject. */
@Global()
@Module({})
export class LedgerModule {
  static of(ledger: Ledger, doors: Doors, authenticator: Authenticator): DynamicModule {
    const ports = [
      { provide: AUTHENTICATOR, useValue: authenticator },
      { provide: DOORS, useValue: doors },
      { provide: LEDGER, useValue: ledger },
      { provide: EVENT_STORE, useValue: ledger.store },
      { provide: CLOCK, useValue: ledger.clock },
      { provide: SETTINGS, useValue: ledger.settings },
      { provide: CATALOGUE, useValue: ledger.catalogue },
      { provide: HOLIDAYS, useValue: ledger.resolveHolidays },
      { provide: READERS, useValue: readersOf(ledger.db, ledger.reads) },
      { provide: READS, useValue: ledger.reads },
      { provide: TICKETS, useValue: ledger.tickets },
      { provide: DUTIES, useValue: ledger.duties },
      { provide: PROJECTIONS, useValue: ledger.projections },
      { provide: FIRST_BUILD, useValue: ledger.firstBuild },
      { provide: WEBHOOKS, useValue: ledger.webhooks },
    ];
    return { module: LedgerModule, providers: ports, exports: ports };
  }
}

/** What the API is made of. */
export const apiModules = [
  TicketsApiModule,
  FeedApiModule,
  DeadlinesApiModule,
  ReportsApiModule,
  PlansApiModule,
  AuditApiModule,
  WebhooksApiModule,
];

@Module({})
export class AppModule {
  /** The server over an open ledger, with modules that its caller adds. */
  static over(ledger: Ledger, doors: Doors, authenticator: Authenticator, more: readonly Type[]): DynamicModule {
    return {
      module: AppModule,
      imports: [
        LedgerModule.of(ledger, doors, authenticator),
        CqrsModule.forRoot(),
        GraphQLModule.forRoot<ApolloDriverConfig>({ driver: ApolloDriver, ...graphqlOptions(doors) }),
        ...apiModules,
        ...more,
      ],
      providers: [BackgroundWork, WebSocketDoor],
    };
  }
}
