import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';

interface Opened {
  readonly id: string;
  readonly plan: { readonly code: string; readonly version: number };
  readonly clocks: readonly { readonly metric: string; readonly state: string; readonly dueAt: string }[];
}

interface Changed {
  readonly position?: string;
  readonly code?: string;
  readonly customer?: object;
}

describe('an enrolment that ends at a date', () => {
  let api: Api;
  /** Of the last change, for a query to wait for. */
  let last: string;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    await changed('enrolCustomer', { id: 'acme', name: 'Acme', plan: 'enterprise' });
  });
  afterAll(() => api.end());

  const fields = 'plan name calendar effectiveFrom history { type effectiveFrom actor { id } changes { path after } }';
  const changed = async (verb: string, input: object) => {
    const type = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input!`;
    const answer = `__typename ... on CustomerDefined { position customer { ${fields} } } ... on Rejection { code }`;
    const data = await api.data<Record<string, Changed>>(
      `mutation ($input: ${type}) { ${verb}(input: $input) { ${answer} } }`,
      { input },
    );
    const done = data[verb] as Changed;
    last = done.position ?? last;
    return done;
  };
  const ticket = 'id plan { code version } clocks { metric state dueAt }';
  const open = async (id: string) => {
    const input = { id, customer: 'acme', type: 'productBug', channel: 'email', subject: 'It broke' };
    const { openTicket } = await api.data(
      `mutation ($input: OpenTicketInput!) { openTicket(input: $input) { ... on TicketChanged { position ticket { ${ticket} } } } }`,
      { input },
    );
    const opened = openTicket as { readonly ticket: Opened; readonly position: string };
    last = opened.position;
    return opened.ticket;
  };

  it('has the default plan govern what is opened from then on; open tickets keep their versions', async () => {
    const ended = await changed('endCustomerEnrolment', { id: 'acme', effectiveFrom: '2026-03-03T00:00:00Z' });
    expect(ended.customer).toMatchObject({ plan: null, name: 'Acme', effectiveFrom: '2026-03-03T00:00:00.000Z' });
    const before = await open('T-1');
    expect(before).toMatchObject({ plan: { code: 'enterprise' }, clocks: [{ state: 'RUNNING' }] });
    api.time.moveTo(Date.parse('2026-03-03T00:00:00Z'));
    expect(await open('T-2')).toMatchObject({ plan: { code: 'community' }, clocks: [] });
    const later = `query ($minPosition: Position) { ticket(id: "T-1", minPosition: $minPosition) { ${ticket} } }`;
    expect((await api.data(later, { minPosition: last }))['ticket']).toEqual(before);
  });

  it('shows when it ends, who ended it, and how the customer stood before', async () => {
    const { then, now, listed } = await api.data(
      `query ($minPosition: Position) {
      then: customer(minPosition: $minPosition, id: "acme", at: "2026-03-02T12:00:00Z") { plan }
      now: customer(minPosition: $minPosition, id: "acme") { ${fields} }
      listed: customers(minPosition: $minPosition, first: 5) { edges { node { id plan } } }
    }`,
      { minPosition: last },
    );
    expect([then, listed]).toEqual([{ plan: 'enterprise' }, { edges: [{ node: { id: 'acme', plan: null } }] }]);
    expect(now).toMatchObject({
      plan: null,
      history: [
        { type: 'CUSTOMER_ENROLLED' },
        {
          type: 'CUSTOMER_ENROLMENT_ENDED',
          effectiveFrom: '2026-03-03T00:00:00.000Z',
          actor: { id: 'developer' },
          changes: [{ path: 'plan', after: null }],
        },
      ],
    });
  });

  it('is refused to end later, and may be followed by another', async () => {
    expect(await changed('endCustomerEnrolment', { id: 'acme', effectiveFrom: '2026-06-01T00:00:00Z' })).toMatchObject({
      code: 'ENROLMENT_ENDED',
    });
    expect(await changed('endCustomerEnrolment', { id: 'nobody' })).toMatchObject({ code: 'CUSTOMER_NOT_FOUND' });
    expect(await changed('enrolCustomer', { id: 'acme', plan: 'pro' })).toMatchObject({ customer: { plan: 'pro' } });
    expect(await open('T-3')).toMatchObject({ plan: { code: 'pro' } });
  });
});
