/**
 * From the instant a ticket is due to a listener's socket; a hundred thousand due in the same second, against single-event
 * appends to the same store in the same run; and what it costs to wait.
 *
 * The appends that breaches are compared with are the same events to the same streams in the order in which they fall due,
 * which is not that of opening: neighbours in the file do not fall due together. Appends in the order of opening are there to
 * show what that comes to.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Database } from '../dist/storage/sqlite.js';
import { SqliteEventStore } from '../dist/event-store/sqlite/sqlite-event-store.js';
import { inFlight, inFolder, rate } from './support/measure.mjs';

const crowd = Number(process.env.CROWD ?? 100_000);
const listeners = 1_000;
const waiting = 1_000_000;

/** A process of the bench that does what it is asked. */
class Helper {
  id = 0;

  static async start(file, args, env = {}) {
    const helper = new Helper();
    helper.child = fork(fileURLToPath(new URL(`breach/${file}`, import.meta.url)), args, {
      execArgv: ['--max-semi-space-size=64'], // as npm start has it
      env: { ...process.env, ...env },
    });
    helper.child.setMaxListeners(0);
    helper.child.once('exit', (code) => code !== null && code !== 0 && process.exit(code));
    const [started] = await once(helper.child, 'message');
    Object.assign(helper, started);
    return helper;
  }

  ask(ask, more = {}) {
    const id = ++this.id;
    this.child.send({ id, ask, ...more });
    return new Promise((resolve, reject) => {
      const take = (message) => {
        if (message.id !== id) return;
        this.child.off('message', take);
        if (message.failed === undefined) resolve(message.answer);
        else reject(new Error(message.failed));
      };
      this.child.on('message', take);
    });
  }

  async stop() {
    this.child.removeAllListeners('exit').kill();
    await once(this.child, 'exit');
  }
}

const percentile = (values, share) => values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1];
/** What a listener is told of a server. */
const listenTo = ({ url, key }, sockets) => [`${url.replace('http', 'ws')}/graphql`, key, String(sockets)];

/** Tickets that fall due one after another, heard by so many. */
async function latencies(server, prefix, sockets, count, everyMs) {
  const listener = await Helper.start('listener.mjs', listenTo(server, sockets));
  const from = Date.now() + 3_000;
  await server.ask('open', { prefix, dueAt: Array.from({ length: count }, (_, i) => from + i * everyMs) });
  const { latencies: found } = await listener.ask('wait', { count: count * sockets });
  await listener.stop();
  return found;
}

/** So many tickets due in the same second. */
async function crowded(server) {
  const dueAt = Date.now() + 30_000 + crowd / 2; // by then they are open, on two cores
  await server.ask('open', { prefix: 'crowd', dueAt: asOpened.map((i) => dueAt + dueAfter(i)) });
  if (Date.now() > dueAt) throw new Error(`opening them took ${Date.now() - dueAt} ms too long`);
  return dueAt;
}

/** When in the second each of the crowd falls due. */
const dueAfter = (i) => i % 1_000;
const asOpened = Array.from({ length: crowd }, (_, i) => i);
const asDue = asOpened.toSorted((a, b) => dueAfter(a) - dueAfter(b));

/** Appends of one breach each to the streams of the crowd in some order, before it is due; with 64 in flight. */
async function floor(folder, from, order) {
  mkdirSync(folder);
  for (const file of ['events.db', 'events.db-wal']) copyFileSync(join(from, file), join(folder, file));
  const db = new Database(join(folder, 'events.db'));
  const last = db.prepare(
    `SELECT e.revision, e.data, e.metadata FROM streams s JOIN events e ON e.stream = s.id AND e.revision = s.revision
     WHERE s.name = 'ticket-crowd-0'`,
  );
  const { revision, data, metadata } = last.get();
  db.close();
  const [said, about] = [JSON.parse(data), JSON.parse(metadata)];
  const store = SqliteEventStore.open(join(folder, 'events.db'), { threaded: true });
  const perSecond = await rate(crowd, () =>
    inFlight(64, crowd, (n) => {
      const i = order[n];
      const event = {
        id: `breach-${i}`,
        type: 'SlaBreached',
        data: { ...said, ticket: `crowd-${i}` },
        metadata: about,
      };
      return store.append(`ticket-crowd-${i}`, revision, [event]);
    }),
  );
  await store.close();
  return perSecond;
}

/** The share of a core that a server uses while it waits. */
async function idle(server) {
  await sleep(5_000);
  const before = await server.ask('cpu');
  await sleep(20_000);
  const after = await server.ask('cpu');
  return (after.user + after.system - before.user - before.system) / 20e6;
}

export async function bench() {
  return inFolder(async (folder) => {
    const data = join(folder, 'data');
    const server = await Helper.start('server.mjs', [], { PLEDGE_DATA: data });
    await latencies(server, 'warm-up', 1, 50, 50);
    const one = await latencies(server, 'idle', 1, 400, 50);
    await latencies(server, 'warm-up-many', listeners, 5, 500);
    const many = await latencies(server, 'many', listeners, 40, 500);

    const before = 50 + 400 + 5 + 40;
    const dueAt = await crowded(server);
    const inOrderOfOpening = await floor(join(folder, 'as-opened'), data, asOpened);
    const appends = await floor(join(folder, 'as-due'), data, asDue);
    const listener = await Helper.start('listener.mjs', listenTo(server, 1));
    if (Date.now() > dueAt) throw new Error('the floor took too long');
    const delivered = await listener.ask('wait', { count: crowd });
    const projectedAt = await server.ask('breached', { count: before + crowd });
    const breaches = (crowd * 1000) / (projectedAt - dueAt); // asked for when all are delivered: the last of it
    await listener.stop();
    if (delivered.doubled > 0) throw new Error(`${delivered.doubled} breaches came twice`);
    await server.ask('fill', { count: waiting });
    const share = await idle(server);
    const plan = await server.ask('plan');
    await server.stop();
    const isLean = plan.length === 1 && plan[0] === 'SEARCH clocks USING COVERING INDEX clocks_next (next_at<?)';
    return [
      { name: 'due to socket, one listener: median', value: percentile(one, 0.5), unit: 'ms' },
      { name: 'due to socket, one listener: p99', value: percentile(one, 0.99), unit: 'ms', most: 50 },
      { name: 'due to socket, 1,000 listeners: median', value: percentile(many, 0.5), unit: 'ms' },
      { name: 'due to socket, 1,000 listeners: p99', value: percentile(many, 0.99), unit: 'ms', most: 250 },
      { name: 'tickets due in the same second', value: crowd, unit: 'tickets' },
      { name: 'delivered after', value: delivered.last - dueAt, unit: 'ms' },
      { name: 'projected after', value: projectedAt - dueAt, unit: 'ms' },
      { name: 'recorded, projected and delivered', value: breaches, unit: 'breaches/s' },
      { name: 'single-event appends as they fall due, 64 in flight', value: appends, unit: 'events/s' },
      { name: 'breaches / appends', value: breaches / appends, unit: '×', target: 0.5 },
      { name: 'the same appends in the order of opening', value: inOrderOfOpening, unit: 'events/s' },
      { name: 'idle with 1,000,000 running clocks', value: share * 100, unit: '% of a core', most: 1 },
      { name: 'a look is a range of one index, and nothing else', value: Number(isLean), unit: '1 = yes', target: 1 },
    ];
  });
}
