import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';

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

  it.each(['tickets', 'workQueue', 'breaches'])('is noticed: %s', async (list) => {
    const notices = await ask(list, wrong);
    expect(notices.map(({ code, about }) => [code, about])).toEqual([
      ['UNKNOWN_TYPE', 'bug'],
      ['UNKNOWN_CHANNEL', 'fax'],
      ['UNKNOWN_PRIORITY', 'urgnt'],
      ['UNKNOWN_PLAN', 'prro'],
      ['UNKNOWN_CUSTOMER', 'acme'],
    ]);
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
