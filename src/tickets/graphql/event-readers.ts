import { FieldFault, type Read } from '../../parsing/fields.js';
import { commonFields } from '../domain/event-fields.js';
import { type EventForm, eventReader, readActor } from '../domain/read-event.js';

/** GraphQL has read an instant already, if there is one. */
const asRead: Read<number> = (value, field) => {
  if (typeof value !== 'number') throw new FieldFault(`${field} must be an instant`);
  return value;
};

const common = {
  occurredAt: { name: 'occurredAt', read: asRead },
  actor: { name: 'onBehalfOf', read: readActor },
  idempotencyKey: { name: 'idempotencyKey', read: commonFields.idempotencyKey.read },
  customer: { name: 'customer', read: commonFields.customer.read },
};
const reads = { messageAt: asRead, until: asRead };

/** Each mutation is for one event. */
export const mutations = {
  common: { ...common, ticket: { name: 'id', read: commonFields.ticket.read } },
  ...{ always: [], isShort: true, reads },
} satisfies EventForm<never>;

const bulk: EventForm<'ticket' | 'occurredAt'> = {
  common: { ...common, ticket: { name: 'ticket', read: commonFields.ticket.read } },
  ...{ always: ['ticket', 'occurredAt'], isShort: false, reads },
};

export const readMutation = eventReader<never>(mutations);
export const readBulk = eventReader(bulk);
