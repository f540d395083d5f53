/**
 * What happens to writers on EventStoreDB while others follow the log: rates with 0, 50 and 200 who catch up; how long an
 * append and a read take beside 250 who stand still, and through GraphQL beside 200 who subscribe from the start; what a
 * leader costs that is suspended; appends of 200 events to a subscriber; and TLS beside plain. Each server is a process of
 * its own but for the cluster. Words after the name of the bench choose parts: catchingUp, standing, graphql, bursts,
 * suspended, tls.
 */
import '../test/support/typescript.mjs';
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { EventStoreDbEventStore } from '../dist/event-store/eventstoredb/eventstoredb-event-store.js';
import { inFlight, inFolder, ofRounds, rate } from './support/measure.mjs';

const rounds = Number(process.env.ROUNDS ?? 3);
const data = { ticket: 'ticket-1', customer: 'acme', channel: 'email', text: 'x'.repeat(100) };
const metadata = { actor: { id: 'mia', kind: 'person' }, occurredAt: 1, recordedAt: 2, schemaVersion: 1 };
const event = () => ({ id: randomUUID(), type: 'FollowUpSent', data, metadata });
const events = (count) => Array.from({ length: count }, event);
const percentile = (values, share) =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

async function inProcess(file, args, work) {
  const child = fork(fileURLToPath(new URL(`eventstoredb-load/${file}`, import.meta.url)), args);
  try {
    return await work(child);
  } finally {
    child.kill();
  }
}

/** A store on a server of its own. */
const onServer = (args, work) =>
  inProcess('server.mjs', args, async (child) => {
    const [{ url }] = await once(child, 'message');
    const store = await EventStoreDbEventStore.open(url);
    try {
      return await work(store, url);
    } finally {
      await store.close();
    }
  });

let streams = 0;
const newStream = () => `s-${(streams += 1)}`;

