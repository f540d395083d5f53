import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, Api, newFolder } from '../support/api.js';
import { IdentityProvider } from '../support/identity-provider.js';

const at = (text: string) => `2026-03-${text}:00.000Z`;
const codesOf = ({ errors }: Answer) => errors?.map(({ extensions }) => extensions?.['code']);
const open = (id: string, more = '') =>
  `openTicket(input: { id: "${id}", customer: "acme", type: "productBug", channel: "email", subject: "It broke" ${more} }) { ... on TicketChanged { position } ... on Rejection { code } }`;

describe('values that clients read', () => {
  let api: Api;
  beforeAll(async () => {
    const settings = {
      PLEDGE_DEFAULT_PLAN: 'pro',
      PLEDGE_WEBHOOK_PRIVATE_TARGETS: 'yes',
      PLEDGE_TIME_ZONE: 'Asia/Tokyo',
    };
    api = await Api.start('2026-03-02T00:00:00Z', newFolder(), settings);
  });
  afterAll(() => api.end());

  const moveTo = (text: string) => {
    api.time.moveTo(Date.parse(`2026-03-${text}Z`));
  };
  const changed = async (verb: string, type: string, input: object) => {
    const mutation = `mutation ($input: ${type}!) { ${verb}(input: $input) { ... on TicketChanged { position } ... on Rejection { code message } } }`;
    return (await api.data<Record<string, { position?: string; code?: string }>>(mutation, { input }))[verb];
  };

  it('of clocks are under the plan of who is not enrolled, in the zone of the built-in calendar', async () => {
    await api.data(`mutation { one: ${open('T-1')} two: ${open('T-2')} }`);
    const { replayTicket } = await api.data(
      '{ replayTicket(id: "T-1") { clocks { metric plan { code } timeZone dueAt dueAtLocal isAtRisk targetMs } } }',
    );
    expect(replayTicket).toEqual({
      clocks: [
        {
          ...{ metric: 'FIRST_RESPONSE', plan: { code: 'pro' }, timeZone: 'Asia/Tokyo', isAtRisk: false },
          ...{ dueAt: at('03T00:00'), dueAtLocal: '2026-03-03 09:00:00 Asia/Tokyo', targetMs: 28_800_000 },
        },
      ],
    });
  });

  it('of clocks that end without an answer say when and why', async () => {
    await changed('closeTicket', 'TicketInput', { id: 'T-2' });
    const { replayTicket } = await api.data(
      '{ replayTicket(id: "T-2") { clocks { state cancelledAt cancelReason } } }',
    );
    expect(replayTicket).toEqual({
      clocks: [{ state: 'CANCELLED', cancelledAt: at('02T00:00'), cancelReason: 'CLOSED' }],
    });
  });

  it('of a breach that was taken back say when and why, and of one that was answered when', async () => {
    moveTo('04T01:00:00');
    const { openTicket } = await api.data<{ openTicket: { position: string } }>(
      `mutation { ${open('T-3', `, occurredAt: "2026-03-02T00:00:00Z"`)} }`,
    );
    expect(openTicket).toHaveProperty('position');
    await changed('recordFirstResponse', 'MessageInput', { id: 'T-3', occurredAt: '2026-03-02T01:00:00Z' });
    const late = await changed('recordFirstResponse', 'MessageInput', { id: 'T-1' });
    const { breaches } = await api.data(
      `query ($at: Position) { breaches(minPosition: $at, filter: { withdrawn: null }) {
        edges { node { ticket answeredAt withdrawnAt withdrawnBecause } } } }`,
      { at: late?.position },
    );
    expect((breaches as { edges: { node: object }[] }).edges.map(({ node }) => node)).toEqual(
      expect.arrayContaining([
        { ticket: 'T-1', answeredAt: at('04T01:00'), withdrawnAt: null, withdrawnBecause: null },
        { ticket: 'T-3', answeredAt: null, withdrawnAt: at('04T01:00'), withdrawnBecause: 'corrected' },
      ]),
    );
  });

  it('of a history say which fact caused an outcome', async () => {
    const { ticketHistory } = await api.data<{
      ticketHistory: { edges: { node: { id: string; type: string; causedBy: string | null } }[] };
    }>('{ ticketHistory(id: "T-2") { edges { node { id type causedBy } } } }');
    const events = ticketHistory.edges.map(({ node }) => node);
    const idOf = (type: string) => events.find((event) => event.type === type)?.id;
    expect(events.map(({ type, causedBy }) => [type, causedBy])).toEqual([
      ['TicketOpened', null],
      ['SlaClockStarted', idOf('TicketOpened')],
      ['TicketClosed', null],
      ['SlaClockCancelled', idOf('TicketClosed')],
    ]);
  });

  it('of plans say what they are about', async () => {
    const { plan } = await api.data(
      '{ plan(code: "enterprise") { benefits channels followUpStarts resolutionSatisfiedBy } }',
    );
    expect(plan).toEqual({
      benefits: ['ONLINE_LEARNING', 'PAID_ON_BOARDING', 'CUSTOMER_SUCCESS'],
      channels: ['reportIssue', 'email', 'phone'],
      followUpStarts: 'EACH_REPLY',
      resolutionSatisfiedBy: 'RESOLVED',
    });
  });

  it('of webhooks say since when they are, and until when the old secret holds', async () => {
    const webhook = async (verb: string, type: string, input: object) => {
      const saved = 'webhook { registeredAt previousSecretUntil }';
      const mutation = `mutation ($input: ${type}!) { ${verb}(input: $input) { ... on WebhookSaved { ${saved} } ... on Rejection { code } } }`;
      return (await api.data<Record<string, object>>(mutation, { input }))[verb];
    };
    const url = 'http://127.0.0.1:9/';
    const registeredAt = at('04T01:00');
    expect(await webhook('registerWebhook', 'RegisterWebhookInput', { id: 'one', url })).toEqual({
      webhook: { registeredAt, previousSecretUntil: null },
    });
    expect(await webhook('rotateWebhookSecret', 'RotateWebhookSecretInput', { id: 'one', overlapHours: 2 })).toEqual({
      webhook: { registeredAt, previousSecretUntil: at('04T03:00') },
    });
    for (let n = 2; n <= 100; n++) await webhook('registerWebhook', 'RegisterWebhookInput', { id: `number-${n}`, url });
    expect(await webhook('registerWebhook', 'RegisterWebhookInput', { id: 'one-too-many', url })).toEqual({
      code: 'TOO_MANY_WEBHOOKS',
    });
  });

  it('of refusals are the codes that are meant', async () => {
    await api.data(`mutation { ${open('T-4')} }`);
    expect(await changed('reopenTicket', 'TicketInput', { id: 'T-4' })).toMatchObject({ code: 'TICKET_NOT_RESOLVED' });
    expect(codesOf(await api.send(`{ plans { code } } # ${'x'.repeat(100_000)}`))).toEqual(['DOCUMENT_TOO_LONG']);
    const wrong = Array.from({ length: 15 }, (_, n) => `wrong${n}`).join(' ');
    expect(codesOf(await api.send(`{ plans { ${wrong} } }`))?.at(-1)).toBe('MORE_ERRORS');
    const { status, text } = await api.post('a=b', { 'content-type': 'application/x-www-form-urlencoded' });
    expect([status, text]).toEqual([415, expect.stringContaining('"UNSUPPORTED_MEDIA_TYPE"')]);
  });
});

