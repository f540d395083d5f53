import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type Settings } from '../../src/config/settings.js';
import { type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { Random } from '../../src/imports/random.js';
import { openForReading, openPledgeContext, rebuildReadModels } from '../../src/app/pledge-context.js';
import { newFolder } from '../support/api.js';
import { fullDisks } from '../support/disks.js';
import { times } from '../support/lengths.js';
import { project, settingsOf } from '../support/application-contexts.js';
import { rowsOf } from '../support/rows.js';
import { breachesIn, feedIn, runOut, timesRecorded } from './judge.js';
import { Listener } from './listener.js';
import { define, metricsAsked } from './promises.js';
import { eventStoreDb, sqlite, type Store } from './stores.js';
import { Target } from './target.js';
import { type Acknowledged, work } from './writer.js';

const { PROVE_STORE, PROVE_SEED } = process.env;
const kills = times({ short: 2, long: 40 }, 'PROVE_KILLS');
const seed = Number(PROVE_SEED ?? Math.floor(Math.random() * 2 ** 32));
const writers = 8;
const disks = fullDisks();
/** After so many kills the disk is full for a while. */
const killsToFull = times({ short: 2, long: 15 });

/** How long what has run out may stay unrecorded, or unheard; far beyond what it takes. */
const patienceMs = 300_000;

/** What was acknowledged, and what was heard. */
interface Lived {
  readonly acknowledged: readonly Acknowledged[];
  readonly listeners: readonly Listener[];
}

/** Clients that write and listen while the server is killed. */
async function live(target: Target, settings: Settings): Promise<Lived> {
  const [closing, leaving, over] = [new AbortController(), new AbortController(), new AbortController()];
  const sent = () => {
    target.happened('sent');
  };
  const heard = () => {
    target.happened('heard');
  };
  const refused = () => {
    target.happened('refused');
  };
  const { url, headers, back } = target;
  const desk = { url, headers, back, sent, refused, closing: closing.signal, over: over.signal };
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
  void Promise.allSettled([busy]); // its failure is said where it is awaited

  try {
    for (let kill = 1; kill <= kills; kill++) {
      await Promise.race([target.killOnce(), busy]);
      const disk = kill % killsToFull === 0 ? disks[(kill / killsToFull) % disks.length] : undefined;
      if (disk !== undefined) await Promise.race([target.fillOnce(disk, 'kill'), busy]);
    }
    const [disk] = disks;
    await Promise.race([disk === undefined ? target.serve() : target.fillOnce(disk, 'go on'), busy]);
    closing.abort();
    const acknowledged = (await working).flat();
    const all = await listeners;
    await quiet(all, settings);
    leaving.abort();
    await busy;
    return { acknowledged, listeners: all };
  } finally {
    for (const stop of [closing, leaving, over]) stop.abort();
    await target.kill();
  }
}

/** Until what is left unanswered has run out and everybody has heard so, if that ever happens, and for a while longer. */
async function quiet(listeners: readonly Listener[], settings: Settings): Promise<void> {
  const isOver = (log: readonly StoredEvent[]) => {
    const recorded = new Set(breachesIn(log));
    return (
      runOut(log, Date.now()).every((breach) => recorded.has(breach)) &&
      listeners.every(({ heard, metric }) => heard.length >= feedIn(log, metric).length)
    );
  };
  const began = performance.now();
  while (!isOver(await logOf(settings)) && performance.now() - began < patienceMs) await sleep(500);
  await sleep(1_500); // for what comes twice
}

/** All that is recorded, beside the server. */
async function logOf(settings: Settings): Promise<readonly StoredEvent[]> {
  const context = await openForReading(settings);
  const log: StoredEvent[] = [];
  for await (const event of context.store.readAll()) log.push(event);
  await context.close();
  return log;
}

/** Every acknowledged write is there, every clock that ran out has one breach, and everybody has heard of each once. */
async function judge(name: string, settings: Settings, { acknowledged, listeners }: Lived, target: Target) {
  const log = await logOf(settings);
  const context = await openPledgeContext(settings, 'judge');
  await project(context);
  await context.close();
  const returns = listeners.reduce((sum, one) => sum + one.returns, 0);
  process.stderr.write(
    `${name}, ${kills} kills, seed ${seed}: ${acknowledged.length} writes, ${breachesIn(log).length} breaches, ` +
      `${returns} returns of ${listeners.length} listeners, ${target.losses} times lost or not found, ` +
      `${target.refusals} refused by a full disk, a start takes ${Math.round(Math.min(...target.startsMs))} ms at best\n`,
  );

  // Else nothing was proved.
  expect(acknowledged.length).toBeGreaterThan(writers);
  expect(breachesIn(log).length).toBeGreaterThan(0);
  if (name === 'sqlite' && disks.length > 0) expect(target.refusals).toBeGreaterThan(0);
  const times = timesRecorded(log);
  expect(acknowledged.filter(({ mark }) => times.get(mark) !== 1)).toEqual([]);
  expect(times.size).toBe(acknowledged.length);
  expect(breachesIn(log)).toEqual(runOut(log, Date.now()));
  for (const { heard, metric } of listeners) expect(heard.map(({ id }) => id)).toEqual(feedIn(log, metric));
  const file = join(settings.data, 'read-models.db');
  const kept = rowsOf(file);
  await rebuildReadModels(settings);
  expect(kept).toEqual(rowsOf(file));
}

const stores = Object.entries({ sqlite, eventstoredb: eventStoreDb }).filter(
  ([name]) => PROVE_STORE === undefined || PROVE_STORE === name,
);

async function torture(name: string, start: () => Promise<Store>): Promise<void> {
  const folder = newFolder();
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  const { env, stop } = await start();
  for (const disk of disks) disk.mount(data);
  try {
    const settings = settingsOf(data, env);
    const target = await Target.at(folder, new Random(seed), env);
    const lived = await live(target, settings);
    await judge(name, settings, lived, target);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${why}\nagain: npm run prove -- torture --kills ${kills} --store ${name} --seed ${seed}`, {
      cause,
    });
  } finally {
    for (const disk of disks) disk.unmount(data);
    await stop();
  }
  rmSync(folder, { recursive: true });
}

describe('a server that is killed again and again, and whose disk is full now and then, while clients write and listen', () => {
  it(
    `loses and doubles nothing on ${stores.map(([name]) => name).join(' and ')}`,
    async () => {
      // At the same time: most of it is waiting.
      const ends = await Promise.allSettled(stores.map(([name, start]) => torture(name, start)));
      const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as unknown] : []));
      if (failures.length > 0) throw failures.length === 1 ? failures[0] : new AggregateError(failures);
    },
    1_200_000 + kills * 10_000,
  );
});
