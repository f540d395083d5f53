import { Inject, Injectable } from '@nestjs/common';
import { ReadBarrier } from '../../api/graphql/read-barrier.js';
import { type Reader } from '../../auth/asker.js';
import { type Scope } from '../../auth/scope.js';
import { EVENT_STORE, READERS } from '../../di-tokens.js';
import { toCursor } from '../../event-sourcing/cursor.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { groupBy } from '../../event-sourcing/group-by.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { type Readers } from '../../read-models/scoped.js';
import { type TicketCommand } from '../domain/facts.js';
import { noTicket } from '../domain/recorded-facts.js';
import { ticketIdOf } from '../domain/ticket-id.js';
import { type ProposedTicket, ticketsAmong, ticketsCalled } from '../queries/tickets.js';
import { oneCalled } from '../ticket-named.js';

/** How a report names its ticket: in one way. */
export interface TicketName {
  readonly ticket?: string;
  readonly ofSource?: string;
  readonly ofExternalId?: string;
  readonly ofReference?: string;
  /** Whose ticket its sender says that it is. */
  readonly customer?: string;
}

/** What somebody calls a ticket, for messages: they know nothing of an id that was derived. */
export const calledBy = ({ ofExternalId, ofReference }: TicketName): string | undefined => ofExternalId ?? ofReference;

/** The same of a report: an opening names its ticket by the id that its source has for it. */
export const calledIn = (command: TicketCommand, name: TicketName): string | undefined =>
  command.type === 'OpenTicket' ? command.from?.externalId : calledBy(name);

/**
 * Finds the tickets that senders name. By source and external id an id derives; for a reference the read models propose tickets
 * that the sender may see, and the ticket itself says whether it is called so.
 */
@Injectable()
export class NamedTickets {
  constructor(
    @Inject(READERS) private readonly readers: Readers,
    @Inject(EVENT_STORE) private readonly store: EventStore,
    private readonly barrier: ReadBarrier,
  ) {}

  /**
   * The id of each ticket that is named, or why it cannot be told.
   * @param toBeOpened what the same request is to open
   * @throws Rejection what {@link ReadBarrier.seen} throws
   */
  async find(
    names: readonly TicketName[],
    reader: Reader,
    toBeOpened: readonly ProposedTicket[] = [],
  ): Promise<readonly (string | Rejection)[]> {
    const wanted = names.map((name) => candidatesOf(name, reader.scope));
    const called = names.flatMap(({ ofReference }) => ofReference ?? []);
    const unsure = wanted.filter((ids) => ids.length > 1).flat();
    if (called.length + unsure.length > 0) await this.seenAll();
    const db = this.readers.of(reader);
    const known = unsure.length === 0 ? [] : await ticketsAmong(db, unsure);
    const byId = groupBy([...known, ...toBeOpened], ({ id }) => id);
    const others = called.length === 0 ? [] : await ticketsCalled(db, called);
    const byReference = groupBy([...others, ...toBeOpened], ({ reference }) => reference);
    return names.map((name, i) => {
      const ids = wanted[i] ?? [];
      if (ids.length === 1) return ids[0] ?? noTicket('');
      const { ofReference, customer } = name;
      const found =
        ofReference === undefined ? ids.flatMap((id) => byId.get(id) ?? []) : (byReference.get(ofReference) ?? []);
      return oneCalled(found, calledBy(name) ?? '', customer);
    });
  }

  /** All that is recorded by now may be what is named. */
  private async seenAll(): Promise<void> {
    await this.barrier.seen(['tickets'], toCursor(this.store, await this.store.lastPosition()));
  }
}

/** The ids that a name may mean; of one that is limited to customers, the customer is part of what an id derives from. */
function candidatesOf({ ticket, ofSource, ofExternalId, customer }: TicketName, scope: Scope): readonly string[] {
  if (ticket !== undefined) return [ticket];
  if (ofSource === undefined || ofExternalId === undefined) return [];
  const from = { source: ofSource, externalId: ofExternalId };
  const owners = customer === undefined ? (scope === 'everyone' ? [] : [...scope]) : [customer];
  return [ticketIdOf(from), ...owners.map((owner) => ticketIdOf(from, owner))];
}

/** A refusal with what its sender calls the ticket, in place of an id that they did not name. */
export function inSendersWords(rejection: Rejection, id: string | null, called: string | undefined): Rejection {
  if (id === null || called === undefined || !rejection.message.includes(id)) return rejection;
  return new Rejection(
    rejection.code,
    rejection.message.replaceAll(id, () => called),
  );
}

/** What a sender calls tickets, by their ids. */
export type Words = readonly (readonly [id: string | null, called: string | undefined])[];

/** A refusal in its sender's words for each ticket that they did not name by its id. */
export const inWordsOf = (rejection: Rejection, words: Words): Rejection =>
  words.reduce((told, [id, called]) => inSendersWords(told, id, called), rejection);
