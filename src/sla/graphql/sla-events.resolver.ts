import { Inject } from '@nestjs/common';
import { Args, ArgsType, Field, Float, ID, InputType, Int, ObjectType, Resolver, Subscription } from '@nestjs/graphql';
import { Requires } from '../../auth/requires.js';
import { fromCursor, toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { abortable } from '../../graphql/abortable.js';
import { MetricEnum, SlaEventKindEnum, TicketTypeEnum } from '../../graphql/enums.js';
import { said } from '../../graphql/page.js';
import { InstantScalar, PositionScalar } from '../../graphql/scalars.js';
import { type Metric } from '../../plans/domain/plan.js';
import { EVENT_STORE } from '../../tokens.js';
import { type FeedEvent, type FeedType, slaEvents } from '../feed.js';

@ObjectType('SlaEvent', { description: 'What became of a clock, as agents hear of it.' })
export class SlaEventType {
  @Field(() => PositionScalar, { description: 'Come back with it as `after`: nothing is missed and nothing repeated.' })
  cursor!: string;

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

  @Field(() => ID, { description: 'The ticket’s id.' })
  ticket!: string;

  @Field(() => String, { description: 'The ticket’s reference.' })
  reference!: string;

  @Field(() => String, { description: 'The ticket’s subject.' })
  subject!: string;

  @Field(() => String, { description: 'The customer’s id.' })
  customer!: string;

  @Field(() => String, { description: 'The code of the plan that makes the promise.' })
  plan!: string;

  @Field(() => TicketTypeEnum, { description: 'The ticket’s type then.' })
  type!: string;

  @Field(() => String, { description: 'The ticket’s priority then.' })
  priority!: string;

  @Field(() => String, { nullable: true, description: 'Who had the ticket then.' })
  assignee!: string | null;

  @Field(() => String, { nullable: true, description: 'Which team had it then.' })
  team!: string | null;

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
class SlaEventFilterInput {
  @Field(() => [SlaEventKindEnum], { nullable: true, description: 'Of one of these kinds.' })
  kinds?: FeedType[];

  @Field(() => [MetricEnum], { nullable: true, description: 'About one of these promises.' })
  metrics?: Metric[];

  @Field(() => [String], { nullable: true, description: 'Under one of these plans.' })
  plans?: string[];

  @Field(() => [String], { nullable: true, description: 'Of one of these customers.' })
  customers?: string[];

  @Field(() => [String], { nullable: true, description: 'Assigned to one of these then.' })
  assignees?: string[];

  @Field(() => [String], { nullable: true, description: 'Of one of these priorities then.' })
  priorities?: string[];

  @Field(() => ID, { nullable: true, description: 'Of this ticket.' })
  ticket?: string;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether imported history is among them; false where left out.',
  })
  includeHistoric?: boolean;
}

@ArgsType()
class SlaEventsArgs {
  @Field(() => PositionScalar, {
    nullable: true,
    description: 'The cursor of the last message seen, or a mutation’s position; from now on where left out.',
  })
  after?: string;

  @Field(() => SlaEventFilterInput, { nullable: true, description: 'Which of them.' })
  filter?: SlaEventFilterInput;
}

@Resolver()
export class SlaEvents {
  constructor(@Inject(EVENT_STORE) private readonly store: EventStore) {}

  @Requires('readTickets')
  @Subscription(() => SlaEventType, {
    description:
      'Warnings, breaches and what became of them: first what was missed since `after`, then live, in order.',
    resolve: (event: SlaEventType) => event,
  })
  slaEvents(@Args() { after, filter }: SlaEventsArgs): AsyncIterableIterator<SlaEventType> {
    const { kinds, ...narrowing } = said(filter) as SlaEventFilterInput;
    const from = after === undefined ? {} : { after: fromCursor(this.store, after) };
    const types = kinds === undefined ? {} : { types: kinds };
    return abortable(
      (signal) => slaEvents(this.store, { ...from, filter: { ...narrowing, ...types }, signal }),
      (event) => this.toType(event),
    );
  }

  private toType({ id, type: kind, position, metadata, data }: FeedEvent): SlaEventType {
    const rest = { id, kind, plan: data.terms.plan.code, recordedAt: metadata.recordedAt };
    return Object.assign(new SlaEventType(), data, rest, { cursor: toCursor(this.store, position) });
  }
}
