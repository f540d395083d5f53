import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TestWebhookCommand, TestWebhookHandler } from '../../src/webhooks/commands/deliver.js';
import { replay } from '../../src/webhooks/outbox/outbox-projection.js';
import { type FeedFilter } from '../../src/feed/domain/feed-event.js';
import { rebuildReadModels } from '../../src/app/pledge-context.js';
import { newFolder } from '../support/api.js';
import { ledgerAt, open, project, say, settingsOf, type TestContext } from '../support/application-contexts.js';
import { isSigned, type Received, receiver, type Receiver } from '../support/receiver.js';
import { environmentOf } from '../support/store-of-tests.js';
import { change, delivering, eventually, logged, webhookPorts } from '../support/webhooks.js';

const start = '2026-03-02T09:00:00Z';
const day = 86_400_000;

describe('a webhook', () => {
  let folder: string;
  let context: TestContext;
  let there: Receiver;
  let work: ReturnType<typeof delivering>;
  beforeEach(async () => {
    folder = newFolder();
    [context, there] = [await ledgerAt(start, folder), await receiver()];
    work = delivering(context);
  });
  afterEach(async () => {
    await work.stop();
    expect(work.failures).toEqual([]);
    await context.close();
    await there.close();
    rmSync(folder, { recursive: true });
  });

  const register = async (webhook = 'desk', url = there.url, filter: FeedFilter = {}) =>
    (await change(context, { type: 'RegisterWebhook', endpoint: { webhook, url, description: null, filter } }))
      .secret ?? '';
  /** Opens a ticket whose first response is late already. */
  const breach = (ticket: string, plan = 'pro') => open(context, ticket, plan, '2026-02-23T09:00:00Z');
  const answer = (ticket: string) => say(context, ticket, { type: 'RecordFirstResponse' });
  const settled = async (lines: readonly string[], webhook?: string) => {
    await eventually(async () => (await logged(context, webhook)).join() === lines.join());
  };
  /** Stops and starts over on the same folder. */
  async function restart(now = context.time.now()) {
    await work.stop();
    await context.close();
    context = await ledgerAt(new Date(now).toISOString(), folder);
    work = delivering(context);
  }
  const nextAttempt = async (ticket: string) => {
    let at: number | null | undefined;
    await eventually(async () => {
      const rows = context.webhooks.outbox.db.selectFrom('deliveries').select('next_at').where('ticket', '=', ticket);
      at = (await rows.where('attempts', '>', 0).where('next_at', '>', context.time.now()).executeTakeFirst())?.next_at;
      return at !== undefined;
    });
    return at ?? 0;
  };

  it('that was put off while the clock was ahead is sent when the clock is put right', async () => {
    await register();
    there.answer(() => 500);
    context.time.moveTo(Date.parse(start) + 10 * day);
    await breach('T-1');
    await there.came(1);
    await nextAttempt('T-1');
    there.answer(() => 200);
    context.time.putTo(Date.parse(start));
    await there.came(2);
    await settled(['T-1 SlaBreached delivered 2']);
  });

  it("is sent what happens from its registration on, signed, with the event's id", async () => {
    await breach('T-0');
    const secret = await register();
    await breach('T-1');
    await answer('T-1');
    await there.came(2);
    expect(there.said()).toEqual(['T-1 sla.breached', 'T-1 sla.met_late']);
    await settled(['T-1 SlaBreached delivered 1', 'T-1 SlaMetLate delivered 1']);
    expect(there.received.every((message) => isSigned(message, secret))).toBe(true);
    const [first] = there.received;
    const { data, timestamp } = JSON.parse(first?.body ?? '') as { data: Record<string, unknown>; timestamp: string };
    expect(first?.headers['webhook-id']).toBe(data['id']);
    expect(timestamp).toBe('2026-02-24T09:00:00.000Z');
    expect(data).toMatchObject({
      ...{ kind: 'SLA_BREACHED', metric: 'FIRST_RESPONSE', ticket: 'T-1', customer: 'acme', plan: 'pro' },
      ...{ type: 'productBug', dueAt: '2026-02-24T09:00:00.000Z', recordedAt: '2026-03-02T09:00:00.000Z' },
      cursor: expect.stringMatching(/^\w+\.\d+$/) as unknown,
    });
  });

  it('is sent only what its filter lets pass, and after a change what the new one does', async () => {
    await register('desk', there.url, { types: ['SlaMetLate'] });
    await breach('T-1');
    await answer('T-1');
    await there.came(1);
    await change(context, { type: 'ChangeWebhook', webhook: 'desk', changes: { filter: { plans: ['enterprise'] } } });
    await breach('T-2');
    await breach('T-3', 'enterprise');
    await there.came(2);
    expect(there.said()).toEqual(['T-1 sla.met_late', 'T-3 sla.breached']);
  });

  it("that fails is tried again after growing pauses under the same id, and then sent the ticket's next", async () => {
    there.answer(() => 500);
    await register();
    await breach('T-1');
    await answer('T-1');
    const pauses: number[] = [];
    for (let i = 0; i < 4; i++) {
      const at = await nextAttempt('T-1');
      pauses.push(at - context.time.now());
      if (i === 3) there.answer(() => 204);
      context.time.moveTo(at);
    }
    await settled(['T-1 SlaBreached delivered 5', 'T-1 SlaMetLate delivered 1']);
    expect(pauses).toEqual([3_750, 7_500, 15_000, 30_000]);
    expect(there.said()).toEqual([...Array<string>(5).fill('T-1 sla.breached'), 'T-1 sla.met_late']);
    expect(new Set(there.received.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  });

  it('that fails for one ticket is sent the events of the others meanwhile', async () => {
    there.answer(({ said }) => (said.startsWith('T-bad') ? 500 : 200));
    await register();
    for (let i = 0; i < 12; i++) await breach(`T-bad-${i}`);
    await answer('T-bad-0');
    await breach('T-1');
    await answer('T-1');
    await eventually(() => there.said().includes('T-1 sla.met_late'));
    expect(there.said().filter((said) => said.startsWith('T-1'))).toEqual(['T-1 sla.breached', 'T-1 sla.met_late']);
    expect(there.said()).not.toContain('T-bad-0 sla.met_late');
  });

  it('that hangs for some tickets leaves room for what is new', async () => {
    there.answer(({ said }) => (said.startsWith('T-bad') ? 500 : 200));
    await register();
    for (let i = 0; i < 10; i++) await breach(`T-bad-${i}`);
    await there.came(10);
    await eventually(async () => (await logged(context)).every((line) => line.endsWith(' 1')));
    there.answer(({ said }) => (said.startsWith('T-bad') ? () => undefined : 200));
    context.time.moveTo(context.time.now() + 4_000);
    await there.came(14);
    await breach('T-1');
    await there.came(15);
    expect(there.said().at(-1)).toBe('T-1 sla.breached');
  });

  it('that is dead holds up no other', async () => {
    there.answer(() => () => undefined);
    const other = await receiver();
    await register('dead');
    await register('alive', other.url);
    for (let i = 0; i < 20; i++) await breach(`T-${i}`);
    await other.came(20);
    await eventually(async () => (await logged(context, 'alive')).every((line) => line.includes('delivered')));
    expect(there.received.length).toBe(8); // so many at a time, and no more
    expect(new Set(there.said()).size).toBe(8);
    await other.close();
  });

  it('that does not answer in time is given up for then', async () => {
    there.answer(() => () => undefined);
    await register();
    await breach('T-1');
    await there.came(1);
    context.time.moveTo(context.time.now() + 15_000);
    await nextAttempt('T-1');
    const { last_error: error } = await context.webhooks.outbox.db
      .selectFrom('deliveries')
      .select('last_error')
      .executeTakeFirstOrThrow();
    expect(error).toBe('no answer within 15 s');
  });

  it('that answers without end is read up to a limit', async () => {
    let written = 0;
    there.answer(() => (response) => {
      response.writeHead(200).on('error', () => undefined);
      const more = () => {
        if (response.destroyed) return;
        written += 1_024;
        response.write(Buffer.alloc(1_024), () => setImmediate(more)); // what was written is read before there is more
      };
      more();
    });
    await register();
    await breach('T-1');
    await settled(['T-1 SlaBreached delivered 1']);
    expect(written).toBeGreaterThan(16 * 1024);
    expect(written).toBeLessThan(256 * 1024); // the limit, and what is under way
  });

  it('that redirects is not followed', async () => {
    const elsewhere = await receiver();
    there.answer(() => (response) => {
      response.writeHead(307, { location: elsewhere.url }).end();
    });
    await register();
    await breach('T-1');
    await nextAttempt('T-1');
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  });

  describe('that takes nothing for three days', () => {
    const passThreeDays = async () => {
      const until = context.time.now() + 3 * day;
      for (;;) {
        const at = await Promise.race([nextAttempt('T-1'), asideAt()]);
        if (at === undefined || at > until) return;
        context.time.moveTo(at);
      }
    };
    const asideAt = async () => {
      await eventually(async () =>
        (await logged(context)).some((line) => line.startsWith('T-1 SlaBreached deadLettered')),
      );
      return undefined;
    };

    it('has the event dead-lettered, goes on with the ticket, and is sent all again in order by a replay', async () => {
      there.answer(({ said }) => (said === 'T-1 sla.breached' ? 503 : 200));
      await register();
      const { position: before } = await breach('T-0');
      await breach('T-1');
      await answer('T-1');
      await passThreeDays();
      await eventually(async () => (await logged(context)).at(-1) === 'T-1 SlaMetLate delivered 1');
      const tries = there.said().filter((said) => said === 'T-1 sla.breached').length;
      expect(tries).toBeGreaterThan(15);
      expect(tries).toBeLessThan(30);
      const sent = there.received.length;
      there.answer(() => 200);
      await context.webhooks.outbox.transaction(async (tx) =>
        replay(tx, 'desk', before, await context.store.lastPosition()),
      );
      context.webhooks.changed.notify();
      await there.came(sent + 2);
      await settled(['T-0 SlaBreached delivered 1', 'T-1 SlaBreached delivered 1', 'T-1 SlaMetLate delivered 1']);
      expect(there.said().slice(sent)).toEqual(['T-1 sla.breached', 'T-1 sla.met_late']);
    });
  });

  it('that is disabled is sent nothing, and goes on there when it is enabled, across restarts', async () => {
    await register();
    await breach('T-1');
    await there.came(1);
    await change(context, { type: 'DisableWebhook', webhook: 'desk' });
    await breach('T-2');
    await answer('T-1');
    await restart();
    await breach('T-3');
    expect(there.said()).toEqual(['T-1 sla.breached']);
    await change(context, { type: 'EnableWebhook', webhook: 'desk' });
    await there.came(4);
    expect(there.said().slice(1).sort()).toEqual(['T-1 sla.met_late', 'T-2 sla.breached', 'T-3 sla.breached']);
  });

  it('that is removed is sent nothing any more, not even what waited', async () => {
    there.answer(() => 500);
    await register();
    await breach('T-1');
    const at = await nextAttempt('T-1');
    await change(context, { type: 'RemoveWebhook', webhook: 'desk' });
    await eventually(async () => (await logged(context)).length === 0);
    await register('other', there.url);
    context.time.moveTo(at);
    await breach('T-2');
    await there.came(2);
    expect(there.said()).toEqual(['T-1 sla.breached', 'T-2 sla.breached']);
  });

  describe('with a new secret', () => {
    const last = () => there.received.at(-1) as Received;

    it('is sent signatures with both for a while, then with the new one alone', async () => {
      const old = await register();
      const rotated = await change(context, { type: 'RotateWebhookSecret', webhook: 'desk', overlapMs: day });
      const secret = rotated.secret ?? '';
      await breach('T-1');
      await there.came(1);
      expect([isSigned(last(), old), isSigned(last(), secret), old === secret]).toEqual([true, true, false]);
      context.time.moveTo(context.time.now() + day);
      await breach('T-2');
      await there.came(2);
      expect([isSigned(last(), old), isSigned(last(), secret)]).toEqual([false, true]);
    });

    it('has it from a key that only its owner may read; log and tables hold none', async () => {
      const secrets = [await register()];
      expect((statSync(join(folder, 'webhooks.key')).mode & 0o777).toString(8)).toBe('600');
      for (let i = 0; i < 2; i++) {
        secrets.push(
          (await change(context, { type: 'RotateWebhookSecret', webhook: 'desk', overlapMs: 0 })).secret ?? '',
        );
      }
      expect(new Set(secrets).size).toBe(3);
      await breach('T-1');
      await there.came(1);
      await restart();
      for (const file of readdirSync(folder)) {
        const content = readFileSync(join(folder, file), 'latin1');
        for (const secret of secrets) expect(content).not.toContain(secret.replace('whsec_', ''));
      }
    });
  });

  it('is sent after a restart what waited, and nothing that had arrived', async () => {
    there.answer(({ said }) => (said.startsWith('T-1') ? 200 : 500));
    await register();
    await breach('T-1');
    await breach('T-2');
    await nextAttempt('T-2');
    await eventually(async () => (await logged(context))[0] === 'T-1 SlaBreached delivered 1');
    there.answer(() => 200);
    await restart(context.time.now() + 60_000);
    await settled(['T-1 SlaBreached delivered 1', 'T-2 SlaBreached delivered 2']);
    expect(there.said()).toEqual(['T-1 sla.breached', 'T-2 sla.breached', 'T-2 sla.breached']);
  });

  it('is neither forgotten nor sent anything twice when the read models are built anew', async () => {
    await register();
    await breach('T-1');
    await settled(['T-1 SlaBreached delivered 1']);
    await work.stop();
    await breach('T-2');
    await project(context);
    await context.close();
    await rebuildReadModels(settingsOf(folder, await environmentOf(folder)));
    context = await ledgerAt(start, folder);
    work = delivering(context);
    await settled(['T-1 SlaBreached delivered 1', 'T-2 SlaBreached delivered 1']);
    expect(there.said()).toEqual(['T-1 sla.breached', 'T-2 sla.breached']);
  });

  it('whose outbox is lost is known still, and sent what happens from then on', async () => {
    await register();
    await breach('T-1');
    await there.came(1);
    await work.stop();
    await context.close();
    for (const end of ['', '-wal', '-shm']) rmSync(join(folder, `webhooks.db${end}`), { force: true });
    context = await ledgerAt(start, folder);
    work = delivering(context);
    await breach('T-2');
    await there.came(2);
    expect(there.said()).toEqual(['T-1 sla.breached', 'T-2 sla.breached']);
  });

  it('has its outbox put aside where the log is another', async () => {
    await register();
    await breach('T-1');
    await settled(['T-1 SlaBreached delivered 1']);
    await work.stop();
    await context.close();
    const other = newFolder();
    await (await ledgerAt(start, other)).close();
    copyFileSync(join(folder, 'webhooks.db'), join(other, 'webhooks.db'));
    rmSync(folder, { recursive: true });
    [folder, context] = [other, await ledgerAt(start, other)];
    work = delivering(context);
    expect(await logged(context)).toEqual([]);
    expect(existsSync(join(folder, 'webhooks.db.before'))).toBe(true);
  });

  it('is not waited for any longer, when it is tested, than whoever asked for the test waits', async () => {
    await register();
    const hungUp = new Promise((resolve) => {
      there.answer(() => (response) => response.once('close', resolve)); // it never answers
    });
    const leave = new AbortController();
    const ports = webhookPorts(context);
    const tested = new TestWebhookHandler(ports).execute(new TestWebhookCommand('desk', leave.signal));
    await there.came(1);
    leave.abort();
    expect(await tested).toEqual({ kind: 'failed', status: null, error: 'it was given up', retryAfter: null });
    await hungUp;
    await ports.post.close();
  });
});
