import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';

const opening = `mutation ($input: OpenTicketInput!) {
  openTicket(input: $input) {
    ... on TicketChanged { position recorded ticket { id status guarantee { kind reason } clocks { metric state dueAt } } }
    ... on Rejection { code message }
  }
}`;

const bug = { customer: 'acme', type: 'productBug', channel: 'email', subject: 'It broke' };

interface TicketPage {
  readonly tickets: {
    readonly edges: readonly { readonly node: { readonly id: string } }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
  };
}

interface Changed {
  readonly position: string;
  readonly recorded: number;
  readonly code?: string;
  readonly ticket: {
    readonly id: string;
    readonly status: string;
    readonly clocks: readonly Record<string, unknown>[];
  };
}

describe('the API', () => {
  let api: Api;
  const open = async (input: object) => (await api.data<{ openTicket: Changed }>(opening, { input })).openTicket;

  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });

  afterAll(() => api.end());

  it('opens a ticket with its clock, and shows it to a reader who names the write', async () => {
    const { position, recorded, ticket } = await open({ ...bug, id: 'A-1', plan: 'pro' });
    expect({ recorded, clocks: ticket.clocks }).toEqual({
      recorded: 2,
      clocks: [{ metric: 'FIRST_RESPONSE', state: 'RUNNING', dueAt: '2026-03-03T09:00:00.000Z' }],
    });
    const { ticket: read } = await api.data(
      'query ($minPosition: Position) { ticket(id: "A-1", minPosition: $minPosition) { subject clocks { state remainingMs elapsedMs } } }',
      { minPosition: position },
    );
    expect(read).toEqual({
      subject: 'It broke',
      clocks: [{ state: 'RUNNING', remainingMs: 28_800_000, elapsedMs: 0 }],
    });
  });

  it('forbids caches to keep an answer', async () => {
    const { headers } = await fetch(`${api.url}/graphql?query={__typename}`, {
      headers: { 'x-apollo-operation-name': 'a', authorization: `Bearer ${api.key}` },
    });
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('serves a ticket outside its plan as best effort, and says why', async () => {
    const { ticket } = await open({ ...bug, id: 'A-2' });
    expect(ticket).toMatchObject({ guarantee: { kind: 'BEST_EFFORT', reason: 'PLAN_WITHOUT_PROMISE' }, clocks: [] });
  });

  it('opens one ticket for one key, and refuses the key with other content', async () => {
    const once = { ...bug, idempotencyKey: 'k-1' };
    const first = await open(once);
    expect(await open(once)).toMatchObject({ recorded: 0, ticket: { id: first.ticket.id } });
    expect(await open({ ...once, subject: 'Other' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('opens one ticket for one id in its source', async () => {
    const named = { ...bug, source: 'zendesk', externalId: '77' };
    const [a, b] = [await open(named), await open(named)];
    expect(a.ticket.id).toBe(b.ticket.id);
    expect(b.recorded).toBe(0);
  });

  it('records the life of a ticket verb by verb', async () => {
    await open({ ...bug, id: 'A-3', plan: 'enterprise' });
    const say = async (verb: string, type: string, input: object = {}) => {
      const query = `mutation ($input: ${type}!) { ${verb}(input: $input) {
        ... on TicketChanged { recorded ticket { status assignee priority clocks { metric state } } } ... on Rejection { code } } }`;
      return (await api.data<Record<string, Changed>>(query, { input: { id: 'A-3', ...input } }))[verb];
    };
    expect(await say('recordFirstResponse', 'MessageInput')).toMatchObject({
      ticket: {
        clocks: [
          { metric: 'FIRST_RESPONSE', state: 'MET' },
          { metric: 'FOLLOW_UP', state: 'RUNNING' },
        ],
      },
    });
    expect(await say('pauseTicket', 'PauseTicketInput', { reason: 'WAITING_FOR_CUSTOMER' })).toMatchObject({
      ticket: { status: 'WAITING', clocks: [{ state: 'MET' }, { state: 'PAUSED' }] },
    });
    expect(await say('recordCustomerReply', 'MessageInput')).toMatchObject({ ticket: { status: 'OPEN' } });
    expect(await say('assignTicket', 'AssignTicketInput', { assignee: 'mia' })).toMatchObject({
      ticket: { assignee: 'mia' },
    });
    expect(await say('reclassifyTicket', 'ReclassifyTicketInput', { priority: 'high' })).toMatchObject({
      ticket: { priority: 'high' },
    });
    expect(await say('addInternalNote', 'InternalNoteInput', { text: 'hm' })).toMatchObject({ recorded: 1 });
    expect(await say('recordFollowUp', 'MessageInput')).toMatchObject({ recorded: 3 });
    expect(await say('pauseTicket', 'PauseTicketInput', { reason: 'ON_HOLD' })).toMatchObject({
      ticket: { status: 'WAITING' },
    });
    expect(await say('resumeTicket', 'ResumeTicketInput')).toMatchObject({ ticket: { status: 'OPEN' } });
    expect(await say('resolveTicket', 'ResolveTicketInput')).toMatchObject({ ticket: { status: 'RESOLVED' } });
    expect(await say('reopenTicket', 'TicketInput')).toMatchObject({ ticket: { status: 'OPEN' } });
    expect(await say('closeTicket', 'TicketInput')).toMatchObject({ ticket: { status: 'CLOSED' } });
    expect(await say('pauseTicket', 'PauseTicketInput', { reason: 'ON_HOLD' })).toEqual({ code: 'TICKET_CLOSED' });
    expect(await say('cancelTicket', 'CancelTicketInput', { reason: 'SPAM' })).toMatchObject({
      ticket: { status: 'CANCELLED' },
    });
  });

  it('records many events at once; one refused stops no other', async () => {
    const event = (ticket: string, kind: string, more: object = {}) => ({
      ...{ ticket, event: kind, occurredAt: '2026-03-01T12:00:00Z', ...more },
    });
    const opened = { customer: 'acme', type: 'productBug', channel: 'email', subject: 'B' };
    const events = [
      event('B-1', 'TICKET_OPENED', opened),
      event('B-2', 'FIRST_RESPONSE_SENT'),
      event('B-1', 'TICKET_ASSIGNED', { assignee: 'mia' }),
      event('B-1', 'TICKET_ASSIGNED', { assignee: 'mia' }),
    ];
    const { recordTicketEvents } = await api.data<{ recordTicketEvents: { results: object[]; position: string } }>(
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { results { index outcome code } position } }',
      { events },
    );
    expect(recordTicketEvents.results).toEqual([
      { index: 0, outcome: 'RECORDED', code: null },
      { index: 1, outcome: 'REJECTED', code: 'TICKET_NOT_FOUND' },
      { index: 2, outcome: 'RECORDED', code: null },
      { index: 3, outcome: 'ALREADY_SO', code: null },
    ]);
    const { ticket } = await api.data(
      'query ($minPosition: Position) { ticket(id: "B-1", minPosition: $minPosition) { assignee } }',
      {
        minPosition: recordTicketEvents.position,
      },
    );
    expect(ticket).toEqual({ assignee: 'mia' });
  });

  it('pages through lists, each row once', async () => {
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { tickets }: TicketPage = await api.data<TicketPage>(
        'query ($c: String) { tickets(first: 2, after: $c) { edges { node { id } } pageInfo { hasNextPage endCursor } } }',
        {
          c: after,
        },
      );
      seen.push(...tickets.edges.map(({ node }) => node.id));
      after = tickets.pageInfo.hasNextPage ? tickets.pageInfo.endCursor : null;
    } while (after !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(expect.arrayContaining(['A-1', 'A-2', 'A-3', 'B-1']));
  });

  it('defines calendars and plans, and enrols customers', async () => {
    const { defineCalendar } = await api.data(
      `mutation { defineCalendar(input: { code: "always", name: "Always", timeZone: "UTC",
         weekly: [${['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((day) => `{ day: "${day}", windows: [{ opens: "00:00", closes: "24:00" }] }`).join(' ')}] }) {
         ... on CalendarDefined { calendar { code timeZone } } ... on Rejection { code message } } }`,
    );
    expect(defineCalendar).toEqual({ calendar: { code: 'always', timeZone: 'UTC' } });
    const plan = `definePlan(input: { code: "tour", name: "Tour", calendar: "always",
      targets: [{ metric: FIRST_RESPONSE, target: { amount: 5, unit: SECONDS } }] }) {
      ... on PlanDefined { plan { code atRiskShare types } } ... on Rejection { code } }`;
    const { definePlan } = await api.data(`mutation { ${plan} }`);
    expect(definePlan).toEqual({
      plan: { code: 'tour', atRiskShare: 0.75, types: ['productBug', 'productQuestion', 'appSpecificQuestion'] },
    });
    const { enrolCustomer } = await api.data<{ enrolCustomer: { position: string } }>(
      'mutation { enrolCustomer(input: { id: "globex", name: "Globex", plan: "tour" }) { ... on CustomerDefined { customer { id plan } position } } }',
    );
    expect(enrolCustomer).toMatchObject({ customer: { id: 'globex', plan: 'tour' } });
    const { customers } = await api.data(
      'query ($minPosition: Position) { customers(minPosition: $minPosition) { edges { node { id plan } } } }',
      {
        minPosition: enrolCustomer.position,
      },
    );
    expect(customers).toEqual({ edges: [{ node: { id: 'globex', plan: 'tour' } }] });
  });

  it('gives out the page to a browser, with no script from elsewhere', async () => {
    const page = await (await fetch(`${api.url}/graphql`, { headers: { accept: 'text/html' } })).text();
    const addresses = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(4);
    for (const address of addresses) {
      expect(address).toMatch(/^\/graphiql\//);
      expect((await fetch(`${api.url}${address ?? ''}`)).status).toBe(200);
    }
  });

  it('says whether all is well', async () => {
    const health = (await (await fetch(`${api.url}/health`)).json()) as { status: string };
    expect(health.status).toBe('ok');
  });

  describe('given bad input', () => {
    const code = async (query: string, variables = {}) =>
      (await api.send(query, variables)).errors?.[0]?.extensions?.['code'];

    it.each([
      ['a local time without offset', '"2026-03-02T09:00:00"'],
      ['a date', '"2026-03-02"'],
      ['no time at all', '"tomorrow"'],
    ])('refuses %s', async (_, at) => {
      const input = `{ id: "A-1", occurredAt: ${at} }`;
      expect(await code(`mutation { closeTicket(input: ${input}) { __typename } }`)).toBe('GRAPHQL_VALIDATION_FAILED');
      const variables = { input: { id: 'A-1', occurredAt: JSON.parse(at) as string } };
      const given = 'mutation ($input: TicketInput!) { closeTicket(input: $input) { __typename } }';
      expect(await code(given, variables)).toBe('BAD_USER_INPUT');
    });

    it('names every field at fault', async () => {
      const { errors } = await api.send(opening, { input: { ...bug, id: 'not an id', subject: '', customer: '' } });
      expect(errors?.[0]?.extensions).toMatchObject({
        code: 'BAD_USER_INPUT',
        fields: expect.arrayContaining([
          expect.objectContaining({ path: 'id' }),
          expect.objectContaining({ path: 'subject' }),
          expect.objectContaining({ path: 'customer' }),
        ]),
      });
    });

    it.each([
      ['an unknown ticket', { id: 'nobody' }, 'TICKET_NOT_FOUND'],
      ['the future', { id: 'A-1', occurredAt: '2026-03-02T10:00:00Z' }, 'OCCURRED_IN_FUTURE'],
      ['a past too far back', { id: 'A-1', occurredAt: '2025-03-02T10:00:00Z' }, 'OCCURRED_TOO_LONG_AGO'],
      ['before the opening', { id: 'A-1', occurredAt: '2026-03-02T08:00:00Z' }, 'OCCURRED_BEFORE_OPENING'],
    ])('refuses %s with a code, and changes nothing', async (_, input, expected) => {
      const history = '{ ticketHistory(id: "A-1") { edges { node { id } } } }';
      const before = await api.data(history);
      const { closeTicket } = await api.data(
        'mutation ($input: TicketInput!) { closeTicket(input: $input) { ... on Rejection { code message } } }',
        { input },
        api.newKey('agent'),
      );
      expect(closeTicket).toMatchObject({ code: expected });
      expect(await api.data(history)).toEqual(before);
    });

    it('refuses a subscription that comes as a request', async () => {
      expect(await code('subscription { slaEvents { cursor } }')).toBe('SUBSCRIPTION_NEEDS_WEBSOCKET');
    });

    it('refuses an unknown plan', async () => {
      expect(await open({ ...bug, id: 'A-9', plan: 'gold' })).toMatchObject({ code: 'PLAN_NOT_FOUND' });
      expect(await api.data('{ ticket(id: "A-9") { id } }')).toEqual({ ticket: null });
    });

    it('refuses cursors that are not its own', async () => {
      expect(await code('{ tickets(after: "abc") { pageInfo { endCursor } } }')).toBe('INVALID_CURSOR');
      expect(await code('{ tickets(minPosition: "abc") { pageInfo { endCursor } } }')).toBe('INVALID_CURSOR');
      expect(await code('{ tickets(minPosition: "ffffffffffff.0000000000000001") { pageInfo { endCursor } } }')).toBe(
        'CURSOR_OF_ANOTHER_LOG',
      );
    });

    it.each(['first: 201', 'first: 0', 'last: 201', 'last: -1', 'first: 1, last: 1', 'before: "W10"'])(
      'refuses a page by %s',
      async (page) => {
        expect(await code(`{ tickets(${page}) { pageInfo { endCursor } } }`)).toBe('INVALID_PAGE');
      },
    );

    it('answers what works beside what fails', async () => {
      const { data, errors } = await api.send(
        '{ fails: tickets(first: 201) { edges { cursor } } works: tickets(last: 1) { pageInfo { hasNextPage } } }',
      );
      expect(data).toEqual({ fails: null, works: { pageInfo: { hasNextPage: false } } });
      expect(errors).toMatchObject([{ path: ['fails'], extensions: { code: 'INVALID_PAGE' } }]);
    });
  });
});
