import { createUnionType, Field, ID, Int, ObjectType } from '@nestjs/graphql';
import {
  DeliveryStateEnum,
  SlaEventKindEnum,
  WebhookDisabledReasonEnum,
  WebhookStateEnum,
} from '../../api/graphql/enums.js';
import { MetricEnum } from '../../catalogue/graphql/metric.types.js';
import { connectionOf } from '../../api/graphql/relay-connection.js';
import { NoticeType } from '../../api/graphql/notice.type.js';
import { memberOf, RejectionType } from '../../api/graphql/rejected.js';
import { InstantScalar, PositionScalar } from '../../api/graphql/scalars.js';
import { type FeedFilter } from '../../feed/domain/feed-event.js';
import { type Delivery } from '../outbox/deliveries.js';
import { type WebhookView } from '../outbox/lists.js';
import { type PostOutcome } from '../post.js';

@ObjectType('WebhookFilter', { description: 'Which events of the feed are delivered; an empty list does not narrow.' })
export class WebhookFilterType {
  @Field(() => [SlaEventKindEnum], { description: 'Of one of these kinds.' })
  kinds!: readonly string[];

  @Field(() => [MetricEnum], { description: 'About one of these promises.' })
  metrics!: readonly string[];

  @Field(() => [String], { description: 'Under one of these plans.' })
  plans!: readonly string[];

  @Field(() => [String], { description: 'Of one of these customers.' })
  customers!: readonly string[];

  @Field(() => [String], { description: 'Assigned to one of these then.' })
  assignees!: readonly string[];

  @Field(() => [String], { description: 'With one of these teams then.' })
  teams!: readonly string[];

  @Field(() => [String], { description: 'Of one of these priorities then.' })
  priorities!: readonly string[];

  @Field(() => [String], { description: 'About tickets of one of these types then.' })
  types!: readonly string[];

  @Field(() => [String], { description: 'About tickets by one of these channels.' })
  channels!: readonly string[];

  @Field(() => ID, { nullable: true, description: 'Of this ticket alone.' })
  ticket!: string | null;

  @Field(() => Boolean, { description: 'Whether imported history is among them.' })
  includeHistoric!: boolean;
}

@ObjectType('Webhook', { description: 'An address that the feed is delivered to. Its secret is nowhere to be read.' })
export class WebhookType {
  @Field(() => ID, { description: "The webhook's id." })
  id!: string;

  @Field(() => String, { description: 'Where events are sent.' })
  url!: string;

  @Field(() => String, { nullable: true, description: 'What it is for.' })
  description!: string | null;

  @Field(() => WebhookFilterType, { description: 'Which events.' })
  filter!: WebhookFilterType;

  @Field(() => WebhookStateEnum, { description: 'Whether events are sent.' })
  state!: string;

  @Field(() => WebhookDisabledReasonEnum, { nullable: true, description: 'Why it is disabled; null while it is not.' })
  disabledBecause!: string | null;

  @Field(() => InstantScalar, {
    nullable: true,
    description:
      'Until when nothing is sent, because the endpoint asked for that with `Retry-After`; null if it did not.',
  })
  heldUntil!: number | null;

  @Field(() => InstantScalar, { description: 'When it was registered; it is sent what is recorded from then on.' })
  registeredAt!: number;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'Until when messages are also signed with the previous secret; null where there was none.',
  })
  previousSecretUntil!: number | null;

  @Field(() => Int, { description: 'How many events wait to be delivered.' })
  waiting!: number;

  @Field(() => Int, { description: 'The number of dead-lettered events: not accepted within three days.' })
  deadLettered!: number;
}

@ObjectType('WebhookDelivery', { description: 'An event on its way to a webhook, or what became of it.' })
export class WebhookDeliveryType {
  @Field(() => ID, { description: "The webhook's id." })
  webhook!: string;

  @Field(() => ID, { description: "The event's id: the `webhook-id` of its messages." })
  event!: string;

  @Field(() => PositionScalar, { description: "The event's place in the feed." })
  cursor!: string;

  @Field(() => SlaEventKindEnum, { description: 'What became of the clock.' })
  kind!: string;

  @Field(() => ID, { description: "The ticket's id." })
  ticket!: string;

  @Field(() => DeliveryStateEnum, { description: 'How far it has come.' })
  state!: string;

  @Field(() => Int, { description: 'How often it was tried.' })
  attempts!: number;

