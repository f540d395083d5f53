import { sql } from 'kysely';
import { type Instant } from '../../business-time/calendar.js';
import { type ReadModel, type Tx } from '../../read-models/read-model.js';
import { chunks, upsert } from '../../read-models/rows.js';
import { type StoredEvent } from '../../event-sourcing/event-store.js';
import { type CalendarEvent, type PlanEvent } from '../../catalogue/domain/catalogue-events.js';
import { calendarsOf, type PinnedVersions } from '../../clocks/pinned-versions.js';
import { type FactEvent, type OutcomeEvent } from '../domain/ticket-event-types.js';
import { type RecalculationsTable, recalculationTables, type RevisionsTable } from './recalculation-tables.js';
import { type PinnedByTicket, pinnedByTicketOf, isOlder, type Oldest } from './tickets-by-version.js';

/**
 * What is still to be recalculated under revisions that apply to open tickets: the state of the policy that does it.
 * Tickets are candidates, rather too many than too few: each ticket's decider has the word, and its event takes it off the
 * list.
 */
export const recalculationsProjection: ReadModel = {
  name: 'recalculations',
  version: 6,
  tables: recalculationTables,
  types: [
    ...['PlanRevised', 'CalendarRevised', 'TicketOpened', 'SlaClockStarted', 'TicketReopened', 'TicketRestored'],
    ...['TicketClosed', 'TicketCancelled', 'TicketMerged', 'PlanReapplied'],
  ],
  async apply(events, tx) {
    const list = new List(await tx.selectFrom('revisions').selectAll().execute(), await pinnedByTicketOf(events, tx));
    for (const event of events) {
      if (isRevision(event)) {
        await list.save(tx); // what came before is found in the rows
        await list.begin(revisionIn(event), tx);
      } else list.take(event as StoredEvent & RecalculationEvent);
    }
    await list.save(tx);
  },
};

type RecalculationEvent =
  | Extract<
      FactEvent,
      {
        type:
          | 'TicketOpened'
          | 'TicketReopened'
          | 'TicketRestored'
          | 'TicketClosed'
          | 'TicketCancelled'
          | 'TicketMerged'
          | 'PlanReapplied';
      }
    >
  | Extract<OutcomeEvent, { type: 'SlaClockStarted' }>;

type Reapplied = Extract<RecalculationEvent, { type: 'PlanReapplied' }>['data'];

type RevisionEvent = Extract<PlanEvent | CalendarEvent, { type: 'PlanRevised' | 'CalendarRevised' }>;

const isRevision = (event: StoredEvent): event is StoredEvent & RevisionEvent =>
  event.type === 'PlanRevised' || event.type === 'CalendarRevised';

/** A revision, and when it comes into force for tickets: nobody can have gone by it before it was recorded. */
function revisionIn({ type, data, metadata }: RevisionEvent): RevisionsTable | undefined {
  const { code, version, effectiveFrom, appliesToOpenTickets } = data;
  if (!appliesToOpenTickets) return undefined;
  const at = Math.max(effectiveFrom ?? -Infinity, metadata.recordedAt);
  return { kind: type === 'PlanRevised' ? 'plan' : 'calendar', code, version, at };
}

/** The list with what a batch of events makes of it. */
class List {
  private readonly changed = new Set<string>();
  private readonly added = new Map<string, RecalculationsTable>();
  private readonly removed = new Map<string, RecalculationsTable>();

  constructor(
    private readonly revisions: RevisionsTable[],
    private readonly pinned: Map<string, PinnedByTicket>,
  ) {}

  take(event: StoredEvent & RecalculationEvent): void {
    const { ticket } = event.data;
    const at = Math.min(event.metadata.occurredAt, event.metadata.recordedAt);
    switch (event.type) {
      case 'TicketOpened':
      case 'SlaClockStarted':
        this.pin(ticket, event.data.terms, at);
        break;
      case 'TicketReopened':
      case 'TicketRestored':
        this.turn(ticket, true, at);
        for (const oldest of this.pinned.get(ticket)?.versions ?? []) this.add(ticket, oldest);
        break;
      case 'TicketClosed':
      case 'TicketCancelled':
      case 'TicketMerged':
        this.turn(ticket, false, at);
        // By then it is closed, unless it was reopened later.
        if (this.pinned.get(ticket)?.isOpen === false) this.remove(ticket, (revision) => revision.at >= at);
        break;
      case 'PlanReapplied':
        this.reapplied(ticket, event.data, at);
    }
  }

  /** A revision that applies to open tickets: every one under an older version comes on the list. */
  async begin(revision: RevisionsTable | undefined, tx: Tx): Promise<void> {
    if (revision === undefined) return;
    this.revisions.push(revision);
    await upsert(tx, 'revisions', ['kind', 'code', 'version'], [revision]);
    const open = await tx
      .selectFrom('tickets_by_version')
      .select(['ticket', 'versions'])
      .where('open', '=', 1)
      .execute();
    const found = open.filter(({ versions }) =>
      (JSON.parse(versions) as readonly Oldest[]).some((oldest) => isOlder(oldest, revision)),
    );
    await upsert(
      tx,
      'recalculations',
      key,
      found.map(({ ticket }) => ({ ticket, ...revision })),
    );
  }

