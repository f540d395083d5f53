import { join } from 'node:path';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type CalendarDefinition, weekdays } from '../../src/business-time/calendar.js';
import { type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { Random } from '../../src/imports/random.js';
import { openLedger, rebuildReadModels } from '../../src/ledger.js';
import { planDefaults } from '../../src/plans/domain/plan-defaults.js';
import { type Metric, type Plan } from '../../src/plans/domain/plan.js';
import { Hours } from '../model/hours.js';
import { newFolder } from '../support/api.js';
import { project, settingsOf } from '../support/ledgers.js';
import { rowsOf } from '../support/rows.js';
import { breachesIn, feedIn, ranOut, timesRecorded } from './judge.js';
import { Listener } from './listener.js';
import { Target } from './target.js';
import { type Desk, send, unanswered, work } from './writer.js';

const kills = Number(process.env['PROVE_KILLS'] ?? 50);
const seed = Number(process.env['PROVE_SEED'] ?? Math.floor(Math.random() * 2 ** 32));
const writers = 8;

/** Longer than any promise of the plans below. */
const longestPromiseMs = 4_000;

const everyDay = Object.fromEntries(weekdays.map((day) => [day, [['00:00', '24:00'] as const]]));
const always: CalendarDefinition = { timeZone: 'UTC', weekly: everyDay };

const plan = (code: string, seconds: Readonly<Record<Metric, number>>): Plan => ({
  ...planDefaults,
  ...{ code, name: code, calendar: 'always', atRiskShare: 0.5 },
  targets: Object.entries(seconds).map(([metric, amount]) => ({
    metric: metric as Metric,
    target: { amount, unit: 'seconds' },
  })),
});
const plans = [
  plan('quick', { firstResponse: 1, followUp: 1, resolution: 2 }),
  plan('steady', { firstResponse: 2, followUp: 3, resolution: 4 }),
];

const screaming = { firstResponse: 'FIRST_RESPONSE', followUp: 'FOLLOW_UP', resolution: 'RESOLUTION' } as const;

/** Defines the calendar and the plans; what is so already stays. Answers a cursor from before the first ticket. */
async function define(desk: Desk): Promise<string> {
  const weekly = weekdays.map((day) => ({ day, windows: [{ opens: '00:00', closes: '24:00' }] }));
  const calendar = `mutation ($input: DefineCalendarInput!) { defineCalendar(input: $input) { __typename } }`;
  await send(desk, calendar, { input: { code: 'always', name: 'Always', timeZone: 'UTC', weekly } });
  let cursor = '';
  for (const { code, name, atRiskShare, targets } of plans) {
    const mutation = `mutation ($input: DefinePlanInput!) { definePlan(input: $input) { ... on PlanDefined { position } } }`;
    const promised = targets.map(({ metric, target }) => ({
      metric: screaming[metric],
      target: { amount: target.amount, unit: 'SECONDS' },
    }));
    const input = { code, name, atRiskShare, calendar: 'always', targets: promised };
    const { definePlan } = await send<{ definePlan: { position: string } }>(desk, mutation, { input });
    cursor = definePlan.position;
  }
  return cursor;
}

describe('a server that is killed again and again, while clients write and listen', () => {
  it(
    `loses and doubles nothing: ${kills} kills`,
    async () => {
      const folder = newFolder();
      const random = new Random(seed);
      const env = { PLEDGE_HEARTBEAT_SECONDS: '1', PLEDGE_RATE: '1000000', PLEDGE_ADDRESS_RATE: '1000000' };
      const target = await Target.at(folder, random, env);
      const [closing, leaving] = [new AbortController(), new AbortController()];
      const where = { url: () => target.url, headers: () => target.authorization };
      const desk: Desk = {
        ...where,
        sent: () => {
          target.happened('sent');
        },
        closing: closing.signal,
      };

      const defined = define(desk);
      const working = Array.from({ length: writers }, (_, i) =>
        defined.then(() => work(desk, `w${i}`, new Random(seed + i))),
      );
      const listeners = defined.then((cursor) =>
        [undefined, undefined, ...Object.values(screaming)].map(
          (metric, i) =>
            new Listener(where, metric, cursor, new Random(seed + 100 + i), () => {
              target.happened('heard');
            }),
        ),
      );
      const listening = listeners.then((all) => Promise.all(all.map((one) => one.listen(leaving.signal))));
      const busy = Promise.all([listening, ...working]);
      busy.catch(() => undefined);

      for (let kill = 1; kill <= kills; kill++) await Promise.race([target.killOnce(), busy]);
      await target.serve();
      closing.abort();
      const acknowledged = (await Promise.all(working)).flat();
      await sleep(longestPromiseMs + 1_000);
      await target.kill();

      const settings = settingsOf(join(folder, 'data'));
      const ledger = await openLedger(settings, 'judge');
      const log: StoredEvent[] = [];
      for await (const event of ledger.store.readAll()) log.push(event);
      await project(ledger);
      await ledger.close();

      // Listeners that the last kill cut off come back once more.
      await target.serve();
      const all = await listeners;
      const isThere = () => all.every(({ heard, metric }) => heard.length >= feedIn(log, metric).length);
      for (let tries = 0; tries < 200 && !isThere(); tries++) await sleep(50);
      leaving.abort();
      await busy;
      await target.kill();

      const said = `${kills} kills, seed ${seed}: ${acknowledged.length} writes, ${unanswered.times} tries unanswered, ${breachesIn(log).length} breaches, ${all.reduce((sum, { returns }) => sum + returns, 0)} returns of ${all.length} listeners, start ${Math.round(Math.min(...target.startsMs))} ms`;
      process.stderr.write(`${said}\n`);

      const times = timesRecorded(log);
      expect(acknowledged.filter(({ mark }) => times.get(mark) !== 1)).toEqual([]);
      expect(times.size).toBe(acknowledged.length);
      const now = Date.now();
      const hours = new Hours(always, now - 2 * 86_400_000, 5);
      expect(breachesIn(log)).toEqual(ranOut(log, plans, hours, now));
      for (const { heard, metric } of all) expect(heard.map(({ id }) => id)).toEqual(feedIn(log, metric));

      const file = join(folder, 'data/read-models.db');
      const kept = rowsOf(file);
      await rebuildReadModels(settings);
      expect(kept).toEqual(rowsOf(file));
      rmSync(folder, { recursive: true });
    },
    600_000 + kills * 5_000,
  );
});
