/**
 * Rebuilding all read models from 200,000 events: the time that it takes, against reading and parsing the same log and writing
 * the same rows in the same run; and its memory, against that of a rebuild from twice the log, which is twice as long in time.
 */
import { fork } from 'node:child_process';
import { once as next } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Database } from '../dist/storage/sqlite.js';
import { sampleLog } from '../dist/imports/sample.js';
import { fill } from './support/fill.mjs';
import { inFolder, ofRounds } from './support/measure.mjs';

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

/**
 * The floor, in seconds: the same log read and parsed, and the rows that the read models have in the end written into empty
 * tables of the same shape, in batches of 1,000 a transaction.
 */
function bare(data, to) {
  const source = new Database(join(data, 'read-models.db'), { readonly: true });
  const db = new Database(to);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  const tables = source.prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`);
  const schema = source.prepare('SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL').pluck();
  const work = tables
    .pluck()
    .all()
    .map((table) => {
      for (const statement of schema.all(table)) db.exec(statement);
      const select = source.prepare(`SELECT * FROM ${table}`).raw();
      const values = select.columns().map(() => '?');
      return { rows: select.all(), insert: db.prepare(`INSERT INTO ${table} VALUES (${values})`) };
    });
  source.close();
  const batch = db.transaction((insert, rows) => {
    for (const row of rows) insert.run(row);
  });
  const log = new Database(join(data, 'events.db'), { readonly: true });
  const began = performance.now();
  let parsed = 0;
  for (const [text, metadata] of log.prepare('SELECT data, metadata FROM events ORDER BY position').raw().iterate())
    parsed += JSON.parse(text) !== null && JSON.parse(metadata) !== null ? 1 : 0;
  for (const { rows, insert } of work) {
    for (let i = 0; i < rows.length; i += 1_000) batch(insert, rows.slice(i, i + 1_000));
  }
  const seconds = (performance.now() - began) / 1_000;
  log.close();
  db.close();
  return { seconds, parsed, rows: work.reduce((sum, { rows }) => sum + rows.length, 0) };
}

export async function bench() {
  return inFolder(async (folder) => {
    const [once, twice] = [join(folder, 'once'), join(folder, 'twice')];
    const events = await fill(once, sample(tickets));
    if (events < wanted) throw new Error(`the sample makes only ${events} events`);
    await fill(twice, sample(2 * tickets));
    const results = [];
    for (let round = 0; round < rounds; round++) {
      // Each goes first by turns.
      const floor = () => bare(once, join(folder, `bare-${round}.db`));
      let bareFirst;
      if (round % 2 === 1) bareFirst = floor();
      const { seconds, peak } = await rebuild(once);
      const { seconds: bareSeconds, rows, parsed } = bareFirst ?? floor();
      if (parsed !== events) throw new Error(`${parsed} events were read, of ${events}`);
      const { peak: peakOfTwice } = await rebuild(twice);
      results.push({ seconds, perSecond: events / seconds, peak, peakOfTwice, rows, bareSeconds });
    }
    const of = (pick) => ofRounds(results.map(pick));
    return [
      { name: 'events in the log', value: events, unit: 'events' },
      { name: 'rows in the read models', value: results[0].rows, unit: 'rows' },
      { name: 'rebuild', ...of(({ perSecond }) => perSecond), unit: 'events/s' },
      { name: 'rebuild takes', ...of(({ seconds }) => seconds), unit: 's' },
      {
        name: 'reading and parsing the log and writing the final rows takes',
        ...of(({ bareSeconds }) => bareSeconds),
        unit: 's',
      },
      { name: 'that time / of the rebuild', ...of((r) => r.bareSeconds / r.seconds), unit: '×', target: 0.5 },
      { name: 'peak memory', ...of(({ peak }) => peak), unit: 'MiB' },
      {
        name: 'peak memory with twice the log / with the log',
        value: of(({ peakOfTwice }) => peakOfTwice).value / of(({ peak }) => peak).value,
        unit: '×',
        most: 1.15,
      },
    ];
  });
}
