import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Page, type PageRequest } from '../read-models/page.js';
import { askedBy, readElsewhere } from '../read-models/read-dialect.js';
import { type Reads } from '../read-models/read-port.js';
import { type Asker } from '../auth/asker.js';
import { waitForPosition } from '../api/graphql/read-barrier.js';
import { fromCursor } from '../event-sourcing/cursor.js';
import { WEBHOOK_PORTS, type WebhookCommandPorts } from './commands/webhook-ports.js';
import { type Webhook } from './domain/webhook-decider.js';
import { type Delivery } from './outbox/deliveries.js';
import { outboxName } from './outbox/outbox-projection.js';
import { type OutboxSchema } from './outbox/tables.js';
import { READS } from '../di-tokens.js';
import { type DeliveryFilter, deliveryLog, webhookList, type WebhookView, withCounts } from './outbox/lists.js';

/** @throws what {@link fromCursor} and {@link waitForPosition} throw */
async function seen({ store, runner }: WebhookCommandPorts, minPosition: string | undefined): Promise<void> {
  if (minPosition === undefined) return;
  await waitForPosition(store, runner, [outboxName], fromCursor(store, minPosition, 'minPosition'));
}

/** The outbox, read elsewhere: a delivery log may be long. */
const outboxFor = (reads: Reads, asker: Asker) =>
  readElsewhere<OutboxSchema>(reads, 'outbox').withPlugin(askedBy(asker));

/** Every webhook. */
export class WebhookListQuery extends Query<readonly WebhookView[]> {
  constructor(
    readonly asker: Asker,
    readonly minPosition?: string,
  ) {
    super();
  }
}

@QueryHandler(WebhookListQuery)
export class WebhookListHandler implements IQueryHandler<WebhookListQuery> {
  constructor(
    @Inject(WEBHOOK_PORTS) private readonly ports: WebhookCommandPorts,
    @Inject(READS) private readonly reads: Reads,
  ) {}

  async execute({ asker, minPosition }: WebhookListQuery) {
    await seen(this.ports, minPosition);
    return webhookList(outboxFor(this.reads, asker));
  }
}

/** A webhook that was just changed, with what is still to be done for it. */
export class ChangedWebhookQuery extends Query<WebhookView> {
  constructor(readonly webhook: Webhook) {
    super();
  }
}

@QueryHandler(ChangedWebhookQuery)
export class ChangedWebhookHandler implements IQueryHandler<ChangedWebhookQuery> {
  constructor(@Inject(WEBHOOK_PORTS) private readonly ports: WebhookCommandPorts) {}

  execute({ webhook }: ChangedWebhookQuery) {
    return withCounts(this.ports.outbox.db, webhook);
  }
}

/** What was delivered, is to be, or was dead-lettered: newest event first. */
export class DeliveryListQuery extends Query<Page<Delivery>> {
  constructor(
    readonly asker: Asker,
    readonly filter: DeliveryFilter,
    readonly page: PageRequest,
    readonly minPosition?: string,
  ) {
    super();
  }
}

@QueryHandler(DeliveryListQuery)
export class DeliveryListHandler implements IQueryHandler<DeliveryListQuery> {
  constructor(
    @Inject(WEBHOOK_PORTS) private readonly ports: WebhookCommandPorts,
    @Inject(READS) private readonly reads: Reads,
  ) {}

  async execute({ asker, filter, page, minPosition }: DeliveryListQuery) {
    await seen(this.ports, minPosition);
    return deliveryLog(outboxFor(this.reads, asker), filter, page);
  }
}
