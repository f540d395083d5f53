import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changeTicket } from '../../src/tickets/commands/change-ticket.js';
import { ticketIdOf } from '../../src/tickets/domain/ticket-id.js';
import { Api, newFolder } from '../support/api.js';
import { ledgerAt, open } from '../support/application-contexts.js';

interface Said {
  readonly code?: string;
  readonly message?: string;
  readonly recorded?: number;
  readonly ticket?: { readonly id: string };
}

describe('a ticket is named', () => {
  let api: Api;
  const usual = { plan: 'pro', type: 'productBug', channel: 'email', subject: 'It broke' };
  const fields = '... on TicketChanged { recorded ticket { id } } ... on Rejection { code message }';
  const mutate = async (mutation: string, type: string, input: object, key?: string) => {
    const query = `mutation ($input: ${type}!) { answer: ${mutation}(input: $input) { ${fields} } }`;
    return (await api.data<{ answer: Said }>(query, { input }, key)).answer;
  };
  const openTicket = (input: object, key?: string) =>
    mutate('openTicket', 'OpenTicketInput', { ...usual, ...input }, key);
  const assign = (input: object, key?: string) => mutate('assignTicket', 'AssignTicketInput', input, key);
  const faults = async (mutation: string, type: string, input: object) => {
    const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename } }`;
    const { errors = [] } = await api.send(query, { input });
    const { code, fields: named } = (errors[0]?.extensions ?? {}) as { code: string; fields: { path: string }[] };
    return [code, named.map(({ path }) => path.split('.').at(-1))];
  };
  const derived = ticketIdOf({ source: 'zen', externalId: '7' });

  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    await openTicket({ customer: 'acme', source: 'zen', externalId: '7' });
    await openTicket({ customer: 'acme', id: 'A-1', reference: 'R-1' });
    await openTicket({ customer: 'acme', id: 'A-2', reference: 'twice' });
    await openTicket({ customer: 'globex', id: 'G-2', reference: 'twice' });
  });
  afterAll(() => api.end());

  it('by its id, by a source and the id there, or by its reference', async () => {
    for (const [n, name] of [{ id: derived }, { source: 'zen', externalId: '7' }, { reference: '7' }].entries())
      expect(await assign({ ...name, assignee: `a${n}` })).toEqual({ recorded: 1, ticket: { id: derived } });
    expect(await assign({ reference: 'R-1', assignee: 'mia' })).toEqual({ recorded: 1, ticket: { id: 'A-1' } });
  });

  it('as soon as it is open', async () => {
    for (let n = 0; n < 5; n++) {
      await openTicket({ customer: 'acme', reference: `new ${n}`, id: `N-${n}` });
      expect(await assign({ reference: `new ${n}`, assignee: 'mia' })).toMatchObject({ ticket: { id: `N-${n}` } });
    }
  });

  it('in whatever way: the same command with the same key is the same', async () => {
    const said = { assignee: 'ben', idempotencyKey: 'k1' };
    expect(await assign({ id: 'A-1', ...said })).toMatchObject({ recorded: 1 });
    expect(await assign({ reference: 'R-1', ...said })).toMatchObject({ recorded: 0 });
    const split = { messageAt: '2026-03-02T09:00:00Z', idempotencyKey: 'k2', reference: 'part' };
    expect(await mutate('splitTicket', 'SplitTicketInput', { id: 'A-1', ...split })).toMatchObject({ recorded: 1 });
    expect(await mutate('splitTicket', 'SplitTicketInput', { ofReference: 'R-1', ...split })).toMatchObject({
      ...{ recorded: 0, ticket: { id: 'A-1' } },
    });
  });

  it('once: in no way, in half a way or in two is refused with the field', async () => {
    expect(await faults('assignTicket', 'AssignTicketInput', { assignee: 'a' })).toEqual(['BAD_USER_INPUT', ['id']]);
    for (const [name, field] of [
      [{ id: 'A-1', reference: 'R-1' }, 'reference'],
      [{ id: 'A-1', source: 'zen' }, 'source'],
      [{ source: 'zen' }, 'externalId'],
      [{ externalId: '7' }, 'source'],
      [{ reference: 'R-1', source: 'zen', externalId: '7' }, 'source'],
    ] as const)
      expect([name, await faults('closeTicket', 'TicketInput', name)]).toEqual([name, ['BAD_USER_INPUT', [field]]]);
    const opening = { ...usual, customer: 'acme', externalId: '9' };
    expect(await faults('openTicket', 'OpenTicketInput', opening)).toEqual(['BAD_USER_INPUT', ['source']]);
  });

  it('and is answered in the words that it was named in', async () => {
    const missing = { code: 'TICKET_NOT_FOUND' };
    expect(await assign({ source: 'zen', externalId: '8' })).toEqual({ ...missing, message: 'There is no ticket 8.' });
    expect(await assign({ reference: 'none' })).toEqual({ ...missing, message: 'There is no ticket none.' });
    const theirs = { customer: 'globex', reference: 'R-1', assignee: 'mia' };
    expect(await assign(theirs)).toEqual({
      code: 'CUSTOMER_MISMATCH',
      message: 'The ticket R-1 does not belong to the customer globex.',
    });
  });

  it('by a reference that several have is refused with the ids that its sender may see', async () => {
    const message = '2 tickets are called "twice": A-2, G-2. Name one by its id.';
    expect(await assign({ reference: 'twice', assignee: 'mia' })).toEqual({ code: 'REFERENCE_AMBIGUOUS', message });
    const key = api.newKey('agent', ['globex']);
    expect(await assign({ reference: 'twice', assignee: 'mia' }, key)).toMatchObject({ ticket: { id: 'G-2' } });
    const none = { code: 'TICKET_NOT_FOUND', message: 'There is no ticket R-1.' };
    expect(await assign({ reference: 'R-1' }, key)).toEqual(none);
  });

  it('by whoever is limited to customers as by others: the customer is part of what the id is made from', async () => {
    const key = api.newKey('ingest', ['globex', 'hooli']);
    const name = { source: 'zen', externalId: '7' };
    const own = ticketIdOf(name, 'hooli');
    expect(await assign(name, key)).toMatchObject({ code: 'TICKET_NOT_FOUND', message: 'There is no ticket 7.' });
    expect(await openTicket({ ...name, customer: 'hooli' }, key)).toMatchObject({ ticket: { id: own } });
    expect(await assign({ ...name, assignee: 'x' }, key)).toMatchObject({ ticket: { id: own } });
    expect(await assign({ ...name, customer: 'hooli', assignee: 'y' })).toMatchObject({ ticket: { id: own } });
    expect(await assign({ ...name, assignee: 'z' })).toMatchObject({ ticket: { id: derived } });
  });

  describe('as the other one of a merge', () => {
    const merge = (input: object, key?: string) => mutate('mergeTicket', 'MergeTicketInput', input, key);
    const record = async (...events: readonly object[]) => {
      const { recordTicketEvents } = await api.data<{ recordTicketEvents: { results: object[] } }>(
        `mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) {
          results { outcome code message } } }`,
        { events: events.map((event) => ({ occurredAt: '2026-03-02T09:00:00Z', ...event })) },
      );
      return recordTicketEvents.results;
    };
    const intoOf = async (id: string) =>
      (await api.data(`{ replayTicket(id: "${id}") { mergedInto } }`))['replayTicket'];

    it('in the ways in which every ticket is named', async () => {
      const ways = [
        [{ into: derived }, derived],
        [{ intoSource: 'zen', intoExternalId: '7' }, derived],
        [{ intoReference: 'R-1' }, 'A-1'],
      ] as const;
      for (const [n, [into, id]] of ways.entries()) {
        await openTicket({ customer: 'acme', id: `M-${n}` });
        expect(await merge({ id: `M-${n}`, ...into })).toMatchObject({ ticket: { id: `M-${n}` } });
        await openTicket({ customer: 'acme', id: `B-${n}`, reference: `bulk ${n}` });
        const said = { event: 'TICKET_MERGED', reference: `bulk ${n}`, ...into };
        expect(await record(said)).toEqual([{ outcome: 'RECORDED', code: null, message: null }]);
        for (const merged of [`M-${n}`, `B-${n}`]) expect(await intoOf(merged)).toEqual({ mergedInto: id });
      }
    });

    it('and is refused as every ticket is, in the words that it was named in', async () => {
      await openTicket({ customer: 'acme', id: 'M-9' });
      const missing = 'TICKET_NOT_FOUND';
      const cases = [
        [{ intoReference: 'none' }, missing, 'There is no ticket none.'],
        [{ intoSource: 'zen', intoExternalId: '8' }, missing, 'There is no ticket 8.'],
        [
          { intoReference: 'twice' },
          'REFERENCE_AMBIGUOUS',
          '2 tickets are called "twice": A-2, G-2. Name one by its id.',
        ],
      ] as const;
      for (const [into, code, message] of cases) {
        expect(await merge({ id: 'M-9', ...into })).toEqual({ code, message });
        const outcome = { outcome: 'REJECTED', code, message };
        expect(await record({ event: 'TICKET_MERGED', ticket: 'M-9', ...into })).toEqual([outcome]);
      }
      await openTicket({ customer: 'globex', source: 'zen', externalId: 'theirs' });
      const across = { intoSource: 'zen', intoExternalId: 'theirs' };
      expect(await merge({ id: 'M-9', ...across })).toEqual({
        ...{ code: 'MERGE_ACROSS_CUSTOMERS', message: 'The ticket theirs belongs to another customer.' },
      });
      for (const [into, field] of [
        [{}, 'into'],
        [{ into: 'A-1', intoReference: 'R-1' }, 'intoReference'],
        [{ intoSource: 'zen' }, 'intoExternalId'],
        [{ intoExternalId: '7' }, 'intoSource'],
      ] as const)
        expect(await faults('mergeTicket', 'MergeTicketInput', { id: 'M-9', ...into })).toEqual([
          'BAD_USER_INPUT',
          [field],
        ]);
    });

    it('of a split is called by a source and its id there, as if it had been opened so', async () => {
      const part = { messageAt: '2026-03-02T09:00:00Z', intoSource: 'zen' };
      await openTicket({ customer: 'acme', id: 'S-1' });
      const said = { id: 'S-1', ...part, intoExternalId: '71', idempotencyKey: 'k' };
      expect(await mutate('splitTicket', 'SplitTicketInput', said)).toMatchObject({ recorded: 1 });
      expect(await mutate('splitTicket', 'SplitTicketInput', said)).toMatchObject({ recorded: 0 });
      expect(await assign({ source: 'zen', externalId: '71', assignee: 'mia' })).toMatchObject({
        ticket: { id: ticketIdOf({ source: 'zen', externalId: '71' }) },
      });
      await openTicket({ customer: 'acme', id: 'S-2' });
      const results = await record(
        { event: 'TICKET_SPLIT', ticket: 'S-2', ...part, intoExternalId: '72' },
        { event: 'FIRST_RESPONSE_SENT', source: 'zen', externalId: '72' },
      );
      expect(results).toMatchObject([{ outcome: 'RECORDED' }, { outcome: 'RECORDED' }]);
      const key = api.newKey('ingest', ['acme', 'hooli']);
      await openTicket({ customer: 'acme', id: 'S-3' });
      const limited = { id: 'S-3', ...part, intoExternalId: '73' };
      expect(await mutate('splitTicket', 'SplitTicketInput', limited, key)).toMatchObject({ recorded: 1 });
      expect(await assign({ source: 'zen', externalId: '73' }, key)).toMatchObject({
        ticket: { id: ticketIdOf({ source: 'zen', externalId: '73' }, 'acme') },
      });
      expect(await faults('splitTicket', 'SplitTicketInput', { id: 'S-1', ...part })).toEqual([
        ...['BAD_USER_INPUT', ['intoExternalId']],
      ]);
    });
  });

  it('by a reference whose opening the document could not make is refused: it may be another ticket', async () => {
    const { opened, closed } = await api.data<Record<'opened' | 'closed', Said>>(
      `mutation ($opening: OpenTicketInput!) {
        opened: openTicket(input: $opening) { ${fields} }
        closed: closeTicket(input: { reference: "R-1" }) { ${fields} } }`,
      { opening: { ...usual, customer: 'acme', id: 'A-2', reference: 'R-1' } },
    );
    expect([opened.code, closed.code]).toEqual(['TICKET_EXISTS', 'OPENING_REJECTED']);
  });

  it('alike in bulk, also where the same request opens it', async () => {
    const event = (kind: string, name: object, more: object = {}) => ({
      ...{ event: kind, occurredAt: '2026-03-02T08:59:00Z' },
      ...name,
      ...more,
    });
    const { recordTicketEvents } = await api.data<{ recordTicketEvents: { results: object[] } }>(
      `mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) {
        results { ticket outcome code message } } }`,
      {
        events: [
          event('TICKET_ASSIGNED', { reference: 'B 1' }, { assignee: 'mia' }),
          event('TICKET_OPENED', { source: 'zen', externalId: 'B 1' }, { ...usual, customer: 'acme' }),
          event('FIRST_RESPONSE_SENT', { source: 'zen', externalId: 'B 1' }),
          event('TICKET_CLOSED', { ticket: ticketIdOf({ source: 'zen', externalId: 'B 1' }) }),
          event('TICKET_CLOSED', { reference: 'none' }),
          event('TICKET_CLOSED', { reference: 'twice' }),
          event('TICKET_CLOSED', { source: 'zen', externalId: 'none' }),
        ],
      },
    );
    const ticket = ticketIdOf({ source: 'zen', externalId: 'B 1' });
    const recorded = { ticket, outcome: 'RECORDED', code: null, message: null };
    const missing = { outcome: 'REJECTED', code: 'TICKET_NOT_FOUND', message: 'There is no ticket none.' };
    expect(recordTicketEvents.results).toEqual([
      ...[recorded, recorded, recorded, recorded],
      { ...missing, ticket: null },
      expect.objectContaining({ ticket: null, code: 'REFERENCE_AMBIGUOUS' }),
      { ...missing, ticket: ticketIdOf({ source: 'zen', externalId: 'none' }) },
    ]);
  });
});

describe('the ticket itself', () => {
  it('says whether it is called so, whatever was proposed', async () => {
    const context = await ledgerAt('2026-03-02T09:00:00Z', newFolder());
    await open(context, 'T-1');
    const request = {
      command: { type: 'CloseTicket' },
      actor: { id: 'mia', kind: 'person' },
      mayBackdate: false,
    } as const;
    const { outcomes } = await changeTicket(context, 'T-1', [
      { ...request, reference: 'other' },
      { ...request, reference: 'T-1' },
    ]);
    expect(outcomes).toMatchObject([
      { kind: 'rejected', rejection: { code: 'TICKET_NOT_FOUND', message: 'There is no ticket other.' } },
      { kind: 'recorded' },
    ]);
    await context.close();
  });
});
