import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type GraphQLResolveInfo } from 'graphql';
import { type RequestContext } from '../../auth/requires.js';
import { type EventStore } from '../../event-sourcing/event-store.js';
import { openingOf } from '../commands/other-ticket.js';
import { Unopened } from '../commands/unopened.js';
import { type ReportedType } from '../domain/facts.js';
import { type DocumentOpenings, openingsIn } from './document-openings.js';

/** Who sent a request, and the tickets that it was to open and did not: one document may hold many mutations. */
export interface Sender extends RequestContext {
  unopened?: Unopened;
  /** What those are called. */
  unopenedCalled?: Set<string>;
  /** What its document is to open. */
  openings?: DocumentOpenings;
}

/** The sender of a request, as a parameter of a resolver's method. */
export const From = createParamDecorator((_: unknown, host: ExecutionContext) => {
  const sender = host.getArgByIndex<Sender>(2);
  sender.openings ??= openingsIn(host.getArgByIndex<GraphQLResolveInfo>(3), sender.identity);
  return sender;
});

/** What a request left unopened; made with the first refusal, for most have none. */
export const unopenedBy = (sender: Sender): Unopened => (sender.unopened ??= new Unopened());

/** Fields of a report that name a ticket which it opens, as they came in: they may be wrong. */
interface Opening {
  readonly ticket?: unknown;
  readonly into?: unknown;
}

/** Remembers what a report was to open that failed as a whole. The mutations after it are carried out all the same. */
export function rememberFailed(sender: Sender, type: ReportedType, { ticket, into }: Opening): void {
  if (type === 'TicketOpened' && typeof ticket === 'string') unopenedBy(sender).add(ticket, 'opening');
  if (type === 'TicketSplit' && typeof into === 'string') unopenedBy(sender).add(into, 'split');
}

/**
 * Remembers of some tickets that the document will not open them, for others have their ids: another customer's, or one that
 * was not split off from that ticket. Mutations are carried out one after the other, and an opening may come last.
 */
export async function foreseeRefused(store: EventStore, sender: Sender, tickets: Iterable<string>): Promise<void> {
  for (const ticket of tickets) {
    const openings = sender.openings?.get(ticket) ?? [];
    const there = openings.length === 0 ? undefined : await openingOf(store, ticket);
    if (there === undefined) continue;
    for (const { by, of } of openings)
      if (of !== (by === 'split' ? there.splitFrom : there.customer)) unopenedBy(sender).add(ticket, by);
  }
}
