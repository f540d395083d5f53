import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { type Role, roles } from '../../src/auth/permissions.js';
import { rootTypesOf } from '../../src/auth/requires.js';
import { sortedSchema } from '../../src/app/print-schema.js';
import { Api, newFolder } from '../support/api.js';
import { IdentityProvider } from '../support/identity-provider.js';
import { documentOf } from '../support/schema-values.js';

const allRoles = Object.keys(roles) as Role[];
const now = '2026-03-02T09:00:00Z';

/** A value that is sound wherever one is needed; ids are those of a ticket. */
function soundValue(name: string, type: GraphQLInputType, id: string): unknown {
  const of = getNullableType(type);
  if (isListType(of)) return [soundValue(name, of.ofType, id)];
  if (isEnumType(of)) return of.getValues()[0]?.name;
  if (isInputObjectType(of)) return soundFields(Object.values(of.getFields()), id);
  const scalars: Readonly<Record<string, unknown>> = { Int: 1, Float: 1, Boolean: true, Instant: now };
  if (scalars[of.name] !== undefined) return scalars[of.name];
  if (name === 'customer') return 'acme';
  return of.name === 'ID' || /^(ticket|into)$/.test(name) ? id : name === 'url' ? 'https://hooks.example/' : 'pro';
}

const soundFields = (fields: readonly (GraphQLInputField | GraphQLArgument)[], id: string) =>
  Object.fromEntries(
    fields
      .filter(({ name, type, defaultValue }) => (isNonNullType(type) && defaultValue === undefined) || name === 'id')
      .map(({ name, type }) => [name, soundValue(name, type, id)]),
  );

/** Whether an operation is about something by its id. */
const takesId = ({ args }: GraphQLField<unknown, unknown>): boolean =>
  args.some(({ name, type }) => {
    const of = getNamedType(type);
    return (
      name === 'id' ||
      (isInputObjectType(of) && Object.keys(of.getFields()).some((field) => /^(id|ticket)$/.test(field)))
    );
  });

let schema: GraphQLSchema;
const operations: { readonly kind: string; readonly field: GraphQLField<unknown, unknown> }[] = [];
beforeAll(async () => {
  schema = await sortedSchema();
  for (const type of rootTypesOf(schema)) {
    if (type === schema.getSubscriptionType()) continue;
    for (const field of Object.values(type.getFields())) operations.push({ kind: type.name.toLowerCase(), field });
  }
});

describe('OWASP API1:2023, broken object level authorisation', () => {
  let api: Api;
  const secret = "A secret of globex's";
  beforeAll(async () => {
    api = await Api.start(now);
    for (const customer of ['acme', 'globex']) {
      await api.data(`mutation { enrolCustomer(input: { id: "${customer}", plan: "pro" }) { __typename } }`);
    }
    await api.data(`mutation { openTicket(input: { id: "GLOBEX-1", customer: "globex", type: "productBug", channel: "email",
      subject: "${secret}", reference: "GLOBEX-REF" }) { __typename } }`);
  });
  afterAll(() => api.end());

  it('would be seen: who may see every customer sees the secret', async () => {
    expect(await api.data('{ replayTicket(id: "GLOBEX-1") { subject } }')).toEqual({
      replayTicket: { subject: secret },
    });
  });

  it.each(allRoles)(
    "tells a key of the role %s for one customer nothing of another's, whatever it asks",
    async (role) => {
      const key = api.newKey(role, ['acme']);
      for (const { kind, field } of operations) {
        const ids = takesId(field) ? ['GLOBEX-1', 'GLOBEX-REF'] : ['T-1'];
        for (const id of ids) {
          const answer = await api.send(documentOf(kind, field), soundFields(field.args, id), key);
          const text = JSON.stringify(answer);
          expect([field.name, text]).toEqual([field.name, expect.not.stringContaining(secret)]);
          expect([field.name, /"customer":"globex"/.test(text)]).toEqual([field.name, false]);
        }
      }
    },
  );

  it.each(allRoles)("answers a key of the role %s about another's object as about none", async (role) => {
    const key = api.newKey(role, ['acme']);
    const makes = ['openTicket', 'enrolCustomer', 'recordTicketEvents', 'registerWebhook'];
    const asked = operations.filter(({ field }) => takesId(field) && !makes.includes(field.name));
    expect(asked.length).toBeGreaterThan(20);
    for (const { kind, field } of asked) {
      const ask = async (id: string) => {
        const answer = await api.send(documentOf(kind, field), soundFields(field.args, id), key);
        return JSON.stringify(answer)
          .replaceAll(id, 'ID')
          .replace(/"id":"[\da-f-]{36}"/g, '"id":""')
          .replace(/"position":"[^"]*"/g, '');
      };
      expect([field.name, await ask('GLOBEX-1')]).toEqual([field.name, await ask('NOBODY-1')]);
    }
  });
});

