import { Inject } from '@nestjs/common';
import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { type Page, type PageRequest } from '../read-models/page.js';
import { askedBy, readElsewhere } from '../read-models/read-dialect.js';
import { type Reads } from '../read-models/reads.js';
import { type Asker } from '../auth/asker.js';
import { expectReached, fromCursor } from '../event-sourcing/cursor.js';
import { Rejection } from '../event-sourcing/rejection.js';
import { WEBHOOK_PORTS, type WebhookCommandPorts } from './commands/webhook-ports.js';
import { type Webhook } from './domain/webhook-decider.js';
import { type Delivery } from './outbox/deliveries.js';
import { outboxName } from './outbox/outbox-projection.js';
import { type OutboxSchema } from './outbox/tables.js';
import { READS } from '../di-tokens.js';
import { type DeliveryFilter, deliveryLog, webhookList, type WebhookView, withCounts } from './outbox/lists.js';

/** How long a query waits for the write it is to see. */
const timeoutMs = 5_000;

/** @throws Rejection `READ_MODEL_BEHIND`, and what a cursor is refused for */
async function seen({ store, runner }: WebhookCommandPorts, minPosition: string | undefined): Promise<void> {
  if (minPosition === undefined) return;
  const position = fromCursor(store, minPosition);
  if (await runner.waitFor([outboxName], position, AbortSignal.abort())) return;
  await expectReached(store, position);
  if (await runner.waitFor([outboxName], position, AbortSignal.timeout(timeoutMs))) return;
  throw new Rejection('READ_MODEL_BEHIND', `The outbox did not reach ${minPosition} within 5 seconds; try again.`);
}

/** The outbox, read elsewhere: a delivery log may be long. */
const outboxFor = (reads: Reads, asker: Asker) =>
  readElsewhere<OutboxSchema>(reads, 'outbox').withPlugin(askedBy(asker));

/** Every webhook. */
export class WebhookList extends Query<readonly WebhookView[]> {
  constructor(
    readonly asker: Asker,
    readonly minPosition?: string,
  ) {
    super();
  }
}

@QueryHandler(WebhookList)
export class WebhookListHandler implements IQueryHandler<WebhookList> {
  constructor(
    @Inject(WEBHOOK_PORTS) private readonly ports: WebhookCommandPorts,
    @Inject(READS) private readonly reads: Reads,
  ) {}

  async execute({ asker, minPosition }: WebhookList) {
    await seen(this.ports, minPosition);
    return webhookList(outboxFor(this.reads, asker));
  }
}

/** A webhook that was just changed, with what is still to be done for it. */
export class ChangedWebhookView extends Query<WebhookView> {
  constructor(readonly webhook: Webhook) {
    super();
  }
}

@QueryHandler(ChangedWebhookView)
export class ChangedWebhookViewHandler implements IQueryHandler<ChangedWebhookView> {
  constructor(@Inject(WEBHOOK_PORTS) private readonly ports: WebhookCommandPorts) {}

  execute({ webhook }: ChangedWebhookView) {
    return withCounts(this.ports.outbox.db, webhook);
  }
}

/** What was delivered, is to be, or was dead-lettered: newest event first. */
export class DeliveryList extends Query<Page<Delivery>> {
  constructor(
    readonly asker: Asker,
    readonly filter: DeliveryFilter,
    readonly page: PageRequest,
    readonly minPosition?: string,
  ) {
    super();
  }
}

@QueryHandler(DeliveryList)
export class DeliveryListHandler implements IQueryHandler<DeliveryList> {
  constructor(
    @Inject(WEBHOOK_PORTS) private readonly ports: WebhookCommandPorts,
    @Inject(READS) private readonly reads: Reads,
  ) {}

  async execute({ asker, filter, page, minPosition }: DeliveryList) {
    await seen(this.ports, minPosition);
    return deliveryLog(outboxFor(this.reads, asker), filter, page);
  }
}