describe('a token whose claims have names of their own', () => {
  it('is read by them', async () => {
    const provider = await IdentityProvider.start();
    const api = await Api.start('2026-03-02T09:00:00Z', newFolder(), {
      ...provider.settings,
      PLEDGE_JWT_ACTOR_CLAIM: 'https://desk.example/who',
      PLEDGE_JWT_ROLES_CLAIM: 'realm_access.roles',
      PLEDGE_JWT_CUSTOMERS_CLAIM: 'desk.of',
    });
    const claims = { roles: undefined, sub: 'nobody', 'https://desk.example/who': 'ann' };
    const theirs = { ...claims, realm_access: { roles: ['admin'] }, desk: { of: ['acme'] } };
    const token = await provider.token(api.time.now(), theirs);
    expect(await api.data(`mutation { ${open('T-1')} }`, {}, token)).toMatchObject({
      openTicket: { position: expect.any(String) as unknown },
    });
    const asked = '{ ticketHistory(id: "T-1", first: 1) { edges { node { actor { id } } } } }';
    expect(await api.data(asked, {}, token)).toEqual({
      ticketHistory: { edges: [{ node: { actor: { id: 'ann' } } }] },
    });
    const others = await provider.token(api.time.now(), { ...theirs, desk: { of: ['globex'] } });
    expect(await api.data('{ ticket(id: "T-1") { id } }', {}, others)).toEqual({ ticket: null });
    await api.end();
    await provider.stop();
  });
});
