import { ticketIdOf } from '../../dist/tickets/domain/ticket-id.js';

/** Where the lines come from that data folders are made of. */
export const source = 'bench';

/** The id of a ticket in them. */
export const idOf = (ticket) => ticketIdOf({ source, externalId: ticket });
