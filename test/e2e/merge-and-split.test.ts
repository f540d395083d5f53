import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';

const result =
  '__typename ... on TicketChanged { position ticket { id status mergedInto splitInto } } ... on Rejection { code message }';
const ticket = `query ($id: ID!, $minPosition: Position) { ticket(id: $id, minPosition: $minPosition) {
  subject priority openedAt merged splitFrom clocks { metric state dueAt } } }`;

describe('merging and splitting over the API', () => {
  let api: Api;
  beforeEach(async () => {
    api = await Api.start('2026-03-02T14:00:00Z');
    const opening = { event: 'TICKET_OPENED', customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email' };
    await record([
      { ...opening, ticket: 'old', subject: 'It broke', priority: 'high', occurredAt: '2026-03-02T10:00:00Z' },
      { ticket: 'old', event: 'CUSTOMER_REPLIED', occurredAt: '2026-03-02T11:00:00Z' },
      { ...opening, ticket: 'new', subject: 'Broken', occurredAt: '2026-03-02T13:00:00Z' },
    ]);
  });
  afterEach(() => api.end());

  async function record(events: readonly object[]) {
    const query =
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { results { outcome code } } }';
    const { recordTicketEvents } = await api.data<{ recordTicketEvents: { results: unknown } }>(query, { events });
    return recordTicketEvents.results;
  }
  async function change(name: 'mergeTicket' | 'splitTicket', type: string, input: object) {
    const data = await api.data(`mutation ($input: ${type}!) { ${name}(input: $input) { ${result} } }`, { input });
    return data[name] as Record<string, unknown>;
  }
  const merge = (input: object) => change('mergeTicket', 'MergeTicketInput', input);
  const split = (input: object) => change('splitTicket', 'SplitTicketInput', input);

  it('a merge shows in both tickets as soon as it is answered; mail to the merged one is refused and names the other', async () => {
    const merged = await merge({ id: 'old', into: 'new' });
    expect(merged).toMatchObject({ ticket: { id: 'old', status: 'MERGED', mergedInto: 'new' } });
    expect(await api.data(ticket, { id: 'new', minPosition: merged['position'] })).toEqual({
      ticket: {
        ...{
          subject: 'Broken',
          priority: 'normal',
          openedAt: '2026-03-02T13:00:00.000Z',
          merged: ['old'],
          splitFrom: null,
        },
        clocks: [{ metric: 'FIRST_RESPONSE', state: 'RUNNING', dueAt: '2026-03-03T10:00:00.000Z' }],
      },
    });
    const reply = `mutation { recordCustomerReply(input: { id: "old" }) { ${result} } }`;
    expect((await api.data(reply))['recordCustomerReply']).toMatchObject({
      code: 'TICKET_MERGED',
      message: expect.stringContaining('merged into new'),
    });
    expect(await merge({ id: 'new', into: 'old' })).toMatchObject({ code: 'MERGE_CYCLE' });
  });

  it('a split opens a ticket at the instant of the message, once for a key', async () => {
    const input = { id: 'old', messageAt: '2026-03-02T11:00:00Z', subject: 'And this?', idempotencyKey: 'k' };
    const answer = await split(input);
    const [id] = (answer['ticket'] as { splitInto: string[] }).splitInto;
    expect(await split(input)).toEqual(answer);
    expect(await api.data(ticket, { id, minPosition: answer['position'] })).toEqual({
      ticket: {
        ...{
          subject: 'And this?',
          priority: 'high',
          openedAt: '2026-03-02T11:00:00.000Z',
          merged: [],
          splitFrom: 'old',
        },
        clocks: [{ metric: 'FIRST_RESPONSE', state: 'RUNNING', dueAt: '2026-03-03T11:00:00.000Z' }],
      },
    });
    expect(await split({ ...input, messageAt: '2026-03-02T11:00:01Z', idempotencyKey: 'l' })).toMatchObject({
      code: 'MESSAGE_NOT_FOUND',
    });
  });

  it('in bulk says what each came to', async () => {
    const occurredAt = '2026-03-02T13:30:00Z';
    const events = [
      { ticket: 'old', event: 'TICKET_SPLIT', into: 'part', messageAt: '2026-03-02T11:00:00Z', occurredAt },
      { ticket: 'old', event: 'TICKET_MERGED', into: 'new', occurredAt },
      { ticket: 'old', event: 'CUSTOMER_REPLIED', occurredAt },
    ];
    expect(await record(events)).toEqual([
      { outcome: 'RECORDED', code: null },
      { outcome: 'RECORDED', code: null },
      { outcome: 'REJECTED', code: 'TICKET_MERGED' },
    ]);
    const { errors } = await api.send(
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { position } }',
      { events: [{ ticket: 'old', event: 'TICKET_MERGED', occurredAt }] },
    );
    expect(errors).toMatchObject([
      {
        message: 'events.0.into: into is missing',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });
});
