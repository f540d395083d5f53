import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { isSigned, type Received, receiver, type Receiver } from '../support/receiver.js';

interface Saved {
  readonly code?: string;
  readonly message?: string;
  readonly secret: string | null;
  readonly position: string;
  readonly webhook: Record<string, unknown>;
}

const fields =
  'id url description state disabledBecause heldUntil waiting deadLettered filter { kinds plans includeHistoric }';

/** Webhooks over the API; private targets are allowed, so that there is somewhere to deliver to. */
describe('webhooks over the API', () => {
  let api: Api;
  let there: Receiver;
  let secret: string;
  const change = async (verb: string, input: object, type = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input`) => {
    const answer = `... on WebhookSaved { secret position webhook { ${fields} } } ... on Rejection { code message }`;
    const data = await api.data<Record<string, Saved>>(
      `mutation ($input: ${type}!) { ${verb}(input: $input) { ${answer} } }`,
      { input },
    );
    return data[verb] as Saved;
  };
  const breach = async (id: string) => {
    const late = { customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email', subject: 'It broke' };
    const input = { ...late, id, occurredAt: '2026-02-23T09:00:00Z' };
    await api.data('mutation ($input: OpenTicketInput!) { openTicket(input: $input) { __typename } }', { input });
  };

  beforeAll(async () => {
    there = await receiver();
    api = await Api.start('2026-03-02T09:00:00Z', undefined, { PLEDGE_WEBHOOK_PRIVATE_TARGETS: 'yes' });
  });
  afterAll(async () => {
    await api.end();
    await there.close();
  });

  it('keep every part of their filter', async () => {
    const filter = {
      ...{ kinds: ['SLA_BREACHED', 'SLA_AT_RISK'], metrics: ['FOLLOW_UP'], plans: ['pro'], customers: ['acme'] },
      ...{ assignees: ['mia'], teams: ['gold'], priorities: ['urgent'], types: ['productBug'], channels: ['email'] },
      ...{ ticket: 'T-1', includeHistoric: true },
    };
    const { registerWebhook } = await api.data<{ registerWebhook: { webhook: unknown } }>(
      `mutation ($input: RegisterWebhookInput!) { registerWebhook(input: $input) { ... on WebhookSaved { webhook { filter {
        ${Object.keys(filter).join(' ')} } } } } }`,
      { input: { id: 'picky', url: there.url, filter } },
    );
    expect(registerWebhook.webhook).toEqual({ filter });
    await change('removeWebhook', { id: 'picky' }, 'WebhookInput');
  });

  it('are registered, and their secret is shown this once', async () => {
    const saved = await change('registerWebhook', { id: 'desk', url: there.url, filter: { kinds: ['SLA_BREACHED'] } });
    expect(saved).toMatchObject({
      secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/) as unknown,
      webhook: { id: 'desk', state: 'ENABLED', waiting: 0, filter: { kinds: ['SLA_BREACHED'], plans: [] } },
    });
    secret = saved.secret ?? '';
    expect(
      await change('registerWebhook', { id: 'desk', url: there.url, filter: { kinds: ['SLA_BREACHED'] } }),
    ).toMatchObject({
      secret: null,
    });
    const { webhooks } = await api.data(
      `query ($minPosition: Position) { webhooks(minPosition: $minPosition) { ${fields} } }`,
      {
        minPosition: saved.position,
      },
    );
    expect(webhooks).toEqual([saved.webhook]);
    expect(JSON.stringify(await api.data('{ __type(name: "Webhook") { fields { name } } }'))).not.toMatch(/"secret"/);
  });

  it('are sent a test message', async () => {
    const test = 'mutation { testWebhook(input: { id: "desk" }) { ... on WebhookTested { delivered status error } } }';
    expect(await api.data(test)).toEqual({ testWebhook: { delivered: true, status: 200, error: null } });
    expect(JSON.parse(there.received[0]?.body ?? '')).toMatchObject({ type: 'pledge.test' });
    expect(isSigned(there.received[0] as Received, secret)).toBe(true);
    there.answer(() => 404);
    expect(await api.data(test)).toEqual({
      testWebhook: { delivered: false, status: 404, error: 'it answered 404' },
    });
    there.answer(() => 200);
  });

  it('are sent the feed, and the delivery log says so', async () => {
    const before = there.received.length;
    await breach('T-1');
    await there.came(before + 1);
    const log = `query ($filter: WebhookDeliveryFilter) { webhookDeliveries(first: 1, filter: $filter) {
      edges { cursor node { webhook event kind ticket state attempts lastStatus lastError nextAttemptAt } } pageInfo { hasNextPage }
    } }`;
    const delivered = { filter: { webhook: 'desk', states: ['DELIVERED'] } };
    let answer = await api.data<{ webhookDeliveries: { edges: { node: object }[] } }>(log, delivered);
    while (answer.webhookDeliveries.edges.length === 0) answer = await api.data(log, delivered);
    const event = there.received.at(-1)?.headers['webhook-id'];
    expect(answer.webhookDeliveries.edges[0]?.node).toEqual({
      ...{ webhook: 'desk', event, kind: 'SLA_BREACHED', ticket: 'T-1', state: 'DELIVERED', attempts: 1 },
      ...{ lastStatus: 200, lastError: null, nextAttemptAt: null },
    });
    expect(await api.data(log, { filter: { webhook: 'other' } })).toMatchObject({ webhookDeliveries: { edges: [] } });
  });

  it('are sent all again from a cursor', async () => {
    const before = there.received.length;
    const data = await api.data<{ webhookDeliveries: { edges: { node: { cursor: string } }[] } }>(
      '{ webhookDeliveries { edges { node { cursor } } } }',
    );
    const { cursor = '' } = data.webhookDeliveries.edges[0]?.node ?? {};
    const start = cursor.replace(/\d+$/, (digits) => digits.replace(/\d/g, '0'));
    expect(await change('replayWebhook', { id: 'desk', after: start })).toMatchObject({ webhook: { id: 'desk' } });
    await there.came(before + 1);
    expect(there.received.at(-1)?.headers['webhook-id']).toBe(there.received[before - 1]?.headers['webhook-id']);
    expect(await change('replayWebhook', { id: 'desk', after: 'x' })).toMatchObject({ code: 'INVALID_CURSOR' });
  });

  it('are changed, given a new secret, disabled and removed', async () => {
    expect(await change('changeWebhook', { id: 'desk', description: 'for the desk' })).toMatchObject({
      webhook: { description: 'for the desk', filter: { kinds: ['SLA_BREACHED'] } },
    });
    const rotated = await change('rotateWebhookSecret', { id: 'desk', overlapHours: 1 });
    expect(rotated.secret).not.toBe(secret);
    expect(rotated.secret).toMatch(/^whsec_/);
    expect(await change('disableWebhook', { id: 'desk' }, 'WebhookInput')).toMatchObject({
      secret: null,
      webhook: { state: 'DISABLED', disabledBecause: 'ASKED', heldUntil: null },
    });
    expect(await change('enableWebhook', { id: 'desk' }, 'WebhookInput')).toMatchObject({
      webhook: { state: 'ENABLED', disabledBecause: null },
    });
    const { position: minPosition } = await change('removeWebhook', { id: 'desk' }, 'WebhookInput');
    expect(
      await api.data('query ($minPosition: Position) { webhooks(minPosition: $minPosition) { id } }', { minPosition }),
    ).toEqual({
      webhooks: [],
    });
  });

  it.each([
    ['changeWebhook', { id: 'none', description: 'x' }, undefined, 'WEBHOOK_NOT_FOUND'],
    ['disableWebhook', { id: 'none' }, 'WebhookInput', 'WEBHOOK_NOT_FOUND'],
    ['rotateWebhookSecret', { id: 'none' }, undefined, 'WEBHOOK_NOT_FOUND'],
    ['registerWebhook', { id: 'x', url: 'http://169.254.169.254/' }, undefined, 'WEBHOOK_TARGET_REFUSED'],
    ['registerWebhook', { id: 'desk', url: 'https://1.1.1.1/' }, undefined, 'WEBHOOK_EXISTS'],
  ])('%s of %j is refused by its code', async (verb, input, type, code) => {
    expect(await change(verb, input, type)).toMatchObject({ code });
  });

  it('are kept by the address that is asked, however it was typed, registered or changed', async () => {
    const typed = `http:\\\\127.0.0.1:${new URL(there.url).port}\\@1.1.1.1/\r\n`;
    const url = `http://127.0.0.1:${new URL(there.url).port}/@1.1.1.1/`;
    expect(await change('registerWebhook', { id: 'typed', url: typed })).toMatchObject({ webhook: { url } });
    expect(await change('changeWebhook', { id: 'typed', url: there.url })).toMatchObject({
      webhook: { url: new URL(there.url).href },
    });
    expect(await change('changeWebhook', { id: 'typed', url: typed })).toMatchObject({ webhook: { url } });
    await change('removeWebhook', { id: 'typed' }, 'WebhookInput');
  });

  it('go to no private address once the setting says so no more', async () => {
    await change('registerWebhook', { id: 'inside', url: there.url });
    await api.restart('2026-03-02T09:00:00Z', { PLEDGE_WEBHOOK_PRIVATE_TARGETS: 'no' });
    expect(await change('registerWebhook', { id: 'more', url: there.url })).toMatchObject({
      code: 'WEBHOOK_TARGET_REFUSED',
    });
    const before = there.received.length;
    const test = 'mutation { testWebhook(input: { id: "inside" }) { ... on WebhookTested { delivered error } } }';
    expect(await api.data(test)).toMatchObject({ testWebhook: { delivered: false } });
    expect(there.received.length).toBe(before);
  });
});
