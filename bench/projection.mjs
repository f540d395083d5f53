/**
 * Rebuilding all read models from 200,000 events, against bare batched upserts of the same rows in the same run; and its
 * memory, against that of a rebuild from twice the log, which is twice as long in time.
 */
import { fork } from 'node:child_process';
import { once as next } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Database } from '../dist/storage/sqlite.js';
import { sampleLog } from '../dist/imports/sample.js';
import { fill } from './support/fill.mjs';
import { inFolder, median } from './support/measure.mjs';

const tickets = 12_500;
const wanted = 200_000;
/** Where a heap stands when it is collected is chance: peaks are medians of so many. */
const rounds = 5;

/** A log of so many tickets. */
const sample = (tickets) =>
  sampleLog({ seed: 1, tickets, until: Date.UTC(2026, 5, 1), days: Math.round(tickets / 139), timeZone: 'UTC' });

/** Rebuilds in a process of its own, so that its memory is its own too. */
async function rebuild(data) {
  const child = fork(fileURLToPath(new URL('projection/rebuild.mjs', import.meta.url)), {
    env: { ...process.env, PLEDGE_DATA: data },
  });
  const [answer] = await next(child, 'message');
  await next(child, 'exit');
  return answer;
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
    const [once, twice] = [join(folder, 'once'), join(folder, 'twice')];
    const events = await fill(once, sample(tickets));
    if (events < wanted) throw new Error(`the sample makes only ${events} events`);
    await fill(twice, sample(2 * tickets));
    const results = [];
    for (let round = 0; round < rounds; round++) {
      const { perSecond, peak } = await rebuild(once);
      const bare = bareUpserts(join(once, 'read-models.db'), join(folder, `bare-${round}.db`));
      const { peak: peakOfTwice } = await rebuild(twice);
      results.push({ perSecond, peak, peakOfTwice, rows: bare.count, bare: bare.perSecond });
    }
    const of = (key) => median(results.map((result) => result[key]));
    return [
      { name: 'events in the log', value: events, unit: 'events' },
      { name: 'rebuild', value: of('perSecond'), unit: 'events/s' },
      { name: 'rows in the read models', value: of('rows'), unit: 'rows' },
      { name: 'bare batched upserts', value: of('bare'), unit: 'rows/s' },
      {
        name: 'rebuild / bare upserts',
        value: median(results.map((r) => r.perSecond / r.bare)),
        unit: '×',
        target: 0.2,
      },
      { name: 'peak memory', value: of('peak'), unit: 'MiB' },
      {
        name: 'peak memory with twice the log / with the log',
        value: of('peakOfTwice') / of('peak'),
        unit: '×',
        most: 1.15,
      },
    ];
  });
}
