import { Inject } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { Args, ArgsType, Field, Resolver, Subscription } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';
import { type Reader } from '../../auth/asker.js';
import { Asking, Requires } from '../../auth/requires.js';
import { expectReached, fromCursor, toCursor } from '../../event-sourcing/cursor.js';
import { soon } from '../../event-sourcing/soon.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { abortable } from '../../api/graphql/abortable.js';
import { withCustomerIds } from '../../api/graphql/filters.js';
import { givenValues } from '../../api/graphql/relay-connection.js';
import { PositionScalar } from '../../api/graphql/scalars.js';
import { EVENT_STORE } from '../../di-tokens.js';
import { Feed, type FeedMessage, type FeedOptions, SubscriberTooSlow } from '../feed.js';
import { unknownIn } from '../../tickets/unknown-in-filter.js';
import { type Notice } from '../../event-sourcing/notice.js';
import { type FeedEvent } from '../domain/feed-event.js';
import {
  SlaEventFilterInput,
  type SlaEventType,
  SlaFeedMessageType,
  SlaHeartbeatType,
  toFeedFilter,
  toSlaEventType,
} from './sla-event.types.js';

@ArgsType()
class SlaEventsArgs {
  @Field(() => PositionScalar, {
    nullable: true,
    description: "The cursor of the last message seen, or a mutation's position; from now on if it is left out.",
  })
  after?: string;

  @Field(() => SlaEventFilterInput, { nullable: true, description: 'Which of them.' })
  filter?: SlaEventFilterInput;
}

const shown = Symbol('shown');

/** An event as the API shows it, made once for all who hear of it: a weak map of them costs the garbage collector more. */
interface Remembered extends FeedEvent {
  [shown]?: SlaEventType;
}

function shownOf(event: Remembered, cursor: string): SlaEventType {
  const known = event[shown] ?? toSlaEventType(event, cursor);
  event[shown] = known;
  return known;
}

@Resolver()
export class SlaEventsResolver {
  constructor(
    private readonly feed: Feed,
    private readonly bus: QueryBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Requires('readTickets')
  @Subscription(() => SlaFeedMessageType, {
    description:
      'Warnings, breaches and what became of them: first what was missed since `after`, then live, in order, each once. Ends with SUBSCRIBER_TOO_SLOW, and the `cursor` to come back with in its extensions, where a subscriber falls 10,000 events behind.',
    resolve: (message: SlaFeedMessageType) => message,
  })
  async slaEvents(
    @Args() { after, filter }: SlaEventsArgs,
    @Asking() reader: Reader,
  ): Promise<AsyncIterableIterator<SlaFeedMessageType>> {
    const from = after === undefined ? {} : { after: fromCursor(this.store, after) };
    if (from.after !== undefined) await soon(expectReached(this.store, from.after));
    const wanted = toFeedFilter(filter);
    const notices = unknownIn(this.bus, reader, withCustomerIds(givenValues(filter)), undefined);
    return abortable(
      (signal) => this.listen({ scope: reader.scope, ...from, filter: wanted, signal }),
      (message) => this.toType(message, notices),
    );
  }

  private async *listen(options: FeedOptions): AsyncGenerator<FeedMessage, void, undefined> {
    try {
      yield* this.feed.listen(options);
    } catch (error) {
      if (!(error instanceof SubscriberTooSlow)) throw error;
      const extensions = { code: 'SUBSCRIBER_TOO_SLOW', cursor: toCursor(this.store, error.position) };
      throw new GraphQLError('Too many events wait for this subscriber; subscribe again with the cursor.', {
        extensions,
      });
    }
  }

  private toType(message: FeedMessage, notices: () => Promise<readonly Notice[]>): SlaFeedMessageType {
    const cursor = toCursor(this.store, message.position);
    if (message.kind === 'heartbeat') return new SlaHeartbeatType(cursor, notices);
    return shownOf(message.event, cursor);
  }
}
