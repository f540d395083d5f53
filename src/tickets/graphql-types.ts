/** The types of tickets, for other slices' types to hold. */
export { SelfHelpType, TicketType, toTicketTypes } from './graphql/ticket.type.js';
