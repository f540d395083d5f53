import { copyFileSync, cpSync, existsSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openPledgeContext, rebuildReadModels } from '../../src/app/pledge-context.js';
import { newFolder } from '../support/api.js';
import {
  ledgerAt,
  open,
  project,
  projectAndClose,
  settingsOf,
  type TestContext,
} from '../support/application-contexts.js';
import { ManualClock } from '../support/manual-clock.js';
import { receiver } from '../support/receiver.js';
import { rowsOf } from '../support/rows.js';
import { change, delivering, eventually, logged } from '../support/webhooks.js';

const now = '2026-03-02T09:00:00Z';

/** Opens a folder, opens tickets and projects them, and lets go. */
async function use(folder: string, ...tickets: readonly string[]): Promise<void> {
  const context = await ledgerAt(now, folder);
  try {
    for (const ticket of tickets) await open(context, ticket);
    await project(context);
  } finally {
    await context.close();
  }
}

/** Opens a folder as a person does who gives up what its log has lost; answers what was said. */
async function accepted(folder: string): Promise<{ readonly context: TestContext; readonly said: readonly string[] }> {
  const said: string[] = [];
  const time = new ManualClock(Date.parse(now));
  const finding = { acceptsOlderLog: true, report: (line: string) => said.push(line) };
  return { context: { ...(await openPledgeContext(settingsOf(folder), 'test', { time, finding })), time }, said };
}

const copyOf = (folder: string): string => {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
};

const ticketsIn = (folder: string) =>
  (rowsOf(join(folder, 'read-models.db'))['tickets'] ?? []).map((row) => (JSON.parse(row) as { id: string }).id).sort();

const refused = (folder: string) =>
  expect(ledgerAt(now, folder)).rejects.toMatchObject({
    code: 'LOG_OLDER',
    message: expect.stringContaining('older-log'),
  });

