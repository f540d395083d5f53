import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, getIntrospectionQuery } from 'graphql';
import { standardLimits as limits } from '../../src/api/limits.js';
import { type Answer, Api } from '../support/api.js';

const times = (count: number, text: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => text(n)).join(' ');

/** Spreads within spreads, each twice what it holds: two to the power of so many, in a few hundred tokens. */
const bomb = (levels: number) =>
  `{ ticket(id: "x") { ...F0 } }
   ${times(levels, (n) => `fragment F${n} on Ticket { ...F${n + 1} ...F${n + 1} }`)}
   fragment F${levels} on Ticket { clocks { state } }`;

const everyTicket = `edges { cursor node { id reference subject status type customer assignee team
  clocks { metric state startedAt dueAt atRiskAt satisfiedAt elapsedMs remainingMs target { amount unit } } } } pageInfo { endCursor }`;

/** Queries that answer little, and may look at many rows for it. */
const scanning = [
  'tickets(first: 1, filter: { text: "zzz" }) { edges { cursor } }',
  'workQueue(first: 1, filter: { priorities: ["none"] }) { edges { cursor } }',
  'breaches(first: 1, filter: { plans: ["none"] }) { edges { cursor } }',
  'slaSummary { lines { met } }',
  'replayTicket(id: "T-1") { status }',
  'plans { code }',
  'plan(code: "pro") { code }',
  'calendars { code }',
  'calendar(code: "office") { code }',
  'customers(first: 1) { edges { cursor } }',
  'customer(id: "acme") { id }',
  'words { code }',
  'word(list: PRIORITY, code: "high") { code }',
  'ticketHistory(id: "T-1", first: 1) { edges { cursor } }',
  'dueAt(input: { from: "2026-03-02T09:00:00Z" }) { dueAt }',
  'webhooks { id }',
  'webhookDeliveries(first: 1, filter: { ticket: "T-1" }) { edges { cursor } }',
];

const hostile: readonly (readonly [name: string, query: string, says: RegExp])[] = [
  [
    'a deep query',
    `{ plans { ${'... { '.repeat(5)} ${times(12, () => 'history { changes {')} field ${'}}'.repeat(12)} ${'}'.repeat(5)} } }`,
    /depth limit/,
  ],
  [
    'a query made deep by fragments',
    `{ __type(name: "Plan") { ...T0 } }
     ${times(6, (n) => `fragment T${n} on __Type { ofType { ofType { ...T${n + 1} } } }`)} fragment T6 on __Type { name }`,
    /depth limit of 10 exceeded, found 14/,
  ],
  ['a wide query', `{ plans { ${times(limits.breadth + 1, (n) => `f${n % 20}: code`)} } }`, /fields beside each other/],
  [
    'a query of too many operations',
    `{ ${times(21, (n) => (n % 2 ? '... { plans { code } }' : 'calendars { code }'))} }`,
    /21 fields at its root/,
  ],
  [
    'an aliased query',
    `{ ${times(31, (n) => `... { plans { a${n}: code } }`).replaceAll('...', '... on Query')} }`,
    /liases limit|at its root/,
  ],
  ['aliases of a field that costs nothing', `{ plans { ${times(31, (n) => `a${n}: __typename`)} } }`, /Aliases limit/],
  [
    'aliases hidden in a fragment that is spread again',
    `{ ${times(4, (n) => `p${n}: plan(code: "x") { ...F }`)} } fragment F on Plan { ${times(9, (n) => `a${n}: code`)} }`,
    /Aliases limit/,
  ],
  ['directives upon directives', `{ plans { ${times(31, () => 'code @include(if: true)')} } }`, /31 directives/],
  [
    'directives on a spread that comes again',
    `{ plans { ${times(31, () => '...F @include(if: true)')} } } fragment F on Plan { code }`,
    /31 directives/,
  ],
  [
    'pages within limits of their own that are too much together',
    `{ ${times(12, (n) => `t${n}: tickets(first: 200) { ${everyTicket} }`)} }`,
    /an answer of \d+ fields/,
  ],
  [
    'pages as long as a variable says',
    `query ($n: Int) { ${times(12, (n) => `t${n}: tickets(first: $n) { ${everyTicket} }`)} }`,
    /an answer of \d+ fields/,
  ],
  [
    'pages hidden in a fragment',
    `{ ...All } fragment All on Query { ${times(12, (n) => `t${n}: tickets(first: 200) { ...Page }`)} } fragment Page on TicketConnection { ${everyTicket} }`,
    /an answer of \d+ fields/,
  ],
  ...scanning.map((query): (typeof hostile)[number] => [
    `twenty aliases of ${query}`,
    `{ ${times(20, (n) => `q${n}: ${query}`)} }`,
    /an answer of \d+ fields/,
  ]),
  [
    'aliases of a search hidden in a fragment',
    `{ ${times(15, () => '...F')} } fragment F on Query { tickets(filter: { text: "x" }) { edges { cursor } } }`,
    /an answer of \d+ fields/,
  ],
  ['a bomb of fragments', bomb(30), /too expensive: an answer of/],
  [
    'fragments in a cycle',
    '{ plans { ...A } } fragment A on Plan { ...B } fragment B on Plan { ...A }',
    /Cannot spread fragment "A" within itself/,
  ],
  ['a document of too many tokens', `{ plans { ${'code '.repeat(limits.tokens)} } }`, /more that 2000 tokens/],
  [
    'introspection within introspection',
    `{ __schema { types { ${'fields { type { '.repeat(4)} name ${'} }'.repeat(4)} } } }`,
    /introspection depth/i,
  ],
];

