import { deriveId } from '../../event-sourcing/derive-id.js';
import { type TicketSource } from './facts.js';

/**
 * The id of a ticket of some system: everybody who names the same ticket names the same id. `ofCustomer` is given where its
 * sender may write for some customers alone: then the customer is part of it, so that nobody takes another's id.
 */
export const ticketIdOf = ({ source, externalId }: TicketSource, ofCustomer?: string): string =>
  deriveId('ticket', source, externalId, ...(ofCustomer === undefined ? [] : [ofCustomer]));
