import { Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { type Identity } from '../../auth/identity.js';
import { Caller, Requires } from '../../auth/requires.js';
import { type Scope } from '../../auth/scope.js';
import { toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { recordedBy } from '../../graphql/actor.js';
import { Faults } from '../../graphql/faults.js';
import { EVENT_STORE } from '../../tokens.js';
import { ChangeTicket, type RequestOutcome, type TicketRequest } from '../commands/change-ticket.js';
import {
  faultOf,
  orderOf,
  RecordedTicketEventType,
  RecordTicketEventsArgs,
  type TicketEventInput,
  TicketEventsRecordedType,
} from './record-events.js';

const mostEvents = 1_000;

@Resolver()
export class RecordEvents {
  constructor(
    private readonly bus: CommandBus,
    @Inject(EVENT_STORE) private readonly store: EventStore,
  ) {}

  @Requires('report')
  @Mutation(() => TicketEventsRecordedType, {
    description: 'Records what happened to many tickets, of any age; one event refused stops no other.',
  })
  async recordTicketEvents(
    @Args() { events }: RecordTicketEventsArgs,
    @Caller() caller: Identity,
  ): Promise<TicketEventsRecordedType> {
    expectSound(events);
    const indexes = new Map<string, number[]>();
    for (const [index, { ticket }] of events.entries()) indexes.set(ticket, [...(indexes.get(ticket) ?? []), index]);
    const results = new Array<RecordedTicketEventType>(events.length);
    const positions = await Promise.all(
      [...indexes].map(async ([ticket, own]) => {
        const { outcomes, position } = await this.changed(
          caller.scope,
          ticket,
          own.map((index) => requestOf(events[index], caller)),
        );
        for (const [i, index] of own.entries()) results[index] = resultOf(index, ticket, outcomes[i]);
        return position;
      }),
    );
    const last = positions.reduce((latest, position) => (position > latest ? position : latest));
    return { results, position: toCursor(this.store, last) };
  }

  /** A refusal of the ticket as a whole refuses each of its events. */
  private async changed(scope: Scope, ticket: string, requests: readonly TicketRequest[]) {
    // An opening under fresh ids most likely is one; where it is not, its append finds out.
    const isNew = requests[0]?.order.type === 'OpenTicket' && requests.every((r) => r.idempotencyKey === undefined);
    try {
      return await this.bus.execute(new ChangeTicket(scope, ticket, requests, isNew));
    } catch (rejection) {
      if (!(rejection instanceof Rejection)) throw rejection;
      const outcomes = requests.map((): RequestOutcome => ({ kind: 'rejected', rejection }));
      return { outcomes, position: await this.store.lastPosition() };
    }
  }
}

function expectSound(events: readonly TicketEventInput[]): void {
  const faults = new Faults();
  if (events.length === 0 || events.length > mostEvents) faults.add('events', `must be 1 to ${mostEvents}`);
  for (const [index, event] of events.entries()) {
    const message = faultOf(event);
    if (message !== undefined) faults.add(`events.${index}`, message);
    if (faults.isFull) break;
  }
  if (!faults.isEmpty) throw faults.asError(({ path, message }) => `${path}: ${message}`);
}

function requestOf(input: TicketEventInput | undefined, caller: Identity): TicketRequest {
  if (input === undefined) throw new Error('an event that was grouped is not there');
  const { occurredAt, onBehalfOf, idempotencyKey } = input;
  return {
    order: orderOf(input),
    occurredAt,
    ...recordedBy(caller, onBehalfOf),
    ...(idempotencyKey == null ? {} : { idempotencyKey }),
  };
}

function resultOf(index: number, ticket: string, outcome: RequestOutcome | undefined): RecordedTicketEventType {
  const refusal = outcome?.kind === 'rejected' ? outcome.rejection : null;
  const { code = null, message = null } = refusal ?? {};
  return { index, ticket, outcome: outcome?.kind ?? 'rejected', code, message };
}
