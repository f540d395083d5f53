import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { faultsOfVariables } from '../../src/api/graphql/variable-faults.js';
import { type Answer, Api } from '../support/api.js';

/** The largest answer that refuses something, in characters: ten errors of a thousand, and what belongs to them. */
const mostOfRefusal = 20_000;

const long = 'a'.repeat(2_000_000);
const fields = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`u${n}`, 1]));
const list = (count: number, item: unknown) => Array.from({ length: count }, () => item);

interface Asked {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
}
const filtered = (x: unknown): Asked => ({
  query: 'query ($x: TicketFilter) { tickets(filter: $x) { edges { cursor } } }',
  variables: { x },
});
const recorded = (events: unknown): Asked => ({
  query: 'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { __typename } }',
  variables: { events },
});
const due = (input: unknown): Asked => ({
  query: 'query ($input: DueAtInput!) { dueAt(input: $input) { __typename } }',
  variables: { input },
});
const manyAliases = (field: string) => Array.from({ length: 20 }, (_, n) => `a${n}: ${field}`).join(' ');

const wrong: readonly (readonly [name: string, asked: Asked])[] = [
  ['unknown fields beside a long text', filtered({ text: long, ...fields(48) })],
  ['unknown fields without end', filtered(fields(90_000))],
  ['an unknown field with a long name', filtered({ [long]: 1 })],
  ['a long text for an object', filtered(long)],
  ['an object for a text', filtered({ text: fields(90_000) })],
  ['a long text for a word', filtered({ statuses: [long] })],
  ['long lists of what is wrong', filtered({ statuses: list(40_000, 'NONE'), plans: list(40_000, 7) })],
  ['an object for an instant', due({ from: { toString: long, ...fields(90_000) } })],
  ['a long text for an instant', due({ from: long })],
  ['lists within lists', due({ from: list(10, list(10, list(10, long.slice(0, 1_000)))) })],
  ['a thousand events, each wrong', recorded(list(1_000, { id: long.slice(0, 1_000), type: 'NONE' }))],
  ['a thousand events, each without what it needs', recorded(list(1_000, {}))],
  ['events without end', recorded(list(20_000, { ticket: 'T', type: 'TICKET_CLOSED' }))],
  [
    'a long id, again and again',
    { query: `query ($id: ID!) { ${manyAliases('replayTicket(id: $id) { subject }')} }`, variables: { id: long } },
  ],
  [
    'a long id to be changed, again and again',
    {
      query: `mutation ($i: TicketInput!) { ${manyAliases('closeTicket(input: $i) { __typename ... on Rejection { message } }')} }`,
      variables: { i: { id: long } },
    },
  ],
  [
    'a long cursor, again and again',
    {
      query: `query ($c: String) { ${manyAliases('tickets(after: $c) { edges { cursor } }')} }`,
      variables: { c: long },
    },
  ],
  ['a long name of a variable', { query: `query ($${long}: Int) { plans { code } }` }],
  [
    'a long name of an operation, and many errors',
    {
      query: `query ${long.slice(0, 90_000)} { ${Array.from({ length: 300 }, (_, n) => `plan(code: $v${n}) { code }`).join(' ')} }`,
    },
  ],
  ['a long alias', { query: `{ ${long.slice(0, 90_000)}: plans { code } }` }],
  ['a long name that is no field', { query: `{ ${long.slice(0, 90_000)} }` }],
  ['a long text that is none', { query: `{ "${long.slice(0, 90_000)}" }` }],
  ['a long literal', { query: `{ tickets(first: "${long.slice(0, 90_000)}") { edges { cursor } } }` }],
  [
    'many wrong literals',
    {
      query: `{ tickets(filter: { ${Array.from({ length: 400 }, (_, n) => `u${n}: 1`).join(' ')} }) { edges { cursor } } }`,
    },
  ],
  ['many fields that there are none', { query: `{ ${Array.from({ length: 600 }, (_, n) => `f${n}`).join(' ')} }` }],
  ['a long document', { query: `{ plans { code } } #${long}` }],
  ['a document of many lines', { query: `${'\n'.repeat(90_000)}{ plans { code } nothing }` }],
  ['an operation that there is none', { query: 'query A { plans { code } }', operationName: long }],
];

