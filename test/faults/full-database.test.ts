import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Database } from '../../src/storage/sqlite.js';
import { type Generated, Kysely, type Transaction } from 'kysely';
import { dialectOf } from '../../src/read-models/connect.js';
import { type Position } from '../../src/event-sourcing/event-store.js';
import { type ProjectionStatus } from '../../src/event-sourcing/progress.js';
import { type Projection, type ProjectionStore } from '../../src/event-sourcing/projection-processor.js';
import { ProjectionRunner } from '../../src/event-sourcing/projection-runner.js';
import { StorageFault } from '../../src/event-sourcing/storage-fault.js';
import { Appender } from '../../src/event-store/sqlite/sqlite-appender.js';
import { durable } from '../../src/event-store/sqlite/open-database.js';
import { OpenFiles } from '../../src/event-store/sqlite/open-files.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { event } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';

interface Tables {
  readonly texts: { readonly id: Generated<number>; readonly text: string };
  readonly checkpoints: { readonly name: string; readonly position: string };
}

/** Lets a file grow no further, as on a disk that is full: SQLite's own limit, by which it fails in the same way. */
const fill = (db: Database) => db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`);
const empty = (db: Database) => db.pragma('max_page_count = 1073741823');

const text = (size: number) => 'x'.repeat(size);

describe('a file that is full', () => {
  let database: Database;
  let db: Kysely<Tables>;
  beforeEach(() => {
    database = new Database(join(newFolder(), 'rows.db'));
    database.exec('CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT)');
    database.exec('CREATE TABLE checkpoints (name TEXT PRIMARY KEY, position TEXT)');
    db = new Kysely<Tables>({ dialect: dialectOf(database, { called: 'these rows', remedy: 'None.' }) });
  });
  afterEach(() => db.destroy());

  /** Rows beside a checkpoint, as projections have them. */
  const rows = (): ProjectionStore<Transaction<Tables>> => ({
    checkpoint: async (name) =>
      (await db.selectFrom('checkpoints').select('position').where('name', '=', name).executeTakeFirst())?.position,
    transaction: (work) => db.transaction().execute(work),
    async advance(tx, name, _version, _from, position) {
      await tx.replaceInto('checkpoints').values({ name, position }).execute();
      return true;
    },
  });

  const projection: Projection<Transaction<Tables>> = {
    ...{ name: 'texts', version: 1, types: ['Happened'] },
    async apply(events, tx) {
      for (const { data } of events)
        await tx
          .insertInto('texts')
          .values(data as { readonly text: string })
          .execute();
    },
  };

  it('says so, and not that a transaction was over', async () => {
    fill(database);
    const writing = db.transaction().execute((tx) =>
      tx
        .insertInto('texts')
        .values({ text: text(50_000) })
        .execute(),
    );
    await expect(writing).rejects.toThrow(StorageFault);
    await expect(writing).rejects.toMatchObject({
      code: 'DATA_NOT_WRITABLE',
      message: 'Cannot use these rows now: database or disk is full (SQLITE_FULL).',
      isLasting: false,
    });
    empty(database);
    await db.transaction().execute((tx) =>
      tx
        .insertInto('texts')
        .values({ text: text(50_000) })
        .execute(),
    );
    expect(await db.selectFrom('texts').select('id').execute()).toHaveLength(1);
  });

  it('keeps a projection waiting, which says why, and goes on by itself with every event once', async () => {
    const log = SqliteEventStore.open(join(newFolder(), 'events.db'));
    const statuses: ProjectionStatus[] = [];
    const failed: string[] = [];
    const runner = new ProjectionRunner(log, rows(), [projection], (status) => statuses.push(status));
    const stop = new AbortController();
    const running = runner.run(stop.signal, ({ error }) => failed.push(error ?? '?'));
    const { position: first } = await log.append('s', 'noStream', [event({ text: 'small' }, 'Happened')]);
    await runner.waitFor(['texts'], first, stop.signal);

    fill(database);
    const large = [1, 2, 3].map(() => event({ text: text(30_000) }, 'Happened'));
    const { position: last } = await log.append('s', 0, large);
    const retried = () => statuses.filter(({ state }) => state === 'retrying');
    while (retried().length < 3) await runner.moved('texts', stop.signal);
    expect(retried()[2]).toEqual({
      ...{ name: 'texts', state: 'retrying', position: first },
      error: 'Cannot use these rows now: database or disk is full (SQLITE_FULL).',
    });

    empty(database);
    expect(await runner.waitFor(['texts'], last, stop.signal)).toBe(true);
    expect(runner.statuses[0]?.state).toBe('live');
    const lengths = (await db.selectFrom('texts').select('text').orderBy('id').execute()).map((row) => row.text.length);
    expect(lengths).toEqual([5, 30_000, 30_000, 30_000]);
    expect(failed).toEqual([]);
    stop.abort();
    await running;
    await log.close();
  });

  it('is told at once by a projection that nobody waits for, as in a rebuild', async () => {
    const log = SqliteEventStore.open(join(newFolder(), 'events.db'));
    await log.append('s', 'noStream', [event({ text: text(30_000) }, 'Happened')]);
    fill(database);
    await expect(new ProjectionRunner(log, rows(), [projection]).catchUp()).rejects.toThrow(StorageFault);
    await log.close();
  });
});

describe('appends to a file that is full', () => {
  it("fail as one group, with SQLite's own word, and leave nothing; when there is room, they go on", () => {
    const file = join(newFolder(), 'events.db');
    void SqliteEventStore.open(file).close();
    const db = durable(new Database(file));
    const appender = new Appender(db, new OpenFiles(file));
    const order = (stream: string, size: number) => ({
      ...{ stream, expected: 'noStream' as const },
      events: [{ id: stream, type: 'T', data: JSON.stringify(text(size)), metadata: '{}' }],
    });
    const group = [order('before', 10), order('large', 100_000), order('after', 10)];
    fill(db);
    expect(() => appender.commit(group)).toThrow(expect.objectContaining({ code: 'SQLITE_FULL' }));
    expect(db.prepare('SELECT count(*) FROM events').pluck().get()).toBe(0);
    expect(db.prepare('SELECT count(*) FROM streams').pluck().get()).toBe(0);
    empty(db);
    expect(appender.commit(group).map(({ kind }) => kind)).toEqual(['appended', 'appended', 'appended']);
    const places: readonly unknown[] = db.prepare('SELECT position FROM events ORDER BY position').pluck().all();
    expect(places).toEqual([1, 2, 3]);
    db.close();
  });

  it('are refused with a code, in a thread too', async () => {
    const built = join(process.cwd(), 'dist/event-store/sqlite/sqlite-event-store.js');
    const { SqliteEventStore: Built } = (await import(built)) as { SqliteEventStore: typeof SqliteEventStore };
    const file = join(newFolder(), 'events.db');
    const store = Built.open(file, { threaded: true });
    const blocking = new Database(file);
    await store.append('s', 'noStream', [event()]);
    blocking.exec('BEGIN IMMEDIATE'); // whoever else writes waits, and is told in the end that it cannot
    await expect(store.append('s', 0, [event()])).rejects.toMatchObject({
      code: 'STORE_NOT_WRITABLE',
      message: expect.stringContaining('SQLITE_BUSY'),
    });
    blocking.exec('ROLLBACK');
    const position: Position = (await store.append('s', 0, [event()])).position;
    expect(position).toBe('0000000000000002');
    blocking.close();
    await store.close();
  });
});
