import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';

const began = Date.parse('2026-03-02T09:00:00Z');
const joinedAt = Date.parse('2026-03-03T09:00:00Z');

describe('two ids of one company, joined from a date on', () => {
  let api: Api;
  let acmeOnly: string;
  let oldOnly: string;
  beforeAll(async () => {
    api = await Api.start(new Date(began).toISOString());
    [acmeOnly, oldOnly] = [api.newKey('agent', ['acme']), api.newKey('agent', ['old'])];
    for (const [id, plan] of [['old', 'standard'] as const, ['acme', 'enterprise'] as const])
      await api.data(`mutation { enrolCustomer(input: { id: "${id}", plan: "${plan}" }) { __typename } }`);
    expect(await open('T-before', 'old')).toMatchObject({ customer: 'old', plan: { code: 'standard' } });
    expect(await join('old', 'acme')).toMatchObject({
      join: { from: 'old', into: 'acme', effectiveFrom: '2026-03-03T09:00:00.000Z', actor: { id: 'developer' } },
    });
  });
  afterAll(() => api.end());

  const join = async (from: string, into: string, key = api.key) => {
    const joined = 'position notices { code } join { from into effectiveFrom actor { id } }';
    const { data, errors } = await api.send(
      `mutation ($input: JoinCustomersInput!) { joinCustomers(input: $input) {
        ... on CustomerJoinDefined { ${joined} } ... on Rejection { code } } }`,
      { input: { from, into, effectiveFrom: new Date(joinedAt).toISOString() } },
      key,
    );
    last = (data?.['joinCustomers'] as { position?: string } | null)?.position ?? last;
    return data?.['joinCustomers'] ?? { code: errors?.[0]?.extensions?.['code'] };
  };
  /** Of the last write, for a query to wait for. */
  let last: string;
  const ticket = 'id customer plan { code } clocks { metric state plan { code } }';
  const open = async (id: string, customer: string, key = api.key, more = {}) => {
    const input = { id, customer, type: 'productBug', channel: 'email', subject: 'It broke', ...more };
    const { data, errors } = await api.send(
      `mutation ($input: OpenTicketInput!) { openTicket(input: $input) {
        ... on TicketChanged { position ticket { ${ticket} } } ... on Rejection { code } } }`,
      { input },
      key,
    );
    const answer = (data?.['openTicket'] ?? {}) as { ticket?: object; position?: string; code?: string };
    const { ticket: opened, position, code } = answer;
    last = position ?? last;
    return opened ?? { code: code ?? errors?.[0]?.extensions?.['code'] };
  };

  it('are two until then', async () => {
    api.time.moveTo(joinedAt - 1);
    expect(await open('T-last', 'old')).toMatchObject({ customer: 'old', plan: { code: 'standard' } });
  });

  it('are one from then on: plan, customer and scope of a ticket that names the old one', async () => {
    api.time.moveTo(joinedAt);
    expect(await open('T-new', 'old')).toMatchObject({ customer: 'acme', plan: { code: 'enterprise' } });
    expect(await open('T-scoped', 'old', acmeOnly)).toMatchObject({ customer: 'acme' });
    expect(await open('T-denied', 'old', oldOnly)).toEqual({ code: 'FORBIDDEN' });
    const late = await open('T-late', 'old', api.key, { occurredAt: '2026-03-03T08:00:00Z' });
    expect(late).toMatchObject({ customer: 'old', plan: { code: 'standard' } });
    const minPosition = last;
    const seen = async (key: string) => {
      const asked = 'query ($minPosition: Position) { tickets(minPosition: $minPosition) { edges { node { id } } } }';
      const { data } = await api.send(asked, { minPosition }, key);
      return (data?.['tickets'] as { edges: { node: { id: string } }[] }).edges.map(({ node }) => node.id).sort();
    };
    expect(await seen(acmeOnly)).toEqual(['T-new', 'T-scoped']);
    expect(await seen(oldOnly)).toEqual(['T-before', 'T-last', 'T-late']);
  });

  it('says of such a ticket that it fell to the other: to its sender, in lists, in history and in replays', async () => {
    const notices = [{ code: 'JOINED_CUSTOMER', about: 'old' }];
    const input = { id: 'T-told', customer: 'old', type: 'productBug', channel: 'email', subject: 'It broke' };
    const { openTicket } = await api.data<{ openTicket: { position: string; notices: { message?: string }[] } }>(
      `mutation ($input: OpenTicketInput!) { openTicket(input: $input) {
        ... on TicketChanged { position notices { code about message } } } }`,
      { input },
    );
    const message = 'The customer "old" was joined to "acme" by then, so the ticket is of "acme".';
    expect(openTicket.notices).toEqual([{ ...notices[0], message }]);
    const asked = `query ($at: Position) { tickets(first: 1, minPosition: $at) { edges { node { id notices { code about } } } }
      replayTicket(id: "T-told") { notices { code about } }
      ticketHistory(id: "T-told") { edges { node { type notices { code about } } } } }`;
    expect(await api.data(asked, { at: openTicket.position })).toEqual({
      ...{ tickets: { edges: [{ node: { id: 'T-told', notices } }] }, replayTicket: { notices } },
      ticketHistory: {
        edges: [{ node: { type: 'TicketOpened', notices } }, { node: { type: 'SlaClockStarted', notices: [] } }],
      },
    });
  });

  it('what was stays as recorded; clocks that start on it later are of the surviving plan', async () => {
    const { recordFirstResponse } =
      await api.data(`mutation { recordFirstResponse(input: { id: "T-before", customer: "acme" }) {
      ... on TicketChanged { ticket { ${ticket} } } ... on Rejection { code } } }`);
    expect(recordFirstResponse).toMatchObject({
      ticket: {
        customer: 'old',
        clocks: [
          { metric: 'FIRST_RESPONSE', plan: { code: 'standard' } },
          { metric: 'FOLLOW_UP', plan: { code: 'enterprise' } },
        ],
      },
    });
  });

  it('the same opening with its key is the same after the join', async () => {
    const more = { idempotencyKey: 'once' };
    const input = { ...more, id: 'T-key', customer: 'old', type: 'productBug', channel: 'email', subject: 'It broke' };
    const opening = `mutation ($input: OpenTicketInput!) { openTicket(input: $input) {
      ... on TicketChanged { recorded } ... on Rejection { code } } }`;
    api.time.moveTo(joinedAt + 1);
    expect(await api.data(opening, { input })).toMatchObject({ openTicket: { recorded: 2 } });
    expect(await api.data(opening, { input })).toMatchObject({ openTicket: { recorded: 0 } });
  });

  it('both show the join, the old one is still found, and so is one that nobody enrolled', async () => {
    await join('never enrolled', 'acme');
    const asked = await api.data(
      `query ($at: Position) {
      old: customer(id: "old", minPosition: $at) { id plan joins { from into } history { type } }
      acme: customer(id: "acme", minPosition: $at) { id joins { from into effectiveFrom recordedAt actor { id } } }
      never: customer(id: "never enrolled", minPosition: $at) { id plan joins { into } history { type } }
      nobody: customer(id: "nobody") { id }
      tickets(filter: { customers: ["old"] }, minPosition: $at) { edges { node { id } } }
    }`,
      { at: last },
    );
    expect(asked).toMatchObject({
      old: {
        id: 'old',
        plan: 'standard',
        joins: [{ from: 'old', into: 'acme' }],
        history: [{ type: 'CUSTOMER_ENROLLED' }],
      },
      acme: { joins: [{ from: 'old', actor: { id: 'developer' } }, { from: 'never enrolled' }] },
      never: { id: 'never enrolled', plan: null, joins: [{ into: 'acme' }], history: [] },
      nobody: null,
      tickets: { edges: [{ node: {} }, { node: {} }, { node: {} }] },
    });
    const { data } = await api.send('{ customer(id: "acme") { id } }', {}, oldOnly);
    expect(data).toEqual({ customer: null });
  });

  it('are joined once, by who may write for both', async () => {
    expect(await join('old', 'globex')).toEqual({ code: 'CUSTOMER_JOINED' });
    expect(await join('acme', 'old')).toEqual({ code: 'JOIN_CYCLE' });
    expect(await join('globex', 'globex')).toEqual({ code: 'JOIN_INTO_ITSELF' });
    expect(await join('globex', 'acme', api.newKey('agent'))).toEqual({ code: 'FORBIDDEN' });
  });
});