describe('OWASP API3:2023, broken object property level authorisation', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start(now);
  });
  afterAll(() => api.end());

  it('takes no property that is not declared, on any operation', async () => {
    for (const { kind, field } of operations) {
      const inputs = field.args.filter(({ type }) => isInputObjectType(getNamedType(type)));
      for (const { name, type } of inputs) {
        const variables = soundFields(field.args, 'T-1');
        const value = soundValue(name, type, 'T-1');
        for (const extra of ['isAdmin', 'recordedAt', 'scope', '__proto__x']) {
          const wrong = Array.isArray(value)
            ? [{ ...value[0], [extra]: true }]
            : { ...(value as object), [extra]: true };
          const { errors, data } = await api.send(documentOf(kind, field), { ...variables, [name]: wrong });
          expect([field.name, errors?.[0]?.extensions?.['code'], data]).toEqual([
            field.name,
            'BAD_USER_INPUT',
            undefined,
          ]);
        }
      }
    }
  });
});

/** The status for a path that is sent as it stands: `fetch` would resolve its dots first. */
const statusOf = (url: string, path: string, headers: Record<string, string>) =>
  new Promise<number | undefined>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    get({ hostname, port, path, headers }, (response) => {
      resolve(response.resume().statusCode);
    }).on('error', reject);
  });

describe('OWASP API9:2023, improper inventory management', () => {
  it('serves the API, its health, its metrics and its page, and nothing at any other path', async () => {
    const api = await Api.start(now);
    const others = [
      '/admin',
      '/.env',
      '/graphql/v1',
      '/graphql/',
      '/api',
      '/playground',
      '/graphiql',
      '/debug',
      '/graphiql/../package.json',
      '/graphiql/%2e%2e/package.json',
      '//graphql',
      '/../package.json',
      '/%2e%2e/%2e%2e/package.json',
      '/graphiql/..%2fpackage.json',
      '/graphiql/..\\package.json',
    ];
    for (const path of others) {
      for (const headers of [{}, api.identified]) {
        const status = await statusOf(api.url, path, headers);
        expect([path, status]).toEqual([path, 'authorization' in headers ? 404 : 401]);
      }
    }
    await api.end();
  });
});

describe('OWASP API10:2023, unsafe consumption of APIs', () => {
  it.each([
    ['no JSON', '<html>', 'IDENTITY_PROVIDER_UNAVAILABLE'],
    ['no keys', '{ "keys": "none" }', 'IDENTITY_PROVIDER_UNAVAILABLE'],
    ['keys that are none', '{ "keys": [{ "kty": "RSA", "kid": "first", "n": "", "e": "" }] }', 'UNAUTHENTICATED'],
    [
      'a secret for a key',
      '{ "keys": [{ "kty": "oct", "kid": "first", "alg": "HS256", "k": "AAAA" }] }',
      'UNAUTHENTICATED',
    ],
    ['nothing', '', 'IDENTITY_PROVIDER_UNAVAILABLE'],
  ])('believes nobody where an identity provider answers %s, and goes on', async (_, body, code) => {
    const provider = await IdentityProvider.start();
    provider.body = body;
    const api = await Api.start(now, newFolder(), provider.settings);
    const { errors, data } = await api.send('{ plans { code } }', {}, await provider.token(Date.parse(now)));
    expect(data).toBeUndefined();
    expect(errors?.[0]?.extensions?.['code']).toBe(code);
    expect(await api.send('{ plans { code } }', {}, api.newKey('agent'))).toHaveProperty('data.plans');
    await api.end();
    await provider.stop();
  });
});
