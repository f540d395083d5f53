import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { customerIdOf } from '../../src/parsing/customer-id.js';
import { Api } from '../support/api.js';
import { sourceFiles } from '../support/source-files.js';

const sql = [
  `' OR '1'='1`,
  `'; DROP TABLE tickets; --`,
  `x' UNION SELECT name, sql FROM sqlite_master --`,
  `" OR ""="`,
  '%',
  '_',
  'a\0b',
  `') OR 1=1 --`,
];

describe('an injection', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    const opened = `mutation ($input: OpenTicketInput!) { openTicket(input: $input) { __typename ... on TicketChanged { position } } }`;
    const usual = { customer: 'acme', type: 'productBug', channel: 'email' };
    const { openTicket } = await api.data<{ openTicket: { position: string } }>(opened, {
      input: { id: 'T-1', subject: 'It broke', ...usual },
    });
    await api.data('query ($minPosition: Position) { ticket(id: "T-1", minPosition: $minPosition) { id } }', {
      minPosition: openTicket.position,
    });
  });
  afterAll(() => api.end());

  const everywhere = `query ($text: String!, $id: ID!, $some: [String!], $owners: [String!]) {
    ticket(id: $id) { id }
    customer(id: $id) { id }
    plan(code: $id) { code }
    ticketHistory(id: $id) { edges { cursor } }
    tickets(filter: { text: $text }) { edges { node { id } } }
    workQueue(filter: { customers: $owners, assignees: $some, teams: $some, plans: $some, priorities: $some }) { edges { node { id } } }
    breaches(filter: { customers: $owners, plans: $some, assignees: $some }) { edges { node { id } } }
    slaSummary(filter: { plans: $some }) { lines { met } }
  }`;

  it.each(sql)('of SQL finds what is called so, and nothing else: %s', async (text) => {
    const none = { edges: [] };
    expect(await api.data(everywhere, { text, id: text, some: [text], owners: [customerIdOf(text) ?? '?'] })).toEqual({
      ...{ ticket: null, customer: null, plan: null, ticketHistory: none },
      ...{ tickets: none, workQueue: none, breaches: none, slaSummary: { lines: [] } },
    });
    expect(await api.data('{ ticket(id: "T-1") { subject } }')).toEqual({ ticket: { subject: 'It broke' } });
  });

  it('of SQL has no way in: nothing but names of ours is put into a statement', () => {
    const raw = sourceFiles('src').filter((file) => /sql\.raw\(/.test(readFileSync(file, 'utf8')));
    expect(raw).toEqual([]);
  });

  it.each(['javascript:alert(1)', 'data:text/html,<script>', 'file:///etc/passwd', '//evil.example', 'vbscript:x'])(
    'of a script for an address is refused: %s',
    async (url) => {
      const define = `mutation ($input: DefinePlanInput!) { definePlan(input: $input) { __typename } }`;
      const input = { code: 'x', name: 'X', targets: [], selfHelp: [{ title: 'Help', url }] };
      const { errors } = await api.send(define, { input });
      expect(errors?.[0]).toMatchObject({
        extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'selfHelp.0.url' }] },
      });
    },
  );
});
