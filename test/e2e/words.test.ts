import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';

type Answer = Record<string, unknown> & { readonly position?: string };

const word = 'word { list code name rank retiredFrom isBuiltIn }';

describe('the words of the desk', () => {
  let api: Api;
  const change = async (verb: string, input: object, answer = `... on WordDefined { position ${word} }`) => {
    const type = `${verb.charAt(0).toUpperCase()}${verb.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { ${verb}(input: $input) { ${answer} ... on Rejection { code message } } }`;
    return (await api.data<Record<string, Answer>>(query, { input }))[verb] as Answer;
  };
  const ticket = (verb: string, input: object) =>
    change(verb, input, '... on TicketChanged { position recorded ticket { type channel priority isIncomplete } }');
  const bulk = async (events: readonly object[]) => {
    const query =
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { position results { outcome code } } }';
    const { recordTicketEvents } = await api.data<{
      recordTicketEvents: { position: string; results: { outcome: string; code: string | null }[] };
    }>(query, { events });
    return recordTicketEvents.results.map(({ outcome, code }) => code ?? outcome);
  };
  const usual = { customer: 'acme', type: 'incident', channel: 'chat', priority: 'P1', subject: 'It broke' };

  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    await change('defineWord', { list: 'TYPE', code: 'incident', name: 'Incident' });
    await change('defineWord', { list: 'CHANNEL', code: ' Chat ' });
    await change('defineWord', { list: 'PRIORITY', code: 'P1', rank: 9 });
  });
  afterAll(() => api.end());

  it('are listed with those built in, priorities by rank, each with its history', async () => {
    const revised = await change('reviseWord', { list: 'PRIORITY', code: 'URGENT', name: 'At once' });
    expect(revised).toMatchObject({ word: { code: 'urgent', name: 'At once' } });
    const { words, one, none } = await api.data<Record<string, Answer[]>>(
      `query ($minPosition: Position) {
        words(minPosition: $minPosition) { list code name rank retiredFrom isBuiltIn }
        one: word(list: PRIORITY, code: " urgent ", minPosition: $minPosition) { code history { type version actor { id } changes { path before after } } }
        none: word(list: TYPE, code: "urgent") { code }
      }`,
      { minPosition: revised.position },
    );
    expect(words?.map(({ list, code, rank }) => [list, code, rank])).toEqual([
      ...['productBug', 'productQuestion', 'appSpecificQuestion', 'onBoarding', 'incident'].map((code) => [
        ...['TYPE', code, null],
      ]),
      ...['reportIssue', 'email', 'phone', 'Chat'].map((code) => ['CHANNEL', code, null]),
      ...[
        ['P1', 9],
        ['urgent', 3],
        ['high', 2],
        ['normal', 1],
        ['low', 0],
      ].map((of) => ['PRIORITY', ...of]),
    ]);
    expect(words?.filter(({ isBuiltIn }) => isBuiltIn === false).map(({ name }) => name)).toEqual([
      ...['Incident', 'Chat', 'P1'],
    ]);
    expect([one, none]).toEqual([
      {
        code: 'urgent',
        history: [
          {
            ...{ type: 'WORD_REVISED', version: 1, actor: { id: 'developer' } },
            changes: [{ path: 'name', before: 'Urgent', after: 'At once' }],
          },
        ],
      },
      null,
    ]);
  });

  it('are defined once, and refused where they make no sense', async () => {
    expect(await change('defineWord', { list: 'TYPE', code: 'INCIDENT', name: 'Other' })).toMatchObject({
      code: 'WORD_EXISTS',
    });
    expect(await change('defineWord', { list: 'TYPE', code: 'x', rank: 1 })).toMatchObject({
      code: 'WORD_WITHOUT_RANK',
    });
    expect(await change('retireWord', { list: 'TYPE', code: 'x' })).toMatchObject({ code: 'WORD_NOT_FOUND' });
    const { errors } = await api.send('mutation { defineWord(input: { list: TYPE, code: " " }) { __typename } }');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: [{ path: 'code' }] });
  });

  it('are what tickets have, as the catalogue spells them, whatever the case', async () => {
    const opened = await ticket('openTicket', { ...usual, id: 'T-1', type: ' INCIDENT ', priority: 'p1' });
    expect(opened).toMatchObject({
      ticket: { type: 'incident', channel: 'Chat', priority: 'P1', isIncomplete: false },
    });
    expect(await ticket('openTicket', { ...usual, id: 'T-2', type: 'ProductBug' })).toMatchObject({
      ticket: { type: 'productBug', isIncomplete: true },
    });
    expect(await ticket('reclassifyTicket', { id: 'T-1', priority: 'P1' })).toMatchObject({ recorded: 0 });
  });

  it('make the same command in any case', async () => {
    const opening = { ...usual, id: 'T-3', idempotencyKey: 'k', occurredAt: '2026-03-02T08:00:00Z' };
    expect(await ticket('openTicket', opening)).toMatchObject({ recorded: expect.any(Number) });
    const again = { ...opening, type: 'INCIDENT', channel: 'CHAT', priority: ' p1' };
    expect(await ticket('openTicket', again)).toMatchObject({ recorded: 0 });
    const { id, ...rest } = again;
    expect(await bulk([{ ticket: id, event: 'TICKET_OPENED', ...rest }])).toEqual(['ALREADY_SO']);
  });

  it('that the desk lacks are refused, singly and in bulk, with those there are', async () => {
    expect(await ticket('openTicket', { ...usual, id: 'T-4', type: 'gadget' })).toEqual({
      code: 'UNKNOWN_TYPE',
      message:
        'type: there is no type "gadget". The types are productBug, productQuestion, appSpecificQuestion, onBoarding, incident.',
    });
    const opened = { event: 'TICKET_OPENED', ...usual, occurredAt: '2026-03-02T08:00:00Z' };
    expect(
      await bulk([
        { ...opened, ticket: 'T-4', channel: 'fax' },
        { ...opened, ticket: 'T-5', priority: 'P9' },
        { ...opened, ticket: 'T-6' },
        { ticket: 'T-6', event: 'FOLLOW_UP_SENT', channel: 'fax', occurredAt: '2026-03-02T08:30:00Z' },
        { ticket: 'T-6', event: 'TICKET_RECLASSIFIED', type: 'gadget', occurredAt: '2026-03-02T08:30:00Z' },
      ]),
    ).toEqual(['UNKNOWN_CHANNEL', 'UNKNOWN_PRIORITY', 'RECORDED', 'UNKNOWN_CHANNEL', 'UNKNOWN_TYPE']);
  });

  it('stay on the tickets that have them when they are retired; new ones refuse them, older facts do not', async () => {
    await change('defineWord', { list: 'TYPE', code: 'Fax form' });
    await ticket('openTicket', { ...usual, id: 'F-1', type: 'fax form' });
    const effectiveFrom = '2026-03-02T08:30:00Z';
    expect(await change('retireWord', { list: 'TYPE', code: 'FAX FORM', effectiveFrom })).toMatchObject({
      word: { code: 'Fax form', retiredFrom: '2026-03-02T08:30:00.000Z' },
    });
    expect(await ticket('openTicket', { ...usual, id: 'F-2', type: 'fax form' })).toMatchObject({
      code: 'UNKNOWN_TYPE',
      message: expect.stringContaining('"Fax form" is retired since 2026-03-02T08:30:00.000Z'),
    });
    const earlier = { ...usual, id: 'F-3', type: 'fax form', occurredAt: '2026-03-02T08:29:59Z' };
    expect(await ticket('openTicket', earlier)).toMatchObject({ ticket: { type: 'Fax form' } });
    expect(await ticket('reclassifyTicket', { id: 'F-1', type: 'Fax form', priority: 'low' })).toMatchObject({
      ticket: { type: 'Fax form', priority: 'low' },
    });
    expect(await change('restoreWord', { list: 'TYPE', code: 'fax form' })).toMatchObject({
      word: { retiredFrom: null },
    });
    expect(await ticket('openTicket', { ...usual, id: 'F-2', type: 'fax form' })).toMatchObject({ recorded: 1 });
  });

  describe('that are retired, at every door', () => {
    const early = { occurredAt: '2026-03-02T08:10:00Z' };
    beforeAll(async () => {
      await change('defineWord', { list: 'TYPE', code: 'Letter' });
      await change('defineWord', { list: 'PRIORITY', code: 'P7' });
      await ticket('openTicket', { ...usual, ...early, id: 'L-1', type: 'letter', priority: 'p7' });
      await ticket('openTicket', { ...usual, ...early, id: 'L-2' });
      const effectiveFrom = '2026-03-02T08:30:00Z';
      await change('retireWord', { list: 'TYPE', code: 'letter', effectiveFrom });
      await change('retireWord', { list: 'PRIORITY', code: 'P7', effectiveFrom });
    });

    const messageAt = early.occurredAt;
    it.each<[what: string, verb: string, event: string, input: object, answer: string]>([
      ['a new ticket of the type', 'openTicket', 'TICKET_OPENED', { ...usual, type: 'LETTER' }, 'UNKNOWN_TYPE'],
      ['a new ticket of the priority', 'openTicket', 'TICKET_OPENED', { ...usual, priority: 'P7' }, 'UNKNOWN_PRIORITY'],
      ['another ticket, reclassified', 'reclassifyTicket', 'TICKET_RECLASSIFIED', { type: 'Letter' }, 'UNKNOWN_TYPE'],
      ['a new ticket that is split off', 'splitTicket', 'TICKET_SPLIT', { messageAt, type: 'Letter' }, 'UNKNOWN_TYPE'],
    ])('are refused: %s', async (_, verb, event, input, answer) => {
      const [single, inBulk] = verb === 'openTicket' ? ['L-8', 'L-9'] : ['L-2', 'L-2'];
      const into = verb === 'splitTicket' ? { into: 'L-9' } : {};
      expect(await ticket(verb, { id: single, ...input, ...into })).toMatchObject({ code: answer });
      const said = { ticket: inBulk, event, occurredAt: '2026-03-02T08:40:00Z', ...input, ...into };
      expect(await bulk([said])).toEqual([answer]);
    });

    it('stay: the ticket that has them is corrected, reclassified in the rest and split', async () => {
      const has = { type: 'Letter', priority: 'P7' };
      expect(await ticket('correctTicket', { id: 'L-1', subject: 'Right' })).toMatchObject({ ticket: has });
      expect(await ticket('reclassifyTicket', { id: 'L-1', ...has })).toMatchObject({ recorded: 0, ticket: has });
      expect(await ticket('splitTicket', { id: 'L-1', into: 'L-3', messageAt })).toMatchObject({ ticket: has });
      expect(await api.data('{ replayTicket(id: "L-3") { type priority } }')).toEqual({ replayTicket: has });
      const occurredAt = '2026-03-02T08:50:00Z';
      expect(
        await bulk([
          { ticket: 'L-3', event: 'TICKET_CORRECTED', subject: 'As it was', occurredAt },
          { ticket: 'L-3', event: 'TICKET_RECLASSIFIED', type: 'letter', priority: 'low', occurredAt },
          { ticket: 'L-3', event: 'TICKET_RECLASSIFIED', priority: 'P7', occurredAt: '2026-03-02T08:51:00Z' },
        ]),
      ).toEqual(['RECORDED', 'RECORDED', 'UNKNOWN_PRIORITY']);
    });

    it('may be named by a plan, for the tickets that have them', async () => {
      const plan = { code: 'letters', name: 'Letters', types: ['letter'], targets: [] };
      expect(await change('definePlan', plan, '... on PlanDefined { plan { types } }')).toEqual({
        plan: { types: ['Letter'] },
      });
    });
  });

  it('are what plans name, spelled alike; a plan that names another is refused', async () => {
    const target = { metric: 'RESOLUTION', target: { amount: 1, unit: 'HOURS' } };
    const plan = (input: object) =>
      change(
        'definePlan',
        { code: 'own', name: 'Own', ...input },
        '... on PlanDefined { plan { types channels targets { type priority } } }',
      );
    const targets = [{ ...target, type: 'INCIDENT', priority: 'p1' }, target];
    expect(await plan({ types: ['Incident', 'incident'], channels: ['chat'], targets })).toEqual({
      plan: {
        ...{ types: ['incident'], channels: ['Chat'] },
        targets: [
          { type: 'incident', priority: 'P1' },
          { type: null, priority: null },
        ],
      },
    });
    expect(await plan({ types: ['gadget'], targets })).toMatchObject({
      ...{ code: 'UNKNOWN_TYPE', message: expect.stringMatching(/^types\[0\]: there is no type "gadget"/) },
    });
    expect(await plan({ targets: [target, { ...target, priority: 'P9' }] })).toMatchObject({
      ...{ code: 'UNKNOWN_PRIORITY', message: expect.stringMatching(/^targets\[1\]\.priority: /) },
    });
    const due = async (type: string, priority: string) => {
      const { data, errors } = await api.send(
        `{ dueAt(input: { from: "2026-03-02T09:00:00Z", plan: "own", metric: RESOLUTION, channel: "CHAT", type: "${type}", priority: "${priority}" }) { dueAt } }`,
      );
      return errors?.[0]?.extensions?.['code'] ?? (data as { dueAt: { dueAt: string } }).dueAt.dueAt;
    };
    expect(await due('INCIDENT', 'P1')).toBe('2026-03-02T10:00:00.000Z');
    expect(await due('incident', 'P9')).toBe('UNKNOWN_PRIORITY');
  });

  it('are what filters are compared with, in any case', async () => {
    const { position } = await ticket('openTicket', { ...usual, id: 'Q-1', subject: 'Find me' });
    const found = async (filter: string) => {
      const { tickets } = await api.data<{ tickets: { edges: { node: { id: string } }[] } }>(
        `query ($minPosition: Position) { tickets(filter: { text: "Find me", ${filter} }, minPosition: $minPosition) { edges { node { id } } } }`,
        { minPosition: position },
      );
      return tickets.edges.length;
    };
    for (const filter of ['types: ["INCIDENT"]', 'channels: ["chat "]', 'priorities: ["p1"]'])
      expect([filter, await found(filter)]).toEqual([filter, 1]);
    expect(await found('priorities: ["P9"]')).toBe(0);
  });
});