  @Field(() => InstantScalar, { description: 'When it was enqueued; its three days count from then.' })
  queuedAt!: number;

  @Field(() => InstantScalar, {
    nullable: true,
    description:
      'When it is tried next, but not before `heldUntil` of its webhook; null where it waits for an earlier event of its ticket, or for nothing.',
  })
  nextAttemptAt!: number | null;

  @Field(() => InstantScalar, { nullable: true, description: 'When it was tried last.' })
  lastAttemptAt!: number | null;

  @Field(() => Int, { nullable: true, description: 'The HTTP status of the last answer; null where there was none.' })
  lastStatus!: number | null;

  @Field(() => String, { nullable: true, description: 'Why the last attempt failed.' })
  lastError!: string | null;
}

export const WebhookDeliveryConnection = connectionOf('WebhookDelivery', () => WebhookDeliveryType);

@ObjectType('WebhookSaved', { description: 'A webhook as it was left.' })
export class WebhookSavedType {
  @Field(() => WebhookType, { description: 'The webhook.' })
  webhook!: WebhookType;

  @Field(() => String, {
    nullable: true,
    description: 'The secret, where one was made: shown this once. Receivers check signatures with it.',
  })
  secret!: string | null;

  @Field(() => [NoticeType], {
    description:
      'What the sender should know of it: what its filter names that there never was, or that it was already so.',
  })
  notices!: readonly NoticeType[];

  @Field(() => PositionScalar, {
    description: 'Give it to a query as `minPosition`, and its answer includes this write.',
  })
  position!: string;
}

@ObjectType('WebhookTested', { description: 'What became of a test message.' })
export class WebhookTestedType {
  @Field(() => Boolean, { description: 'Whether it was taken, with a status of 200 to 299.' })
  delivered!: boolean;

  @Field(() => Int, { nullable: true, description: 'The HTTP status of the answer; null where there was none.' })
  status!: number | null;

  @Field(() => String, { nullable: true, description: 'Why it was not taken.' })
  error!: string | null;
}

export const WebhookResult = createUnionType({
  name: 'WebhookResult',
  description: 'A webhook as it was left, or why it was not changed.',
  types: () => [WebhookSavedType, RejectionType] as const,
  resolveType: memberOf(WebhookSavedType),
});

export const WebhookTestResult = createUnionType({
  name: 'WebhookTestResult',
  description: 'What became of a test message, or why none was sent.',
  types: () => [WebhookTestedType, RejectionType] as const,
  resolveType: memberOf(WebhookTestedType),
});

export function toWebhookType({ endpoint, state, previousUntil, ...view }: WebhookView): WebhookType {
  const { webhook: id, url, description, filter } = endpoint;
  const { disabledBecause, heldUntil, registeredAt, waiting, deadLettered } = view;
  const shown = {
    id,
    url,
    description,
    state,
    disabledBecause,
    heldUntil,
    registeredAt,
    previousSecretUntil: previousUntil,
    waiting,
    deadLettered,
  };
  return Object.assign(new WebhookType(), shown, { filter: toFilterType(filter) });
}

const toFilterType = ({ types = [], ticket, includeHistoric = false, ...lists }: FeedFilter) => {
  const { metrics = [], plans = [], customers = [], assignees = [], teams = [], priorities = [] } = lists;
  const { ticketTypes = [], channels = [] } = lists;
  const all = {
    kinds: types,
    metrics,
    plans,
    customers,
    assignees,
    teams,
    priorities,
    types: ticketTypes,
    channels,
    ticket: ticket ?? null,
    includeHistoric,
  };
  return Object.assign(new WebhookFilterType(), all);
};

export function toDeliveryType({ type: kind, ...row }: Delivery, cursor: string): WebhookDeliveryType {
  const times = { queuedAt: row.queued_at, nextAttemptAt: row.next_at, lastAttemptAt: row.last_at };
  const last = { lastStatus: row.last_status, lastError: row.last_error };
  return Object.assign(new WebhookDeliveryType(), row, { kind, cursor, ...times, ...last });
}

export const toTestedType = (outcome: PostOutcome): WebhookTestedType =>
  Object.assign(new WebhookTestedType(), {
    delivered: outcome.kind === 'delivered',
    status: outcome.status,
    error: outcome.kind === 'delivered' ? null : outcome.error,
  });
