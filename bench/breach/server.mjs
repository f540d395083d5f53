/** The real server, with a plan of an hour around the clock, which opens tickets that are due when it is told. */
import { Database } from '../../dist/storage/sqlite.js';
import { join } from 'node:path';
import { readSettings } from '../../dist/config/settings.js';
import { requestLimitsOf } from '../../dist/api/request-limits.js';
import { openPledgeContext } from '../../dist/app/pledge-context.js';
import { changePlan } from '../../dist/catalogue/commands/change-plan.js';
import { defineCalendar } from '../../dist/catalogue/commands/define.js';
import { planDefaults } from '../../dist/catalogue/domain/plan-defaults.js';
import { startServer } from '../../dist/app/bootstrap.js';
import { duePage } from '../../dist/deadlines/due-tickets.js';
import { changeTicket } from '../../dist/tickets/commands/change-ticket.js';
import { inFlight } from '../support/measure.mjs';

const hour = 3_600_000;
const actor = { id: 'bench', kind: 'person' };
const always = Object.fromEntries(
  ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => [day, [['00:00', '24:00']]]),
);

const context = await openPledgeContext(readSettings(process.env, { port: 0, rate: 1e9, addressRate: 1e9 }), 'bench', {
  threaded: true,
});
const requestLimits = requestLimitsOf(context.settings, context.time);
const sockets = { total: 2_000, perAddress: 2_000, perIdentity: 2_000 };
const operations = { total: 5_000, perIdentity: 5_000, perSocket: 50 };
const server = await startServer(context, [], {
  requestLimits: { ...requestLimits, limits: { ...requestLimits.limits, sockets, operations } },
});

const calendar = { code: 'always', name: 'Always', definition: { timeZone: 'UTC', weekly: always } };
await defineCalendar(context, calendar, actor);
const targets = [{ metric: 'firstResponse', target: { amount: 1, unit: 'hours' } }];
const plan = { ...planDefaults, code: 'bench', name: 'Bench', calendar: 'always', targets };
await changePlan(context, { type: 'DefinePlan', plan }, actor);

const order = { type: 'OpenTicket', customer: 'acme', plan: 'bench', ticketType: 'productBug', channel: 'email' };
const projected = async () => {
  const names = context.projections.statuses.map(({ name }) => name);
  await context.projections.waitFor(names, await context.store.lastPosition(), AbortSignal.timeout(600_000));
};

/** Opens tickets that fall due at the given instants; answers when they are projected. */
async function open({ prefix, dueAt }) {
  await inFlight(64, dueAt.length, async (i) => {
    const request = { command: { ...order, subject: `It broke ${i}` }, occurredAt: dueAt[i] - hour, actor };
    await changeTicket(context, `${prefix}-${i}`, [{ ...request, mayBackdate: true }]);
  });
  await projected();
}

/** Answers when all that was recorded is projected; so many breaches are to be in the read model then. */
async function breached({ count }) {
  await projected();
  const at = Date.now();
  const { found } = await context.db
    .selectFrom('breaches')
    .select((where) => where.fn.countAll().as('found'))
    .executeTakeFirstOrThrow();
  if (found !== count) throw new Error(`${found} breaches are in the read model, not ${count}`);
  return at;
}

/** Fills the list of deadlines with clocks like the one that is there, all of which run for a day yet. */
function fill({ count }) {
  const db = new Database(join(context.settings.data, 'read-models.db'));
  const row = db.prepare('SELECT * FROM clocks LIMIT 1').get();
  const columns = Object.keys(row);
  const add = db.prepare(`INSERT INTO clocks (${columns}) VALUES (${columns.map((c) => `@${c}`)})`);
  const from = Date.now() + 24 * hour;
  db.transaction(() => {
    for (let i = 0; i < count; i++)
      add.run({ ...row, run: `${row.run}-${i}`, ticket: `filled-${i}`, next_at: from + i });
  })();
  db.close();
}

/** How SQLite finds what is due. */
function queryPlan() {
  const { sql, parameters } = duePage(context.db, Date.now(), undefined).compile();
  const db = new Database(join(context.settings.data, 'read-models.db'), { readonly: true });
  const details = db
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...parameters)
    .map(({ detail }) => detail);
  db.close();
  return details;
}

const does = { open, breached, fill, plan: queryPlan, cpu: () => process.cpuUsage() };
process.on('message', async ({ id, ask, ...rest }) => {
  try {
    process.send({ id, answer: await does[ask](rest) });
  } catch (error) {
    process.send({ id, failed: String(error.stack) });
  }
});
process.send({ url: server.url, key: server.developmentKey.text });
