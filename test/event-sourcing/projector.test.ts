import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import Database from 'better-sqlite3';
import { type Position, type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { catchUp, type Projection, type ProjectionStore, Projector } from '../../src/event-sourcing/projector.js';
import { type SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { event } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { newStore } from '../support/stores.js';

/** Rows with a checkpoint beside them, in SQLite; `tx` is the database within a transaction. */
class Rows implements ProjectionStore<Database.Database> {
  readonly db = new Database(join(newFolder(), 'rows.db'));

  constructor() {
    this.db.exec(`CREATE TABLE seen (n INTEGER, UNIQUE (n));
      CREATE TABLE checkpoints (name TEXT, version INTEGER, position TEXT, PRIMARY KEY (name, version))`);
  }

  checkpoint = (name: string, version: number): Promise<Position | undefined> =>
    Promise.resolve(
      this.db.prepare('SELECT position FROM checkpoints WHERE name = ? AND version = ?').pluck().get(name, version) as
        Position | undefined,
    );

  async transaction<Result>(work: (tx: Database.Database) => Promise<Result>): Promise<Result> {
    this.db.exec('BEGIN');
    try {
      const result = await work(this.db);
      this.db.exec('COMMIT');
      return result;
    } catch (error) {
      this.db.exec('ROLLBACK');
      throw error;
    }
  }

  async advance(tx: Database.Database, name: string, version: number, from: Position | undefined, to: Position) {
    if ((await this.checkpoint(name, version)) !== from) return false;
    tx.prepare('INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)').run(name, version, to);
    return true;
  }

  get seen(): readonly number[] {
    return this.db.prepare('SELECT n FROM seen ORDER BY rowid').pluck().all() as number[];
  }
}

interface Watched extends Projection<Database.Database> {
  readonly batches: number[];
}

/** Writes the number of each event, each once; fails at one of them, after it has written it, until it is mended. */
function numbers({ failsAt, types = ['Happened'] }: { failsAt?: () => number; types?: string[] } = {}): Watched {
  const batches: number[] = [];
  return {
    ...{ name: 'numbers', version: 1, types, batches },
    async apply(events, tx) {
      batches.push(events.length);
      for (const { data } of events) {
        const { n } = data as { readonly n: number };
        tx.prepare('INSERT INTO seen VALUES (?)').run(n);
        await Promise.resolve();
        if (n === failsAt?.()) throw new Error(`cannot take ${n}`);
      }
    },
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('a projector', () => {
  let log: SqliteEventStore;
  let rows: Rows;
  let stop: AbortController;
  let running: Promise<unknown>;
  beforeEach(() => {
    [log, rows, stop, running] = [newStore(), new Rows(), new AbortController(), Promise.resolve()];
  });
  afterEach(async () => {
    stop.abort();
    await running;
    await log.close();
    rows.db.close();
  });

  const record = (numbers: readonly number[], type = 'Happened') =>
    log.append(
      `s${numbers[0]}`,
      'noStream',
      numbers.map((n) => event({ n }, type)),
    );

  /** Runs in the background until the test ends; a failure is left to the status. */
  const start = (projector: Projector<Database.Database>) => {
    running = projector.run(stop.signal).catch(() => undefined);
    return projector;
  };

  it('projects what is in the log, and moves its checkpoint to the end, past what it does not take', async () => {
    await record(upTo(5));
    const { position } = await record([100], 'Other');
    const projector = new Projector(log, rows, numbers());
    await catchUp(log, [projector]);
    expect(rows.seen).toEqual(upTo(5));
    expect(await rows.checkpoint('numbers', 1)).toBe(position);
    expect(projector.status).toEqual({ name: 'numbers', state: 'stopped', position });
  });

  it('writes neither rows nor checkpoint where one of them fails', async () => {
    await record(upTo(3));
    rows.advance = () => Promise.reject(new Error('the disk is full'));
    await expect(catchUp(log, [new Projector(log, rows, numbers())])).rejects.toThrow('the disk is full');
    expect(rows.seen).toEqual([]);
    expect(await rows.checkpoint('numbers', 1)).toBeUndefined();
  });

  it.each(upTo(8))('that crashes at event %d and is started anew applies every event once', async (k) => {
    await record(upTo(4));
    await record([4, 5, 6, 7]);
    await expect(catchUp(log, [new Projector(log, rows, numbers({ failsAt: () => k }))])).rejects.toThrow(
      `cannot take ${k}`,
    );
    expect(rows.seen).toEqual(upTo(k));
    await catchUp(log, [new Projector(log, rows, numbers())]);
    expect(rows.seen).toEqual(upTo(8));
  });

  it('catches up with others, wherever each of them stands, and the log is read once', async () => {
    const named = (name: string, type: string) => {
      const seen: number[] = [];
      const apply = (events: readonly StoredEvent[]) => {
        seen.push(...events.map(({ data }) => (data as { readonly n: number }).n));
        return Promise.resolve();
      };
      return { seen, projector: new Projector(log, rows, { name, version: 1, types: [type], apply }) };
    };
    const [even, odd, late] = [named('even', 'Even'), named('odd', 'Odd'), named('late', 'Odd')];
    for (const n of upTo(4)) await record([n], n % 2 === 0 ? 'Even' : 'Odd');
    await catchUp(log, [even.projector]);
    for (const n of [4, 5]) await record([n], n % 2 === 0 ? 'Even' : 'Odd');
    await catchUp(log, [odd.projector]);
    for (const n of [6, 7]) await record([n], n % 2 === 0 ? 'Even' : 'Odd');
    const reading = jest.spyOn(log, 'readAll');
    await catchUp(log, [even.projector, odd.projector, late.projector]);
    expect(reading).toHaveBeenCalledTimes(1);
    expect([even.seen, odd.seen, late.seen]).toEqual([
      [0, 2, 4, 6],
      [1, 3, 5, 7],
      [1, 3, 5, 7],
    ]);
    const end = await log.lastPosition();
    for (const name of ['even', 'odd', 'late']) expect(await rows.checkpoint(name, 1)).toBe(end);
  });

  it('stopped at every event and started anew applies every event once', async () => {
    for (const n of upTo(10)) {
      await record([n]);
      await catchUp(log, [new Projector(log, rows, numbers())]);
    }
    await catchUp(log, [new Projector(log, rows, numbers())]);
    expect(rows.seen).toEqual(upTo(10));
  });

  it('goes over to live, and takes what is appended then', async () => {
    await record(upTo(3));
    const projector = start(new Projector(log, rows, numbers()));
    const { position } = await record([3, 4]);
    expect(await projector.waitFor(position, stop.signal)).toBe(true);
    expect(rows.seen).toEqual(upTo(5));
    expect(projector.status).toMatchObject({ state: 'live', position });
  });

  it('has seen what it does not take, and saves no checkpoint for that alone but now and then', async () => {
    const first = await record([0]);
    const projector = start(new Projector(log, rows, numbers()));
    await projector.waitFor(first.position, stop.signal);
    const saved = new Set<Position | undefined>();
    for (let n = 1; n <= 150; n++) {
      const { position } = await record([n], 'Other');
      expect(await projector.waitFor(position, stop.signal)).toBe(true);
      saved.add(await rows.checkpoint('numbers', 1));
    }
    expect(saved.size).toBe(2);
    const { position } = await record([200]);
    await projector.waitFor(position, stop.signal);
    expect(await rows.checkpoint('numbers', 1)).toBe(position);
    const last = await record([201], 'Other');
    await projector.waitFor(last.position, stop.signal);
    stop.abort();
    await running;
    expect(await rows.checkpoint('numbers', 1)).toBe(last.position);
  });

  it('lets go where another runner is ahead, and nothing is applied twice', async () => {
    await record(upTo(3));
    const slow = numbers();
    const overtaken = new Projector(log, rows, {
      ...slow,
      apply: async (events, tx) => {
        await slow.apply(events, tx);
        tx.exec(`INSERT INTO checkpoints VALUES ('numbers', 1, '${events.at(-1)?.position}')`);
      },
    });
    await expect(catchUp(log, [overtaken])).rejects.toMatchObject({ name: 'Overtaken' });
    expect(rows.seen).toEqual([]);
    expect(overtaken.status.state).toBe('failed');
  });

  describe('that meets an event it cannot take', () => {
    let poison: number | undefined;
    let projector: Projector<Database.Database>;
    beforeEach(async () => {
      poison = 2;
      projector = new Projector(log, rows, numbers({ failsAt: () => poison ?? -1 }));
      await record(upTo(5));
    });

    it('stops before it and says so, with the event and why', async () => {
      await expect(projector.run(stop.signal)).rejects.toThrow('cannot take 2');
      expect(rows.seen).toEqual([0, 1]);
      expect(projector.status).toMatchObject({ state: 'failed', error: 'cannot take 2' });
      expect(projector.status.failedEvent).toMatch(/^[\w-]{36}$/);
    });

    it('lets nobody wait for what will not come', async () => {
      start(projector);
      await running;
      const last = await log.lastPosition();
      await expect(projector.waitFor(last, new AbortController().signal)).rejects.toMatchObject({
        code: 'PROJECTION_FAILED',
        message: expect.stringContaining(projector.status.failedEvent ?? 'no event'),
      });
    });

    it('tells those who wait already', async () => {
      const last = await log.lastPosition();
      const waiting = projector.waitFor(last, new AbortController().signal).catch((error: unknown) => error);
      start(projector);
      expect(await waiting).toMatchObject({ code: 'PROJECTION_FAILED' });
    });

    it('still answers for what it had seen', async () => {
      const { position } = await record([100]);
      start(projector);
      await running;
      const before = String(Number(position) - 4).padStart(position.length, '0');
      expect(await projector.waitFor(before, stop.signal)).toBe(true);
    });

    it('goes on once it is mended', async () => {
      await expect(catchUp(log, [projector])).rejects.toThrow('cannot take 2');
      poison = undefined;
      start(projector);
      expect(await projector.waitFor(await log.lastPosition(), stop.signal)).toBe(true);
      expect(rows.seen).toEqual(upTo(5));
      expect(projector.status.state).toBe('live');
    });
  });

  describe('waited for', () => {
    it('answers when the rows are there, and not before', async () => {
      const { position } = await record(upTo(50));
      const projector = new Projector(log, rows, numbers());
      const waiting = projector.waitFor(position, stop.signal).then((reached) => [reached, rows.seen.length]);
      start(projector);
      expect(await waiting).toEqual([true, 50]);
    });

    it('answers that it was not reached when its reader loses patience', async () => {
      const patience = new AbortController();
      const projector = start(new Projector(log, rows, numbers()));
      const waiting = projector.waitFor('9'.repeat(16), patience.signal);
      patience.abort();
      expect(await waiting).toBe(false);
      expect(await projector.waitFor('9'.repeat(16), patience.signal)).toBe(false);
    });

    it('answers many at once', async () => {
      const projector = start(new Projector(log, rows, numbers()));
      const seen = await Promise.all(
        upTo(40).map(async (n) => {
          const { position } = await record([n]);
          await projector.waitFor(position, stop.signal);
          return rows.seen.includes(n);
        }),
      );
      expect(seen.every(Boolean)).toBe(true);
    });
  });

  it('holds no more than a batch of a long log', async () => {
    const count = 45_000;
    for (let n = 0; n < count; n += 5_000) await record(upTo(5_000).map((i) => n + i));
    const projection = numbers();
    await catchUp(log, [new Projector(log, rows, projection)]);
    expect(Math.max(...projection.batches)).toBeLessThanOrEqual(12_000);
    expect(rows.seen).toHaveLength(count);
  });
});
