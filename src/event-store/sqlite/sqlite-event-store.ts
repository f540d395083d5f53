import { randomBytes } from 'node:crypto';
import type { Database } from '../../storage/sqlite.js';
import {
  type Appended,
  type EventMetadata,
  type EventStore,
  type ExpectedRevision,
  markOf,
  type NewEvent,
  type Position,
  type ReadAllOptions,
  type ReadStreamOptions,
  RevisionConflict,
  type StoredEvent,
  type SubscriptionMessage,
} from '../../event-sourcing/event-store.js';
import { diskFault, type Stored, tellingFaults } from '../../storage/disk-faults.js';
import { Notifier } from '../../event-sourcing/notifier.js';
import { Rejection } from '../../event-sourcing/rejection.js';
import { logOlder, StorageFault } from '../../event-sourcing/storage-fault.js';
import { yieldToEventLoop } from '../../event-sourcing/yield-to-event-loop.js';
import { expectRead } from '../expect-read.js';
import { LastSeen } from '../last-seen.js';
import { Appender, type Failure, toPosition, toText } from './sqlite-appender.js';
import { type CommitGroup, GroupCommit } from './group-commit.js';
import { openDatabase } from './open-database.js';
import { OpenFiles } from './open-files.js';
import { EventCache, cachedEvents, type Types } from './event-cache.js';
import { SharedLook } from './shared-look.js';
import { ThreadedWriter } from './threaded-writer.js';

/** As the columns below: an array is made in half the time of an object with their names. */
type Row = readonly [
  position: number,
  name: string,
  revision: number,
  id: string,
  type: string,
  data: string,
  metadata: string,
];

interface StreamPage {
  readonly stream: string;
  readonly from: number;
  /** Exclusive. */
  readonly until: number;
}

/** Rows read at a time; a slow reader holds no more than this. */
const pageSize = 512;

/** Events looked at for a page of some types: where they are rare, nobody else waits long for the event loop. */
const lookedAt = 8_192;

const toEvent = ([position, name, revision, id, type, data, metadata]: Row): StoredEvent => ({
  id,
  type,
  stream: name,
  revision,
  position: toPosition(position),
  data: JSON.parse(data) as unknown,
  metadata: JSON.parse(metadata) as EventMetadata,
});

const columns = 'e.position, s.name, e.revision, e.id, e.type, e.data, e.metadata';

/** How the writer of a log commits. */
interface Writer {
  readonly commit: CommitGroup;
  readonly close?: () => Promise<void>;
}

export interface OpenOptions {
  /** What readers are handed in place of an event as it is stored; by default the event. */
  readonly upcast?: (event: StoredEvent) => StoredEvent;
  /** Sees what the log's writer commits, and appends nothing. */
  readonly readonly?: boolean;
  /** Commits in a thread of its own. */
  readonly threaded?: boolean;
  /** Where it is kept how far the log was acknowledged, see {@link LastSeen}. */
  readonly lastSeenFile?: string;
}

/** The log in a SQLite file: one process writes it, any number may read beside it. */
export class SqliteEventStore implements EventStore {
  readonly logId: string;
  private readonly commits: GroupCommit;
  private readonly notifier = new Notifier();
  private readonly sql;
  private readonly streams: SharedLook<StreamPage, Row[]>;
  /** Events read or appended recently, as they are stored. */
  private readonly cache = new EventCache();

  private constructor(
    private readonly db: Database,
    private readonly files: OpenFiles,
    private readonly writer: Writer,
    private readonly upcast: (event: StoredEvent) => StoredEvent,
  ) {
    this.sql = prepareStatements(db);
    this.logId = (this.sql.logId.get() as { value: string }).value;
    const look = db.transaction((pages: readonly StreamPage[]) =>
      pages.map(({ stream, from, until }) => this.sql.streamPage.all(stream, from, until) as Row[]),
    );
    this.streams = new SharedLook((pages) => tellingFaults(logFile, () => look(pages)));
    this.commits = new GroupCommit(writer.commit, this.notify);
  }

  /** Opens a log; see {@link openDatabase} for what it refuses. */
  static open(
    file: string,
    { readonly = false, threaded = false, lastSeenFile, upcast = (event) => event }: OpenOptions = {},
  ): SqliteEventStore {
    const db = openDatabase(file, { readonly, logId: () => randomBytes(6).toString('hex') });
    const files = new OpenFiles(file);
    expectReadable(db);
    const writer = threaded ? new ThreadedWriter({ file, lastSeenFile }) : writerOn(db, files, lastSeenFile);
    return new SqliteEventStore(db, files, writer, upcast);
  }

