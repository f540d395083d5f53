/**
 * From the instant a ticket is due to a listener's socket; a hundred thousand due in the same second, against single-event
 * appends to the same store in the same run; and what it costs to wait.
 *
 * The appends that breaches are compared with are the same events to the same streams in the order in which Pledge settles them:
 * that of their ids, in which they lie in the file. Neighbours in the file do not fall due together: appends in the order in
 * which they fall due are there to show what that order is worth.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Database } from '../dist/storage/sqlite.js';
import { SqliteEventStore } from '../dist/event-store/sqlite/sqlite-event-store.js';
import { inFlight, inFolder, ofRounds, rate } from './support/measure.mjs';

const crowd = Number(process.env.CROWD ?? 100_000);
const rounds = Number(process.env.ROUNDS ?? 3);
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
async function crowded(server, prefix) {
  const dueAt = Date.now() + 30_000 + crowd / 2; // by then they are open, on two cores
  await server.ask('open', { prefix, dueAt: asOpened.map((i) => dueAt + dueAfter(i)) });
  if (Date.now() > dueAt) throw new Error(`opening them took ${Date.now() - dueAt} ms too long`);
  return dueAt;
}

/** When in the second each of the crowd falls due. */
const dueAfter = (i) => i % 1_000;
const asOpened = Array.from({ length: crowd }, (_, i) => i);
const asDue = asOpened.toSorted((a, b) => dueAfter(a) - dueAfter(b));
const asSettled = asOpened.toSorted((a, b) => (`${a}` < `${b}` ? -1 : 1));

/** Appends of one breach each to the streams of the crowd in some order, before it is due; with 64 in flight. */
async function floor(folder, from, prefix, order) {
  mkdirSync(folder);
  for (const file of ['events.db', 'events.db-wal']) copyFileSync(join(from, file), join(folder, file));
  const db = new Database(join(folder, 'events.db'));
  const last = db.prepare(
    `SELECT e.revision, e.data, e.metadata FROM streams s JOIN events e ON e.stream = s.id AND e.revision = s.revision
     WHERE s.name = ?`,
  );
  const { revision, data, metadata } = last.get(`ticket-${prefix}-0`);
  db.close();
  const [said, about] = [JSON.parse(data), JSON.parse(metadata)];
  const store = SqliteEventStore.open(join(folder, 'events.db'), { threaded: true });
  const perSecond = await rate(crowd, () =>
    inFlight(64, crowd, (n) => {
      const i = order[n];
      const event = {
        id: `breach-${i}`,
        type: 'SlaBreached',
        data: { ...said, ticket: `${prefix}-${i}` },
        metadata: about,
      };
      return store.append(`ticket-${prefix}-${i}`, revision, [event]);
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

/** A crowd falls due; so many breaches are there in all when it has. Beside it, the floors on copies of the same log. */
async function crowdRound(server, folder, data, prefix, breached) {
  const dueAt = await crowded(server, prefix);
  const appends = await floor(join(folder, `${prefix}-as-settled`), data, prefix, asSettled);
  const appendsAsDue = await floor(join(folder, `${prefix}-as-due`), data, prefix, asDue);
  const listener = await Helper.start('listener.mjs', listenTo(server, 1));
  if (Date.now() > dueAt) throw new Error('the floor took too long');
  const delivered = await listener.ask('wait', { count: crowd });
  const projectedAt = await server.ask('breached', { count: breached });
  await listener.stop();
  if (delivered.doubled > 0) throw new Error(`${delivered.doubled} breaches came twice`);
  // Projected is asked for when all are delivered: it is the last of it.
  const breaches = (crowd * 1000) / (projectedAt - dueAt);
  return { deliveredMs: delivered.last - dueAt, projectedMs: projectedAt - dueAt, breaches, appends, appendsAsDue };
}

export async function bench() {
  return inFolder(async (folder) => {
    const data = join(folder, 'data');
    const server = await Helper.start('server.mjs', [], { PLEDGE_DATA: data });
    await latencies(server, 'warm-up', 1, 50, 50);
    const one = await latencies(server, 'idle', 1, 400, 50);
    await latencies(server, 'warm-up-many', listeners, 5, 500);
    const many = await latencies(server, 'many', listeners, 40, 500);

    let before = 50 + 400 + 5 + 40;
    const crowds = [];
    for (let round = 0; round < rounds; round++) {
      crowds.push(await crowdRound(server, folder, data, `crowd${round}`, (before += crowd)));
    }
    await server.ask('fill', { count: waiting });
    const share = await idle(server);
    const plan = await server.ask('plan');
    await server.stop();
    const of = (pick) => ofRounds(crowds.map(pick));
    const isLean = plan.length === 1 && plan[0] === 'SEARCH clocks USING COVERING INDEX clocks_next (next_at<?)';
    return [
      { name: 'due to socket, one listener: median', value: percentile(one, 0.5), unit: 'ms' },
      { name: 'due to socket, one listener: p99', value: percentile(one, 0.99), unit: 'ms', most: 50 },
      { name: 'due to socket, 1,000 listeners: median', value: percentile(many, 0.5), unit: 'ms' },
      { name: 'due to socket, 1,000 listeners: p99', value: percentile(many, 0.99), unit: 'ms', most: 250 },
      { name: 'tickets due in the same second', value: crowd, unit: 'tickets' },
      { name: 'delivered after', ...of(({ deliveredMs }) => deliveredMs), unit: 'ms' },
      { name: 'projected after', ...of(({ projectedMs }) => projectedMs), unit: 'ms' },
      { name: 'recorded, projected and delivered', ...of(({ breaches }) => breaches), unit: 'breaches/s' },
      { name: 'the same appended one by one, 64 in flight', ...of(({ appends }) => appends), unit: 'events/s' },
      { name: 'breaches / appends', ...of((round) => round.breaches / round.appends), unit: '×', target: 0.5 },
      { name: 'the same appends as they fall due', ...of(({ appendsAsDue }) => appendsAsDue), unit: 'events/s' },
      { name: 'idle with 1,000,000 running clocks', value: share * 100, unit: '% of a core', most: 1 },
      { name: 'a look is a range of one index, and nothing else', value: Number(isLean), unit: '1 = yes', target: 1 },
    ];
  });
}
