import { type Identity } from '../../auth/identity.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { customerIdOf } from '../../parsing/customer-id.js';
import { type TicketCommand } from '../domain/facts.js';
import { ticketIdOf } from '../domain/ticket-id.js';
import { type OtherName } from './event-readers.js';

/** What the id of a new ticket derives from, as it came in: it may be wrong. */
export interface NamedOpening {
  readonly source?: unknown;
  readonly externalId?: unknown;
  readonly customer?: unknown;
  readonly idempotencyKey?: unknown;
}

/** The id that derives from an opening, so that opening it twice opens one; undefined: it needs a new one. */
export function openingId(
  { source, externalId, customer, idempotencyKey }: NamedOpening,
  { actor, scope }: Pick<Identity, 'actor' | 'scope'>,
): string | undefined {
  if (typeof source === 'string' && typeof externalId === 'string') {
    const owner = typeof customer === 'string' ? customerIdOf(customer) : undefined;
    return ticketIdOf({ source, externalId }, scope === 'everyone' ? undefined : owner);
  }
  return typeof idempotencyKey === 'string' ? deriveId('ticket-by-key', actor.id, idempotencyKey) : undefined;
}

/** A split into a new ticket that its sender names by a source and the id there: as an opening of that name would have it. */
export function splitInto(
  split: Extract<TicketCommand, { type: 'SplitTicket' }>,
  { ofSource: source = '', ofExternalId: externalId = '' }: OtherName,
  { identity, customer }: { readonly identity: Pick<Identity, 'scope'>; readonly customer: string | undefined },
): typeof split {
  const from = { source, externalId };
  const into = ticketIdOf(from, identity.scope === 'everyone' ? undefined : customer);
  return { reference: externalId, ...split, into, from };
}
