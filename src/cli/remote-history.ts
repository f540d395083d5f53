import { Rejection } from '../event-sourcing/rejection.js';
import { FieldFault, flag, listOf, object, optional, type Read } from '../parsing/fields.js';
import { ask, type Remote } from './remote.js';

/** Who did something, as the API has it. */
interface Doer {
  readonly id: string;
  readonly kind: string;
}

/** An event of a ticket, as the API has it. */
export interface RemoteEvent {
  readonly revision: number;
  readonly type: string;
  readonly occurredAt: string;
  readonly actor: Doer;
  readonly onBehalfOf: Doer | null;
  /** Their codes. */
  readonly notices: readonly string[];
  readonly summary: string;
  /** All that the server says of it. */
  readonly json: string;
}

interface Page {
  readonly events: readonly RemoteEvent[];
  /** Where the next one begins; null for the last. */
  readonly next: string | null;
}

const pageSize = 200;

const historyQuery = `query ($id: ID!, $after: String) {
  ticketHistory(id: $id, first: ${pageSize}, after: $after) {
    edges { node { id type revision position occurredAt recordedAt actor { id kind } onBehalfOf { id kind } source causedBy
      notices { code message about } summary data } }
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
  if (!isThere) throw new Rejection('TICKET_NOT_FOUND', `There is no ticket ${ticket}.`);
}

/** Events are numbered without a gap, so that a server cannot say the same page for ever. */
async function* eventsOf(remote: Remote, id: string): AsyncGenerator<RemoteEvent, void, undefined> {
  let after: string | null = null;
  let revision = 0;
  do {
    const page: Page = await ask(remote, historyQuery, { id, after }, (data) => pageOf(data, revision));
    yield* page.events;
    revision += page.events.length;
    after = page.next;
  } while (after !== null);
}

function pageOf(data: Record<string, unknown>, revision: number): Page {
  const { edges, pageInfo } = object(data['ticketHistory'], 'ticketHistory');
  const events = listOf(pageSize, eventIn)(edges, 'edges');
  const wrong = events.find((event, i) => event.revision !== revision + i);
  if (wrong !== undefined) throw new FieldFault(`event ${revision} of the ticket has the revision ${wrong.revision}`);
  const { hasNextPage, endCursor } = object(pageInfo, 'pageInfo');
  if (!flag(hasNextPage, 'hasNextPage')) return { events, next: null };
  if (events.length === 0) throw new FieldFault('a page without events has a next page');
  return { events, next: anyText(endCursor, 'endCursor') };
}

function eventIn(edge: unknown, path: string): RemoteEvent {
  const node = object(object(edge, path)['node'], `${path}.node`);
  const { revision, actor, onBehalfOf } = node;
  if (typeof revision !== 'number') throw new FieldFault(`${path}.revision must be a number`);
  const doerIn = (value: Record<string, unknown>): Doer => ({
    id: anyText(value['id'], `${path}.actor.id`),
    kind: anyText(value['kind'], `${path}.actor.kind`),
  });
  const behalf = optional(object)(onBehalfOf, `${path}.onBehalfOf`);
  return {
    revision,
    type: anyText(node['type'], `${path}.type`),
    occurredAt: anyText(node['occurredAt'], `${path}.occurredAt`),
    actor: doerIn(object(actor, `${path}.actor`)),
    onBehalfOf: behalf === undefined ? null : doerIn(behalf),
    notices: listOf(100, codeIn)(node['notices'], `${path}.notices`),
    summary: anyText(node['summary'], `${path}.summary`),
    json: JSON.stringify(node),
  };
}

const codeIn: Read<string> = (notice, path) => anyText(object(notice, path)['code'], `${path}.code`);

/** Text, be it empty. */
function anyText(value: unknown, field: string): string {
  if (typeof value !== 'string') throw new FieldFault(`${field} must be text`);
  return value;
}
