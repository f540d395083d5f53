import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getNamedType, type GraphQLInputObjectType, isEnumType, buildSchema, isInputObjectType } from 'graphql';
import { Api } from '../support/api.js';

const schema = buildSchema(readFileSync('schema.gql', 'utf8'));

describe('what somebody does', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterAll(() => api.end());

  it('is recorded under who was known, whatever the input says', async () => {
    const inputs = Object.values(schema.getTypeMap()).filter(isInputObjectType);
    // Which side moved or cancelled a call is a value of an enum, and nobody's name.
    const texts = (type: GraphQLInputObjectType) =>
      Object.values(type.getFields()).filter(({ type: of }) => !isEnumType(getNamedType(of)));
    const named = inputs.flatMap((type) => texts(type).map(({ name }) => `${type.name}.${name}`));
    expect(named.filter((field) => /\.(actor|recordedBy|by|user|identity|role|roles)$/.test(field))).toEqual([]);
    await api.data(
      `mutation { openTicket(input: { id: "T-1", customer: "acme", type: "productBug", channel: "email", subject: "It broke" }) { __typename } }`,
      {},
      api.newKey('agent'),
    );
    const { ticketHistory } = await api.data<{ ticketHistory: { edges: readonly { node: unknown }[] } }>(
      '{ ticketHistory(id: "T-1", first: 1) { edges { node { actor { id } } } } }',
    );
    expect(ticketHistory.edges).toEqual([{ node: { actor: { id: 'agent-key' } } }]);
  });
});
