import { FieldFault, type Read } from '../../parsing/fields.js';
import { commonFields, eventFields } from '../domain/event-fields.js';
import { type ReportedType } from '../domain/facts.js';
import { namingFault, type NamingFields } from '../domain/naming.js';
import {
  type EventForm,
  eventReader,
  givesReference,
  readActor,
  type Refuse,
  type Report,
  type ReportMetadata,
} from '../domain/read-event.js';

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
const reads = {
  ...{ messageAt: asRead, until: asRead },
  ...{ preferredFrom: asRead, preferredUntil: asRead, startsAt: asRead, endedAt: asRead },
};

/** Each mutation is for one event. */
export const mutations = {
  common: { ...common, ticket: { name: 'id', read: commonFields.ticket.read } },
  ...{ always: [], isShort: true, reads },
} satisfies EventForm<never>;

const bulk: EventForm<'occurredAt'> = {
  common: { ...common, ticket: { name: 'ticket', read: commonFields.ticket.read } },
  ...{ always: ['occurredAt'], isShort: false, reads },
};

/** How a sender calls a ticket whose id they do not give. */
export type OtherName = Partial<Pick<ReportMetadata, 'ofSource' | 'ofExternalId' | 'ofReference'>>;

/** What an event of two tickets calls the other one, where it does not give its id. */
export const otherNames = {
  ofSource: 'intoSource',
  ofExternalId: 'intoExternalId',
  ofReference: 'intoReference',
} as const satisfies Record<keyof OtherName, string>;

const readsOfOther = { ofSource: common.ofSource, ofExternalId: common.ofExternalId, ofReference: common.ofReference };

/** In the place of an id that is still to be found. */
const toBeFound = '-';

type Reader<Always extends 'occurredAt'> = ReturnType<typeof eventReader<Always>>;
type NamingReader<Always extends 'occurredAt'> = (
  ...given: Parameters<Reader<Always>>
) => (Report<Always> & { readonly other?: OtherName }) | undefined;

/** A reader of events that name their tickets: once, by the id, by the source and the id there, or by the reference. */
const naming =
  <Always extends 'occurredAt'>(read: Reader<Always>, id: string): NamingReader<Always> =>
  (type, input, refuse) => {
    const reference = givesReference(type) ? 'ofReference' : 'reference';
    const own: NamingFields = { ids: [id], source: 'source', externalId: 'externalId', reference };
    const fault = type === 'TicketOpened' ? undefined : namingFault(own, input);
    if (fault !== undefined) refuse(fault.field, `${fault.field} ${fault.why}`);
    const other = otherIn(type, input, refuse);
    const report = read(type, other?.input ?? input, refuse);
    if (fault !== undefined || report === undefined || other?.name === undefined) return fault ? undefined : report;
    return other.isFaulty ? undefined : { ...report, other: other.name };
  };

/** What an event of two tickets calls the other one, and the event without that; undefined where it gives the id. */
function otherIn(type: ReportedType, input: object, refuse: Refuse) {
  if (type !== 'TicketMerged' && type !== 'TicketSplit') return undefined;
  const { ofSource: source, ofExternalId: externalId, ofReference: reference } = otherNames;
  // A ticket that is split off is new: nobody calls it by a reference yet.
  const names: NamingFields = { ids: ['into'], source, externalId, ...(type === 'TicketMerged' ? { reference } : {}) };
  if (![source, externalId, reference].some((field) => Reflect.get(input, field) != null)) return undefined;
  const { [source]: _, [externalId]: __, ...rest } = input as Record<string, unknown>;
  const { [reference]: ___, ...without } = rest;
  const name: Record<string, unknown> = {};
  let isFaulty = false;
  const refused = (field: string, fault: string) => {
    isFaulty = true;
    refuse(field, fault);
  };
  const fault = namingFault(names, input);
  if (fault !== undefined) refused(fault.field, `${fault.field} ${fault.why}`);
  for (const [key, field] of Object.entries(otherNames) as [keyof OtherName, string][]) {
    const value: unknown = Reflect.get(input, field);
    if (value == null) continue;
    try {
      name[key] = readsOfOther[key].read(value, field);
    } catch (error) {
      if (!(error instanceof FieldFault)) throw error;
      refused(field, error.message);
    }
  }
  const given = type === 'TicketMerged' ? without : rest;
  return { input: { ...given, into: toBeFound }, name: name as OtherName, isFaulty };
}

export const readMutation = naming(eventReader<never>(mutations), 'id');
export const readBulk = naming(eventReader(bulk), 'ticket');
