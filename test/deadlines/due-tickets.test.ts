import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type CompiledQuery, sql } from 'kysely';
import { dueTickets, duePage, endedPage, nextDeadline } from '../../src/deadlines/due-tickets.js';
import { newFolder } from '../support/api.js';
import { importSample, ledgerAt, open, project, say, type TestContext } from '../support/application-contexts.js';

const now = Date.parse('2026-03-03T12:00:00Z');

describe('the list of deadlines', () => {
  let folder: string;
  let context: TestContext;
  beforeEach(async () => {
    folder = newFolder();
    context = await ledgerAt('2026-03-02T09:00:00Z', folder);
  });
  afterEach(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
  });

  async function planOf({ sql: text, parameters }: CompiledQuery): Promise<readonly string[]> {
    const bound = parameters.reduce<string>(
      (query, value) => query.replace('?', JSON.stringify(value).replaceAll('"', "'")),
      text,
    );
    const { rows } = await sql<{ detail: string }>`EXPLAIN QUERY PLAN ${sql.raw(bound)}`.execute(context.db);
    return rows.map(({ detail }) => detail);
  }
  async function due(most?: number): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const page of dueTickets(context.db, now, most)) {
      expect(page.length).toBeLessThanOrEqual(256);
      found.push(...page);
    }
    return found;
  }
  /** What the index has to say: the rows that a look may touch. */
  const indexed = async () =>
    (await context.db.selectFrom('clocks').select('ticket').where('next_at', 'is not', null).execute()).length;

  it('is read from an index alone, in its order, up to now: rows that are not due are not touched', async () => {
    const range = ['SEARCH clocks USING COVERING INDEX clocks_next (next_at<?)'];
    expect(await planOf(duePage(context.db, now, undefined).compile())).toEqual(range);
    expect(await planOf(duePage(context.db, now, [now - 1, 'T-1']).compile())).toEqual([
      expect.stringMatching(/^SEARCH clocks USING COVERING INDEX clocks_next \(.*next_at<\?\)$/),
    ]);
    const next = context.db
      .selectFrom('clocks')
      .select('next_at')
      .where('next_at', '>', now)
      .orderBy('next_at')
      .limit(1);
    expect(await planOf(next.compile())).toEqual(['SEARCH clocks USING COVERING INDEX clocks_next (next_at>?)']);
  });

  it('has the waits that end by themselves, from an index of them, and those of no unfinished import', async () => {
    expect(await planOf(endedPage(context.db, now, undefined).compile())).toEqual([
      'SEARCH tickets USING INDEX tickets_wakes (wakes_at<?)',
      ...[expect.stringMatching('SCALAR SUBQUERY'), expect.stringMatching('^SEARCH imports USING')],
    ]);
    const until = Date.parse('2026-03-02T11:00:00Z');
    for (const [id, plan] of [
      ['T-1', 'pro'],
      ['T-2', 'community'],
    ] as const) {
      await open(context, id, plan);
      await say(context, id, { type: 'PauseTicket', reason: 'onHold', until });
    }
    await project(context);
    expect(await nextDeadline(context.db, Date.parse('2026-03-02T10:00:00Z'))).toBe(until);
    expect((await due()).toSorted()).toEqual(['T-1', 'T-1', 'T-2']); // of the first the first response is due as well
    await say(context, 'T-2', { type: 'ResumeTicket' });
    await project(context);
    expect(await due()).toEqual(['T-1', 'T-1']);
  });

  it('has no row of an unfinished import; all of them once it is finished, and none again while it is taken up', async () => {
    await open(context, 'T-1');
    const { log, counts } = await importSample(context, { tickets: 80, until: '2026-03-02T08:00:00Z', days: 20 });
    await project(context);
    expect([await indexed(), await due()]).toEqual([1, ['T-1']]);
    await log.finish(counts);
    await project(context);
    const all = await due();
    expect(all.length).toBeGreaterThan(5);
    context.time.moveTo(context.time.now() + 60_000);
    const again = await importSample(context, { tickets: 80, until: '2026-03-02T08:00:00Z', days: 20 });
    await project(context);
    expect([await indexed(), await due()]).toEqual([1, ['T-1']]);
    await again.log.finish(again.counts);
    await project(context);
    expect((await due()).toSorted()).toEqual(all.toSorted());
  });

  it('comes some at a time, in the order of their ids, and of very many the soonest first: every ticket of it once', async () => {
    const tickets = Array.from({ length: 2_300 }, (_, i) => `T-${i}`);
    /** In which minute one is opened; those opened later have the lower numbers. */
    const minuteOf = (id: string) => 9 - Math.floor((Math.floor(Number(id.slice(2)) / 100) * 100) / 250);
    context.time.moveTo(Date.parse('2026-03-02T10:00:00Z'));
    for (let i = 0; i < tickets.length; i += 100) {
      const minute = String(minuteOf(`T-${i}`)).padStart(2, '0');
      await Promise.all(tickets.slice(i, i + 100).map((id) => open(context, id, 'pro', `2026-03-02T09:${minute}:00Z`)));
    }
    await project(context);
    expect(await due()).toEqual(tickets.toSorted());
    const soonest = tickets.toSorted().toSorted((a, b) => minuteOf(a) - minuteOf(b));
    const stretches = [0, 1_000, 2_000].map((from) => soonest.slice(from, from + 1_000).toSorted());
    expect(await due(1_000)).toEqual(stretches.flat());
    expect(await nextDeadline(context.db, now)).toBeUndefined();
  });
});
