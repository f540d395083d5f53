import { type Tx } from '../../read-models/read-models.js';
import { upsert } from '../../read-models/rows.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';
import { type Projection } from '../../event-sourcing/projection-processor.js';
import { calendarEventTypes, customerEventTypes, planEventTypes } from '../domain/events.js';

const types = { plan: planEventTypes, calendar: calendarEventTypes, customer: customerEventTypes } as const;

/** What a row of the catalogue is about. */
export type Kind = keyof typeof types;

const kindOf = new Map(
  Object.entries(types).flatMap(([kind, events]) => events.map((type): [string, Kind] => [type, kind as Kind])),
);

/** Plans, calendars and customers: what was recorded of each, for their history to be read from. */
export const catalogueProjection: Projection<Tx> = {
  name: 'catalogue',
  version: 3,
  types: [...kindOf.keys()],
  async apply(events, tx) {
    await upsert(tx, 'catalogue', ['kind', 'code', 'revision'], events.map(toRow));
  },
};

function toRow({ type, data, metadata, revision }: StoredEvent) {
  const kind = kindOf.get(type);
  if (kind === undefined) throw new Error(`${type} is no event of the catalogue`);
  const { code, customer } = data as { readonly code?: string; readonly customer?: string };
  return { kind, code: code ?? customer ?? '', revision, event: JSON.stringify({ type, data, metadata }) };
}
