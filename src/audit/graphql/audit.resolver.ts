import { Inject } from '@nestjs/common';
import { Args, ArgsType, Field, ID, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { type Reader } from '../../auth/asker.js';
import { Asking, Requires } from '../../auth/requires.js';
import { type Readers } from '../../read-models/scoped.js';
import { MayScan } from '../../api/graphql/may-scan.js';
import { once, readPage, withNodes } from '../../read-models/page.js';
import { type TimeSource } from '../../time/time-source.js';
import { toCursor } from '../../event-sourcing/cursor.js';
import { soon } from '../../event-sourcing/soon.js';
import { type EventStore, reportedOf } from '../../event-sourcing/event-store.js';
import { ActorType } from '../../api/graphql/actor.js';
import { NoticeType } from '../../api/graphql/notice.type.js';
import { connectionOf, PageArgs, givenValues } from '../../api/graphql/relay-connection.js';
import { ReadBarrier } from '../../api/graphql/read-barrier.js';
import { InstantScalar, JsonScalar, PositionScalar } from '../../api/graphql/scalars.js';
import { type Catalogue } from '../../catalogue/catalogue.js';
import { TicketObjectType, toTicketTypes } from '../../tickets/graphql/ticket.type.js';
import { CATALOGUE, TIME_SOURCE, EVENT_STORE, READERS, READS } from '../../di-tokens.js';
import { type FactNoticeCode, noticeOf } from '../../tickets/domain/notices.js';
import { noticesBetween } from '../../tickets/kept-notices.js';
import { idOfTicket } from '../../tickets/ticket-named.js';
import { type Histories, type HistoryRow, openingNotices, summaryOf } from '../history.js';
import { historyList, lengthOf, type ReadHistory } from '../history-list.js';
import { type Replays, replayedView } from '../replay.js';

@ObjectType('HistoryEvent', { description: 'An event of a ticket as it is in the log; it is never changed.' })
class HistoryEventType {
  @Field(() => ID, { description: 'Its id, unique in the stream.' })
  id!: string;

  @Field(() => String, { description: 'Its type, as in `TicketOpened` or `SlaBreached`.' })
  type!: string;

  @Field(() => Int, { description: "Its place in the ticket's stream, from 0." })
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

  @Field(() => [NoticeType], {
    description: 'What a reader should know of it where it is a fact, as the ticket stands now.',
  })
  notices!: Promise<readonly NoticeType[]>;

  @Field(() => String, { description: 'The content, in one line.' })
  summary!: string;

  @Field(() => JsonScalar, { description: 'The content, in full.' })
  data!: unknown;
}

const HistoryConnection = connectionOf('History', () => HistoryEventType, { isCounted: true });

@ArgsType()
class HistoryArgs extends PageArgs {
  @Field(() => ID, { description: "The ticket's id, or its reference." })
  id!: string;
}

@ArgsType()
class ReplayArgs {
  @Field(() => ID, { description: "The ticket's id, or its reference." })
  id!: string;

  @Field(() => InstantScalar, { nullable: true, description: 'As it stood then; now if it is left out.' })
  occurredBy?: number;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'As it was known then: by what had been recorded; all if it is left out.',
  })
  recordedBy?: number;
}

@Resolver()
export class AuditResolver {
  constructor(
    @Inject(EVENT_STORE) private readonly store: EventStore,
    @Inject(CATALOGUE) private readonly catalogue: Catalogue,
    @Inject(TIME_SOURCE) private readonly time: TimeSource,
    @Inject(READS) private readonly reads: Histories & Replays,
    @Inject(READERS) private readonly readers: Readers,
    private readonly barrier: ReadBarrier,
  ) {}

  @Requires('readHistory')
  @MayScan()
  @Query(() => HistoryConnection, {
    nullable: true,
    description: "A ticket's stream in the order of recording; empty for no such ticket.",
  })
  async ticketHistory(@Args() { id: name, minPosition, ...request }: HistoryArgs, @Asking() reader: Reader) {
    if (minPosition !== undefined) await this.barrier.seen(['tickets'], minPosition);
    const id = await this.idOf(name, reader);
    const read: ReadHistory = (part) => this.reads.history({ scope: reader.scope, id, ...part }, reader);
    const page = await readPage(historyList(read), givenValues(request));
    const rows = page.edges.map(({ node }) => node);
    const noticesOf = this.noticesIn(rows, id, reader);
    const length = once(() => lengthOf(read));
    return {
      ...withNodes(page, (row) => this.toType(row, noticesOf)),
      get totalCount() {
        return length();
      },
    };
  }

  @Requires('readHistory')
  @MayScan()
  @Query(() => TicketObjectType, {
    nullable: true,
    description:
      'A ticket and its clocks as they stood at an instant, and as they were known at another; null where it was not. Refused: OUT_OF_RANGE (beyond 2600).',
  })
  async replayTicket(@Args() { id: name, occurredBy, recordedBy }: ReplayArgs, @Asking() reader: Reader) {
    const at = occurredBy ?? this.time.now();
    const id = await this.idOf(name, reader);
    const question = { scope: reader.scope, id, occurredBy: at, recordedBy: recordedBy ?? Infinity };
    const replayed = await this.reads.replay(question, reader);
    const views = replayed === undefined ? [] : [replayedView(replayed)];
    const [ticket] = await toTicketTypes(views, this.catalogue, at);
    return ticket ?? null;
  }

  private idOf(name: string, reader: Reader): Promise<string> {
    const { store, readers, barrier } = this;
    return idOfTicket({ store, readers, barrier }, reader, name);
  }

  /** The notices of a page's events, which are found for who asks, once the read models have seen the page. */
  private noticesIn(rows: readonly HistoryRow[], id: string, reader: Reader): NoticesOf {
    const [first, last] = [rows[0], rows.at(-1)];
    const find = once(async () => {
      if (first === undefined || last === undefined) return new Map<number, readonly FactNoticeCode[]>();
      await this.barrier.seen(['tickets'], toCursor(this.store, last.position));
      return noticesBetween(this.readers.of(reader), id, first.revision, last.revision);
    });
    return async (row) => {
      const codes = (await find()).get(row.revision) ?? [];
      const isOpening = row.type === 'TicketOpened'; // of no other is the content read
      const ofOpening = isOpening ? await soon(openingNotices({ ...row, data: dataOf(row) }, this.catalogue)) : [];
      return [...codes.map((code) => noticeOf({ fact: row.id, code })), ...ofOpening];
    };
  }

  private toType(row: HistoryRow, noticesOf: NoticesOf): HistoryEventType {
    const { id, type, revision, metadata } = row;
    const { actor, occurredAt, recordedAt, source = null, causationId = null } = metadata;
    const data = () => dataOf(row);
    return {
      id,
      type,
      revision,
      position: toCursor(this.store, row.position),
      occurredAt,
      recordedAt,
      actor,
      onBehalfOf: reportedOf(metadata) ?? null,
      source,
      causedBy: causationId,
      get notices() {
        return noticesOf(row);
      },
      get summary() {
        return summaryOf({ ...row, data: data() });
      },
      get data() {
        return data();
      },
    };
  }
}

/** What a reader should know of an event. */
type NoticesOf = (row: HistoryRow) => Promise<readonly NoticeType[]>;

const dataOf = ({ data }: HistoryRow) => JSON.parse(data) as unknown;
