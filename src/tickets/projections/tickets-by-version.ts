import { type Instant } from '../../business-time/calendar.js';
import { type Tx } from '../../read-models/read-model.js';
import { among } from '../../read-models/rows.js';
import { type RevisionsTable } from './recalculation-tables.js';
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
export async function pinnedByTicketOf(events: readonly StoredEvent[], tx: Tx): Promise<Map<string, PinnedByTicket>> {
  const ids = new Set(events.flatMap(({ data }) => (data as { readonly ticket?: string }).ticket ?? []));
  const pinned = new Map<string, PinnedByTicket>();
  const rows = await tx.selectFrom('tickets_by_version').selectAll().where('ticket', 'in', among(ids)).execute();
  for (const { ticket, versions: json, open, status_at: statusAt, chosen_at: chosenAt } of rows) {
    const versions = JSON.parse(json) as Oldest[];
    pinned.set(ticket, { versions, isOpen: open === 1, statusAt, chosenAt });
  }
  return pinned;
}

/** Whether a version is older than a revision of the same plan or calendar. */
export const isOlder = ({ kind, code, version }: Oldest, revision: RevisionsTable) =>
  kind === revision.kind && code === revision.code && version < revision.version;
