/** Rebuilding all read models from 200,000 events, against bare batched upserts of the same rows in the same run. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { readSettings } from '../dist/config/settings.js';
import { importLog } from '../dist/imports/import-log.js';
import { startImport } from '../dist/imports/ledger-sink.js';
import { pledgeNdjson } from '../dist/imports/formats/pledge-ndjson.js';
import { sampleLog } from '../dist/imports/sample.js';
import { openLedger, rebuildReadModels } from '../dist/ledger.js';
import { inFolder, median, rate } from './support.mjs';

const wanted = 200_000;

/** A log of at least so many events, from the sample. */
async function fill(settings) {
  const ledger = await openLedger(settings, 'bench');
  const log = await startImport(ledger, { source: 'bench', format: 'pledge', actor: { id: 'bench', kind: 'system' } });
  const options = { seed: 1, tickets: 12_500, until: Date.UTC(2026, 5, 1), days: 90, timeZone: 'UTC' };
  async function* bytes() {
    for (const line of sampleLog(options)) yield Buffer.from(`${line}\n`);
  }
  const signal = new AbortController().signal;
  const counts = await importLog(pledgeNdjson.read(bytes()), {
    ...{ source: 'bench', sink: log, signal, rejected: console.error, progressed: () => undefined },
  });
  await log.finish(counts);
  const events = Number(await ledger.store.lastPosition());
  await ledger.close();
  if (events < wanted) throw new Error(`the sample makes only ${events} events`);
  return events;
}

/** Writes the rows of the read models into empty tables of the same shape, in batches of 1,000 a transaction. */
function bareUpserts(from, to) {
  const source = new Database(from, { readonly: true });
  const db = new Database(to);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  const tables = ['tickets', 'clocks', 'breaches', 'verdicts', 'sla_summary', 'catalogue'];
  const schema = source.prepare('SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL').pluck();
  const work = tables.map((table) => {
    for (const statement of schema.all(table)) db.exec(statement);
    const rows = source.prepare(`SELECT * FROM ${table}`).raw().all();
    const columns = source
      .prepare(`SELECT * FROM ${table}`)
      .columns()
      .map(({ name }) => name);
    const key = source
      .pragma(`table_info(${table})`)
      .filter(({ pk }) => pk > 0)
      .map(({ name }) => name);
    const set = columns
      .filter((c) => !key.includes(c))
      .map((c) => `${c} = excluded.${c}`)
      .join(', ');
    const values = columns.map(() => '?').join(', ');
    const upsert = db.prepare(
      `INSERT INTO ${table} (${columns}) VALUES (${values}) ON CONFLICT (${key}) DO UPDATE SET ${set}`,
    );
    return { rows, upsert };
  });
  source.close();
  const batch = db.transaction((upsert, rows) => {
    for (const row of rows) upsert.run(row);
  });
  const count = work.reduce((sum, { rows }) => sum + rows.length, 0);
  const began = performance.now();
  for (const { rows, upsert } of work) {
    for (let i = 0; i < rows.length; i += 1_000) batch(upsert, rows.slice(i, i + 1_000));
  }
  const ms = performance.now() - began;
  db.close();
  return { count, perSecond: (count * 1000) / ms };
}

export async function bench() {
  return inFolder(async (folder) => {
    const settings = readSettings({}, { data: folder });
    const events = await fill(settings);
    const rebuilds = [];
    const ratios = [];
    let rows = 0;
    let bare = 0;
    const memory = [];
    for (let round = 0; round < 3; round++) {
      rebuilds.push(await rate(events, () => rebuildReadModels(settings)));
      globalThis.gc?.();
      memory.push(process.memoryUsage().rss / 1024 / 1024);
      const floor = bareUpserts(join(folder, 'read-models.db'), join(folder, `bare-${round}.db`));
      rows = floor.count;
      bare = floor.perSecond;
      ratios.push(rebuilds[round] / floor.perSecond);
    }
    return [
      { name: 'events in the log', value: events, unit: 'events' },
      { name: 'rebuild', value: median(rebuilds), unit: 'events/s' },
      { name: 'rows in the read models', value: rows, unit: 'rows' },
      { name: 'bare batched upserts', value: bare, unit: 'rows/s' },
      { name: 'rebuild / bare upserts', value: median(ratios), unit: '×', target: 0.2 },
      { name: 'memory of the third rebuild / of the first', value: memory[2] / memory[0], unit: '×' },
    ];
  });
}
