import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { buildSchema, type GraphQLNamedType, isInputObjectType, isObjectType } from 'graphql';
import { standardLimits } from '../../src/api/limits.js';
import { Api } from '../support/api.js';
import { placesOf, soundArguments } from '../support/places.js';
import { RawFrames } from '../support/raw-frames.js';
import { documentOf } from '../support/schema-values.js';

jest.setTimeout(60_000);

const schema = buildSchema(readFileSync('schema.gql', 'utf8'));
const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(
  (type) => type ?? [],
);
const operations = roots.flatMap((root) =>
  Object.values(root.getFields())
    .filter(({ args }) => args.length > 0)
    .map((field) => ({ root: root.name, name: field.name, field, places: placesOf(root.name, field) })),
);

/** What a schema takes, by its name there: the fields of its inputs, and the arguments of its fields. */
function takenBy(type: GraphQLNamedType): readonly string[] {
  if (isInputObjectType(type)) return Object.keys(type.getFields()).map((field) => `${type.name}.${field}`);
  if (!isObjectType(type) || type.name.startsWith('__')) return [];
  return Object.values(type.getFields()).flatMap(({ name, args }) =>
    args.map((arg) => `${type.name}.${name}(${arg.name})`),
  );
}

/** The most that is logged of one value, and that is answered beside what is said again of what was sent, in characters. */
const most = 20_000;
const times = 4;
/** Whether nothing was done of what was asked. */
const isRefused = (text: string) => text.includes('"errors":') || text.includes('"__typename":"Rejection"');

/** The most that all of them together may leave in memory, in bytes. */
const mostLeft = 400 * 2 ** 20;

describe('a value at its limits, in every place that takes one', () => {
  let api: Api;
  let socket: RawFrames;
  let rss: number;
  beforeAll(async () => {
    const rates = { PLEDGE_RATE: '1000000', PLEDGE_ADDRESS_RATE: '1000000' };
    const limits = { ...standardLimits, pingMs: 3_600_000 }; // the socket answers no pings
    api = await Api.start('2026-03-02T09:00:00Z', undefined, rates, { limits });
    socket = await RawFrames.known(api.url, api.key);
    const ticket = (id: string) =>
      `${id.replace('-', '')}: openTicket(input: { id: "${id}", customer: "acme", type: "productBug", channel: "email", subject: "It broke" }) { __typename }`;
    await api.data(`mutation {
      enrolCustomer(input: { id: "acme", plan: "pro" }) { __typename } ${ticket('T-1')} ${ticket('T-2')} }`);
    rss = process.memoryUsage().rss;
  });
  afterAll(async () => {
    socket.socket.destroy();
    await api.end();
  });

  it('is tried in each field of each input, and in each argument, that the schema has', () => {
    const tried = new Set(operations.flatMap(({ places }) => places.map(({ name }) => name)));
    const taken = Object.values(schema.getTypeMap()).flatMap(takenBy);
    expect([...tried].sort()).toEqual([...new Set(taken)].sort());
  });

  async function overHttp(query: string, variables: Record<string, unknown>): Promise<string> {
    const { status, text } = await api.post(JSON.stringify({ query, variables }));
    expect(status).toBeLessThan(500);
    return text;
  }

  let asked = 0;

  /** All that came until an operation after it was answered. */
  async function overSocket(query: string, variables: Record<string, unknown>): Promise<string> {
    const [its, next] = [`s${(asked += 1)}`, `q${asked}`]; // an id that is not over may not be used again
    socket.frames.splice(0);
    socket.ask(its, query, variables);
    socket.ask(next, '{ plans { code } }');
    // What is nested too deep closes the socket.
    const isClosed = () => socket.frames.some(({ opcode, payload }) => opcode === 8 && payload.readUInt16BE() === 4400);
    await socket.until(() => isClosed() || socket.messages('complete').some(({ id }) => id === next));
    if (isClosed()) {
      socket.socket.destroy();
      socket = await RawFrames.known(api.url, api.key);
      return '"errors": the socket was closed';
    }
    socket.send({ id: its, type: 'complete' });
    return socket.frames.map(({ payload }) => payload.toString()).join('\n');
  }

  const send = (root: string) => (root === 'Subscription' ? overSocket : overHttp);

  it.each(operations)('is answered shortly, and breaks nothing: $root $name', async ({ root, field, places }) => {
    const document = documentOf(root.toLowerCase(), field, 2);
    expect(await send(root)(document, soundArguments(field))).not.toMatch(/GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT/);
    for (const { name, values, with: put } of places) {
      for (const [what, value] of values) {
        const before = api.logged.length;
        const variables = put(value);
        const text = await send(root)(document, variables);
        const isShort = text.length <= most + (isRefused(text) ? 0 : times * JSON.stringify(variables).length);
        const told = { name, what, isOurs: text.includes('INTERNAL_SERVER_ERROR'), isShort };
        expect(told).toEqual({ name, what, isOurs: false, isShort: true });
        expect(JSON.stringify(api.logged.slice(before)).length).toBeLessThanOrEqual(most);
      }
    }
    expect(process.memoryUsage().rss - rss).toBeLessThan(mostLeft);
  });
});
