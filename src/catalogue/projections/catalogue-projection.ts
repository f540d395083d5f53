import { sql } from 'kysely';
import { type ReadModel } from '../../read-models/read-model.js';
import { type Json } from '../../read-models/schema.js';
import { upsert } from '../../read-models/rows.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';
import {
  calendarEventTypes,
  customerEventTypes,
  joinEventTypes,
  planEventTypes,
  wordEventTypes,
  wordsStream,
} from '../domain/catalogue-events.js';

const types = {
  plan: planEventTypes,
  calendar: calendarEventTypes,
  customer: customerEventTypes,
  join: joinEventTypes,
  word: wordEventTypes,
} as const;

/** What a row of the catalogue is about. */
export type Kind = keyof typeof types;

const kindOf = new Map(
  Object.entries(types).flatMap(([kind, events]) => events.map((type): [string, Kind] => [type, kind as Kind])),
);

/** What was recorded of plans, calendars, customers and words: one row an event, for histories to be read from. */
export interface CatalogueTable {
  kind: string;
  code: string;
  /** The event's place in its stream, from 0. */
  revision: number;
  event: Json;
}

declare module '../../read-models/schema.js' {
  interface Schema {
    catalogue: CatalogueTable;
  }
}

/** Plans, calendars, customers and words: what was recorded of each, for their history to be read from. */
export const catalogueProjection: ReadModel = {
  name: 'catalogue',
  version: 5,
  tables: {
    catalogue: {
      visible: (column, theirs) =>
        sql`(${column('kind')} NOT IN ('customer', 'join') OR ${column('code')} IN ${theirs})`,
      create: [
        sql`CREATE TABLE catalogue (
          kind TEXT NOT NULL, code TEXT NOT NULL, revision INTEGER NOT NULL, event TEXT NOT NULL,
          PRIMARY KEY (kind, code, revision)
        )`,
      ],
    },
  },
  types: [...kindOf.keys()],
  async apply(events, tx) {
    await upsert(tx, 'catalogue', ['kind', 'code', 'revision'], events.flatMap(toRows));
  },
};

function toRows({ type, data, metadata, revision }: StoredEvent) {
  const kind = kindOf.get(type);
  if (kind === undefined) throw new Error(`${type} is no event of the catalogue`);
  const { code, customer, into } = data as {
    readonly code?: string;
    readonly customer?: string;
    readonly into?: string;
  };
  // All words are in one stream, so they have one history together.
  const key = kind === 'word' ? wordsStream : (code ?? customer ?? '');
  // A join is of both customers: each of them shows it, to whoever may see that one.
  const keys = kind === 'join' && into !== undefined ? [key, into] : [key];
  return keys.map((each) => ({ kind, code: each, revision, event: JSON.stringify({ type, data, metadata }) }));
}
