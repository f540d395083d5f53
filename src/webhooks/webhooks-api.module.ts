import { Inject, Injectable, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { inFull, logToStderr } from '../observability/log.js';
import { type TimeSource } from '../time/time-source.js';
import { type Settings } from '../config/settings.js';
import { type EventStore } from '../event-sourcing/event-store.js';
import { TIME_SOURCE, EVENT_STORE, SETTINGS, WEBHOOKS } from '../di-tokens.js';
import { ChangeWebhookHandler } from './commands/change-webhook.js';
import { ReplayWebhookHandler, TestWebhookHandler } from './commands/deliver.js';
import { WEBHOOK_PORTS, type WebhookCommandPorts } from './commands/webhook-ports.js';
import { WebhookMutationsResolver } from './graphql/webhook-mutations.resolver.js';
import { WebhookQueriesResolver } from './graphql/webhook-queries.resolver.js';
import { type Webhooks } from './open-webhooks.js';
import { httpPost } from './post.js';
import { ChangedWebhookHandler, DeliveryListHandler, WebhookListHandler } from './webhook-queries.js';
import { runWebhooks } from './run-webhooks.js';
import { systemLookup } from './ssrf-guard.js';

export const webhookResolvers = [WebhookMutationsResolver, WebhookQueriesResolver];

const ports = {
  provide: WEBHOOK_PORTS,
  inject: [WEBHOOKS, EVENT_STORE, TIME_SOURCE, SETTINGS],
  useFactory: (webhooks: Webhooks, store: EventStore, time: TimeSource, settings: Settings) => {
    const rules = { allowsPrivate: settings.webhookPrivateTargets === 'yes', lookup: systemLookup };
    return { ...webhooks, store, time, rules, post: httpPost(rules, time) };
  },
};

/** Delivers to webhooks while the server is up: a stop is abort, await. */
@Injectable()
export class WebhookWork implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly stop = new AbortController();
  private running: Promise<unknown> = Promise.resolve();

  constructor(@Inject(WEBHOOK_PORTS) private readonly ports: WebhookCommandPorts) {}

  onApplicationBootstrap(): void {
    const failed = (what: string, error: unknown) => {
      const message = `${what} failed and will be tried again in a minute.`;
      logToStderr({ level: 'error', code: 'WEBHOOKS_FAILED', message, error: inFull(error) });
    };
    const disabled = (webhook: string) => {
      const message = `The webhook ${webhook} was disabled: its endpoint answered 410 (Gone). Change its URL and enable it, or remove it.`;
      logToStderr({ level: 'warn', code: 'WEBHOOK_GONE', message });
    };
    this.running = runWebhooks({ ...this.ports, random: Math.random, failed, disabled }, this.stop.signal);
  }

  async onModuleDestroy(): Promise<void> {
    this.stop.abort();
    await this.running;
    await this.ports.post.close();
  }
}

const handlers = [ChangeWebhookHandler, ReplayWebhookHandler, TestWebhookHandler];
const queries = [WebhookListHandler, ChangedWebhookHandler, DeliveryListHandler];

@Module({
  imports: [CqrsModule],
  providers: [...webhookResolvers, ...handlers, ...queries, ports, WebhookWork],
})
export class WebhooksApiModule {}
