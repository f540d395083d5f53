import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  buildSchema,
  getNamedType,
  getOperationAST,
  type GraphQLField,
  type GraphQLObjectType,
  isInputObjectType,
  parse,
} from 'graphql';
import { faultsOfVariables } from '../../src/api/graphql/variable-faults.js';
import fc from '../support/fc.js';
import { times } from '../support/lengths.js';
import { type Answer, Api } from '../support/api.js';
import { receiver, type Receiver } from '../support/receiver.js';
import { type SoundMutation, soundMutations } from '../support/sound-mutations.js';
import { documentOf, extremeOf, extremes, valuesOf } from '../support/schema-values.js';

const schema = buildSchema(readFileSync('schema.gql', 'utf8'));
const fieldsOf = (type: GraphQLObjectType | null | undefined) => Object.values(type?.getFields() ?? {});
const queries = fieldsOf(schema.getQueryType());
const mutations = fieldsOf(schema.getMutationType());

const runs = { numRuns: times({ short: 8, long: 40 }, 'FC_RUNS') };
jest.setTimeout(20_000 + runs.numRuns * 100);

/** Whether a mutation said that it did not do what was asked. */
const isRefused = ({ errors, data }: Answer) =>
  errors !== undefined || /"__typename":"Rejection"/.test(JSON.stringify(data));

const operations = [
  ...queries.map((field) => ({ kind: 'query', name: field.name, field })),
  ...mutations.map((field) => ({ kind: 'mutation', name: field.name, field })),
].filter(({ field }) => field.args.length > 0);

/** The largest answer to what is wrong, in characters. */
const mostOfRefusal = 20_000;

/** A list of the same, again and again. */
const many = (item: unknown) => Array.from({ length: 5_000 }, () => item);

/** A value, and how often something of it was looked at. */
function counted(value: unknown) {
  let looks = 0;
  const counting = (of: unknown): unknown =>
    typeof of !== 'object' || of === null
      ? of
      : new Proxy(of, {
          get: (target, name) => {
            looks += 1;
            return counting(Reflect.get(target, name));
          },
          getOwnPropertyDescriptor: (target, name) => {
            looks += 1;
            return Reflect.getOwnPropertyDescriptor(target, name);
          },
        });
  return { value: counting(value), looks: () => looks };
}

describe('a value that is wrong at its limits', () => {
  it.each(operations)('is looked at no more than its type has fields: of the $kind $name', ({ kind, field }) => {
    const operation = getOperationAST(parse(documentOf(kind, field, 1)));
    if (operation === null || operation === undefined) throw new Error('there is no operation');
    for (const way of ['unknown fields', 'deep values'] as const) {
      for (const { name, type } of field.args) {
        const given = extremeOf(type, way);
        const { value, looks } = counted(Array.isArray(given) ? many(given[0]) : given);
        faultsOfVariables(schema, operation, { [name]: value });
        expect([name, way, looks() < 1_000]).toEqual([name, way, true]);
      }
    }
  });
});

type Variables = Readonly<Record<string, unknown>>;

/** Does something to variables that are sound: nothing, another value for a field or two, or all of them anew. */
function changesOf({ args }: GraphQLField<unknown, unknown>): fc.Arbitrary<(variables: Variables) => Variables> {
  const anew = fc.record(Object.fromEntries(args.map(({ name, type }) => [name, valuesOf(type)])));
  const [arg] = args;
  if (arg === undefined) throw new Error('it takes nothing');
  const type = getNamedType(arg.type);
  const fields = isInputObjectType(type) ? Object.values(type.getFields()) : [];
  const some = fc
    .subarray(fields, { maxLength: Math.min(2, fields.length) })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((field) => [field.name, valuesOf(field.type)]))));
  const changed = (value: unknown, others: object): unknown =>
    Array.isArray(value) ? value.map((item) => changed(item, others)) : { ...(value as object), ...others };
  return fc.oneof(
    {
      weight: 4,
      arbitrary: some.map((others) => (variables: Variables) => ({ [arg.name]: changed(variables[arg.name], others) })),
    },
    { weight: 1, arbitrary: anew.map((all) => () => all) },
  );
}

describe('whatever is put in', () => {
  let api: Api;
  let there: Receiver;
  let wholes: Readonly<Record<string, SoundMutation>>;
  beforeAll(async () => {
    there = await receiver();
    const settings = { PLEDGE_WEBHOOK_PRIVATE_TARGETS: 'yes', PLEDGE_RATE: '1000000', PLEDGE_ADDRESS_RATE: '1000000' };
    api = await Api.start('2026-03-02T09:00:00Z', undefined, settings);
    const { openTicket } = await api.data<{ openTicket: { position: string } }>(`mutation {
      enrolCustomer(input: { id: "acme", plan: "pro" }) { __typename }
      openTicket(input: { id: "T-1", customer: "acme", type: "productBug", channel: "email", subject: "It broke" }) {
        ... on TicketChanged { position } } }`);
    wholes = soundMutations(there.url, openTicket.position);
  });
  afterAll(async () => {
    await api.end();
    await there.close();
  });

  let asked = 0;

  /** Nothing of ours breaks: whoever is wrong is told so. */
  async function sound(query: string, variables: Record<string, unknown>): Promise<Answer> {
    const { status, text } = await api.post(JSON.stringify({ query, variables }));
    expect(text).not.toContain('GRAPHQL_VALIDATION_FAILED'); // else nothing of the kind is tried
    const isOurs = status >= 500 || text.includes('INTERNAL_SERVER_ERROR');
    expect({ isOurs, status, text: isOurs ? text : '', log: isOurs ? api.logged.at(-1) : undefined }).toEqual({
      ...{ isOurs: false, status, text: '', log: undefined },
    });
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

  it.each(operations)('the $kind $name answers shortly to values at their limits', async ({ kind, field }) => {
    const document = documentOf(kind, field);
    for (const way of extremes) {
      const variables = Object.fromEntries(field.args.map(({ name, type }) => [name, extremeOf(type, way)]));
      const before = api.logged.length;
      const answer = JSON.stringify(await sound(document, variables));
      expect([way, answer.length <= mostOfRefusal]).toEqual([way, true]);
      expect(JSON.stringify(api.logged.slice(before)).length).toBeLessThanOrEqual(mostOfRefusal);
    }
  });

  it('asks every mutation so that it would be done', () => {
    expect(Object.keys(wholes).sort()).toEqual(mutations.map(({ name }) => name).sort());
  });

  it.each(mutations)('the mutation $name does it or refuses, and what is refused changes nothing', async (field) => {
    const document = documentOf('mutation', field);
    const whole = wholes[field.name];
    if (whole === undefined) throw new Error('nothing is known of it');
    let done = 0;
    await fc.assert(
      fc.asyncProperty(changesOf(field), async (change) => {
        const n = (asked += 1);
        for (const other of whole.before(n)) expect(isRefused(await sound(`mutation { ${other} }`, {}))).toBe(false);
        const before = await api.lastPosition();
        const answer = await sound(document, change(whole.variables(n)));
        if (isRefused(answer)) expect(await api.lastPosition()).toBe(before);
        else done += 1;
        if (whole.after !== undefined) await sound(`mutation { ${whole.after(n)} }`, {});
      }),
      { ...runs, examples: [[(variables) => variables]] },
    );
    expect(done).toBeGreaterThanOrEqual(runs.numRuns / 8); // else nothing is tried but refusals
  });
});
