import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type Settings } from '../../src/config/settings.js';
import { type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { Random } from '../../src/imports/random.js';
import { openLedger, rebuildReadModels } from '../../src/ledger.js';
import { newFolder } from '../support/api.js';
import { project, settingsOf } from '../support/ledgers.js';
import { rowsOf } from '../support/rows.js';
import { breachesIn, feedIn, ranOut, timesRecorded } from './judge.js';
import { Listener } from './listener.js';
import { define, longestPromiseMs, metricsAsked } from './promises.js';
import { eventStoreDb, sqlite } from './stores.js';
import { Target } from './target.js';
import { type Acknowledged, unanswered, work } from './writer.js';

const { PROVE_KILLS = '50', PROVE_STORE, PROVE_SEED } = process.env;
const kills = Number(PROVE_KILLS);
const seed = Number(PROVE_SEED ?? Math.floor(Math.random() * 2 ** 32));
const writers = 8;

/** What was acknowledged, and what was heard. */
interface Lived {
  readonly acknowledged: readonly Acknowledged[];
  readonly listeners: readonly Listener[];
}

/** Clients that write and listen while the server is killed. */
async function live(target: Target): Promise<Lived> {
  const [closing, leaving, over] = [new AbortController(), new AbortController(), new AbortController()];
  const sent = () => {
    target.happened('sent');
  };
  const heard = () => {
    target.happened('heard');
  };
  const desk = { url: target.url, headers: target.headers, sent, closing: closing.signal, over: over.signal };
  const defined = define(desk);
  const working = Promise.all(
    Array.from({ length: writers }, (_, i) => defined.then(() => work(desk, `w${i}`, new Random(seed + i)))),
  );
  const listeners = defined.then((cursor) =>
    [undefined, undefined, ...metricsAsked].map(
      (metric, i) => new Listener(target, metric, cursor, new Random(seed + 100 + i), heard),
    ),
  );
  const listening = listeners.then((all) => Promise.all(all.map((one) => one.listen(leaving.signal))));
  const busy = Promise.all([listening, working]);
  busy.catch(() => undefined); // said where it is awaited

  try {
    for (let kill = 1; kill <= kills; kill++) await Promise.race([target.killOnce(), busy]);
    await target.serve();
    closing.abort();
    const acknowledged = (await working).flat();
    await sleep(longestPromiseMs + 1_000); // for what is left unanswered to run out
    const all = await listeners;
    await quiet(all);
    leaving.abort();
    await busy;
    return { acknowledged, listeners: all };
  } finally {
    for (const stop of [closing, leaving, over]) stop.abort();
    await target.kill();
  }
}

/** Until nobody has heard anything new for a while. */
async function quiet(listeners: readonly Listener[]): Promise<void> {
  const count = () => listeners.reduce((sum, { heard }) => sum + heard.length, 0);
  for (let before = -1; before !== count();) {
    before = count();
    await sleep(1_500);
  }
}

/** Every acknowledged write is there, every clock that ran out has one breach, and everybody has heard of each once. */
async function judge(name: string, settings: Settings, { acknowledged, listeners }: Lived, target: Target) {
  const ledger = await openLedger(settings, 'judge');
  const log: StoredEvent[] = [];
  for await (const event of ledger.store.readAll()) log.push(event);
  await project(ledger);
  await ledger.close();
  const returns = listeners.reduce((sum, one) => sum + one.returns, 0);
  process.stderr.write(
    `${name}, ${kills} kills, seed ${seed}: ${acknowledged.length} writes, ${unanswered.times} tries unanswered, ` +
      `${breachesIn(log).length} breaches, ${returns} returns of ${listeners.length} listeners, ` +
      `a start takes ${Math.round(Math.min(...target.startsMs))} ms at best\n`,
  );

  // Else nothing was proved.
  expect(acknowledged.length).toBeGreaterThan(writers);
  expect(breachesIn(log).length).toBeGreaterThan(0);
  const times = timesRecorded(log);
  expect(acknowledged.filter(({ mark }) => times.get(mark) !== 1)).toEqual([]);
  expect(times.size).toBe(acknowledged.length);
  expect(breachesIn(log)).toEqual(ranOut(log, Date.now()));
  for (const { heard, metric } of listeners) expect(heard.map(({ id }) => id)).toEqual(feedIn(log, metric));
  const file = join(settings.data, 'read-models.db');
  const kept = rowsOf(file);
  await rebuildReadModels(settings);
  expect(kept).toEqual(rowsOf(file));
}

const stores = { sqlite, eventstoredb: eventStoreDb };

describe.each(Object.entries(stores).filter(([name]) => PROVE_STORE === undefined || PROVE_STORE === name))(
  'a server on %s that is killed again and again, while clients write and listen',
  (name, start) => {
    it(
      'loses and doubles nothing',
      async () => {
        const folder = newFolder();
        const { env, stop } = await start();
        try {
          const target = await Target.at(folder, new Random(seed), env);
          const lived = await live(target);
          await judge(name, settingsOf(join(folder, 'data'), env), lived, target);
        } finally {
          await stop();
        }
        rmSync(folder, { recursive: true });
      },
      600_000 + kills * 10_000,
    );
  },
);
