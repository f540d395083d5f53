/**
 * The store on EventStoreDB against the bare client doing the same calls, by turns in the same run: sequential appends, 64
 * in flight, bulk import, catching up, and that into the projections; and how long an event takes from its append to who
 * listens. The server is in this process and speaks the protocol over TCP, so each figure has the server's work in it.
 */
import 'reflect-metadata';
import '../test/support/typescript.mjs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { EventStoreDBClient, eventTypeFilter, jsonEvent, NO_STREAM, streamNameFilter } from '@eventstore/db-client';
import { readSettings } from '../dist/config/settings.js';
import { openReadModels } from '../dist/read-models/read-models.js';
import { EventStoreDbEventStore } from '../dist/event-store/eventstoredb/eventstoredb-event-store.js';
import { pledgeNdjson } from '../dist/imports/formats/pledge-ndjson.js';
import { importLog } from '../dist/imports/import-log.js';
import { startImport } from '../dist/imports/import-sink.js';
import { sampleLog } from '../dist/imports/sample.js';
import { openPledgeContext } from '../dist/app/pledge-context.js';
import { allProjections, Projections } from '../dist/app/projection-worker/projections.js';
import { inFlight, inFolder, ofRounds, rate } from './support/measure.mjs';

const rounds = 5;
const tickets = 1_250;
const data = { ticket: 'ticket-1', customer: 'acme', channel: 'email', text: 'x'.repeat(100) };
const metadata = { actor: { id: 'mia', kind: 'person' }, occurredAt: 1, recordedAt: 2, schemaVersion: 1 };
const event = () => ({ id: randomUUID(), type: 'FollowUpSent', data, metadata });
const events = (count) => Array.from({ length: count }, event);

/** What is measured, on the store. */
const onStore = (store) => ({
  append: async (stream, head, added) => (await store.append(stream, head, added)).revision,
  async catchUp() {
    let count = 0;
    for await (const message of store.subscribe()) {
      if (message.kind === 'event') count += 1;
      else return count;
    }
  },
  async listen(heard, signal) {
    for await (const message of store.subscribe({ after: await store.lastPosition(), signal })) {
      heard(message.kind === 'event' ? message.event.id : undefined);
    }
  },
  store,
});