async function timed(work) {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Appends in flight, each to a stream of its own lane. */
const appends = (store, width, count) =>
  rate(count, async () => {
    const lanes = Array.from({ length: width }, () => ({ stream: newStream(), head: 'noStream' }));
    await Promise.all(
      lanes.map(async (lane) => {
        for (let n = 0; n < count / width; n++)
          lane.head = (await store.append(lane.stream, lane.head, [event()])).revision;
      }),
    );
  });

/** Writers with 32 appends in flight, each to a new stream of 50 events after another, until they are stopped. */
function writing(store) {
  const stop = new AbortController();
  const writers = { written: 0, stop };
  const write = async () => {
    while (!stop.signal.aborted) {
      const stream = newStream();
      for (let n = 0; n < 50; n++) {
        await store.append(stream, n === 0 ? 'noStream' : n - 1, [event()]);
        writers.written += 1;
      }
    }
  };
  writers.ended = Promise.all(Array.from({ length: 32 }, write));
  return writers;
}

/**
 * What writers write in a second, and what is read meanwhile for each append, beside so many who read the whole log and
 * begin again when they have. It is looked at when those have begun.
 */
async function besideFollowers(store, writers, followers) {
  const stop = new AbortController();
  let read = 0;
  const follow = async () => {
    while (!stop.signal.aborted) for await (const _ of store.readAll({ signal: stop.signal })) read += 1;
  };
  const following = Array.from({ length: followers }, follow);
  await sleep(1_500);
  const [written, before, began] = [writers.written, read, performance.now()];
  await sleep(2_000);
  const appended = writers.written - written;
  const result = { written: (appended * 1_000) / (performance.now() - began), read: (read - before) / appended };
  stop.abort();
  await Promise.all(following);
  return result;
}

/** How long an append and a read take while 250 stand still who came one each 20 ms, and when they have left. */
async function besideThoseWhoStand(store) {
  const stop = new AbortController();
  const stand = async () => {
    for await (const _ of store.readAll({ signal: stop.signal }))
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
  };
  const standing = [];
  const stream = newStream();
  let head = 'noStream';
  const change = () =>
    timed(async () => {
      ({ revision: head } = await store.append(stream, head, [event()]));
      for await (const _ of store.readStream(stream)) break;
    });
  const [beside, after] = [[], []];
  for (let n = 0; n < 250; n++) {
    standing.push(stand());
    await sleep(20);
    if (n % 5 === 0) beside.push(await change());
  }
  for (let n = 0; n < 20; n++) beside.push(await change());
  stop.abort();
  await Promise.all(standing);
  for (let n = 0; n < 50; n++) after.push(await change());
  return { beside, after };
}

/** Milliseconds from the call of an append of 200 events to a subscriber's hearing of each of them. */
async function burstsToSubscriber(store) {
  const stop = new AbortController();
  const began = new Map();
  const times = [];
  let caughtUp;
  const ready = new Promise((resolve) => (caughtUp = resolve));
  const listening = (async () => {
    for await (const message of store.subscribe({ after: await store.lastPosition(), signal: stop.signal })) {
      if (message.kind === 'caughtUp') caughtUp();
      else times.push(performance.now() - began.get(message.event.id));
      if (times.length === 60 * 200) stop.abort();
    }
  })();
  await ready;
  for (let n = 0; n < 60; n++) {
    const added = events(200);
    for (const { id } of added) began.set(id, performance.now());
    await store.append(newStream(), 'noStream', added);
  }
  await listening;
  return times;
}

/** Seconds until an append goes in whose leader is suspended, and the others choose another two seconds later. */
async function suspendedLeader() {
  const { Cluster } = await import('../test/support/eventstoredb/cluster.ts');
  const cluster = await Cluster.start(3);
  const store = await EventStoreDbEventStore.open(cluster.url);
  await store.append('s', 'noStream', [event()]);
  cluster.node(0).wire.suspend();
  void sleep(2_000).then(() => cluster.elect(1));
  const took = await timed(async () => {
    for await (const _ of store.readStream('s')) break;
    await store.append('s', 0, [event()]);
  });
  cluster.node(0).wire.resume();
  await store.close();
  await cluster.stop();
  return took / 1000;
}

/** How long opening a ticket and reading it take beside 200 who subscribe from the start of a sample log. */
const besideSubscribers = (eventStoreUrl, folder) =>
  inProcess('pledge.mjs', [eventStoreUrl, join(folder, 'graphql')], async (pledge) => {
    const [{ url, key, start }] = await once(pledge, 'message');
    const ask = async (query) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
      const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
      const { data, errors } = await response.json();
      if (errors !== undefined) throw new Error(JSON.stringify(errors));
      return data;
    };
    let tickets = 0;
    const change = () =>
      timed(async () => {
        const id = `B-${(tickets += 1)}`;
        const { openTicket } = await ask(`mutation { openTicket(input: { id: "${id}", customer: "acme", plan: "pro",
          type: "productBug", channel: "email", subject: "It broke" }) { ... on TicketChanged { position } } }`);
        await ask(`{ ticketHistory(id: "${id}") { edges { node { type } } } }`);
        if (openTicket.position === undefined) throw new Error('not opened');
      });
    for (let n = 0; n < 50; n++) await change();
    const args = [url.replace('http', 'ws') + '/graphql', key, '200', start];
    return inProcess('listener.mjs', args, async (child) => {
      const asked = async (question) => {
        child.send(question);
        const [answer] = await once(child, 'message');
        return answer;
      };
      while ((await asked('heard')).heard === 0) await sleep(5);
      const beside = [];
      let last;
      do {
        beside.push(await change());
        last = await asked('heard');
      } while (last.caughtUp < 200 && beside.length < 100);
      await asked('leave');
      await sleep(500);
      const after = [];
      for (let n = 0; n < 50; n++) after.push(await change());
      return { beside, after, heard: last.heard };
    });
  });

