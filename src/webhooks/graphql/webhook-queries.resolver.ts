import { Inject } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Args, Query, Resolver } from '@nestjs/graphql';
import { Asking, Requires } from '../../auth/requires.js';
import { type Reader } from '../../auth/asker.js';
import { MayScan } from '../../api/graphql/may-scan.js';
import { toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { withNodes } from '../../read-models/page.js';
import { ReadArgs, givenValues } from '../../api/graphql/relay-connection.js';
import { EVENT_STORE } from '../../di-tokens.js';
import { DeliveryListQuery, WebhookListQuery } from '../webhook-queries.js';
import { WebhookDeliveriesArgs } from './webhook.inputs.js';
import { toDeliveryType, toWebhookType, WebhookDeliveryConnection, WebhookType } from './webhook.types.js';

@Resolver()
export class WebhookQueriesResolver {
  constructor(
    private readonly bus: QueryBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Requires('changeWebhooks')
  @MayScan()
  @Query(() => [WebhookType], { nullable: true, description: 'Every webhook, by id; at most 100.' })
  async webhooks(@Args() { minPosition }: ReadArgs, @Asking() reader: Reader): Promise<readonly WebhookType[]> {
    return (await this.bus.execute(new WebhookListQuery(reader, minPosition))).map(toWebhookType);
  }

  @Requires('changeWebhooks')
  @MayScan()
  @Query(() => WebhookDeliveryConnection, {
    nullable: true,
    description: 'What webhooks were sent, are to be, or could not be: newest event first. Kept for 30 days.',
  })
  async webhookDeliveries(
    @Args() { filter, minPosition, ...request }: WebhookDeliveriesArgs,
    @Asking() reader: Reader,
  ) {
    const page = await this.bus.execute(
      new DeliveryListQuery(reader, givenValues(filter), givenValues(request), minPosition),
    );
    return withNodes(page, (row) => toDeliveryType(row, toCursor(this.store, row.position)));
  }
}
