import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { webhookList, type WebhookView } from '../../src/webhooks/outbox/lists.js';
import { newFolder } from '../support/api.js';
import { ledgerAt, open, type TestContext } from '../support/application-contexts.js';
import { receiver, type Receiver, type Reply } from '../support/receiver.js';
import { change, delivering, eventually, logged } from '../support/webhooks.js';

const start = Date.parse('2026-03-02T09:00:00Z');
const [minute, day] = [60_000, 86_400_000];

/** An answer that says how long to wait. */
const later =
  (status: number, text: string): (() => Reply) =>
  () =>
  (response) =>
    response.writeHead(status, { 'retry-after': text }).end();

describe('a webhook whose endpoint', () => {
  let folder: string;
  let context: TestContext;
  let there: Receiver;
  let work: ReturnType<typeof delivering>;
  beforeEach(async () => {
    folder = newFolder();
    [context, there] = [await ledgerAt(new Date(start).toISOString(), folder), await receiver()];
    work = delivering(context);
  });
  afterEach(async () => {
    await work.stop();
    expect(work.failures).toEqual([]);
    await context.close();
    await there.close();
    rmSync(folder, { recursive: true });
  });

  const register = (webhook = 'desk', url = there.url) =>
    change(context, { type: 'RegisterWebhook', endpoint: { webhook, url, description: null, filter: {} } });
  const breach = (ticket: string) => open(context, ticket, 'pro', '2026-02-23T09:00:00Z');
  const seen = async () => (await webhookList(context.webhooks.outbox.db))[0];
  const until = async (holds: (webhook: WebhookView) => boolean) => {
    await eventually(async () => {
      const webhook = await seen();
      return webhook !== undefined && holds(webhook);
    });
  };
  async function restart(at: number) {
    await work.stop();
    await context.close();
    context = await ledgerAt(new Date(at).toISOString(), folder);
    work = delivering(context);
  }

  describe.each([429, 503])('answers %i with Retry-After', (status) => {
    it.each(['600', 'Mon, 02 Mar 2026 09:10:00 GMT'])('%s is sent nothing before, across a restart', async (text) => {
      there.answer(later(status, text));
      await register();
      await breach('T-1');
      await until(({ heldUntil }) => heldUntil === start + 10 * minute);
      await breach('T-2');
      await eventually(async () => (await logged(context)).length === 2);
      there.answer(() => 200);
      await restart(start + 9 * minute);
      await breach('T-3');
      await eventually(async () => (await logged(context)).length === 3);
      expect(there.said()).toEqual(['T-1 sla.breached']);
      context.time.moveTo(start + 10 * minute);
      await there.came(4);
      expect(there.said().slice(1).sort()).toEqual(['T-1 sla.breached', 'T-2 sla.breached', 'T-3 sla.breached']);
      await until(({ heldUntil, waiting }) => heldUntil === null && waiting === 0);
    });
  });

  it('asks for longer than a day is tried again after a day', async () => {
    there.answer(later(503, '9999999'));
    await register();
    await breach('T-1');
    await until(({ heldUntil }) => heldUntil === start + day);
    there.answer(() => 200);
    context.time.moveTo(start + day);
    await there.came(2);
  });

  it('asked to wait while the clock was ahead is not waited for that long', async () => {
    context.time.moveTo(start + 10 * day);
    there.answer(later(429, '600'));
    await register();
    await breach('T-1');
    await until(({ heldUntil }) => heldUntil === start + 10 * day + 10 * minute);
    there.answer(() => 200);
    context.time.putTo(start);
    await there.came(2);
  });

  it('asks to wait is sent what waits at once when its address changes', async () => {
    const other = await receiver();
    there.answer(later(429, '600'));
    await register();
    await breach('T-1');
    await until(({ heldUntil }) => heldUntil !== null);
    await breach('T-2');
    await change(context, { type: 'ChangeWebhook', webhook: 'desk', changes: { url: other.url } });
    await other.came(1);
    expect(other.said()).toEqual(['T-2 sla.breached']);
    await other.close();
  });

  describe('answers 410', () => {
    const gone = async () => {
      there.answer(() => 410);
      await register();
      await breach('T-1');
      await until(({ state }) => state === 'disabled');
    };

    it('is disabled, once, and says why', async () => {
      await gone();
      expect(await seen()).toMatchObject({ disabledBecause: 'gone', waiting: 1 });
      await breach('T-2');
      expect(there.said()).toEqual(['T-1 sla.breached']);
      expect(work.gone).toEqual(['desk']);
      const events = [];
      for await (const { type, data, metadata } of context.store.readStream('webhook-desk'))
        events.push({ type, data, by: metadata.actor.id });
      expect(events.slice(1)).toEqual([
        { type: 'WebhookDisabled', data: { webhook: 'desk', because: 'gone' }, by: 'pledge' },
      ]);
    });

    it('stays so across a restart, and goes on there when it is enabled', async () => {
      await gone();
      await restart(start + day);
      await breach('T-2');
      there.answer(() => 200);
      expect(await seen()).toMatchObject({ state: 'disabled', disabledBecause: 'gone' });
      await change(context, { type: 'EnableWebhook', webhook: 'desk' });
      await there.came(3);
      expect(there.said().slice(1).sort()).toEqual(['T-1 sla.breached', 'T-2 sla.breached']);
      expect(await seen()).toMatchObject({ state: 'enabled', disabledBecause: null });
    });

    it('holds up no other webhook', async () => {
      const other = await receiver();
      await gone();
      await register('other', other.url);
      await breach('T-2');
      await other.came(1);
      await other.close();
    });
  });
});