/** Queries that look at one row, found by an index, or at a list of at most so many. */
const cheap = ['ticket', 'stuckTickets'];

describe('a query that may look at many rows', () => {
  it('is tried here, whatever it is called', () => {
    const queries = Object.keys(buildSchema(readFileSync('schema.gql', 'utf8')).getQueryType()?.getFields() ?? {});
    const tried = scanning.map((query) => /^\w+/.exec(query)?.[0] ?? '');
    expect([...tried, ...cheap].sort()).toEqual(queries.sort());
  });
});

describe('a hostile query', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterAll(() => api.end());

  const codes = ({ errors }: Answer) => errors?.map(({ extensions }) => extensions?.['code']);
  const said = ({ errors }: Answer) => errors?.map(({ message }) => message).join('\n');

  describe.each(['HTTP', 'WebSocket'])('over %s', (door) => {
    const ask = (query: string) => (door === 'HTTP' ? api.send(query) : api.sendBySocket(query));

    it.each(hostile)('is refused before it is answered: %s', async (_, query, says) => {
      const answer = await ask(query);
      expect(said(answer)).toMatch(says);
      expect(answer.data).toBeUndefined();
      expect(new Set(codes(answer))).toEqual(
        new Set([says.source.includes('tokens') ? 'GRAPHQL_PARSE_FAILED' : 'GRAPHQL_VALIDATION_FAILED']),
      );
    });

    it.each(['after', 'before'])('counts the look beyond `%s` as another query of many rows', async (cursor) => {
      const flag = cursor === 'after' ? 'hasPreviousPage' : 'hasNextPage';
      const lists = (more: string) =>
        `{ ${times(5, (n) => `q${n}: tickets(first: 1, ${cursor}: "x") { pageInfo { ...F } }`)} } fragment F on PageInfo { ${more} }`;
      expect(said(await ask(lists(flag)))).toMatch(/too expensive: an answer of 100\d{3} fields/);
      expect(new Set(codes(await ask(lists('startCursor'))))).toEqual(new Set(['INVALID_CURSOR']));
    });

    it('counts what a filter names as another query of many rows', async () => {
      const lists = (more: string) => `{ ${times(5, (n) => `q${n}: tickets(first: 1) { ${more} }`)} }`;
      expect(said(await ask(lists('notices { code }')))).toMatch(/too expensive: an answer of 100\d{3} fields/);
      expect((await ask(lists('pageInfo { endCursor }'))).errors).toBeUndefined();
    });

    it('leaves room for the largest page, and for what GraphiQL asks first', async () => {
      expect(await ask(`{ tickets(first: 200) { ${everyTicket} } }`)).toEqual({ data: { tickets: expect.anything() } });
      const dashboard = `{ tickets { edges { node { id } } } workQueue { edges { node { id } } } slaSummary { lines { met } }
        breaches { edges { node { id } } } replayTicket(id: "T-1") { status } }`;
      expect(await ask(dashboard)).toEqual({ data: expect.objectContaining({ replayTicket: null }) });
      expect(await ask(getIntrospectionQuery())).toEqual({ data: { __schema: expect.anything() } });
    });
  });

  it('in a batch is refused', async () => {
    const { status, text } = await api.post(
      JSON.stringify([{ query: '{ plans { code } }' }, { query: '{ plans { code } }' }]),
    );
    expect(status).toBe(400);
    expect(text).toContain('BAD_REQUEST');
  });
});
