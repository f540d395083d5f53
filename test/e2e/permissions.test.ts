import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type GraphQLField,
  type GraphQLFieldResolver,
  GraphQLNonNull,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
} from 'graphql';
import { authorizeFields } from '../../src/api/graphql/field-authorization.js';
import { type Permission, permissions, type Role, roles } from '../../src/auth/permissions.js';
import { permissionsPage } from '../../src/auth/permissions-page.js';
import { permissionOf, rootTypesOf } from '../../src/auth/requires.js';
import { sortedSchema } from '../../src/app/print-schema.js';
import { Api } from '../support/api.js';

interface Operation {
  readonly kind: string;
  readonly name: string;
  readonly permission: Permission | undefined;
  /** A document that is valid, and asks for it without the variables that it needs. */
  readonly document: string;
}

const allRoles = Object.keys(roles) as Role[];

/** The operation and no more; whoever may not call it is told so before its arguments are looked at. */
function documentOf(kind: string, { name, args, type }: GraphQLField<unknown, unknown>): string {
  const needed = args.filter((arg) => arg.type instanceof GraphQLNonNull);
  const variables = needed.map((arg) => `$${arg.name}: ${String(arg.type)}`).join(', ');
  const given = needed.map((arg) => `${arg.name}: $${arg.name}`).join(', ');
  const selection = isCompositeType(getNamedType(type)) ? ' { __typename }' : '';
  const inBrackets = (text: string) => (text === '' ? '' : `(${text})`);
  return `${kind} ${inBrackets(variables)} { ${name}${inBrackets(given)}${selection} }`;
}

const operationsOf = (schema: GraphQLSchema): readonly Operation[] =>
  rootTypesOf(schema).flatMap((type) =>
    Object.values(type.getFields()).map((field: GraphQLField<unknown, unknown>) => {
      const kind = type.name.toLowerCase();
      return { kind, name: field.name, permission: permissionOf(field), document: documentOf(kind, field) };
    }),
  );

