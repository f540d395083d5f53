import type { Database, Transaction } from '../../storage/sqlite.js';
import {
  type Appended,
  type EventMetadata,
  type ExpectedRevision,
  markOf,
  type NewEvent,
  type Position,
} from '../../event-sourcing/event-store.js';
import { type LastSeen } from '../last-seen.js';
import { type OpenFiles } from './open-files.js';

/** An event as its row has it: content as text, so that it travels between threads at little cost. */
export interface EventText {
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

export interface AppendRequest {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly EventText[];
}

/** Why an append failed. */
export interface Failure {
  /** As SQLite has it, where it was SQLite. */
  readonly code: string | undefined;
  readonly message: string;
}

export function failed(error: unknown): Extract<AppendOutcome, { kind: 'failed' }> {
  const { code, message = String(error) } = error as { readonly code?: string; readonly message?: string };
  return { kind: 'failed', code, message };
}

/** What became of an append. */
export type AppendOutcome =
  /** `repeated`: it had been done before, and is answered as then. */
  | ({ readonly kind: 'appended' | 'repeated' } & Appended)
  | { readonly kind: 'conflict'; readonly actual: ExpectedRevision }
  | { readonly kind: 'idReused' }
  /** In words: an error of SQLite loses its own on the way between threads. */
  | ({ readonly kind: 'failed' } & Failure);

export const toText = ({ id, type, data, metadata }: NewEvent): EventText => ({
  id,
  type,
  data: JSON.stringify(data),
  metadata: JSON.stringify(metadata),
});

export const toPosition = (n: number): Position => String(n).padStart(16, '0');

/** Appends to the log in groups, each one transaction. A group judges each append by itself: a loser leaves no trace. */
export class Appender {
  private readonly sql;
  private head: number;
  private readonly logId: string;
  private readonly transaction: Transaction<(requests: readonly AppendRequest[]) => AppendOutcome[]>;

  constructor(
    private readonly db: Database,
    private readonly files: OpenFiles,
    private readonly lastSeen?: LastSeen,
  ) {
    this.sql = prepareStatements(db);
    this.head = (this.sql.last.get() as { last: number }).last;
    this.logId = (this.sql.logId.get() as { value: string }).value;
    this.transaction = db.transaction((requests: readonly AppendRequest[]) =>
      requests.map((request) => this.append(request)),
    );
  }

  /** Commits a group: when it returns, what it says was appended survives a power cut. Throws where the commit fails. */
  commit(requests: readonly AppendRequest[]): readonly AppendOutcome[] {
    this.files.expectThere();
    const before = this.head;
    try {
      const outcomes = this.transaction.immediate(requests);
      if (this.head > before) this.remember(requests, outcomes);
      return outcomes;
    } catch (error) {
      this.head = before;
      throw error;
    }
  }

  /** Before anybody is told of it: what is acknowledged is known beside the log. */
  private remember(requests: readonly AppendRequest[], outcomes: readonly AppendOutcome[]): void {
    const last = requests.findLast((request, i) => outcomes[i]?.kind === 'appended' && request.events.length > 0);
    const event = last?.events.at(-1);
    if (event === undefined) return;
    const mark = markOf({ id: event.id, metadata: JSON.parse(event.metadata) as EventMetadata });
    this.lastSeen?.write({ logId: this.logId, position: toPosition(this.head), mark });
  }

  private append(request: AppendRequest): AppendOutcome {
    const { stream, expected, events } = request;
    const known = this.sql.stream.get(stream) as { id: number; revision: number } | undefined;
    const actual = known?.revision ?? -1;
    const from = expected === 'noStream' ? -1 : expected;
    if (from !== actual) return this.repeated(request, known?.id, actual);

    if (events.length === 0) {
      this.sql.probe.run();
      return { kind: 'appended', revision: from, position: toPosition(this.head) };
    }
    const last = from + events.length;
    const id = known?.id ?? Number(this.sql.addStream.run(stream, last).lastInsertRowid);
    const before = this.head;
    let revision = from;
    try {
      for (const event of events) {
        this.head += 1;
        revision += 1;
        this.sql.addEvent.run(this.head, id, revision, event.id, event.type, event.data, event.metadata);
      }
    } catch (error) {
      if (!this.db.inTransaction) throw error; // the disk failed, and SQLite has undone the whole group
      // Undo this append alone; its neighbours in the group stand.
      this.sql.removeAfter.run(before);
      if (known === undefined) this.sql.removeStream.run(id);
      this.head = before;
      return isUniqueId(error) ? { kind: 'idReused' } : failed(error);
    }
    if (known !== undefined) this.sql.moveStream.run(last, id);
    return { kind: 'appended', revision: last, position: toPosition(this.head) };
  }

  /** Answers an append that was done before as the first time; any other is a conflict. */
  private repeated({ expected, events }: AppendRequest, id: number | undefined, actual: number): AppendOutcome {
    const from = expected === 'noStream' ? -1 : expected;
    const there = (id === undefined ? [] : this.sql.slice.all(id, from, from + events.length)) as (EventText & {
      readonly position: number;
    })[];
    const isSame = events.length > 0 && there.length === events.length && events.every((e, i) => e.id === there[i]?.id);
    if (!isSame) return { kind: 'conflict', actual: actual < 0 ? 'noStream' : actual };
    if (events.some((e, i) => e.type !== there[i]?.type || e.data !== there[i].data)) return { kind: 'idReused' };
    return { kind: 'repeated', revision: from + events.length, position: toPosition(there.at(-1)?.position ?? 0) };
  }
}

const isUniqueId = (error: unknown) => {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return code === 'SQLITE_CONSTRAINT_UNIQUE' && String(message).includes('events.id');
};

const prepareStatements = (db: Database) => ({
  last: db.prepare('SELECT coalesce(max(position), 0) AS last FROM events'),
  logId: db.prepare("SELECT value FROM meta WHERE key = 'logId'"),
  stream: db.prepare('SELECT id, revision FROM streams WHERE name = ?'),
  addStream: db.prepare('INSERT INTO streams (name, revision) VALUES (?, ?)'),
  moveStream: db.prepare('UPDATE streams SET revision = ? WHERE id = ?'),
  removeStream: db.prepare('DELETE FROM streams WHERE id = ?'),
  addEvent: db.prepare(
    'INSERT INTO events (position, stream, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)',
  ),
  removeAfter: db.prepare('DELETE FROM events WHERE position > ?'),
  probe: db.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('probe', '')"),
  slice: db.prepare('SELECT * FROM events WHERE stream = ? AND revision > ? AND revision <= ? ORDER BY revision'),
});
