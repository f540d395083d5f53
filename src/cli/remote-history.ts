import { Rejection } from '../event-sourcing/rejection.js';
import { ask, type Remote } from './remote.js';

/** An event of a ticket, as the API has it. */
export interface RemoteEvent {
  readonly revision: number;
  readonly type: string;
  readonly occurredAt: string;
  readonly actor: { readonly id: string };
  readonly onBehalfOf: { readonly id: string } | null;
  readonly flags: readonly string[];
  readonly summary: string;
}

interface History {
  readonly ticketHistory: {
    readonly edges: readonly { readonly node: RemoteEvent }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

const historyQuery = `query ($id: ID!, $afterCursor: String) {
  ticketHistory(id: $id, first: 200, afterCursor: $afterCursor) {
    edges { node { id type revision position occurredAt recordedAt actor { id kind } onBehalfOf { id kind } source causedBy
      flags summary data } }
    pageInfo { hasNextPage endCursor }
  }
}`;

/** The history of a ticket by its id or reference, from a server. @throws Rejection `TICKET_NOT_FOUND`, and what {@link ask} throws */
export async function* remoteHistory(remote: Remote, ticket: string): AsyncGenerator<RemoteEvent, void, undefined> {
  let isThere = false;
  for await (const event of eventsOf(remote, ticket)) {
    isThere = true;
    yield event;
  }
  if (isThere) return;
  const named = await ask<{ readonly ticket: { readonly id: string } | null }>(
    remote,
    'query ($id: ID!) { ticket(id: $id) { id } }',
    { id: ticket },
  );
  if (named.ticket === null) throw new Rejection('TICKET_NOT_FOUND', `There is no ticket ${ticket}.`);
  yield* eventsOf(remote, named.ticket.id);
}

async function* eventsOf(remote: Remote, id: string): AsyncGenerator<RemoteEvent, void, undefined> {
  let afterCursor: string | null = null;
  do {
    const { ticketHistory }: History = await ask<History>(remote, historyQuery, { id, afterCursor });
    for (const { node } of ticketHistory.edges) yield node;
    afterCursor = ticketHistory.pageInfo.hasNextPage ? ticketHistory.pageInfo.endCursor : null;
  } while (afterCursor !== null);
}
