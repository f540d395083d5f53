import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import fc from '../support/fc.js';
import { times } from '../support/lengths.js';
import { openReadModels } from '../../src/read-models/read-models.js';
import { type EventStore, type Position } from '../../src/event-sourcing/event-store.js';
import { type SubscriptionStatus } from '../../src/event-sourcing/subscription-status.js';
import { Database } from '../../src/storage/sqlite.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { openForReading, openPledgeContext, rebuildReadModels } from '../../src/app/pledge-context.js';
import { allProjections, Projections } from '../../src/app/projection-worker/projections.js';
import { changePlan } from '../../src/catalogue/commands/change-plan.js';
import { settleTicket } from '../../src/tickets/commands/settle-ticket.js';
import { ticketsProjection } from '../../src/tickets/projections/tickets-projection.js';
import { ticketsNamed } from '../../src/tickets/queries/tickets.js';
import { propagateMerge } from '../../src/tickets/commands/propagate-merge.js';
import { newFolder } from '../support/api.js';
import {
  importSample,
  ledgerAt,
  open,
  project,
  projectAndClose,
  say,
  settingsOf,
  type TestContext,
} from '../support/application-contexts.js';
import { type Rows, rowsOf } from '../support/rows.js';

const now = '2026-03-02T09:00:00Z';
const admin = { id: 'admin', kind: 'person' } as const;
const logIn = (folder: string) => join(folder, 'events.db');
const readModelsIn = (folder: string) => join(folder, 'read-models.db');

/** Opens a folder, does some work, projects what is in its log and lets go; answers the rows. */
async function projected(folder: string, work?: (context: TestContext) => Promise<unknown>): Promise<Rows> {
  const context = await ledgerAt(now, folder);
  try {
    await work?.(context);
    await project(context);
  } finally {
    await context.close();
  }
  return rowsOf(readModelsIn(folder));
}

/** A log that has seen everything: a sample, deadlines passed, and facts that came late. */
async function liveThroughEverything(context: TestContext): Promise<void> {
  const sample = await importSample(context, { tickets: 250, until: '2026-03-02T08:00:00Z', days: 60 });
  await sample.log.finish(sample.counts);
  for (const plan of ['pro', 'enterprise', 'standard', 'advanced']) await open(context, `T-${plan}`, plan);
  await say(context, 'T-enterprise', { type: 'RecordFirstResponse' });
  await say(context, 'T-enterprise', { type: 'PauseTicket', reason: 'onHold' });
  await say(context, 'T-advanced', { type: 'RecordFirstResponse' });
  context.time.moveTo(Date.parse('2026-03-04T12:00:00Z'));
  for await (const { data } of context.store.readAll({ types: ['TicketOpened'] }))
    await settleTicket(context, (data as { readonly ticket: string }).ticket);
  await say(context, 'T-pro', { type: 'RecordFirstResponse' }, '2026-03-02T10:00:00Z'); // takes a breach back
  await say(context, 'T-standard', { type: 'ReclassifyTicket', ticketType: 'onBoarding' });
  await say(context, 'T-advanced', { type: 'CancelTicket', reason: 'duplicate' }, '2026-03-02T09:00:00Z');
  await open(context, 'T-last');
  await open(context, 'T-merged');
  await say(context, 'T-merged', { type: 'MergeTicket', into: 'T-last' });
  await propagateMerge(context, 'T-merged');
  await changePlan(
    context,
    { type: 'RevisePlan', code: 'pro', changes: { rank: 9 }, effectiveFrom: undefined, appliesToOpenTickets: true },
    admin,
  );
}

const live: SubscriptionStatus = { state: 'live', lag: 0, reconnects: 0 };

/** A log as it stood when its last event was at some position. */
const asItStood = (log: EventStore, end: Position): EventStore => ({
  logId: log.logId,
  append: () => Promise.reject(new Error('the past is as it is')),
  readStream: (...given) => log.readStream(...given),
  readAll: (...given) => log.readAll(...given),
  async *subscribe(options) {
    for await (const event of log.readAll(options)) {
      if (event.position > end) break;
      yield { kind: 'event', event };
    }
    yield { kind: 'caughtUp', position: end };
  },
  lastPosition: () => Promise.resolve(end),
  markAt: (position) => log.markAt(position),
});

