import { describe, expect, it } from '@jest/globals';
import { fromCursor, toCursor } from '../../src/event-sourcing/cursor.js';
import { type Position } from '../../src/event-sourcing/event-store.js';
import { Progress } from '../../src/event-sourcing/progress.js';
import { ReadBarrier } from '../../src/api/graphql/read-barrier.js';
import { FirstBuild } from '../../src/app/projection-worker/first-build.js';
import { startServer } from '../../src/app/bootstrap.js';
import { healthOf, statusCodeOf } from '../../src/observability/health.js';
import { Api, newFolder } from '../support/api.js';
import { ledgerAt } from '../support/application-contexts.js';
import { testDoors } from '../support/request-limits.js';
import { eachStore } from '../support/stores.js';
import { event } from '../contract/event-store.contract.js';

const [before, end, later]: readonly Position[] = ['0000000000000001', '0000000000000005', '0000000000000007'];

/** Two projections that a test moves. */
function projections() {
  const each = [new Progress('tickets'), new Progress('summary')];
  const moveTo = (name: string, position: Position | undefined, state: 'live' | 'failed' = 'live') => {
    for (const progress of each) if (progress.name === name) progress.status = { name, state, position };
  };
  const running = {
    get statuses() {
      return each.map(({ status }) => status);
    },
    waitFor: async (names: readonly string[], position: Position, signal: AbortSignal) =>
      (
        await Promise.all(each.filter(({ name }) => names.includes(name)).map((one) => one.waitFor(position, signal)))
      ).every(Boolean),
  };
  return { running, moveTo };
}

describe('the first build of read models', () => {
  it('is over when all have come to where the log ended, and not again before', () => {
    const { running, moveTo } = projections();
    const build = new FirstBuild(running, end ?? '');
    expect(build.isOver).toBe(false);
    moveTo('tickets', end);
    moveTo('summary', before);
    expect(build.isOver).toBe(false);
    moveTo('summary', later);
    expect(build.isOver).toBe(true);
    moveTo('summary', before); // as where it begins again after a fault
    expect(build.isOver).toBe(true);
  });

  const barrier = (running: ReturnType<typeof projections>['running']) =>
    new ReadBarrier(
      { logId: 'log', lastPosition: () => Promise.resolve(later ?? '') } as never,
      running,
      new FirstBuild(running, end ?? ''),
    );

  it('keeps a query waiting, and refuses it in the end', async () => {
    const { running, moveTo } = projections();
    const building = barrier(running);
    const [waiting, inVain] = [building.seen(['tickets'], undefined), building.seen(['summary'], undefined)];
    moveTo('tickets', end);
    await waiting;
    await expect(inVain).rejects.toMatchObject({ code: 'READ_MODEL_BUILDING' });
  });

  it('that has failed is told to those who ask', async () => {
    const { running, moveTo } = projections();
    moveTo('tickets', before, 'failed');
    await expect(barrier(running).seen(['tickets'], undefined)).rejects.toMatchObject({ code: 'PROJECTION_FAILED' });
  });

  it('shows in the health until it is over', () => {
    const subscription = { state: 'live', lag: 0, reconnects: 0 } as const;
    const health = (isBuilt: boolean) =>
      healthOf({ subscription, projections: [], stuckTickets: 0, faults: [], isBuilt });
    expect([health(false), statusCodeOf(health(false))]).toEqual([
      expect.objectContaining({ status: 'notReady', reason: 'The read models are being built.' }),
      503,
    ]);
    expect([health(true).status, statusCodeOf(health(true))]).toEqual(['ok', 200]);
  });

  it('is what the health of a server goes by', async () => {
    const folder = newFolder();
    const context = await ledgerAt('2026-03-02T09:00:00Z', folder);
    let isOver = false;
    const firstBuild = Object.create(context.firstBuild, {
      isOver: { get: () => isOver },
      over: { value: () => Promise.resolve(false) },
    }) as FirstBuild;
    const { requestLimits } = testDoors(context.settings, context.time);
    const server = await startServer({ ...context, firstBuild }, [], { requestLimits });
    const health = async () => (await fetch(`${server.url}/health`)).status;
    while (context.projections.subscription.state !== 'live') await new Promise(setImmediate);
    expect(await health()).toBe(503);
    isOver = true;
    expect(await health()).toBe(200);
    await server.close();
    await context.close();
  });
});

describe.each(eachStore)('a cursor, $where,', ({ open }) => {
  it('beyond the end of the log is refused to a query, and one that is not is taken', async () => {
    const { store, close } = await open();
    const { running, moveTo } = projections();
    const { position } = await store.append('s', 'noStream', [event()]);
    moveTo('tickets', position);
    moveTo('summary', position);
    const barrier = new ReadBarrier(store, running, new FirstBuild(running, position));
    await barrier.seen(['tickets'], toCursor(store, position));
    const beyond = String(BigInt(position) + 1_000n).padStart(position.length, '0');
    const refused = barrier.seen(['tickets'], toCursor(store, beyond));
    await expect(refused).rejects.toMatchObject({ code: 'CURSOR_BEYOND_END' });
    await close();
  });
});

describe('a cursor beyond the end of the log', () => {
  it('is refused by the feed when it is taken, and by queries', async () => {
    const api = await Api.start('2026-03-02T09:00:00Z');
    const last = await api.lastPosition();
    const { logId } = { logId: (await api.data<{ a: { position: string } }>(define)).a.position.split('.')[0] ?? '' };
    const beyond = `${logId}.${String(Number(last) + 1_000).padStart(last.length, '0')}`;
    expect(fromCursor({ logId }, beyond) > last).toBe(true);
    const feed = api.subscribe(`subscription { slaEvents(after: "${beyond}") { cursor } }`);
    const refusal: unknown = await feed.next().catch((error: unknown) => error);
    expect(JSON.stringify(refusal instanceof Error ? refusal.message : refusal)).toContain('CURSOR_BEYOND_END');
    const { errors } = await api.send(`{ plans(minPosition: "${beyond}") { code } }`);
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['CURSOR_BEYOND_END']);
    await feed.leave();
    await api.end();
  });
});

const define = `mutation { a: enrolCustomer(input: { id: "acme", plan: "pro" }) { ... on CustomerDefined { position } } }`;