/** The same calls on the bare client. */
function onClient(client, logId) {
  const expected = (head) => (head === 'noStream' ? NO_STREAM : BigInt(head));
  /** The client says that it has caught up by an event of its own: it is put where it belongs, among the others. */
  const subscribe = (filter, fromPosition) => {
    const subscription = client.subscribeToAll({ filter, fromPosition });
    subscription.on('caughtUp', () => subscription.push({ caughtUp: true })).on('error', () => undefined);
    return subscription;
  };
  const own = () => streamNameFilter({ regex: '^[^$~]' });
  const position = ({ commit }) => commit.toString().padStart(20, '0');
  return {
    async append(stream, head, added) {
      const appended = await client.appendToStream(
        stream,
        added.map((one) => jsonEvent(one)),
        { expectedRevision: expected(head) },
      );
      return Number(appended.nextExpectedRevision);
    },
    async catchUp() {
      let count = 0;
      const subscription = subscribe(own(), 'start');
      for await (const { event: one, caughtUp } of subscription) {
        if (caughtUp) break;
        if (one) count += 1;
      }
      await subscription.unsubscribe();
      return count;
    },
    async listen(heard, signal) {
      const subscription = subscribe(own(), 'end');
      signal.addEventListener('abort', () => void subscription.unsubscribe().then(() => subscription.destroy()));
      try {
        for await (const { event: one } of subscription) heard(one?.id);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
    /** As much of a store as the projections need. */
    store: {
      logId,
      async lastPosition() {
        for await (const { event: one } of client.readAll({ direction: 'backwards', fromPosition: 'end' })) {
          if (!one.streamId.startsWith('$')) return position(one.position);
        }
      },
      /** What stands at a position: it is compared at the next start, which there is none of here. */
      markAt: () => Promise.resolve(undefined),
      async *subscribe({ types, signal }) {
        const end = await this.lastPosition();
        const subscription = subscribe(eventTypeFilter({ regex: `^(${types.join('|')})$` }), 'start');
        try {
          for await (const { event: one, caughtUp } of subscription) {
            if (caughtUp) {
              yield { kind: 'caughtUp', position: end };
              if (signal.aborted) return;
            } else {
              const { streamId: stream, position: at, revision, metadata: kept, ...rest } = one;
              const { eventId: id, ...said } = kept;
              yield {
                kind: 'event',
                event: { ...rest, id, stream, position: position(at), revision: Number(revision), metadata: said },
              };
            }
          }
        } finally {
          await subscription.unsubscribe();
        }
      },
    },
  };
}

async function appendRates({ append }, name) {
  const heads = new Map();
  const appendTo = async (stream, added) =>
    heads.set(stream, await append(stream, heads.get(stream) ?? 'noStream', added));
  const one = await rate(1_000, () =>
    inFlight(1, 1_000, (n) => appendTo(`${name}-one-${Math.floor(n / 10)}`, [event()])),
  );
  const many = await rate(6_400, () =>
    Promise.all(
      Array.from({ length: 64 }, async (_, lane) => {
        for (let n = 0; n < 100; n++) await appendTo(`${name}-lane-${lane}-${Math.floor(n / 10)}`, [event()]);
      }),
    ),
  );
  const bulk = await rate(20_000, () => inFlight(8, 200, (n) => append(`${name}-bulk-${n}`, 'noStream', events(100))));
  return { one, many, bulk };
}

/** Milliseconds from the call of an append to who listens. */
async function latencies({ append, listen }, name) {
  const stop = new AbortController();
  let heard = () => undefined;
  const listening = listen((id) => heard(id), stop.signal);
  await new Promise((resolve) => setTimeout(resolve, 100));
  const times = [];
  for (let n = 0; n < 600; n++) {
    const one = event();
    const began = performance.now();
    const arrived = new Promise((resolve) => (heard = resolve));
    await append(`${name}-${n}`, 'noStream', [one]);
    await arrived;
    times.push(performance.now() - began);
  }
  stop.abort();
  await listening;
  return times.slice(100).toSorted((a, b) => a - b);
}

/** A log of so many tickets, as an import makes it. */
async function fill(url, folder) {
  const context = await openPledgeContext(
    readSettings({}, { data: join(folder, 'fill'), eventStoreUrl: url }),
    'bench',
  );
  const log = await startImport(context, { source: 'bench', format: 'pledge', actor: { id: 'bench', kind: 'system' } });
  async function* bytes() {
    for (const line of sampleLog({ seed: 1, tickets, until: Date.UTC(2026, 5, 1), days: 10, timeZone: 'UTC' })) {
      yield Buffer.from(`${line}\n`);
    }
  }
  const signal = new AbortController().signal;
  const counts = await importLog(pledgeNdjson.read(bytes()), {
    ...{ source: 'bench', sink: log, signal, rejected: console.error, progressed: () => undefined },
  });
  await log.finish(counts);
  await context.close();
}

async function project({ store }, file) {
  const readModels = await openReadModels(file, { log: store, projections: allProjections });
  const status = () => ({ state: 'live', lag: 0, reconnects: 0 });
  const began = performance.now();
  await new Projections({ store, status }, readModels).catchUp();
  const seconds = (performance.now() - began) / 1000;
  await readModels.close();
  return seconds;
}

/** Runs work on the store and on the client, by turns; which comes first changes. */
async function byTurns(round, sides, work) {
  const results = {};
  for (const side of round % 2 === 0 ? Object.keys(sides) : Object.keys(sides).reverse()) {
    results[side] = await work(sides[side], `${side}-${round}`);
  }
  return results;
}

export async function bench() {
  const { WireServer } = await import('../test/support/eventstoredb/wire-server.ts');
  return inFolder(async (folder) => {
    const writes = await WireServer.start({ maxAppendSize: 8 * 1024 * 1024 });
    const reads = await WireServer.start({ maxAppendSize: 8 * 1024 * 1024 });
    await fill(reads.directUrl, folder);
    const open = async ({ directUrl }) => {
      const store = await EventStoreDbEventStore.open(directUrl);
      const client = EventStoreDBClient.connectionString(directUrl);
      return { store, client, sides: { store: onStore(store), client: onClient(client, store.logId) } };
    };
    const [writing, reading] = [await open(writes), await open(reads)];
    const count = await reading.sides.store.catchUp();
    const results = [];
    for (let round = -1; round < rounds; round++) {
      const appends = await byTurns(round, writing.sides, appendRates);
      const caughtUp = await byTurns(round, reading.sides, async ({ catchUp }) => rate(count, catchUp));
      const projected = await byTurns(round, reading.sides, async (side, name) =>
        project(side, join(folder, `${name}.db`)).then((seconds) => count / seconds),
      );
      const times = await byTurns(round, writing.sides, latencies);
      const of = (side) => ({
        ...appends[side],
        caughtUp: caughtUp[side],
        projected: projected[side],
        times: times[side],
      });
      if (round >= 0) results.push({ store: of('store'), client: of('client') });
    }
    for (const { store, client } of [writing, reading]) {
      await store.close();
      await client.dispose();
    }
    await writes.stop();
    await reads.stop();
    return figures(results, count);
  });
}

function figures(results, count) {
  const compared = (name, key, unit) => [
    { name: `${name}, bare client`, ...ofRounds(results.map(({ client }) => client[key])), unit },
    { name, ...ofRounds(results.map(({ store }) => store[key])), unit },
    {
      name: `${name} / bare client`,
      ...ofRounds(results.map(({ store, client }) => store[key] / client[key])),
      unit: '×',
      target: 0.8,
    },
  ];
  const at = (side, share) =>
    ofRounds(results.map((result) => result[side].times[Math.floor(result[side].times.length * share)]));
  return [
    ...compared('sequential appends', 'one', 'events/s'),
    ...compared('64 in flight', 'many', 'events/s'),
    ...compared('bulk, 100 events an append', 'bulk', 'events/s'),
    { name: 'events in the log that is read', value: count, unit: 'events' },
    ...compared('catching up', 'caughtUp', 'events/s'),
    ...compared('catching up into the projections', 'projected', 'events/s'),
    { name: 'append to subscriber, median', ...at('store', 0.5), unit: 'ms' },
    { name: 'append to subscriber, p99', ...at('store', 0.99), unit: 'ms' },
    { name: 'append to subscriber, median, bare client', ...at('client', 0.5), unit: 'ms' },
    { name: 'append to subscriber, p99, bare client', ...at('client', 0.99), unit: 'ms' },
  ];
}