let source: string;
let expected: Rows;

beforeAll(async () => {
  source = newFolder();
  expected = await projected(source, liveThroughEverything);
}, 120_000);
afterAll(() => {
  rmSync(source, { recursive: true });
});

describe('read models', () => {
  let folder: string;
  beforeEach(() => {
    folder = newFolder();
    copyFileSync(logIn(source), logIn(folder));
    copyFileSync(readModelsIn(source), readModelsIn(folder));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function change(statements: string): void {
    const db = new Database(readModelsIn(folder));
    db.exec(statements);
    db.close();
  }

  /** What is told where they are opened and projected. */
  async function reopened(): Promise<readonly string[]> {
    const said: string[] = [];
    const finding = { acceptsOlderLog: false, report: (line: string) => void said.push(line) };
    const context = await openPledgeContext(settingsOf(folder), 'test', { finding });
    await projectAndClose(context);
    return said;
  }

  it('of these tests are varied: rows in every table, clocks in every state, a breach taken back', () => {
    expect(Object.keys(expected).filter((table) => expected[table]?.length === 0)).toEqual([]);
    expect(expected['plans']).toHaveLength(6);
    const states = expected['clocks']
      ?.map((row) => JSON.parse(row) as { clock: string })
      .map(({ clock }) => (JSON.parse(clock) as { state: string }).state);
    expect([...new Set(states)].sort()).toEqual(['breached', 'cancelled', 'met', 'metLate', 'paused', 'running']);
    expect(expected['breaches']?.filter((row) => !row.includes('"withdrawn_at":null')).length).toBeGreaterThan(0);
  });

  it('that were deleted are built again at the start, the same', async () => {
    rmSync(readModelsIn(folder));
    expect(await projected(folder)).toEqual(expected);
  });

  it('that are rebuilt are the same', async () => {
    await rebuildReadModels(settingsOf(folder));
    expect(rowsOf(readModelsIn(folder))).toEqual(expected);
  });

  it('built in parts, stopped and started anew wherever, are the same as built at once', async () => {
    const log = SqliteEventStore.open(logIn(source), { readonly: true });
    const end = await log.lastPosition();
    const cut = fc.integer({ min: 1, max: Number(end) });
    const cuts = fc.array(cut, { minLength: 1, maxLength: 40 });
    const property = fc.asyncProperty(cuts, async (at) => {
      const file = join(newFolder(), 'read-models.db');
      for (const place of [...at.sort((a, b) => a - b), Number(end)]) {
        const past = asItStood(log, String(place).padStart(end.length, '0'));
        const anew = await openReadModels(file, { log: past, projections: allProjections });
        try {
          await new Projections({ store: past, status: () => live }, anew).catchUp();
        } finally {
          await anew.close();
        }
      }
      expect(rowsOf(file)).toEqual(expected);
    });
    try {
      await fc.assert(property, { numRuns: times({ short: 4, long: 12 }) });
    } finally {
      await log.close();
    }
  }, 120_000);

  describe('of another log', () => {
    let other: string;
    let ofOther: Rows;
    beforeEach(async () => {
      other = newFolder();
      ofOther = await projected(other, (context) => open(context, 'T-other'));
    });
    afterEach(() => {
      rmSync(other, { recursive: true });
    });

    it("are dropped at the start, and this log's are built", async () => {
      copyFileSync(readModelsIn(source), readModelsIn(other));
      expect(await projected(other)).toEqual(ofOther);
    });

    it('name no ticket of this one', async () => {
      copyFileSync(readModelsIn(other), readModelsIn(folder));
      const [mine, theirs] = [await openForReading(settingsOf(folder)), await openForReading(settingsOf(other))];
      expect(mine.db).toBeUndefined();
      expect(theirs.db && (await ticketsNamed(theirs.db, 'T-other'))).toEqual(['T-other']);
      await mine.close();
      await theirs.close();
    });
  });

  it('that have seen more than the log holds, restored from a copy, are built again where a person accepts that', async () => {
    const copy = newFolder();
    await projected(folder, (context) => open(context, 'T-lost'));
    copyFileSync(logIn(source), logIn(copy));
    copyFileSync(readModelsIn(folder), readModelsIn(copy));
    expect(rowsOf(readModelsIn(copy))).not.toEqual(expected);
    await expect(projected(copy)).rejects.toMatchObject({ code: 'LOG_OLDER' });
    expect(rowsOf(readModelsIn(copy))).not.toEqual(expected);
    const finding = { acceptsOlderLog: true, report: () => undefined };
    const context = await openPledgeContext(settingsOf(copy), 'test', { finding });
    await projectAndClose(context);
    expect(rowsOf(readModelsIn(copy))).toEqual(expected);
  });

  describe('by another version of a projection', () => {
    beforeEach(() => {
      change(
        "UPDATE projections SET version = 0 WHERE name = 'tickets'; DROP TABLE plans; UPDATE tickets SET text = ''",
      );
    });

    it('are built again of that projection alone, which is told once', async () => {
      change("UPDATE breaches SET subject = 'as it was'");
      expect(await reopened()).toEqual([expect.stringMatching(/^Projections .* rebuilt: tickets\.$/)]);
      expect(await reopened()).toEqual([]);
      const { breaches, ...others } = rowsOf(readModelsIn(folder));
      expect(others).toEqual({ ...expected, breaches: undefined });
      expect(breaches).toEqual(
        expected['breaches']?.map((row) => row.replace(/"subject":"[^"]*"/, '"subject":"as it was"')),
      );
    });

    it('are built again where the process was killed before it had begun to fill them', async () => {
      const log = SqliteEventStore.open(logIn(folder), { readonly: true });
      await (await openReadModels(readModelsIn(folder), { log, projections: allProjections })).close();
      await log.close();
      expect(await projected(folder)).toEqual(expected);
    });

    it('stay as they are where their tables cannot be made', async () => {
      const before = rowsOf(readModelsIn(folder));
      const log = SqliteEventStore.open(logIn(folder), { readonly: true });
      const broken = {
        ...ticketsProjection,
        version: 99,
        tables: { log: { create: [sql`CREATE nothing`], visible: 'none' as const } },
      };
      const opening = openReadModels(readModelsIn(folder), { log, projections: [broken] });
      await expect(opening).rejects.toMatchObject({ message: expect.stringContaining('syntax error') });
      await log.close();
      expect(rowsOf(readModelsIn(folder))).toEqual(before);
    });
  });

  it('of a projection that is no more are dropped', async () => {
    change(`INSERT INTO projections VALUES ('older', 1, '["of_old"]', NULL, NULL); CREATE TABLE of_old (a)`);
    expect(await projected(folder)).toEqual(expected);
  });

  it('of the form that had migrations are built anew once, which is told in one line', async () => {
    rmSync(readModelsIn(folder));
    change(
      `CREATE TABLE log (id TEXT PRIMARY KEY); CREATE TABLE checkpoints (name, version, position, mark);
       CREATE TABLE tickets (id TEXT PRIMARY KEY, life TEXT); CREATE TABLE kysely_migration (name TEXT, timestamp TEXT);
       INSERT INTO checkpoints VALUES ('tickets', 4, '0000000000000001', NULL)`,
    );
    expect(await reopened()).toEqual([
      'The read models are being rebuilt: they were built by another version of Pledge.',
    ]);
    expect(await reopened()).toEqual([]);
    expect(rowsOf(readModelsIn(folder))).toEqual(expected);
  });

  it('in a file that is something else are refused, and the file is left as it is', async () => {
    rmSync(readModelsIn(folder));
    change('CREATE TABLE recipes (name TEXT)');
    await expect(ledgerAt(now, folder)).rejects.toMatchObject({ code: 'DATA_NOT_READABLE' });
    expect(rowsOf(readModelsIn(folder))).toEqual({ recipes: [] });
  });

  it('of a newer version are refused, and left as they are', async () => {
    change('PRAGMA user_version = 999');
    await expect(ledgerAt(now, folder)).rejects.toMatchObject({ code: 'DATA_FROM_NEWER_VERSION' });
    expect(rowsOf(readModelsIn(folder))).toEqual(expected);
  });
});
