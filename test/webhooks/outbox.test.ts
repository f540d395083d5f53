import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EventStore, type Position, type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { refusing } from '../../src/event-sourcing/standing.js';
import { forgetOld } from '../../src/webhooks/outbox/deliveries.js';
import { newDelivery, queue } from '../../src/webhooks/outbox/enqueue.js';
import { openOutbox, type Outbox } from '../../src/webhooks/outbox/open-outbox.js';
import { outboxProjection, replay } from '../../src/webhooks/outbox/outbox-projection.js';
import { advanceReplays } from '../../src/webhooks/outbox/replays.js';
import { type FeedEvent } from '../../src/feed/domain/feed-event.js';
import { newFolder } from '../support/api.js';
import { ManualClock } from '../support/manual-clock.js';

const day = 86_400_000;
const at = (n: number): Position => String(n).padStart(4, '0');
const log = { logId: 'log', lastPosition: () => Promise.resolve(at(0)), markAt: () => Promise.resolve(undefined) };

const event = (n: number, type: string, data: object, stream = 'ticket-T'): StoredEvent => ({
  ...{ id: `e${n}`, type, stream, revision: n, position: at(n), data },
  metadata: { actor: { id: 'admin', kind: 'person' }, occurredAt: 0, recordedAt: 0, schemaVersion: 1 },
});
const breach = (n: number) =>
  event(n, 'SlaBreached', { ticket: `T-${n}`, customer: 'acme', historic: false, terms: { plan: { code: 'pro' } } });
const ofWebhook = (n: number, type: string, more: object = {}) =>
  event(n, type, { webhook: 'desk', ...more }, 'webhook-desk');
const registered = (n: number) =>
  ofWebhook(n, 'WebhookRegistered', { url: 'https://hooks.example/', description: null, filter: {} });

describe('the outbox', () => {
  let outbox: Outbox;
  const time = new ManualClock(100 * day);
  beforeEach(async () => {
    outbox = await openOutbox(join(newFolder(), 'webhooks.db'), log, refusing);
  });
  afterEach(() => outbox.close());

  const apply = (...events: readonly StoredEvent[]) =>
    outbox.transaction((tx) => outboxProjection(time).apply(events, tx));
  const queued = async () =>
    (await outbox.db.selectFrom('deliveries').select('event').orderBy('position').execute()).map((row) => row.event);

  it('has what happens while an endpoint is enabled, and nothing of before', async () => {
    await apply(breach(1), registered(2), breach(3));
    expect(await queued()).toEqual(['e3']);
  });

  it('has nothing of an endpoint that is disabled, but what to send again once it is enabled', async () => {
    await apply(registered(1), ofWebhook(2, 'WebhookDisabled'), breach(3));
    expect(await queued()).toEqual([]);
    await apply(ofWebhook(4, 'WebhookEnabled'));
    expect(await outbox.db.selectFrom('replays').selectAll().execute()).toEqual([
      { webhook: 'desk', next: at(2), until: at(4) },
    ]);
  });

  it('has nothing of an endpoint that is removed in the same batch', async () => {
    await apply(registered(1), breach(2), ofWebhook(3, 'WebhookRemoved'), breach(4));
    expect(await queued()).toEqual([]);
    expect(await outbox.db.selectFrom('endpoints').selectAll().execute()).toEqual([]);
  });

  it('forgets what is over after thirty days, and nothing that waits', async () => {
    const rows = [1, 2, 3].map((n) => newDelivery('desk', breach(n) as FeedEvent, 0));
    await outbox.transaction((tx) => queue(tx, 'desk', rows, 0));
    const over = (id: string, last_at: number) =>
      outbox.db.updateTable('deliveries').set({ state: 'delivered', last_at }).where('event', '=', id).execute();
    await over('e1', 70 * day - 1);
    await over('e2', 70 * day);
    await forgetOld(outbox.db, 100 * day);
    expect(await queued()).toEqual(['e2', 'e3']);
  });

  it('sends again all that was asked, where more was asked while a part of it was read', async () => {
    await apply(registered(0));
    await outbox.transaction((tx) => replay(tx, 'desk', at(5), at(9)));
    let isFirst = true;
    const store = {
      readAll: async function* ({ after }: { readonly after: Position }) {
        if (isFirst) await outbox.transaction((tx) => replay(tx, 'desk', at(2), at(9)));
        isFirst = false;
        for (let n = 1; n <= 9; n++) if (at(n) > after) yield await Promise.resolve(breach(n));
      },
    } as unknown as EventStore;
    while (await advanceReplays(outbox, store, time));
    expect(await queued()).toEqual(['e3', 'e4', 'e5', 'e6', 'e7', 'e8', 'e9']);
  });
});