  async save(tx: Tx): Promise<void> {
    const rows = [...this.changed].flatMap((ticket) => {
      const pinned = this.pinned.get(ticket);
      if (pinned === undefined) return [];
      const { versions, isOpen, statusAt, chosenAt } = pinned;
      const open = isOpen ? 1 : 0;
      return [{ ticket, versions: JSON.stringify(versions), open, status_at: statusAt, chosen_at: chosenAt }];
    });
    await upsert(tx, 'tickets_by_version', ['ticket'], rows);
    await upsert(tx, 'recalculations', key, [...this.added.values()]);
    for (const part of chunks([...this.removed.values()], 4)) {
      const keys = part.map(({ ticket, kind, code, version }) => sql`(${ticket}, ${kind}, ${code}, ${version})`);
      await sql`DELETE FROM recalculations WHERE (ticket, kind, code, version) IN (VALUES ${sql.join(keys)})`.execute(
        tx,
      );
    }
    for (const part of [this.changed, this.added, this.removed]) part.clear();
  }

  private pin(ticket: string, terms: PinnedVersions, at: Instant): void {
    const pinned = this.pinned.get(ticket) ?? { versions: [], isOpen: true, statusAt: at, chosenAt: null };
    this.pinned.set(ticket, pinned);
    for (const ref of [{ kind: 'plan', ...terms.plan }, ...calendarRefs(terms)]) {
      const known = pinned.versions.find(({ kind, code }) => kind === ref.kind && code === ref.code);
      if (known !== undefined && known.version < ref.version) continue;
      if (pinned.isOpen) this.add(ticket, ref); // a reply may take up a clock of a ticket that stays closed
      if (known?.version === ref.version) continue;
      if (known === undefined) pinned.versions.push(ref);
      else known.version = ref.version;
      this.changed.add(ticket);
    }
  }

  /** Opened or ended, unless something later says otherwise. */
  private turn(ticket: string, isOpen: boolean, at: Instant): void {
    const pinned = this.pinned.get(ticket);
    if (pinned === undefined || pinned.statusAt > at) return;
    pinned.isOpen = isOpen;
    pinned.statusAt = at;
    this.changed.add(ticket);
  }

  private add(ticket: string, oldest: Oldest): void {
    const { chosenAt, isOpen, statusAt } = this.pinned.get(ticket) ?? { chosenAt: null, isOpen: true, statusAt: 0 };
    for (const revision of this.revisions) {
      if (!isOlder(oldest, revision) || revision.at < (chosenAt ?? -Infinity)) continue;
      if (!isOpen && revision.at >= statusAt) continue;
      const row = { ticket, ...revision };
      this.removed.delete(keyOf(row));
      this.added.set(keyOf(row), row);
    }
  }

  /** Recalculated under other versions: revisions up to them are done with. */
  private reapplied(ticket: string, { because, terms }: Reapplied, at: Instant): void {
    const pinned = this.pinned.get(ticket);
    if (pinned === undefined) return;
    const reached = reachedBy(because, terms);
    for (const { kind, code, version } of reached) {
      const isOf = (other: Oldest) => other.kind === kind && other.code === code;
      this.remove(ticket, (revision) => isOf(revision) && revision.version <= version);
      for (const oldest of pinned.versions.filter(isOf)) oldest.version = Math.max(oldest.version, version);
    }
    if (because === 'reapplied') pinned.chosenAt = Math.max(pinned.chosenAt ?? at, at);
    // What it goes on under from then on may have been revised since, though it is recorded only now.
    const under = because === 'reapplied' ? reached : [];
    if (because === 'planRevised') under.push(...calendarRefs(terms));
    for (const ref of under) {
      const known = pinned.versions.find(({ kind, code }) => kind === ref.kind && code === ref.code);
      if (known !== undefined && known.version <= ref.version) continue;
      if (known === undefined) pinned.versions.push(ref);
      else known.version = ref.version;
      this.add(ticket, ref);
    }
    this.changed.add(ticket);
  }

  private remove(ticket: string, isOver: (revision: RevisionsTable) => boolean): void {
    const versions = this.pinned.get(ticket)?.versions ?? [];
    for (const revision of this.revisions.filter(isOver)) {
      if (!versions.some(({ kind, code }) => kind === revision.kind && code === revision.code)) continue;
      const row = { ticket, ...revision };
      this.added.delete(keyOf(row));
      this.removed.set(keyOf(row), row);
    }
  }
}

/** The versions that what was laid out anew is under now. */
function reachedBy(because: Reapplied['because'], terms: PinnedVersions): Oldest[] {
  const plan = { kind: 'plan', ...terms.plan };
  switch (because) {
    case 'reapplied':
      return [plan, ...calendarRefs(terms)];
    case 'planRevised':
      return [plan];
    case 'calendarRevised':
      return [{ kind: 'calendar', ...terms.calendar }];
  }
}

const calendarRefs = (terms: PinnedVersions) => calendarsOf(terms).map((ref) => ({ kind: 'calendar', ...ref }));

const key = ['ticket', 'kind', 'code', 'version'] as const;

const keyOf = ({ ticket, kind, code, version }: RecalculationsTable) => JSON.stringify([ticket, kind, code, version]);