describe('every operation', () => {
  let api: Api;
  let schema: GraphQLSchema;
  let operations: readonly Operation[];
  const mayCall = (role: Role) => (operation: Operation) =>
    operation.permission !== undefined && permissions[operation.permission].roles.some((having) => having === role);

  let tickets = 0;
  /** Opens a ticket and answers it, which whoever listens hears of. */
  async function meetPromise() {
    const id = `M-${tickets++}`;
    await api.data(`mutation {
      openTicket(input: { id: "${id}", customer: "acme", plan: "pro", type: "productBug", channel: "email", subject: "It broke" }) { __typename }
      recordFirstResponse(input: { id: "${id}" }) { __typename }
    }`);
  }

  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    schema = await sortedSchema();
    operations = operationsOf(schema);
  });
  afterAll(() => api.end());

  it('declares the permission that it takes', () => {
    expect(operations.length).toBeGreaterThan(30);
    expect(operations.filter(({ permission }) => permission === undefined)).toEqual([]);
  });

  it('stands in docs/permissions.md as it is declared', () => {
    expect(readFileSync('docs/permissions.md', 'utf8')).toBe(permissionsPage(schema));
  });

  it.each(allRoles)('is open to the role %s where it is declared so, and to no other', async (role) => {
    const key = api.newKey(role);
    const overHttp = operations.filter(({ kind }) => kind !== 'subscription');
    const refused: string[] = [];
    for (const { name, document } of overHttp) {
      const { errors, data } = await api.send(document, {}, key);
      const code = errors?.[0]?.extensions?.['code'];
      expect([name, code]).not.toEqual([name, 'UNAUTHENTICATED']);
      if (code === 'FORBIDDEN') {
        expect([name, data]).toEqual([name, undefined]);
        refused.push(name);
      }
    }
    expect(refused).toEqual(overHttp.filter((operation) => !mayCall(role)(operation)).map(({ name }) => name));
  });

  it.each(allRoles)('is open to the role %s over WebSocket as over HTTP', async (role) => {
    const key = api.newKey(role);
    const subscriptions = operations.filter(({ kind }) => kind === 'subscription');
    for (const operation of subscriptions) {
      const feed = api.subscribe(operation.document, {}, key);
      let heard: string | undefined;
      const message = feed.next().then(
        () => (heard = 'a message'),
        (error: unknown) => (heard = /FORBIDDEN/.exec(JSON.stringify(error))?.[0] ?? String(error)),
      );
      const isFirst = () => heard === undefined; // until it is heard, for the feed begins when it does
      while (mayCall(role)(operation) && isFirst()) await meetPromise();
      expect([operation.name, await message]).toEqual([
        operation.name,
        mayCall(role)(operation) ? 'a message' : 'FORBIDDEN',
      ]);
      await feed.leave();
    }
    expect(subscriptions.length).toBeGreaterThan(0);
  });

  describe('a field that takes a permission of its own', () => {
    const documents = {
      'Plan.history': '{ plans { history { version } } }',
      'Word.history': '{ words { history { version } } }',
      'Calendar.history': '{ calendar(code: "business-hours") { ... on Calendar { history { actor { id } } } } }',
      'Customer.history':
        '{ customers { edges { node { ...more } } } } fragment more on Customer { history { version } }',
    };

    it('is one of these', () => {
      const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
        isObjectType(type) && !rootTypesOf(schema).includes(type)
          ? Object.values(type.getFields()).flatMap((field) =>
              permissionOf(field) === undefined ? [] : `${type.name}.${field.name}`,
            )
          : [],
      );
      expect(fields.sort()).toEqual(Object.keys(documents).sort());
    });

    it.each(allRoles)('is shown to the role %s where it is declared so, over HTTP and WebSocket', async (role) => {
      const mayRead = permissions.readHistory.roles.some((having) => having === role);
      for (const scope of [null, ['acme']]) {
        const key = api.newKey(role, scope);
        for (const [field, document] of Object.entries(documents)) {
          for (const { errors, data } of [
            await api.send(document, {}, key),
            await api.sendBySocket(document, {}, key),
          ]) {
            const told = [errors?.[0]?.extensions?.['code'], data === undefined || data === null];
            expect([field, ...told]).toEqual([field, mayRead ? undefined : 'FORBIDDEN', !mayRead]);
            if (!mayRead)
              expect(errors?.[0]?.message).toContain(`${field} requires one of the roles agent, auditor, admin`);
          }
        }
      }
    });

    it('leaves the rest of its type open to others', async () => {
      const document = '{ plans { code __typename } customers { edges { node { id plan } } } }';
      expect((await api.send(document, {}, api.newKey('dashboard'))).errors).toBeUndefined();
    });

    it('is refused by the schema itself, over whatever transport it is asked', async () => {
      const served = authorizeFields(await sortedSchema());
      const plan = served.getType('Plan') as GraphQLObjectType;
      const { resolve } = plan.getFields()['history'] as { resolve: GraphQLFieldResolver<unknown, unknown> };
      const info = { fieldName: 'history', parentType: plan, schema: served } as GraphQLResolveInfo;
      const asked = (may: readonly Permission[]) => () =>
        resolve({ history: [] }, {}, { identity: { may: new Set(may) } }, info);
      expect(asked(['readHistory'])()).toEqual([]);
      expect(asked(['readCatalogue'])).toThrow('Plan.history requires one of the roles');
    });
  });

  it('refuses every operation to a caller without identity', async () => {
    for (const { document } of operations) {
      for (const key of ['', 'nonsense', `pledge_0123456789_${'A'.repeat(43)}`]) {
        const { errors, data } = await api.send(document, {}, key);
        expect([errors?.[0]?.extensions?.['code'], data]).toEqual(['UNAUTHENTICATED', undefined]);
      }
    }
  });

  it('refuses a request as a whole, before any of it is done', async () => {
    const document = `mutation {
      openTicket(input: { id: "W-1", customer: "acme", type: "productBug", channel: "email", subject: "It broke" }) { __typename }
      ...more
    }
    fragment more on Mutation { ... { retirePlan(input: { code: "pro" }) { __typename } } }`;
    const { errors, data } = await api.send(document, {}, api.newKey('agent'));
    expect([errors?.[0]?.extensions?.['code'], data]).toEqual(['FORBIDDEN', undefined]);
    expect(await api.data('{ ticketHistory(id: "W-1") { edges { cursor } } }')).toEqual({
      ticketHistory: { edges: [] },
    });
  });
});
