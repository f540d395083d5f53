import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Database } from '../../src/storage/sqlite.js';
import { type Position, type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { type Projection, type ProjectionStore } from '../../src/event-sourcing/projection-processor.js';
import { ProjectionRunner } from '../../src/event-sourcing/projection-runner.js';
import { type SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { event } from '../contract/event-store.contract.js';
import { newFolder } from '../support/api.js';
import { newStore } from '../support/stores.js';

/** Rows with a checkpoint beside them, in SQLite; `tx` is the database within a transaction. */
class Rows implements ProjectionStore<Database> {
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

  async transaction<Result>(work: (tx: Database) => Promise<Result>): Promise<Result> {
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

  async advance(tx: Database, name: string, version: number, from: Position | undefined, to: Position) {
    if ((await this.checkpoint(name, version)) !== from) return false;
    tx.prepare('INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?)').run(name, version, to);
    return true;
  }

  get seen(): readonly number[] {
    return this.db.prepare('SELECT n FROM seen ORDER BY rowid').pluck().all() as number[];
  }
}

interface Watched extends Projection<Database> {
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

describe('a projection', () => {
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

  const project = (...projections: readonly Projection<Database>[]) => new ProjectionRunner(log, rows, projections);

  /** Runs in the background until the test ends; a failure is left to the status. */
  const start = (projecting: ProjectionRunner<Database>) => {
    running = projecting.run(stop.signal);
    return projecting;
  };

  it('projects what is in the log, and moves its checkpoint to the end, past what it does not take', async () => {
    await record(upTo(5));
    const { position } = await record([100], 'Other');
    const projecting = project(numbers());
    await projecting.catchUp();
    expect(rows.seen).toEqual(upTo(5));
    expect(await rows.checkpoint('numbers', 1)).toBe(position);
    expect(projecting.statuses[0]).toEqual({ name: 'numbers', state: 'stopped', position });
  });

  it('writes neither rows nor checkpoint where one of them fails', async () => {
    await record(upTo(3));
    rows.advance = () => Promise.reject(new Error('the disk is full'));
    await expect(project(numbers()).catchUp()).rejects.toThrow('the disk is full');
    expect(rows.seen).toEqual([]);
    expect(await rows.checkpoint('numbers', 1)).toBeUndefined();
  });

  it.each(upTo(8))('that crashes at event %d and is started anew applies every event once', async (k) => {
    await record(upTo(4));
    await record([4, 5, 6, 7]);
    await expect(project(numbers({ failsAt: () => k })).catchUp()).rejects.toThrow(`cannot take ${k}`);
    expect(rows.seen).toEqual(upTo(k));
    await project(numbers()).catchUp();
    expect(rows.seen).toEqual(upTo(8));
  });

  describe('among others', () => {
    /** Takes events of one type, and remembers them; fails at one of them. */
    function taking(name: string, type: string, failsAt?: number) {
      const seen: number[] = [];
      const apply = (events: readonly StoredEvent[]) => {
        const numbers = events.map(({ data }) => (data as { readonly n: number }).n);
        if (numbers.includes(failsAt ?? -1)) return Promise.reject(new Error(`cannot take ${failsAt}`));
        seen.push(...numbers);
        return Promise.resolve();
      };
      return { name, version: 1, types: [type], seen, apply };
    }
    const recordEach = async (numbers: readonly number[]) => {
      for (const n of numbers) await record([n], n % 2 === 0 ? 'Even' : 'Odd');
    };
    const [even, odd, late] = [() => taking('even', 'Even'), () => taking('odd', 'Odd'), () => taking('late', 'Odd')];

    it('takes what it has not taken, wherever each of them stands, and the log is read once', async () => {
      const all = [even(), odd(), late()] as const;
      await recordEach([0, 1, 2, 3]);
      await project(all[0]).catchUp();
      await recordEach([4, 5]);
      await project(all[1]).catchUp();
      await recordEach([6, 7]);
      const reading = jest.spyOn(log, 'subscribe');
      await project(...all).catchUp();
      expect(reading).toHaveBeenCalledTimes(1);
      expect(all.map(({ seen }) => seen)).toEqual([
        [0, 2, 4, 6],
        [1, 3, 5, 7],
        [1, 3, 5, 7],
      ]);
      const end = await log.lastPosition();
      for (const { name } of all) expect(await rows.checkpoint(name, 1)).toBe(end);
    });

    it('fails alone', async () => {
      const [good, bad] = [even(), taking('bad', 'Odd', 3)];
      const projecting = project(bad, good);
      const failed = jest.fn();
      running = projecting.run(stop.signal, failed);
      await recordEach(upTo(6));
      await projecting.waitFor(['even'], await log.lastPosition(), stop.signal);
      await recordEach([6, 7]);
      expect(await projecting.waitFor(['even'], await log.lastPosition(), stop.signal)).toBe(true);
      expect([good.seen, bad.seen]).toEqual([[0, 2, 4, 6], [1]]);
      expect(failed).toHaveBeenCalledTimes(1);
      const status = expect.objectContaining({ name: 'bad', error: 'cannot take 3' });
      expect(failed).toHaveBeenCalledWith(status, new Error('cannot take 3'));
      expect(projecting.statuses.map(({ state }) => state)).toEqual(['failed', 'live']);
    });

    it('fails alone at its end too', async () => {
      const projecting = project(even(), odd());
      const failed = jest.fn();
      running = projecting.run(stop.signal, failed);
      await recordEach([0, 1]);
      await projecting.waitFor(['even', 'odd'], await log.lastPosition(), stop.signal);
      const { position } = await record([100], 'Other');
      await projecting.waitFor(['even', 'odd'], position, stop.signal);
      const full = new Error('the disk is full');
      const advance = rows.advance.bind(rows);
      rows.advance = (tx, name, ...rest) => (name === 'even' ? Promise.reject(full) : advance(tx, name, ...rest));
      stop.abort();
      await running;
      expect(failed.mock.calls).toEqual([[expect.objectContaining({ name: 'even', state: 'failed' }), full]]);
      expect(projecting.statuses.map(({ state }) => state)).toEqual(['failed', 'stopped']);
      expect(await rows.checkpoint('odd', 1)).toBe(position);
    });

    it('fails with all where the log cannot be read', async () => {
      jest.spyOn(log, 'subscribe').mockImplementation(() => {
        throw new Error('the log is gone');
      });
      const failed = jest.fn();
      const projecting = project(even(), odd());
      await projecting.run(stop.signal, failed);
      expect(failed).toHaveBeenCalledTimes(2);
      expect(projecting.statuses).toMatchObject([
        { state: 'failed', error: 'the log is gone' },
        { state: 'failed', error: 'the log is gone' },
      ]);
    });
  });

  describe('that can do without some types for a while', () => {
    /** Writes numbers while it is switched on, and can do without them while it is not. */
    const switched = (reads: string[] = []): Projection<Database> => {
      const inner = numbers({ types: ['Happened'] });
      const isOn = (tx: Database) => tx.prepare('SELECT max(n) FROM seen WHERE n < 0').pluck().get() === -1;
      return {
        ...{ name: 'numbers', version: 1, types: ['On', 'Off', 'Happened'] },
        typesNow: (tx) => Promise.resolve(isOn(tx) ? ['On', 'Off', 'Happened'] : ['On', 'Off']),
        async apply(events, tx) {
          for (const one of events) {
            reads.push(one.type);
            if (one.type === 'On') tx.exec('INSERT INTO seen VALUES (-1)');
            else if (one.type === 'Off') tx.exec('DELETE FROM seen WHERE n = -1');
            else if (isOn(tx)) await inner.apply([one], tx);
          }
        },
      };
    };
    const life = [[0], 'On', [1], [2], 'Off', [3], 'On', [4], 'Off', [5]] as const;
    const recordLife = async (steps: readonly (typeof life)[number][], from = 0) => {
      for (const [i, step] of steps.entries()) {
        if (typeof step === 'string') await record([100 + from + i], step);
        else await record(step);
      }
    };

    it('misses nothing that matters, and reads nothing that does not', async () => {
      await recordLife(life);
      const reads: string[] = [];
      const projecting = project(switched(reads));
      await projecting.catchUp();
      expect(rows.seen).toEqual([1, 2, 4]);
      expect(reads.filter((type) => type !== 'Happened')).toEqual(['On', 'Off', 'On', 'Off']);
      expect(projecting.statuses[0]).toMatchObject({ position: await log.lastPosition() });
    });

    it.each(upTo(life.length))('misses nothing live after %d events, nor started anew', async (k) => {
      await recordLife(life.slice(0, k));
      const projecting = start(project(switched()));
      await projecting.waitFor(['numbers'], await log.lastPosition(), stop.signal);
      await recordLife(life.slice(k), k);
      expect(await projecting.waitFor(['numbers'], await log.lastPosition(), stop.signal)).toBe(true);
      stop.abort();
      await running;
      await project(switched()).catchUp();
      expect(rows.seen).toEqual([1, 2, 4]);
      expect(await rows.checkpoint('numbers', 1)).toBe(await log.lastPosition());
    });

    it('holds up no other', async () => {
      const other = { ...numbers({ types: ['On', 'Off'] }), name: 'other', apply: jest.fn(() => Promise.resolve()) };
      await recordLife(life);
      await project(switched(), other).catchUp();
      expect(rows.seen).toEqual([1, 2, 4]);
      const taken = other.apply.mock.calls.flatMap(([events]: unknown[]) => events as StoredEvent[]);
      expect(taken.map(({ type }) => type)).toEqual(['On', 'Off', 'On', 'Off']);
    });
  });

  it('stopped at every event and started anew applies every event once', async () => {
    for (const n of upTo(10)) {
      await record([n]);
      await project(numbers()).catchUp();
    }
    await project(numbers()).catchUp();
    expect(rows.seen).toEqual(upTo(10));
  });

  it('goes over to live, and takes what is appended then', async () => {
    await record(upTo(3));
    const projecting = start(project(numbers()));
    const { position } = await record([3, 4]);
    expect(await projecting.waitFor(['numbers'], position, stop.signal)).toBe(true);
    expect(rows.seen).toEqual(upTo(5));
    expect(projecting.statuses[0]).toMatchObject({ state: 'live', position });
  });

  it('has seen what it does not take, and saves no checkpoint for that alone but now and then', async () => {
    const first = await record([0]);
    const projecting = start(project(numbers()));
    await projecting.waitFor(['numbers'], first.position, stop.signal);
    const saved = new Set<Position | undefined>();
    for (let n = 1; n <= 150; n++) {
      const { position } = await record([n], 'Other');
      expect(await projecting.waitFor(['numbers'], position, stop.signal)).toBe(true);
      saved.add(await rows.checkpoint('numbers', 1));
    }
    expect(saved.size).toBe(2);
    const { position } = await record([200]);
    await projecting.waitFor(['numbers'], position, stop.signal);
    expect(await rows.checkpoint('numbers', 1)).toBe(position);
    const last = await record([201], 'Other');
    await projecting.waitFor(['numbers'], last.position, stop.signal);
    stop.abort();
    await running;
    expect(await rows.checkpoint('numbers', 1)).toBe(last.position);
  });

  it('lets go where another runner is ahead, and nothing is applied twice', async () => {
    await record(upTo(3));
    const slow = numbers();
    const overtaken = project({
      ...slow,
      apply: async (events, tx) => {
        await slow.apply(events, tx);
        tx.exec(`INSERT INTO checkpoints VALUES ('numbers', 1, '${events.at(-1)?.position}')`);
      },
    });
    await expect(overtaken.catchUp()).rejects.toMatchObject({ name: 'Overtaken' });
    expect(rows.seen).toEqual([]);
    expect(overtaken.statuses[0]?.state).toBe('failed');
  });

  describe('that meets an event it cannot take', () => {
    let poison: number | undefined;
    let projecting: ProjectionRunner<Database>;
    beforeEach(async () => {
      poison = 2;
      projecting = project(numbers({ failsAt: () => poison ?? -1 }));
      await record(upTo(5));
    });

    it('stops before it and says so, with the event and why', async () => {
      const failed = jest.fn();
      await projecting.run(stop.signal, failed);
      expect(failed).toHaveBeenCalledTimes(1);
      expect(rows.seen).toEqual([0, 1]);
      expect(projecting.statuses[0]).toMatchObject({ state: 'failed', error: 'cannot take 2' });
      expect(projecting.statuses[0]?.failedEvent).toMatch(/^[\w-]{36}$/);
    });

    it('refuses at once to wait for what will not come', async () => {
      start(projecting);
      await running;
      const last = await log.lastPosition();
      await expect(projecting.waitFor(['numbers'], last, new AbortController().signal)).rejects.toMatchObject({
        code: 'PROJECTION_FAILED',
        message: expect.stringContaining(projecting.statuses[0]?.failedEvent ?? 'no event'),
      });
    });

    it('tells those who wait already', async () => {
      const last = await log.lastPosition();
      const waiting = projecting
        .waitFor(['numbers'], last, new AbortController().signal)
        .catch((error: unknown) => error);
      start(projecting);
      expect(await waiting).toMatchObject({ code: 'PROJECTION_FAILED' });
    });

    it('still answers for what it had seen', async () => {
      const { position } = await record([100]);
      start(projecting);
      await running;
      const before = String(Number(position) - 4).padStart(position.length, '0');
      expect(await projecting.waitFor(['numbers'], before, stop.signal)).toBe(true);
    });

    it('goes on once it is mended', async () => {
      await expect(projecting.catchUp()).rejects.toThrow('cannot take 2');
      poison = undefined;
      start(projecting);
      expect(await projecting.waitFor(['numbers'], await log.lastPosition(), stop.signal)).toBe(true);
      expect(rows.seen).toEqual(upTo(5));
      expect(projecting.statuses[0]?.state).toBe('live');
    });
  });

  describe('waited for', () => {
    it('answers when the rows are there, and not before', async () => {
      const { position } = await record(upTo(50));
      const projecting = project(numbers());
      const waiting = projecting
        .waitFor(['numbers'], position, stop.signal)
        .then((reached) => [reached, rows.seen.length]);
      start(projecting);
      expect(await waiting).toEqual([true, 50]);
    });

    it('answers that it was not reached when its reader loses patience', async () => {
      const retryPolicy = new AbortController();
      const projecting = start(project(numbers()));
      const waiting = projecting.waitFor(['numbers'], '9'.repeat(16), retryPolicy.signal);
      retryPolicy.abort();
      expect(await waiting).toBe(false);
      expect(await projecting.waitFor(['numbers'], '9'.repeat(16), retryPolicy.signal)).toBe(false);
    });

    it('answers many at once', async () => {
      const projecting = start(project(numbers()));
      const seen = await Promise.all(
        upTo(40).map(async (n) => {
          const { position } = await record([n]);
          await projecting.waitFor(['numbers'], position, stop.signal);
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
    await project(projection).catchUp();
    expect(Math.max(...projection.batches)).toBeLessThanOrEqual(12_000);
    expect(rows.seen).toHaveLength(count);
  });
});
