/**
 * A ticket of very many facts: what a command on one of 10,000 takes while it is kept, how the time to load one grows with its facts,
 * and how long anybody else waits for the event loop meanwhile, beside how long an idle one is held up by other programs.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { readSettings } from '../dist/config/settings.js';
import { openPledgeContext } from '../dist/app/pledge-context.js';
import { enterCommand } from '../dist/tickets/commands/command-entry.js';
import { inFolder, median, ofRounds } from './support/measure.mjs';

const facts = 10_000;
/** A request that is recorded takes so many commands. */
const atOnce = 500;
const rounds = 7;
const minute = 60_000;
const actor = { id: 'bench', kind: 'person' };
const opened = Date.now() - 3 * facts * minute;

const request = (command, minutes) => ({
  ...{ command, actor, mayBackdate: true },
  ...(minutes === undefined ? {} : { occurredAt: opened + minutes * minute }),
});
/** A conversation: the customer and the desk write by turns. */
const message = (n) => request({ type: n % 2 === 0 ? 'RecordCustomerReply' : 'RecordFollowUp' }, n + 1);

/** A data folder with a ticket of so many facts. */
async function fill(data, id, count) {
  await withContext(data, async (context) => {
    const bug = { ticketType: 'productBug', channel: 'email', subject: 'It broke' };
    const opening = request({ type: 'OpenTicket', customer: 'acme', plan: 'enterprise', ...bug }, 0);
    await enterCommand(context, { scope: 'everyone', ticketId: id, requests: [opening] });
    for (let n = 0; n < count; n += atOnce) {
      const requests = Array.from({ length: Math.min(atOnce, count - n) }, (_, i) => message(n + i));
      await enterCommand(context, { scope: 'everyone', ticketId: id, requests });
    }
  });
}

async function withContext(data, work) {
  const context = await openPledgeContext(readSettings({}, { data }), 'bench');
  try {
    return await work(context);
  } finally {
    await context.close();
  }
}

const note = (context, id) =>
  enterCommand(context, {
    scope: 'everyone',
    ticketId: id,
    requests: [request({ type: 'AddInternalNote', text: 'hm' })],
  });

/** Milliseconds that some work takes, and the longest that the event loop was not free meanwhile. */
async function timed(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const began = performance.now();
  await work();
  const ms = performance.now() - began;
  delay.disable();
  return { ms, waited: delay.max / 1e6 };
}

/** What the first command on a ticket takes, which has it loaded, in each of some rounds. */
async function loads(data, id) {
  const times = [];
  for (let round = 0; round < rounds; round++)
    times.push(await withContext(data, (context) => timed(() => note(context, id))));
  return times;
}

export async function bench() {
  return inFolder(async (data) => {
    await fill(data, 'half', facts / 2);
    await fill(data, 'whole', facts);
    const [half, whole] = [await loads(data, 'half'), await loads(data, 'whole')];
    const kept = await withContext(data, async (context) => {
      await note(context, 'whole');
      const times = [];
      const all = async () => {
        for (let n = 0; n < 50; n++) times.push((await timed(() => note(context, 'whole'))).ms);
      };
      return { times, waited: (await timed(all)).waited };
    });
    const idle = await timed(() => new Promise((resolve) => setTimeout(resolve, 2_000)));
    const of = (times, which) => times.map((time) => time[which]);
    const grows = median(of(whole, 'ms')) / median(of(half, 'ms'));
    return [
      { name: 'a command on a kept ticket of 10,000 facts', unit: 'ms', most: 50, ...ofRounds(kept.times) },
      { name: 'the longest that others waited for 50 of them', unit: 'ms', value: kept.waited },
      { name: 'loading 10,000 facts', unit: 'ms', ...ofRounds(of(whole, 'ms')) },
      { name: 'the same, against loading 5,000', unit: '×', most: 2.6, value: grows },
      { name: 'the longest that others waited for the loading', unit: 'ms', ...ofRounds(of(whole, 'waited')) },
      { name: 'the longest that an idle loop was held up', unit: 'ms', value: idle.waited },
    ];
  });
}
