import { FieldFault, type Read } from '../../parsing/fields.js';
import { commonFields, eventFields } from '../domain/event-fields.js';
import { type ReportedType } from '../domain/facts.js';
import { type EventForm, eventReader, readActor, type Refuse, givesReference } from '../domain/read-event.js';

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
  ofSource: { name: 'source', read: eventFields.source.read },
  ofExternalId: { name: 'externalId', read: eventFields.externalId.read },
  ofReference: { name: 'reference', read: eventFields.reference.read },
};
const reads = { messageAt: asRead, until: asRead };

/** Each mutation is for one event. */
export const mutations = {
  common: { ...common, ticket: { name: 'id', read: commonFields.ticket.read } },
  ...{ always: [], isShort: true, reads },
} satisfies EventForm<never>;

const bulk: EventForm<'occurredAt'> = {
  common: { ...common, ticket: { name: 'ticket', read: commonFields.ticket.read } },
  ...{ always: ['occurredAt'], isShort: false, reads },
};

type Reader<Always extends 'occurredAt'> = ReturnType<typeof eventReader<Always>>;

/** A reader of events that name their tickets: once, by the id, by the source and the id there, or by the reference. */
const naming =
  <Always extends 'occurredAt'>(read: Reader<Always>, id: string): Reader<Always> =>
  (type, input, refuse) => {
    const fault = type === 'TicketOpened' ? undefined : namingFault(type, input, id);
    if (fault !== undefined) refuse(fault.field, `${fault.field} ${fault.why}`);
    const report = read(type, input, refuse);
    return fault === undefined ? report : undefined;
  };

/** What is wrong with how an event names its ticket; an opening names a new one. */
function namingFault(
  type: ReportedType,
  input: object,
  id: string,
): { readonly field: Parameters<Refuse>[0]; readonly why: string } | undefined {
  const reference = givesReference(type) ? 'ofReference' : 'reference';
  const [first, second] = [id, reference, 'source', 'externalId'].filter((name) => Reflect.get(input, name) != null);
  const all = `${id}, by source and externalId, or by ${reference}`;
  if (first === undefined) return { field: id, why: `is missing: name the ticket by ${all}` };
  if (second === undefined && first === 'source') return { field: 'externalId', why: 'must be given with source' };
  if (first === 'externalId') return { field: 'source', why: 'must be given with externalId' };
  if (second === undefined || first === 'source') return undefined;
  return { field: second, why: `must not be given with ${first}: name the ticket once, by ${all}` };
}

export const readMutation = naming(eventReader<never>(mutations), 'id');
export const readBulk = naming(eventReader(bulk), 'ticket');
