import { type Identity } from '../../auth/identity.js';
import { deriveId } from '../../event-sourcing/derive-id.js';
import { customerIdOf } from '../../parsing/customer-id.js';
import { ticketIdOf } from '../domain/ticket-id.js';

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
