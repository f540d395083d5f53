import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';

const open = (id: string) =>
  `openTicket(input: { id: "${id}", customer: "acme", type: "productBug", channel: "email", subject: "It broke" }) { __typename }`;
const retire = 'retirePlan(input: { code: "pro" }) { __typename }';

describe('a document of which its sender may not do all', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
  });
  afterAll(() => api.end());

  it.each(
    ['HTTP', 'WebSocket'].flatMap((door) =>
      Object.entries({
        'at its root': `mutation { ${open('T-1')} ${retire} }`,
        'in a fragment of its own': `mutation { ${open('T-2')} ... on Mutation { ${retire} } }`,
        'in a fragment that is named': `mutation { ${open('T-3')} ...F } fragment F on Mutation { ${retire} }`,
        'in a fragment of a fragment': `mutation { ${open('T-4')} ...F } fragment F on Mutation { ...G } fragment G on Mutation { ${retire} }`,
      }).map(([where, document]) => ({ door, where, document })),
    ),
  )('is refused as a whole over $door, with nothing done before it: $where', async ({ door, document }) => {
    const key = api.newKey('agent');
    const before = await api.lastPosition();
    const { data, errors } =
      door === 'HTTP' ? await api.send(document, {}, key) : await api.sendBySocket(document, {}, key);
    expect([data ?? undefined, errors?.map(({ extensions }) => extensions?.['code'])]).toEqual([
      undefined,
      ['FORBIDDEN'],
    ]);
    expect(await api.lastPosition()).toBe(before);
  });

  it('is done by who may do all of it', async () => {
    const before = await api.lastPosition();
    await api.data(
      `mutation { ${open('T-5')} ...F } fragment F on Mutation { retirePlan(input: { code: "none" }) { __typename } }`,
    );
    expect((await api.lastPosition()) > before).toBe(true);
  });
});
