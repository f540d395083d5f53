import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Asker } from '../../../src/auth/asker.js';
import { readLimits, type ReadLimits } from '../../../src/app/read-threads/read-limits.js';
import { ThreadedReads } from '../../../src/app/read-threads/threaded-reads.js';
import { newFolder } from '../../support/api.js';
import { ledgerAt, open, project, settingsOf } from '../../support/application-contexts.js';
import { meant } from '../../support/meant.js';

const thread = new URL('../../../dist/app/read-threads/reader-thread.js', import.meta.url);

/** A thread whose modules take longer to load than a read may take. */
const slow = new URL(
  `data:text/javascript,${encodeURIComponent(
    `await new Promise((loaded) => setTimeout(loaded, 1_500)); await import(${JSON.stringify(thread.href)});`,
  )}`,
);

/** Rows without end. */
const endless = {
  sql: 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n WHERE going_on()',
  parameters: [],
};
const quick = { sql: 'SELECT id FROM tickets WHERE going_on()', parameters: [] };
const found = [{ id: 'T-1' }];

const asker = (who: string, signal = new AbortController().signal): Asker => ({ who, signal });

describe('what may take long is read in threads, and', () => {
  let folder: string;
  let reads: ThreadedReads;
  beforeAll(async () => {
    folder = newFolder();
    const context = await ledgerAt('2026-03-02T09:00:00Z', folder);
    await open(context, 'T-1');
    await project(context);
    await context.close();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  afterEach(() => reads.close());

  const start = (limits: Partial<ReadLimits>, entry = thread) => {
    reads = new ThreadedReads(settingsOf(folder), { ...readLimits, wallMs: 60_000, waitMs: 60_000, ...limits }, entry);
  };
  const read = (what: typeof quick, who = asker('mia')) => reads.select('readModels', what, who);

  it('has a thread made for it when it is needed, and no sooner', async () => {
    start({ threads: 3, readMs: 60_000 });
    expect(reads.started).toBe(0);
    for (const who of ['a', 'b', 'c']) expect(await read(quick, asker(who))).toEqual(found);
    expect(reads.started).toBe(1); // one that is there goes before one to be made
    const leave = new AbortController();
    const long = ['a', 'b'].map((who) => read(endless, asker(who, leave.signal)).catch(meant('ASKER_GONE')));
    expect(await read(quick, asker('c'))).toEqual(found);
    expect(reads.started).toBe(3);
    leave.abort();
    await Promise.all(long);
  });

  it('has its time from when its thread is ready, however long that takes', async () => {
    start({ threads: 1, readMs: 1_000, stopMs: 0 }, slow);
    expect(await read(quick)).toEqual(found);
  });

  it('never begins where whoever asked goes before its thread is ready, and the next has that thread', async () => {
    start({ threads: 1, stopMs: 0 }, slow);
    const leave = new AbortController();
    const gone = expect(read(endless, asker('mia', leave.signal))).rejects.toMatchObject({ code: 'ASKER_GONE' });
    leave.abort();
    await gone;
    expect(await read(quick)).toEqual(found);
  });

  it('is stopped when its time is over; the thread goes on with the next', async () => {
    start({ threads: 1, readMs: 300 });
    await expect(read(endless)).rejects.toMatchObject({ code: 'QUERY_TOO_SLOW' });
    expect(await read(quick)).toEqual(found);
  });

  it('is stopped when whoever asked has gone, at work or waiting', async () => {
    start({ threads: 1, readMs: 60_000 });
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [first, second].map(({ signal }) => read(endless, asker('mia', signal)));
    const gone = asked.map((answer) => expect(answer).rejects.toMatchObject({ code: 'ASKER_GONE' }));
    const next = read(quick);
    second.abort();
    first.abort();
    await Promise.all(gone);
    expect(await next).toEqual(found);
    await expect(read(quick, asker('mia', first.signal))).rejects.toMatchObject({ code: 'ASKER_GONE' });
  });

  it('leaves threads to the others, however much one asks', async () => {
    start({ threads: 2, readMs: 60_000 });
    const leave = new AbortController();
    const much = Array.from({ length: 20 }, () =>
      read(endless, asker('much', leave.signal)).catch(meant('ASKER_GONE')),
    );
    expect(await Promise.all(['a', 'b', 'c'].map((who) => read(quick, asker(who))))).toEqual([found, found, found]);
    leave.abort();
    await Promise.all(much);
  });

  it('is refused where too many wait, and where one has waited too long', async () => {
    start({ threads: 1, waitingEach: 2, readMs: 60_000, waitMs: 300 });
    const leave = new AbortController();
    // On a slow machine it waits for its thread longer than it may.
    const working = read(endless, asker('mia', leave.signal)).catch(meant('ASKER_GONE', 'TOO_MANY_QUERIES'));
    const waiting = [1, 2].map(() => read(quick));
    await expect(read(quick)).rejects.toMatchObject({ code: 'TOO_MANY_QUERIES' });
    await Promise.all(waiting.map((one) => expect(one).rejects.toMatchObject({ code: 'TOO_MANY_QUERIES' })));
    leave.abort();
    await working;
  });

  it('is refused where its answer is too large', async () => {
    start({});
    const large = {
      sql: `WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100)
        SELECT printf('%.*c', 1000000, 'x') FROM n WHERE going_on()`,
      parameters: [],
    };
    await expect(read(large)).rejects.toMatchObject({ code: 'QUERY_TOO_LARGE' });
  });

  it("replays a ticket as it stood, and says nothing of one that is another customer's", async () => {
    start({});
    const question = { id: 'T-1', occurredBy: Date.parse('2026-03-02T10:00:00Z'), recordedBy: Infinity };
    const replayed = await reads.replay({ ...question, scope: 'everyone' }, asker('mia'));
    expect(replayed).toMatchObject({ id: 'T-1', customer: 'acme', clocks: [{ metric: 'firstResponse' }] });
    expect(await reads.replay({ ...question, scope: new Set(['globex']) }, asker('mia'))).toBeUndefined();
  });

  it('tells an error of ours as one, and goes on', async () => {
    start({ threads: 1 });
    await expect(read({ sql: 'SELECT * FROM nowhere', parameters: [] })).rejects.toThrow('no such table: nowhere');
    expect(await read(quick)).toEqual(found);
  });
});
