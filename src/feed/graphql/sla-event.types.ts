import { Field, Float, ID, InputType, Int, InterfaceType, ObjectType } from '@nestjs/graphql';
import { SlaEventKindEnum } from '../../api/graphql/enums.js';
import { MetricEnum } from '../../catalogue/graphql/metric.types.js';
import { IsCustomerList, IsFilterList, IsFilterText, withCustomerIds } from '../../api/graphql/filters.js';
import { addFilterNotices, givenValues } from '../../api/graphql/relay-connection.js';
import { InstantScalar, PositionScalar } from '../../api/graphql/scalars.js';
import { type Channel, type Metric, type TicketType } from '../../catalogue/domain/plan.js';
import { type Notice } from '../../event-sourcing/notice.js';
import { type FeedEvent, type FeedFilter, type FeedType } from '../domain/feed-event.js';

@InterfaceType('SlaFeedMessage', {
  description: 'What a listener is sent: something that became of a clock, or a heartbeat.',
  resolveType: (message: object) => (message instanceof SlaHeartbeatType ? SlaHeartbeatType : SlaEventType),
})
export abstract class SlaFeedMessageType {
  @Field(() => PositionScalar, { description: 'Come back with it as `after`: nothing is missed and nothing repeated.' })
  cursor!: string;
}

@ObjectType('SlaHeartbeat', {
  implements: () => SlaFeedMessageType,
  description:
    'Each event up to the cursor that passes the filter has been sent. The first heartbeat comes when all missed events are sent; then one comes at every interval, whatever the filter.',
})
export class SlaHeartbeatType extends SlaFeedMessageType {
  constructor(
    override readonly cursor: string,
    private readonly findNotices: () => Promise<readonly Notice[]>,
  ) {
    super();
  }

  /** Looked for only for who asks. */
  get notices(): Promise<readonly Notice[]> {
    return this.findNotices();
  }
}
addFilterNotices(SlaHeartbeatType.prototype);

@ObjectType('SlaEvent', {
  implements: () => SlaFeedMessageType,
  description: 'What became of a clock, as agents hear of it.',
})
export class SlaEventType extends SlaFeedMessageType {
  @Field(() => ID, { description: 'The id of the event.' })
  id!: string;

  @Field(() => SlaEventKindEnum, { description: 'What became of the clock.' })
  kind!: string;

  @Field(() => MetricEnum, { description: 'What is promised.' })
  metric!: string;

  @Field(() => ID, { description: 'The run.' })
  run!: string;

  @Field(() => Int, { description: 'The layout of the run.' })
  layout!: number;

  @Field(() => ID, { description: "The ticket's id." })
  ticket!: string;

  @Field(() => String, { description: "The ticket's reference." })
  reference!: string;

  @Field(() => String, { description: "The ticket's subject." })
  subject!: string;

  @Field(() => String, { description: "The customer's id." })
  customer!: string;

  @Field(() => String, { description: 'The code of the plan that makes the promise.' })
  plan!: string;

  @Field(() => String, { description: "The ticket's type then." })
  type!: string;

  @Field(() => String, { description: "The ticket's priority then." })
  priority!: string;

  @Field(() => String, { nullable: true, description: 'Who had the ticket then.' })
  assignee!: string | null;

  @Field(() => String, { nullable: true, description: 'Which team had it then.' })
  team!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'How the ticket reached us; null in events from before Pledge kept it.',
  })
  channel!: string | null;

  @Field(() => InstantScalar, {
    description: 'When it took effect: the deadline of a breach, the reply that met a promise.',
  })
  at!: number;

  @Field(() => InstantScalar, { description: 'When it was recorded.' })
  recordedAt!: number;

  @Field(() => InstantScalar, { nullable: true, description: 'The deadline; null while paused.' })
  dueAt!: number | null;

  @Field(() => Float, { description: 'Business time used until then, in milliseconds.' })
  elapsedMs!: number;

  @Field(() => Float, { description: 'Business time allowed, in milliseconds.' })
  targetMs!: number;

  @Field(() => Boolean, { description: 'It took effect before the import that brought the ticket began.' })
  historic!: boolean;
}

@InputType('SlaEventFilter', { description: 'Which events; what is left out, or empty, does not narrow.' })
export class SlaEventFilterInput {
  @Field(() => [SlaEventKindEnum], { nullable: true, description: 'Of one of these kinds.' })
  @IsFilterList()
  kinds?: FeedType[];

  @Field(() => [MetricEnum], { nullable: true, description: 'About one of these promises.' })
  @IsFilterList()
  metrics?: Metric[];

  @Field(() => [String], { nullable: true, description: 'Under one of these plans.' })
  @IsFilterList()
  plans?: string[];

  @Field(() => [String], { nullable: true, description: 'Of one of these customers.' })
  @IsCustomerList()
  customers?: string[];

  @Field(() => [String], { nullable: true, description: 'Assigned to one of these then.' })
  @IsFilterList()
  assignees?: string[];

  @Field(() => [String], { nullable: true, description: 'With one of these teams then.' })
  @IsFilterList()
  teams?: string[];

  @Field(() => [String], { nullable: true, description: 'Of one of these priorities then, in any case.' })
  @IsFilterList()
  priorities?: string[];

  @Field(() => [String], { nullable: true, description: 'About tickets of one of these types then, in any case.' })
  @IsFilterList()
  types?: TicketType[];

  @Field(() => [String], {
    nullable: true,
    description:
      'About tickets that were opened by one of these channels, in any case. An event that was recorded before Pledge kept the channel has none.',
  })
  @IsFilterList()
  channels?: Channel[];

  @Field(() => ID, { nullable: true, description: 'Of this ticket.' })
  @IsFilterText()
  ticket?: string;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether imported history is among them; false if it is left out.',
  })
  includeHistoric?: boolean;
}

/** An event as the API shows it. */
export function toSlaEventType({ id, type: kind, metadata, data }: FeedEvent, cursor: string): SlaEventType {
  const rest = { cursor, id, kind, plan: data.terms.plan.code, recordedAt: metadata.recordedAt };
  return Object.assign(new SlaEventType(), data, rest);
}

/** A filter as the feed has it. */
export function toFeedFilter(filter: SlaEventFilterInput | null | undefined): FeedFilter {
  const { kinds, types, ...narrowing } = withCustomerIds(givenValues(filter));
  return {
    ...narrowing,
    ...(kinds === undefined ? {} : { types: kinds }),
    ...(types === undefined ? {} : { ticketTypes: types }),
  };
}