  /** Calls back after each commit, until the signal aborts. */
  committed = async (listener: () => void, signal: AbortSignal): Promise<void> => {
    while (!isAborted(signal)) {
      await this.notifier.next(signal);
      listener();
    }
  };

  /** Throws where the files are not those that were opened; and where they cannot be written, if that is in doubt. */
  probe = async (wasFailing: boolean): Promise<void> => {
    this.files.expectThere();
    if (wasFailing) await this.append('~probe', 'noStream', []);
  };

  /** Another thread or process has committed: subscribers look again. */
  notify = (): void => {
    this.notifier.notify();
  };

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    expectRead(expected);
    const outcome = await this.commits.append({ stream, expected, events: events.map(toText) });
    switch (outcome.kind) {
      case 'appended':
        this.remember(stream, events, outcome);
        return { revision: outcome.revision, position: outcome.position };
      case 'repeated':
        return { revision: outcome.revision, position: outcome.position };
      case 'conflict':
        throw new RevisionConflict(stream, expected, outcome.actual);
      case 'idReused':
        throw new Rejection('EVENT_ID_REUSED', `An event with the same id and other content is already in ${stream}.`);
      case 'failed':
        throw appendFault(outcome);
    }
  }

  async *readStream(
    stream: string,
    { from: start = 0, limit = start === 'end' ? 1 : undefined, signal }: ReadStreamOptions = {},
  ): AsyncGenerator<StoredEvent, void, undefined> {
    const from = start === 'end' ? this.lastRevision(stream) : start;
    const until = limit === undefined ? Number.MAX_SAFE_INTEGER : from + limit;
    for (let next = from; next < until; next += pageSize) {
      if (isAborted(signal)) return;
      const page = await this.streams.ask({ stream, from: next, until });
      for (const row of page) yield this.upcast(toEvent(row));
      if (page.length < pageSize) return;
    }
  }

  async *readAll({ after, types, signal }: ReadAllOptions = {}): AsyncGenerator<StoredEvent, void, undefined> {
    const end = this.lastCommitted();
    let position = Number(after ?? 0);
    while (position < end && !isAborted(signal)) {
      const { events, position: reached } = this.page(position, end, types);
      yield* events;
      position = reached;
      await yieldToEventLoop();
    }
  }

  async *subscribe({ after, types, signal }: ReadAllOptions = {}): AsyncGenerator<
    SubscriptionMessage,
    void,
    undefined
  > {
    let position = Number(after ?? 0);
    const wanted = types === undefined ? undefined : new Set(types);
    const leave = this.cache.follow(wanted);
    try {
      for (;;) {
        if (isAborted(signal)) return;
        const notified = this.notifier.next(signal);
        const end = this.lastCommitted();
        while (position < end) {
          const isNear = end - position <= cachedEvents;
          const isCached = isNear && (this.cache.isShared || this.cache.knows(position + 1));
          const { events, position: reached } = isCached
            ? this.recentPage(position, Math.min(end, position + pageSize), wanted)
            : this.page(position, end, types);
          for (const event of events) {
            yield { kind: 'event', event };
            if (isAborted(signal)) return;
          }
          position = reached;
          if (position < end) await yieldToEventLoop();
        }
        yield { kind: 'caughtUp', position: toPosition(position) };
        await notified;
      }
    } finally {
      leave();
    }
  }

  lastPosition(): Promise<Position> {
    return Promise.resolve(toPosition(this.lastCommitted()));
  }

  markAt(position: Position): Promise<string | undefined> {
    const [row] = tellingFaults(logFile, () => this.sql.page.all(Number(position) - 1, Number(position))) as Row[];
    return Promise.resolve(row === undefined ? undefined : markOf(toEvent(row)));
  }

  /** Commits what waits and lets go of the file. */
  async close(): Promise<void> {
    await this.commits.idle();
    await this.writer.close?.();
    this.db.close();
  }

  private page(after: number, end: number, types: readonly string[] | undefined) {
    const to = types === undefined ? end : Math.min(end, after + lookedAt);
    const rows = tellingFaults(logFile, () =>
      types === undefined ? this.sql.page.all(after, to) : this.sql.pageOfTypes.all(after, to, JSON.stringify(types)),
    ) as Row[];
    const isLast = rows.length < pageSize;
    const events = rows.map((row) => this.upcast(toEvent(row)));
    return { events, position: isLast ? to : (rows.at(-1)?.[0] ?? to) };
  }

  /** Near its end the log is read and parsed once for all who follow it, whatever their types. */
  private recentPage(after: number, to: number, wanted: Types) {
    let known = after;
    while (known < to && this.cache.knows(known + 1)) known += 1;
    const rows = known === to ? [] : (tellingFaults(logFile, () => this.sql.page.all(known, to)) as Row[]);
    for (const row of rows) this.cache.keep(row[0], row[4], () => toEvent(row));
    const events: StoredEvent[] = [];
    for (let position = after + 1; position <= to; position++) {
      const event = this.cache.at(position);
      if (event !== undefined && wanted?.has(event.type) !== false) events.push(this.upcast(event));
    }
    return { events, position: to };
  }

  /** What was just appended need not be read and parsed for those who follow the log, where somebody does. */
  private remember(stream: string, events: readonly NewEvent[], last: Appended): void {
    const [before, revision] = [Number(last.position) - events.length, last.revision - events.length];
    for (const [i, { id, type, data, metadata }] of events.entries()) {
      const place = before + i + 1;
      this.cache.keep(place, type, () => {
        const position = toPosition(place);
        return { id, type, data, metadata, stream, revision: revision + i + 1, position };
      });
    }
  }

  /** -1 for a stream that is not there. */
  private lastRevision(stream: string): number {
    const found = tellingFaults(logFile, () => this.sql.lastRevision.get(stream)) as { last: number } | undefined;
    return found?.last ?? -1;
  }

  private lastCommitted(): number {
    return tellingFaults(logFile, () => this.sql.last.get() as { last: number }).last;
  }
}