/** Rates beside those who catch up, round by round. */
async function catchingUp() {
  const results = await onServer([], async (store) => {
    await inFlight(8, 100, () => store.append(newStream(), 'noStream', events(100)));
    const writers = writing(store);
    const measured = [];
    for (let round = -1; round < 2 * rounds; round++) {
      const result = {};
      for (const followers of round % 2 === 0 ? [0, 50, 200] : [200, 50, 0])
        result[followers] = await besideFollowers(store, writers, followers);
      if (round >= 0) measured.push(result);
    }
    writers.stop.abort();
    await writers.ended;
    return measured;
  });
  const of = (pick) => ofRounds(results.map(pick));
  return [
    { name: '32 writers beside none', ...of((result) => result[0].written), unit: 'appends/s' },
    ...[50, 200].flatMap((followers) => [
      {
        name: `32 writers beside ${followers} who catch up`,
        ...of((result) => result[followers].written),
        unit: 'appends/s',
      },
      {
        name: `32 writers beside ${followers} / beside none`,
        ...of((result) => result[followers].written / result[0].written),
        unit: '×',
        target: 0.7,
      },
      {
        name: `events read by ${followers} meanwhile, for each append`,
        ...of((result) => result[followers].read),
        unit: 'events',
      },
    ]),
  ];
}

const changes = (who, { beside, after }) => [
  { name: `a change and a read beside ${who}, median`, value: percentile(beside, 0.5), unit: 'ms' },
  { name: `a change and a read beside ${who}, p99`, value: percentile(beside, 0.99), unit: 'ms', most: 250 },
  { name: `a change and a read when ${who} have left, p99`, value: percentile(after, 0.99), unit: 'ms', most: 50 },
];

async function standing() {
  const stood = await onServer([], async (store) => {
    await inFlight(8, 100, () => store.append(newStream(), 'noStream', events(100)));
    return besideThoseWhoStand(store);
  });
  return changes('250 who stand still', stood);
}

async function graphql(folder) {
  const measured = await onServer([], (_, url) => besideSubscribers(url, folder));
  return [
    ...changes('200 who subscribe from the start', measured),
    { name: 'events that those 200 heard', value: measured.heard, unit: 'events' },
  ];
}

async function bursts() {
  const times = await onServer([], async (store) => {
    await burstsToSubscriber(store); // warm
    return burstsToSubscriber(store);
  });
  return [
    { name: '60 appends of 200 events to a subscriber, median', value: percentile(times, 0.5), unit: 'ms' },
    { name: '60 appends of 200 events to a subscriber, p99', value: percentile(times, 0.99), unit: 'ms', most: 200 },
  ];
}

const suspended = async () => [
  { name: 'a change whose leader is suspended', value: await suspendedLeader(), unit: 's', most: 6 },
];

async function tls(folder) {
  const results = await onServer([folder], (secure) =>
    onServer([], async (plain) => {
      const measured = [];
      for (let round = -1; round < rounds; round++) {
        const result = {};
        for (const [name, store] of round % 2 === 0
          ? Object.entries({ plain, secure })
          : Object.entries({ secure, plain }))
          result[name] = { one: await appends(store, 1, 1_000), many: await appends(store, 64, 6_400) };
        if (round >= 0) measured.push(result);
      }
      return measured;
    }),
  );
  const of = (pick) => ofRounds(results.map(pick));
  return [
    ['sequential appends', 'one'],
    ['64 in flight', 'many'],
  ].flatMap(([name, key]) => [
    { name: `${name}, plain`, ...of((result) => result.plain[key]), unit: 'appends/s' },
    { name: `${name}, TLS`, ...of((result) => result.secure[key]), unit: 'appends/s' },
    { name: `${name}, TLS / plain`, ...of((result) => result.secure[key] / result.plain[key]), unit: '×' },
  ]);
}

const parts = { catchingUp, standing, graphql, bursts, suspended, tls };

/** @param words the parts to do; all of them where there is none */
export const bench = (words) =>
  inFolder(async (folder) => {
    const figures = [];
    for (const part of words.length > 0 ? words : Object.keys(parts)) figures.push(...(await parts[part](folder)));
    return figures;
  });