describe('a log that is less than the rest of its folder knows', () => {
  let folder: string;
  const log = () => join(folder, 'events.db');
  beforeEach(async () => {
    folder = newFolder();
    await use(folder, 'a1', 'a2');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(['missing', 'empty'])('for it is %s is refused, and no other is made', async (how) => {
    if (how === 'empty') truncateSync(log());
    else rmSync(log());
    const before = readdirSync(folder).sort();
    await refused(folder);
    const code = expect.stringMatching(how === 'empty' ? 'LOG_OLDER' : 'DATA_NOT_FOUND');
    await expect(rebuildReadModels(settingsOf(folder))).rejects.toMatchObject({ code });
    expect(readdirSync(folder).sort()).toEqual(before);
    expect([existsSync(log()) && statSync(log()).size, ticketsIn(folder)]).toEqual([
      how === 'empty' && 0,
      ['a1', 'a2'],
    ]);
  });

  it.each([
    ['the read models', ['webhooks.db', 'leases.db', 'log.last', 'webhooks.key']],
    ['the outbox', ['read-models.db', 'leases.db', 'log.last', 'webhooks.key']],
    ['how far it was acknowledged', ['read-models.db', 'webhooks.db', 'leases.db', 'webhooks.key']],
  ])('for it is missing is refused by %s alone', async (_, others) => {
    for (const file of [...others, 'events.db']) rmSync(join(folder, file), { force: true });
    await refused(folder);
  });

  it('for it is missing is begun anew where a person accepts that, and says so', async () => {
    rmSync(log());
    const { context, said } = await accepted(folder);
    await open(context, 'c1');
    await projectAndClose(context);
    expect(said.join('\n')).toMatch(/new event store is created[^]*read models are being rebuilt/);
    await use(folder);
    expect(ticketsIn(folder)).toEqual(['c1']);
  });

  it.each(['read-models.db', 'log.last'])('for an older copy was put back is refused by %s', async (witness) => {
    const copy = copyOf(folder);
    await use(folder, 'a3');
    for (const file of ['events.db', 'read-models.db', 'webhooks.db', 'log.last'])
      if (file !== witness) copyFileSync(join(copy, file), join(folder, file));
    await refused(folder);
    await refused(folder); // however often
    const { context, said } = await accepted(folder);
    await open(context, 'b3');
    await projectAndClose(context);
    expect(said.length).toBeGreaterThan(0);
    await use(folder, 'b4');
    expect(ticketsIn(folder)).toEqual(['a1', 'a2', 'b3', 'b4']);
  });

  it('for its end went with its write-ahead log is refused', async () => {
    const context = await ledgerAt(now, folder);
    await open(context, 'a3'); // nothing has projected it: the log alone has it, and its writer's note
    const killed = newFolder();
    for (const name of readdirSync(folder))
      if (!name.startsWith('lock')) cpSync(join(folder, name), join(killed, name));
    await context.close();
    const wal = join(killed, 'events.db-wal');
    expect(statSync(wal).size).toBeGreaterThan(0);
    const whole = copyOf(killed);
    await (await ledgerAt(now, whole)).close();
    rmSync(wal);
    await refused(killed);
    writeFileSync(wal, '');
    await refused(killed);
  });

  it('is found by what stands at its place, though it is as long: a copy that was used, and the original put back', async () => {
    const copy = copyOf(folder);
    await use(folder, 'b1', 'b2', 'b3', 'b4');
    const original = copyOf(folder);
    copyFileSync(join(copy, 'events.db'), log());
    for (const file of ['read-models.db', 'webhooks.db', 'log.last'])
      copyFileSync(join(copy, file), join(folder, file));
    await use(folder, 'fork1', 'fork2', 'fork3');
    copyFileSync(join(original, 'events.db'), log());
    await refused(folder);
    rmSync(join(folder, 'log.last'));
    await refused(folder); // by the read models alone
    const { context } = await accepted(folder);
    await projectAndClose(context);
    expect(ticketsIn(folder)).toEqual(['a1', 'a2', 'b1', 'b2', 'b3', 'b4']);
  });

  it('is no matter where all of the folder is of one copy', async () => {
    const copy = copyOf(folder);
    await use(folder, 'a3');
    await use(copy, 'b3');
    expect(ticketsIn(copy)).toEqual(['a1', 'a2', 'b3']);
    rmSync(copy, { recursive: true });
  });

  it('is no matter of a note that is damaged', async () => {
    writeFileSync(join(folder, 'log.last'), '12345 abc 0000000000000099 x\n');
    await use(folder, 'a3');
    expect(ticketsIn(folder)).toEqual(['a1', 'a2', 'a3']);
  });
});

describe('the outbox of a log that is older', () => {
  it('loses what the log has lost, sends the rest once, and goes on', async () => {
    const [folder, there] = [newFolder(), await receiver()];
    const breach = (of: TestContext, ticket: string) => open(of, ticket, 'pro', '2026-02-23T09:00:00Z');
    let context = await ledgerAt(now, folder);
    const endpoint = { webhook: 'desk', url: there.url, description: null, filter: {} };
    await change(context, { type: 'RegisterWebhook', endpoint });
    let work = delivering(context);
    await breach(context, 'T-sent');
    await there.came(1);
    await eventually(async () => (await logged(context)).join() === 'T-sent SlaBreached delivered 1');
    there.answer(() => 500);
    await breach(context, 'T-kept');
    await there.came(2);
    await eventually(async () => (await logged(context)).includes('T-kept SlaBreached waiting 1'));
    await work.stop();
    await context.close();
    const copy = copyOf(folder);

    context = await ledgerAt(now, folder);
    work = delivering(context);
    await breach(context, 'T-lost');
    await eventually(async () => (await logged(context)).some((line) => line.startsWith('T-lost')));
    await work.stop();
    await context.close();
    copyFileSync(join(copy, 'events.db'), join(folder, 'events.db'));
    for (const file of ['log.last', 'read-models.db']) rmSync(join(folder, file)); // it knows by itself
    await expect(ledgerAt(now, folder)).rejects.toMatchObject({ code: 'LOG_OLDER' });

    there.answer(() => 200);
    const { context: again, said } = await accepted(folder);
    again.time.moveTo(Date.parse(now) + 3_600_000);
    expect(said.join('\n')).toContain(
      'Webhooks: 1 deliveries were removed, because the event store has no such events',
    );
    work = delivering(again);
    await breach(again, 'T-new');
    const isDelivered = (line: string) => line.includes('delivered');
    await eventually(async () => (await logged(again)).filter(isDelivered).length === 3);
    expect((await logged(again)).map((line) => line.split(' ')[0])).toEqual(['T-sent', 'T-kept', 'T-new']);
    expect(new Set(there.said())).toEqual(new Set(['T-sent', 'T-kept', 'T-new'].map((id) => `${id} sla.breached`)));
    await work.stop();
    await again.close();
    await there.close();
  });
});
