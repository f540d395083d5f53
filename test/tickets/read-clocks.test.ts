import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kysely, SqliteDialect } from 'kysely';
import { type Schema } from '../../src/read-models/schema.js';
import { Database } from '../../src/storage/sqlite.js';
import { readClocks } from '../../src/tickets/read-clocks.js';
import { clocksOfPage } from '../../src/tickets/queries/clocks-of-page.js';
import { clocksShown } from '../../src/tickets/domain/latest-clocks.js';
import { ticketTables } from '../../src/tickets/projections/ticket-tables.js';

const many = 3_000;

describe('the clocks of a ticket that has very many', () => {
  const database = new Database(':memory:');
  let rowsRead = 0;
  const asked: string[] = [];
  const db = new Kysely<Schema>({
    dialect: new SqliteDialect({ database }),
    plugins: [
      {
        transformQuery: ({ node }) => node,
        transformResult: ({ result }) => {
          rowsRead += result.rows.length;
          return Promise.resolve(result);
        },
      },
    ],
    log: ({ query }) => void asked.push(query.sql),
  });

  beforeAll(async () => {
    for (const statement of ticketTables.clocks?.create ?? []) await statement.execute(db);
    const add = database.prepare('INSERT INTO clocks (ticket, run, metric, started_at, clock) VALUES (?, ?, ?, ?, ?)');
    const clockOf = (ticket: string, n: number) => {
      const metric = n % 2 === 0 ? 'followUp' : 'resolution';
      add.run(ticket, `run ${n}`, metric, n, JSON.stringify({ run: `run ${n}`, metric, startedAt: n }));
    };
    database.transaction(() => {
      for (let n = 0; n < many; n++) clockOf('long', n);
      for (let n = 0; n < 3; n++) clockOf('short', n);
    })();
  });
  afterAll(() => db.destroy());

  const read = async (...tickets: string[]) => {
    rowsRead = 0;
    asked.length = 0;
    const clocks = await readClocks(db, tickets);
    return { clocks, rowsRead };
  };

  it('are read as far as they are shown, and no others before them', async () => {
    const { clocks, rowsRead: looked } = await read('long');
    const starts = (clocks.get('long') ?? []).map(({ startedAt }) => startedAt).sort((a, b) => a - b);
    expect(starts).toEqual(Array.from({ length: 2 * clocksShown }, (_, n) => many - 2 * clocksShown + n));
    expect(looked).toBe(2 * clocksShown);
  });

  it('are found by an index that is in their order', async () => {
    await read('long');
    const plan = database.prepare(`EXPLAIN QUERY PLAN ${asked.at(-1) ?? ''}`).all('["long"]', '[]') as {
      detail: string;
    }[];
    const details = plan.map(({ detail }) => detail).join('\n');
    expect(details).toContain('clocks_latest (ticket=? AND metric=?)');
    expect(details).not.toContain('SCAN clocks');
    expect(details).not.toContain('TEMP B-TREE');
  });

  it('take little more beside those of others, which are all there', async () => {
    const { clocks, rowsRead: looked } = await read('long', 'short');
    expect([clocks.get('long')?.length, clocks.get('short')?.length]).toEqual([2 * clocksShown, 3]);
    expect(looked).toBeLessThan(1_000);
  });

  /** Reads them for somebody; answers from where, and how many rows. */
  const readFor = async (...tickets: string[]) => {
    const rows = { atOnce: 0, elsewhere: 0 };
    const counting = (where: keyof typeof rows) =>
      db.withPlugin({
        transformQuery: ({ node }) => node,
        transformResult: ({ result }) => {
          rows[where] += result.rows.length;
          return Promise.resolve(result);
        },
      });
    const reader = Object.assign(counting('elsewhere'), { scope: 'everyone' as const, atOnce: counting('atOnce') });
    const clocks = await clocksOfPage(reader, tickets);
    return { shown: tickets.map((id) => clocks.get(id)?.length), ...rows };
  };

  it('are read elsewhere for a page, so that nobody waits; the few of others are read at once', async () => {
    expect(await readFor('short')).toEqual({ shown: [3], atOnce: 3, elsewhere: 0 });
    const { shown, atOnce, elsewhere } = await readFor('long', 'short');
    expect(shown).toEqual([2 * clocksShown, 3]);
    expect(atOnce).toBeLessThan(150);
    expect(elsewhere).toBeGreaterThan(2 * clocksShown);
  });
});
