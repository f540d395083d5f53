import { randomBytes } from 'node:crypto';
import type Database from 'better-sqlite3';
import {
  type Appended,
  type EventMetadata,
  type EventStore,
  type ExpectedRevision,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  RevisionConflict,
  type StoredEvent,
  type SubscriptionMessage,
} from '../../event-sourcing/event-store.js';
import { Bell } from '../../event-sourcing/bell.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { GroupCommit } from './group-commit.js';
import { openDatabase } from './open-database.js';

interface Row {
  readonly position: number;
  readonly name: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly data: string;
  readonly metadata: string;
}

/** Rows read at a time; a slow reader holds no more than this. */
const pageSize = 512;

const toPosition = (n: number): Position => String(n).padStart(16, '0');

const toEvent = ({ position, name, revision, id, type, data, metadata }: Row): StoredEvent => ({
  id,
  type,
  stream: name,
  revision,
  position: toPosition(position),
  data: JSON.parse(data) as unknown,
  metadata: JSON.parse(metadata) as EventMetadata,
});

const columns = 'e.position, s.name, e.revision, e.id, e.type, e.data, e.metadata';

/** The log in a SQLite file: one process writes it, any number may read beside it. */
export class SqliteEventStore implements EventStore {
  readonly logId: string;
  private readonly commits: GroupCommit;
  private readonly bell = new Bell();
  private readonly sql;
  private head: number;

  private constructor(private readonly db: Database.Database) {
    this.sql = prepareStatements(db);
    this.logId = (this.sql.logId.get() as { value: string }).value;
    this.head = this.lastCommitted();
    const transaction = db.transaction((work: () => void) => {
      work();
    });
    this.commits = new GroupCommit(
      (work) => {
        const before = this.head;
        try {
          transaction.immediate(work);
        } catch (error) {
          this.head = before;
          throw error;
        }
      },
      () => {
        this.bell.ring();
      },
    );
  }

  /** Opens a log; see {@link openDatabase} for what it refuses. A read-only one sees what its writer commits. */
  static open(file: string, { readonly = false }: { readonly?: boolean } = {}): SqliteEventStore {
    return new SqliteEventStore(openDatabase(file, { readonly, logId: () => randomBytes(6).toString('hex') }));
  }

  /** Calls back after each commit, until the signal aborts. */
  committed = async (listener: () => void, signal: AbortSignal): Promise<void> => {
    while (!isAborted(signal)) {
      await this.bell.next(signal);
      listener();
    }
  };

