/** Durable appends on SQLite, against bare better-sqlite3 into the same tables, by turns in the same run. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Database } from '../dist/storage/sqlite.js';
import { SqliteEventStore } from '../dist/event-store/sqlite/sqlite-event-store.js';
import { inFlight, inFolder, ofRounds, rate } from './support/measure.mjs';

const rounds = 5;
const data = { ticket: 'ticket-1', customer: 'acme', channel: 'email', text: 'x'.repeat(100) };
const metadata = { actor: { id: 'mia', kind: 'person' }, occurredAt: 1, recordedAt: 2, schemaVersion: 1 };
const event = () => ({ id: randomUUID(), type: 'FollowUpSent', data, metadata });

/** Streams of ten events each, as tickets are. */
const streamOf = (n) => `ticket-${Math.floor(n / 10)}`;

async function bare(file) {
  await SqliteEventStore.open(file).close();
  const db = new Database(file);
  db.pragma('synchronous = FULL');
  db.pragma('wal_autocheckpoint = 4000');
  const addStream = db.prepare('INSERT INTO streams (name, revision) VALUES (?, ?)');
  const moveStream = db.prepare('UPDATE streams SET revision = ? WHERE id = ?');
  const addEvent = db.prepare(
    'INSERT INTO events (position, stream, revision, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  let position = 0;
  let stream = 0;
  const append = () => {
    const revision = position % 10;
    if (revision === 0) stream = Number(addStream.run(streamOf(position), 0).lastInsertRowid);
    position += 1;
    const { id, type } = event();
    addEvent.run(position, stream, revision, id, type, JSON.stringify(data), JSON.stringify(metadata));
    moveStream.run(revision, stream);
  };
  const batch = db.transaction((count) => {
    for (let i = 0; i < count; i++) append();
  });
  return { append: db.transaction(append).immediate, batch: batch.immediate, close: () => db.close() };
}

async function bareRound(folder, number) {
  const floor = await bare(join(folder, `bare-${number}.db`));
  const bareOne = await rate(3_000, () => {
    for (let i = 0; i < 3_000; i++) floor.append();
  });
  const bareBatches = await rate(60_000, () => {
    for (let i = 0; i < 60; i++) floor.batch(1_000);
  });
  floor.close();
  return { bareOne, bareBatches };
}

/** The store as `pledge serve` opens it, which writes in a thread of its own. */
async function storeRound(folder, number) {
  const store = SqliteEventStore.open(join(folder, `store-${number}.db`), { threaded: true });
  const heads = new Map();
  // With many in flight each has streams of its own, or they would wait for each other.
  const appendTo = async (stream, events) => {
    const head = heads.get(stream) ?? 'noStream';
    heads.set(stream, (await store.append(stream, head, events)).revision);
  };
  const one = await rate(3_000, () => inFlight(1, 3_000, (n) => appendTo(`one-${streamOf(n)}`, [event()])));
  const many = await rate(30_000, () => {
    const lanes = Array.from({ length: 64 }, (_, lane) => lane);
    return Promise.all(
      lanes.map(async (lane) => {
        for (let n = 0; n < 30_000 / 64; n++) await appendTo(`lane-${lane}-${streamOf(n)}`, [event()]);
      }),
    );
  });
  const bulk = await rate(60_000, () =>
    inFlight(64, 6_000, (n) => store.append(`bulk-${n}`, 'noStream', Array.from({ length: 10 }, event))),
  );
  await store.close();
  return { one, many, bulk };
}

/** Each goes first by turns: whoever comes second finds the disk and the processor otherwise. */
async function round(folder, number) {
  const both = number % 2 === 0 ? [bareRound, storeRound] : [storeRound, bareRound];
  const [first, second] = [await both[0](folder, number), await both[1](folder, number)];
  return { ...first, ...second };
}

export async function bench() {
  const results = await inFolder(async (folder) => {
    await round(folder, -1); // warm-up
    const all = [];
    for (let i = 0; i < rounds; i++) all.push(await round(folder, i));
    return all;
  });
  const of = (key) => ofRounds(results.map((result) => result[key]));
  const ratio = (key, floor) => ofRounds(results.map((result) => result[key] / result[floor]));
  return [
    { name: 'bare loop, one commit each', ...of('bareOne'), unit: 'events/s' },
    { name: 'one in flight', ...of('one'), unit: 'events/s' },
    { name: 'one in flight / bare loop', ...ratio('one', 'bareOne'), unit: '×', target: 0.7 },
    { name: 'bare batches of 1,000', ...of('bareBatches'), unit: 'events/s' },
    { name: '64 in flight', ...of('many'), unit: 'events/s' },
    { name: '64 in flight / bare batches', ...ratio('many', 'bareBatches'), unit: '×', target: 0.4 },
    { name: 'bulk, ten events an append', ...of('bulk'), unit: 'events/s' },
    { name: 'bulk / bare batches', ...ratio('bulk', 'bareBatches'), unit: '×', target: 0.5 },
  ];
}
