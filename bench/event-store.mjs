/** Durable appends on SQLite, against bare better-sqlite3 into the same tables, by turns in the same run. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Database } from '../dist/storage/sqlite.js';
import { SqliteEventStore } from '../dist/event-store/sqlite/sqlite-event-store.js';
import { inFlight, inFolder, median, rate } from './support/measure.mjs';

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

async function round(folder, number) {
  const floor = await bare(join(folder, `bare-${number}.db`));
  const bareOne = await rate(3_000, () => {
    for (let i = 0; i < 3_000; i++) floor.append();
  });
  const bareBatches = await rate(60_000, () => {
    for (let i = 0; i < 60; i++) floor.batch(1_000);
  });
  floor.close();

  const store = SqliteEventStore.open(join(folder, `store-${number}.db`));
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
  return { bareOne, bareBatches, one, many, bulk };
}

export async function bench() {
  const results = await inFolder(async (folder) => {
    await round(folder, 'warm-up');
    const all = [];
    for (let i = 0; i < rounds; i++) all.push(await round(folder, i));
    return all;
  });
  const of = (key) => median(results.map((result) => result[key]));
  const ratio = (key, floor) => median(results.map((result) => result[key] / result[floor]));
  return [
    { name: 'bare loop, one commit each', value: of('bareOne'), unit: 'events/s' },
    { name: 'one in flight', value: of('one'), unit: 'events/s' },
    { name: 'one in flight / bare loop', value: ratio('one', 'bareOne'), unit: '×', target: 0.7 },
    { name: 'bare batches of 1,000', value: of('bareBatches'), unit: 'events/s' },
    { name: '64 in flight', value: of('many'), unit: 'events/s' },
    { name: '64 in flight / bare batches', value: ratio('many', 'bareBatches'), unit: '×', target: 0.4 },
    { name: 'bulk, ten events an append', value: of('bulk'), unit: 'events/s' },
    { name: 'bulk / bare batches', value: ratio('bulk', 'bareBatches'), unit: '×', target: 0.5 },
  ];
}
