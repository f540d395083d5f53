import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { buildSchema, type GraphQLObjectType } from 'graphql';
import fc from '../support/fc.js';
import { type Answer, Api } from '../support/api.js';
import { documentOf, valuesOf } from '../support/schema-values.js';

const schema = buildSchema(readFileSync('schema.gql', 'utf8'));
const fieldsOf = (type: GraphQLObjectType | null | undefined) => Object.values(type?.getFields() ?? {});
const queries = fieldsOf(schema.getQueryType());
const mutations = fieldsOf(schema.getMutationType());

const runs = { numRuns: Number(process.env['FC_RUNS'] ?? 40) };
jest.setTimeout(20_000 + runs.numRuns * 100);

/** Whether a mutation said that it did not do what was asked. */
const isRefused = ({ errors, data }: Answer) =>
  errors !== undefined || /"__typename":"Rejection"/.test(JSON.stringify(data));

describe('whatever is put in', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    await api.data(`mutation {
      enrolCustomer(input: { id: "acme", plan: "pro" }) { __typename }
      openTicket(input: { id: "T-1", customer: "acme", type: PRODUCT_BUG, channel: EMAIL, subject: "It broke" }) { __typename }
    }`);
  });
  afterAll(() => api.end());

  /** Nothing of ours breaks: whoever is wrong is told so. */
  async function sound(query: string, variables: Record<string, unknown>): Promise<Answer> {
    const { status, text } = await api.post(JSON.stringify({ query, variables }));
    expect(text).not.toContain('GRAPHQL_VALIDATION_FAILED'); // else nothing of the kind is tried
    const isOurs = status >= 500 || text.includes('INTERNAL_SERVER_ERROR');
    expect(isOurs ? api.logged.at(-1) : undefined).toBeUndefined();
    return JSON.parse(text) as Answer;
  }

  it.each(queries)('the query $name answers or refuses, and breaks nothing', async (field) => {
    const document = documentOf('query', field);
    const variables = fc.record(Object.fromEntries(field.args.map(({ name, type }) => [name, valuesOf(type)])), {
      requiredKeys: [],
    });
    await fc.assert(
      fc.asyncProperty(variables, async (given) => {
        await sound(document, given);
      }),
      runs,
    );
  });

  it.each(mutations)('the mutation $name does it or refuses, and what is refused changes nothing', async (field) => {
    const document = documentOf('mutation', field);
    const variables = fc.record(Object.fromEntries(field.args.map(({ name, type }) => [name, valuesOf(type)])));
    await fc.assert(
      fc.asyncProperty(variables, async (given) => {
        const before = await api.lastPosition();
        const answer = await sound(document, given);
        if (isRefused(answer)) expect(await api.lastPosition()).toBe(before);
      }),
      runs,
    );
  });
});
