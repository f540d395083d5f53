import { Inject } from '@nestjs/common';
import { Args, ArgsType, Field, ID, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { type Identity } from '../../auth/identity.js';
import { Asking, Caller, Requires } from '../../auth/requires.js';
import { type Reader } from '../../database/scoped.js';
import { MayScan } from '../../doors/may-scan.js';
import { keyOf, pageOf, sizeOf } from '../../database/page.js';
import { type Clock } from '../../clock/clock.js';
import { toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore, reportedOf } from '../../event-sourcing/event-store.js';
import { ActorType } from '../../graphql/actor.js';
import { QualityFlagEnum } from '../../graphql/enums.js';
import { connectionOf, said } from '../../graphql/page.js';
import { InstantScalar, JsonScalar, PositionScalar } from '../../graphql/scalars.js';
import { type Catalogue } from '../../plans/catalogue.js';
import { TicketType, toTicketTypes } from '../../tickets/graphql-types.js';
import { CATALOGUE, CLOCK, EVENT_STORE, READS } from '../../tokens.js';
import { type HistoryEntry, summaryOf, ticketHistory } from '../history.js';
import { type Replays, viewOf } from '../replay.js';

@ObjectType('HistoryEvent', { description: 'An event of a ticket as it is in the log; it is never changed.' })
class HistoryEventType {
  @Field(() => ID, { description: 'Its id, unique in the stream.' })
  id!: string;

  @Field(() => String, { description: 'Its type, as in `TicketOpened` or `SlaBreached`.' })
  type!: string;

  @Field(() => Int, { description: 'Its place in the ticket’s stream, from 0.' })
  revision!: number;

  @Field(() => PositionScalar, { description: 'Its place in the log.' })
  position!: string;

  @Field(() => InstantScalar, { description: 'When it happened, as its source says.' })
  occurredAt!: number;

  @Field(() => InstantScalar, { description: 'When it was recorded here.' })
  recordedAt!: number;

  @Field(() => ActorType, { description: 'Who recorded it.' })
  actor!: ActorType;

  @Field(() => ActorType, { nullable: true, description: 'Who did it, where the actor reports what another did.' })
  onBehalfOf!: ActorType | null;

  @Field(() => String, { nullable: true, description: 'The system it was imported from.' })
  source!: string | null;

  @Field(() => ID, { nullable: true, description: 'The fact that caused it.' })
  causedBy!: string | null;

  @Field(() => [QualityFlagEnum], {
    description: 'What a reader should know of it where it is a fact, as the ticket stands now.',
  })
  flags!: readonly string[];

  @Field(() => String, { description: 'What it says, in a line.' })
  summary!: string;

  @Field(() => JsonScalar, { description: 'What it says, in full.' })
  data!: unknown;
}

const HistoryConnection = connectionOf('History', () => HistoryEventType);

@ArgsType()
class HistoryArgs {
  @Field(() => ID, { description: 'The ticket’s id.' })
  id!: string;

  @Field(() => Int, { nullable: true, description: 'How many events, 1 to 200; 50 where left out.' })
  first?: number;

  @Field(() => String, { nullable: true, description: 'The cursor of the last event seen.' })
  afterCursor?: string;
}

@ArgsType()
class ReplayArgs {
  @Field(() => ID, { description: 'The ticket’s id.' })
  id!: string;

  @Field(() => InstantScalar, { nullable: true, description: 'As it stood then; now where left out.' })
  occurredBy?: number;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'As it was known then: by what had been recorded; all where left out.',
  })
  recordedBy?: number;
}

@Resolver()
export class Audit {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(READS) private readonly reads: Replays,
  ) {}

  @Requires('readHistory')
  @Query(() => HistoryConnection, {
    description: 'A ticket’s stream in the order of recording; empty for no such ticket.',
  })
  async ticketHistory(@Args() { id, ...request }: HistoryArgs, @Caller() { scope }: Identity) {
    const page = said(request);
    const size = sizeOf(page);
    const from = Number(keyOf(page, ['number'])?.[0] ?? -1) + 1;
    const history = await ticketHistory(this.store, scope, id);
    return pageOf(
      history.slice(from, from + size + 1),
      size,
      ({ event }) => [event.revision],
      (entry) => this.toType(entry),
    );
  }

  @Requires('readHistory')
  @MayScan()
  @Query(() => TicketType, {
    nullable: true,
    description:
      'A ticket and its clocks as they stood at an instant, and as they were known at another; null where it was not. Refused: OUT_OF_RANGE (beyond 2600).',
  })
  async replayTicket(@Args() { id, occurredBy, recordedBy }: ReplayArgs, @Asking() reader: Reader) {
    const at = occurredBy ?? this.clock.now();
    const question = { scope: reader.scope, id, occurredBy: at, recordedBy: recordedBy ?? Infinity };
    const replayed = await this.reads.replay(question, reader);
    const views = replayed === undefined ? [] : [viewOf(replayed)];
    const [ticket] = await toTicketTypes(views, this.catalogue, at);
    return ticket ?? null;
  }

  private toType({ event, flags }: HistoryEntry): HistoryEventType {
    const { id, type, revision, metadata, data } = event;
    const { actor, occurredAt, recordedAt, source = null, causationId = null } = metadata;
    const position = toCursor(this.store, event.position);
    return {
      id,
      type,
      revision,
      position,
      occurredAt,
      recordedAt,
      actor,
      onBehalfOf: reportedOf(metadata) ?? null,
      source,
      causedBy: causationId,
      flags,
      summary: summaryOf(event),
      data,
    };
  }
}
