import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { listen } from '../support/feed.js';

const opening = (id: string, customer: string) => `mutation { openTicket(input: { id: "${id}", customer: "${customer}",
  plan: "pro", type: "productBug", channel: "email", subject: "It broke" }) { ... on TicketChanged { position } } }`;

describe('what a filter names that there never was', () => {
  let api: Api;
  let minPosition: string;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    await api.data(`mutation {
      enrolCustomer(input: { id: "globex", plan: "pro" }) { __typename }
      defineWord(input: { list: PRIORITY, code: "P1", rank: 9 }) { __typename }
      retireWord(input: { list: PRIORITY, code: "P1" }) { __typename } }`);
    await api.data(opening('A-1', 'Acme Ltd'));
    minPosition = (await api.data<{ openTicket: { position: string } }>(opening('H-1', 'hooli'))).openTicket.position;
  });
  afterAll(() => api.end());

  const ask = async (list: string, filter: object, key?: string) => {
    const type = list === 'breaches' ? 'BreachFilter' : 'TicketFilter';
    const answer = await api.data<Record<string, { notices: { code: string; about: string; message: string }[] }>>(
      `query ($filter: ${type}, $minPosition: Position) {
        ${list}(filter: $filter, minPosition: $minPosition) { notices { code about message } } }`,
      { filter, minPosition },
      key,
    );
    return answer[list]?.notices ?? [];
  };
  const wrong = {
    ...{ plans: ['pro', 'prro'], customers: ['globex', 'Acme Ltd', 'acme'], types: ['productBug', 'bug'] },
    ...{ channels: ['EMAIL', 'fax'], priorities: ['Urgent', 'p1', 'urgnt'] },
  };
  const noticed = [
    ['UNKNOWN_TYPE', 'bug'],
    ['UNKNOWN_CHANNEL', 'fax'],
    ['UNKNOWN_PRIORITY', 'urgnt'],
    ['UNKNOWN_PLAN', 'prro'],
    ['UNKNOWN_CUSTOMER', 'acme'],
  ];

  it.each(['tickets', 'workQueue', 'breaches'])('is noticed: %s', async (list) => {
    const notices = await ask(list, wrong);
    expect(notices.map(({ code, about }) => [code, about])).toEqual(noticed);
    expect(notices[2]?.message).toBe(
      'filter: there is no priority "urgnt". The priorities are low, normal, high, urgent.',
    );
    expect(await ask(list, {})).toEqual([]);
  });

  it('is noticed: slaSummary', async () => {
    const { slaSummary } = await api.data(
      '{ slaSummary(filter: { plans: ["pro", "prro"] }) { notices { code about } } }',
    );
    expect(slaSummary).toEqual({ notices: [{ code: 'UNKNOWN_PLAN', about: 'prro' }] });
  });

  it('is noticed: the feed, in each heartbeat', async () => {
    const heard = async (filter: Record<string, unknown>) => {
      const { event: _, ...listener } = listen(api, 'ticket', { filter }, 'notices { code about }');
      const { notices } = await listener.next();
      await listener.leave();
      return (notices as { code: string; about: string }[]).map(({ code, about }) => [code, about]);
    };
    expect(await heard(wrong)).toEqual(noticed);
    expect(await heard({ plans: ['pro'], priorities: ['URGENT'] })).toEqual([]);
  });

  it('is noticed: a webhook, when it is registered and when it is changed', async () => {
    const change = async (verb: string, type: string, input: object) => {
      const { saved } = await api.data<{
        saved: { secret: string | null; notices: { code: string; about: string }[] };
      }>(
        `mutation ($input: ${type}!) { saved: ${verb}(input: $input) {
          ... on WebhookSaved { secret notices { code about } } ... on Rejection { code } } }`,
        { input },
      );
      return saved.notices.map(({ code, about }) => [code, about]);
    };
    const hook = { id: 'desk', url: 'https://93.184.216.34/hook', filter: wrong };
    const so = [['ALREADY_SO', 'desk']];
    expect(await change('registerWebhook', 'RegisterWebhookInput', hook)).toEqual(noticed);
    expect(await change('registerWebhook', 'RegisterWebhookInput', hook)).toEqual([...so, ...noticed]);
    const changed = { id: 'desk', filter: { plans: ['prro'] } };
    expect(await change('changeWebhook', 'ChangeWebhookInput', changed)).toEqual([['UNKNOWN_PLAN', 'prro']]);
    expect(await change('changeWebhook', 'ChangeWebhookInput', { id: 'desk', filter: {} })).toEqual([]);
    expect(await change('disableWebhook', 'WebhookInput', { id: 'desk' })).toEqual([]);
    expect(await change('disableWebhook', 'WebhookInput', { id: 'desk' })).toEqual(so);
    expect(await change('removeWebhook', 'WebhookInput', { id: 'desk' })).toEqual([]);
  });

  it('tells a limited key nothing about the customers of others', async () => {
    const key = api.newKey('agent', ['Acme Ltd']);
    for (const customer of ['globex', 'hooli', 'nobody']) {
      const [notice, ...others] = await ask('tickets', { customers: ['Acme Ltd', customer] }, key);
      expect([notice?.code, notice?.about, others]).toEqual(['UNKNOWN_CUSTOMER', customer, []]);
      expect(notice?.message).toBe(`filter.customers: there is no customer "${customer}".`);
    }
  });

  it('is told of at most fifty', async () => {
    const plans = Array.from({ length: 500 }, (_, i) => `none-${i}`);
    expect(await ask('tickets', { plans })).toHaveLength(50);
  });
});