describe('whatever is wrong with a request', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterAll(() => api.end());

  it.each(wrong)('is told in a short answer over HTTP: %s', async (_, asked) => {
    const logged = api.logged.length;
    const { text, status } = await api.post(JSON.stringify(asked));
    expect([text.length <= mostOfRefusal, status < 500]).toEqual([true, true]);
    const { errors = [] } = JSON.parse(text) as Answer;
    expect(errors.length).toBeLessThanOrEqual(11);
    for (const { extensions } of errors) expect(extensions?.['code']).not.toBe('INTERNAL_SERVER_ERROR');
    expect(JSON.stringify(api.logged.slice(logged)).length).toBeLessThanOrEqual(mostOfRefusal);
  });

  it.each(wrong)('is told in a short answer over WebSocket: %s', async (_, { query, variables }) => {
    const answer = await api.sendBySocket(query, variables);
    expect(JSON.stringify(answer).length).toBeLessThanOrEqual(mostOfRefusal);
  });

  it('says what is wrong, a few times, and that there is more', async () => {
    const { errors } = await api.send(filtered({ ...fields(48), text: 7 }).query, { x: { ...fields(48), text: 7 } });
    expect(errors).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(
          /^\$x\.text must be text; \$x\.u0 is not a field of TicketFilter; .*and more is wrong$/,
        ) as unknown,
        extensions: expect.objectContaining({ code: 'BAD_USER_INPUT' }) as unknown,
      }),
    ]);
    expect(errors?.[0]?.extensions?.['fields']).toHaveLength(10);
  });

  it('is told in a short answer where it is no GraphQL: a long path', async () => {
    const response = await fetch(`${api.url}/${'x'.repeat(10_000)}`, { headers: api.identified });
    expect([response.status, (await response.text()).length <= 2_000]).toEqual([404, true]);
  });
});

describe('the values of variables', () => {
  const schema = buildSchema(`
    enum Word { ONE } input Place { x: Int! y: Float = 1 names: [String!] word: Word at: [Place!] }
    type Query { at(place: Place, id: ID, is: Boolean): Int }`);
  function faults(variables: string, values: Record<string, unknown>): string {
    const operation = getOperationAST(parse(`query (${variables}) { at }`));
    if (operation === null || operation === undefined) throw new Error('there is no operation');
    const found = faultsOfVariables(schema, operation, values);
    return found.isEmpty ? '' : found.asError().message;
  }

  it.each<readonly [says: string, variables: string, values: Record<string, unknown>]>([
    ['', '$p: Place', {}],
    ['', '$p: Place = { x: 1 }', {}],
    ['', '$p: Place', { p: null, q: 7 }],
    ['', '$p: Place', { p: { x: 1, y: 0.5, names: ['a'], word: 'ONE', at: [{ x: 2 }] } }],
    ['', '$p: Place', { p: { x: 1, names: 'a', at: { x: 2 } } }],
    ['', '$i: ID, $j: ID, $b: Boolean', { i: 'a', j: 7, b: false }],
    ['$p is missing', '$p: Place!', {}],
    ['$p must not be null', '$p: Place!', { p: null }],
    ['$p must be an object of type Place', '$p: Place', { p: [] }],
    ['$p.x is missing', '$p: Place', { p: {} }],
    ['$p.x must not be null', '$p: Place', { p: { x: null } }],
    ['$p.x must be a whole number of 32 bits', '$p: Place', { p: { x: 2 ** 31 } }],
    ['$p.y must be a number', '$p: Place', { p: { x: 1, y: '1' } }],
    ['$p.names.1 must not be null', '$p: Place', { p: { x: 1, names: ['a', null] } }],
    ['$p.names.0 must be text', '$p: Place', { p: { x: 1, names: [1] } }],
    ['$p.word must be a Word', '$p: Place', { p: { x: 1, word: 'toString' } }],
    ['$p.at.0.x is missing', '$p: Place', { p: { x: 1, at: [{}] } }],
    ['$p.constructor is not a field of Place', '$p: Place', { p: { x: 1, constructor: 1 } }],
    ['$i must be text; $b must be true or false', '$i: ID, $b: Boolean', { i: 0.5, b: 'true' }],
  ])('have this wrong: "%s"', (says, variables, values) => {
    expect(faults(variables, values)).toBe(says);
  });

  it('are looked at until a few things are found wrong, however much else there is', () => {
    let looks = 0;
    const counted = new Proxy(
      { x: 1, ...fields(200_000) },
      {
        get: (target, name) => {
          looks += 1;
          return Reflect.get(target, name) as unknown;
        },
        getOwnPropertyDescriptor: (target, name) => {
          looks += 1;
          return Reflect.getOwnPropertyDescriptor(target, name);
        },
      },
    );
    expect(faults('$p: Place', { p: counted })).toMatch(/^\$p.u0 is not a field of Place; .*; and more is wrong$/);
    expect(looks).toBeLessThan(100);
  });
});