  /** Another thread or process has committed: subscribers look again. */
  ring = (): void => {
    this.bell.ring();
  };

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    return this.commits.run(() => this.appendNow(stream, expected, events));
  }

  private appendNow(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Appended {
    const known = this.sql.stream.get(stream) as { id: number; revision: number } | undefined;
    const actual = known?.revision ?? -1;
    const from = expected === 'noStream' ? -1 : expected;
    if (from !== actual) return this.repeated(stream, known?.id, expected, actual, events);

    const last = from + events.length;
    const id = known?.id ?? Number(this.sql.addStream.run(stream, last).lastInsertRowid);
    const before = this.head;
    try {
      for (const [i, event] of events.entries()) {
        const { id: eventId, type, data, metadata } = event;
        this.head += 1;
        this.sql.addEvent.run(
          this.head,
          id,
          from + 1 + i,
          eventId,
          type,
          JSON.stringify(data),
          JSON.stringify(metadata),
        );
      }
    } catch (error) {
      // Undo this append alone; its neighbours in the group stand.
      this.sql.removeAfter.run(before);
      if (known === undefined) this.sql.removeStream.run(id);
      this.head = before;
      throw isUniqueId(error) ? reused(stream) : error;
    }
    if (known !== undefined) this.sql.moveStream.run(last, id);
    return { revision: last, position: toPosition(this.head) };
  }

  /** Answers an append that was done before as the first time; any other is a conflict. */
  private repeated(
    stream: string,
    id: number | undefined,
    expected: ExpectedRevision,
    actual: number,
    events: readonly NewEvent[],
  ): Appended {
    const from = expected === 'noStream' ? -1 : expected;
    const there = id === undefined ? [] : (this.sql.slice.all(id, from, from + events.length) as Row[]);
    const isSame = events.length > 0 && there.length === events.length && events.every((e, i) => e.id === there[i]?.id);
    if (!isSame) throw new RevisionConflict(stream, expected, actual < 0 ? 'noStream' : actual);
    if (events.some((e, i) => e.type !== there[i]?.type || JSON.stringify(e.data) !== there[i].data))
      throw reused(stream);
    return { revision: from + events.length, position: toPosition(there.at(-1)?.position ?? 0) };
  }

  async *readStream(
    stream: string,
    { from = 0, signal }: { readonly from?: number; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<StoredEvent, void, undefined> {
    for (let next = from; ; next += pageSize) {
      if (isAborted(signal)) return;
      const page = this.sql.streamPage.all(stream, next, pageSize) as Row[];
      for (const row of page) yield toEvent(row);
      if (page.length < pageSize) return;
      await turn();
    }
  }

  async *readAll({ after, types, signal }: ReadAllOptions = {}): AsyncGenerator<StoredEvent, void, undefined> {
    const end = this.lastCommitted();
    let position = Number(after ?? 0);
    while (position < end && !isAborted(signal)) {
      const { events, position: reached } = this.page(position, end, types);
      yield* events;
      position = reached;
      await turn();
    }
  }

  async *subscribe({ after, types, signal }: ReadAllOptions = {}): AsyncGenerator<
    SubscriptionMessage,
    void,
    undefined
  > {
    let position = Number(after ?? 0);
    for (;;) {
      if (isAborted(signal)) return;
      const rung = this.bell.next(signal);
      const end = this.lastCommitted();
      while (position < end) {
        const { events, position: reached } = this.page(position, end, types);
        for (const event of events) {
          yield { kind: 'event', event };
          if (isAborted(signal)) return;
        }
        position = reached;
      }
      yield { kind: 'caughtUp', position: toPosition(position) };
      await rung;
    }
  }

  lastPosition(): Promise<Position> {
    return Promise.resolve(toPosition(this.lastCommitted()));
  }

  /** Commits what waits and lets go of the file. */
  close(): void {
    this.commits.flush();
    this.db.close();
  }

  private page(after: number, end: number, types: readonly string[] | undefined) {
    const rows = (
      types === undefined
        ? this.sql.allPage.all(after, end, pageSize)
        : this.sql.typesPage.all(after, end, JSON.stringify(types), pageSize)
    ) as Row[];
    const isLast = rows.length < pageSize;
    return { events: rows.map(toEvent), position: isLast ? end : (rows.at(-1)?.position ?? end) };
  }

  private lastCommitted(): number {
    return (this.sql.last.get() as { last: number }).last;
  }
}

const isAborted = (signal: AbortSignal | undefined) => signal?.aborted === true;

const reused = (stream: string) =>
  new Rejection('EVENT_ID_REUSED', `An event with the same id and other content is in ${stream} already.`);

const isUniqueId = (error: unknown) => {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return code === 'SQLITE_CONSTRAINT_UNIQUE' && String(message).includes('events.id');
};

/** Lets others have the event loop between pages. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const prepareStatements = (db: Database.Database) => ({
  logId: db.prepare("SELECT value FROM meta WHERE key = 'logId'"),
  last: db.prepare('SELECT coalesce(max(position), 0) AS last FROM events'),
  stream: db.prepare('SELECT id, revision FROM streams WHERE name = ?'),
  addStream: db.prepare('INSERT INTO streams (name, revision) VALUES (?, ?)'),
  moveStream: db.prepare('UPDATE streams SET revision = ? WHERE id = ?'),
  removeStream: db.prepare('DELETE FROM streams WHERE id = ?'),
  addEvent: db.prepare(
    'INSERT INTO events (position, stream, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)',
  ),
  removeAfter: db.prepare('DELETE FROM events WHERE position > ?'),
  slice: db.prepare('SELECT * FROM events WHERE stream = ? AND revision > ? AND revision <= ? ORDER BY revision'),
  streamPage: db.prepare(
    `SELECT ${columns} FROM streams s JOIN events e ON e.stream = s.id
     WHERE s.name = ? AND e.revision >= ? ORDER BY e.revision LIMIT ?`,
  ),
  allPage: db.prepare(
    `SELECT ${columns} FROM events e JOIN streams s ON s.id = e.stream
     WHERE e.position > ? AND e.position <= ? ORDER BY e.position LIMIT ?`,
  ),
  typesPage: db.prepare(
    `SELECT ${columns} FROM events e JOIN streams s ON s.id = e.stream
     WHERE e.position > ? AND e.position <= ? AND e.type IN (SELECT value FROM json_each(?))
     ORDER BY e.position LIMIT ?`,
  ),
});
