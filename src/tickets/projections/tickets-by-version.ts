import { type Instant } from '../../business-time/calendar.js';
import { type Tx } from '../../read-models/read-models.js';
import { among } from '../../read-models/rows.js';
import { type RevisionsTable } from '../../read-models/schema.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';

/** Of a plan or calendar, the oldest version that something on a ticket is under. */
export interface Oldest {
  readonly kind: string;
  readonly code: string;
  version: number;
}

/** What a ticket is under. */
export interface PinnedByTicket {
  readonly versions: Oldest[];
  isOpen: boolean;
  statusAt: Instant;
  /** When somebody last chose its versions; null where nobody did. */
  chosenAt: Instant | null;
}

/** What the tickets of a batch are under. */
export async function governedOf(events: readonly StoredEvent[], tx: Tx): Promise<Map<string, PinnedByTicket>> {
  const ids = new Set(events.flatMap(({ data }) => (data as { readonly ticket?: string }).ticket ?? []));
  const governed = new Map<string, PinnedByTicket>();
  const rows = await tx.selectFrom('governed').selectAll().where('ticket', 'in', among(ids)).execute();
  for (const { ticket, versions: json, open, status_at: statusAt, chosen_at: chosenAt } of rows) {
    const versions = JSON.parse(json) as Oldest[];
    governed.set(ticket, { versions, isOpen: open === 1, statusAt, chosenAt });
  }
  return governed;
}

/** Whether a version is older than a revision of the same plan or calendar. */
export const isOlder = ({ kind, code, version }: Oldest, revision: RevisionsTable) =>
  kind === revision.kind && code === revision.code && version < revision.version;