const logFile: Stored = {
  called: 'the event store',
  code: 'DATA_NOT_READABLE',
  remedy: 'Stop the server and restore a copy of the data folder (docs/backups.md).',
};

/** Why an append failed, as those who wait for it hear of it. */
const appendFault = (failure: Failure): Error =>
  failure.code === logOlder
    ? new StorageFault(logOlder, failure.message, true)
    : (diskFault(failure, { ...logFile, code: 'STORE_NOT_WRITABLE' }) ?? new Error(failure.message));

/** @throws StorageFault where the log is damaged where it begins */
function expectReadable(db: Database): void {
  try {
    tellingFaults(logFile, () => {
      const sql = prepareStatements(db);
      return [sql.logId.get(), sql.last.get()];
    });
  } catch (error) {
    db.close();
    throw error;
  }
}

const isAborted = (signal: AbortSignal | undefined) => signal?.aborted === true;

/** Commits in this thread. */
function writerOn(db: Database, files: OpenFiles, lastSeenFile: string | undefined): Writer {
  let appender: Appender | undefined; // none for those who only read
  let lastSeen: LastSeen | undefined;
  const open = () => {
    lastSeen = lastSeenFile === undefined ? undefined : new LastSeen(lastSeenFile);
    return new Appender(db, files, lastSeen);
  };
  return {
    commit: (requests) => (appender ??= open()).commit(requests),
    close: () => {
      lastSeen?.close();
      return Promise.resolve();
    },
  };
}

/** Limits stand in the text: SQLite plans a statement anew each time that one is bound. */
function prepareStatements(db: Database) {
  const selecting = (rest: string) => db.prepare(`SELECT ${columns} FROM ${rest} LIMIT ${pageSize}`).raw();
  return {
    logId: db.prepare("SELECT value FROM meta WHERE key = 'logId'"),
    last: db.prepare('SELECT coalesce(max(position), 0) AS last FROM events'),
    lastRevision: db.prepare(
      `SELECT e.revision AS last FROM streams s JOIN events e ON e.stream = s.id WHERE s.name = ?
       ORDER BY e.revision DESC LIMIT 1`,
    ),
    streamPage: selecting(
      `streams s JOIN events e ON e.stream = s.id WHERE s.name = ? AND e.revision >= ? AND e.revision < ?
       ORDER BY e.revision`,
    ),
    page: selecting(
      `events e CROSS JOIN streams s ON s.id = e.stream
       WHERE e.position > ? AND e.position <= ? ORDER BY e.position`,
    ),
    pageOfTypes: selecting(
      `events e CROSS JOIN streams s ON s.id = e.stream
       WHERE e.position > ? AND e.position <= ? AND e.type IN (SELECT value FROM json_each(?)) ORDER BY e.position`,
    ),
  };
}
