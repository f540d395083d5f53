import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Rejection } from '../../src/event-sourcing/rejection.js';
import { pledgeNdjson } from '../../src/imports/formats/pledge-ndjson.js';
import { mappedLog } from '../../src/imports/mapping/mapped-log.js';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { readPlansFile } from '../../src/catalogue/file/read-plans-file.js';
import { identityIn } from '../../src/auth/claims.js';
import { type TokenSettings } from '../../src/config/identity-settings.js';
import { Api, newFolder } from '../support/api.js';
import { pledgeHere } from '../support/command-line.js';
import { logRows } from '../support/mapped.js';

const occurredAt = '2026-03-02T09:00:00Z';
const bug = { type: 'productBug', channel: 'email', subject: 'It broke' };

describe("a customer's id", () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start('2026-03-02T10:00:00Z');
  });
  afterAll(() => api.end());

  const mutate = async (verb: string, type: string, input: object, answer: string) => {
    const query = `mutation ($input: ${type}!) { ${verb}(input: $input) { ${answer} ... on Rejection { code } } }`;
    const { data, errors } = await api.send(query, { input });
    return errors?.[0]?.extensions?.['code'] ?? data?.[verb];
  };
  const mapping = parseMapping({
    ...{ source: 'desk', rows: 'events', times: { zone: 'UTC' }, ticket: { column: 'id' }, at: { column: 'at' } },
    ...{ customer: { column: 'who' }, type: 'productBug', channel: 'email', subject: 'x' },
    state: { column: 'what', values: { New: 'open' } },
  });
  /** What each door makes of an id; what it answers where it refuses it. */
  const requestLimits: readonly (readonly [string, (id: string) => Promise<unknown>])[] = [
    [
      'openTicket',
      async (customer) =>
        mutate('openTicket', 'OpenTicketInput', { ...bug, customer }, '... on TicketChanged { ticket { customer } }'),
    ],
    [
      'recordTicketEvents',
      async (customer) => {
        const ticket = `T-${Math.random().toString(36).slice(2)}`;
        const events = [{ ticket, event: 'TICKET_OPENED', occurredAt, customer, ...bug }];
        const query =
          'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { position results { outcome } } }';
        const { data, errors } = await api.send(query, { events });
        if (errors !== undefined) return errors[0]?.extensions?.['code'];
        const { position } = data?.['recordTicketEvents'] as { position: string };
        const read =
          'query ($id: ID!, $minPosition: Position) { ticket(id: $id, minPosition: $minPosition) { customer } }';
        return api.data(read, { id: ticket, minPosition: position });
      },
    ],
    [
      'enrolCustomer',
      (id) =>
        mutate(
          'enrolCustomer',
          'EnrolCustomerInput',
          { id, plan: 'pro' },
          '... on CustomerDefined { customer { id } }',
        ),
    ],
    [
      "Pledge's own format",
      async (customer) => {
        const line = { event: 'TicketOpened', ticket: 'A', occurredAt, actor: { id: 'mia' }, customer };
        const words = { type: 'productBug', channel: 'email', subject: 'x' };
        const [row] = await logRows(pledgeNdjson, JSON.stringify({ ...line, ...words }));
        return row !== undefined && 'rejected' in row ? 'BAD_USER_INPUT' : row;
      },
    ],
    [
      'a mapping',
      async (customer) => {
        const log = `id,at,who,what\nA,${occurredAt},"${customer}",New`;
        const rows = await logRows(mappedLog(mapping), log);
        return rows.some((row) => 'rejected' in row) ? 'BAD_USER_INPUT' : rows;
      },
    ],
    ...(['tickets', 'workQueue', 'breaches'] as const).map((list): (typeof requestLimits)[number] => [
      `a filter of ${list}`,
      async (id) => {
        const type = list === 'breaches' ? 'BreachFilter' : 'TicketFilter';
        const query = `query ($filter: ${type}) { ${list}(filter: $filter) { notices { about } } }`;
        const nobodys = api.newKey('agent', []); // who knows no customer is told of each
        const { data, errors } = await api.send(query, { filter: { customers: [id] } }, nobodys);
        return errors?.[0]?.extensions?.['code'] ?? data;
      },
    ]),
    [
      'the filter of a webhook',
      (id) =>
        mutate(
          'registerWebhook',
          'RegisterWebhookInput',
          { url: 'https://93.184.216.34/hook', filter: { customers: [id] } },
          '... on WebhookSaved { webhook { filter { customers } } }',
        ),
    ],
    [
      "a key's scope",
      async (id) => {
        const folder = newFolder();
        const { code, stderr } = await pledgeHere(folder, ['keys', 'create', 'x', '--role', 'agent', '--customer', id]);
        if (code !== 0) return stderr.includes('1 to 200 characters') ? 'BAD_USER_INPUT' : stderr;
        return JSON.parse((await pledgeHere(folder, ['keys', 'list', '--json'])).stdout) as unknown;
      },
    ],
    [
      "a token's scope",
      (id) => {
        const payload = { sub: 'mia', customers: [id] };
        const claims = { actorClaim: 'sub', rolesClaim: 'roles', customersClaim: 'customers' };
        try {
          return Promise.resolve(Array.from(identityIn(payload, claims as TokenSettings).scope));
        } catch (error) {
          return Promise.resolve(error instanceof Rejection ? 'BAD_USER_INPUT' : error);
        }
      },
    ],
    [
      'an enrolment in a log',
      async (customer) => {
        const [row] = await logRows(pledgeNdjson, JSON.stringify({ event: 'CustomerEnrolled', customer, plan: 'pro' }));
        return row !== undefined && 'rejected' in row ? 'BAD_USER_INPUT' : row;
      },
    ],
    [
      'a plans file',
      (id) => {
        try {
          return Promise.resolve(readPlansFile(JSON.stringify({ customers: [{ id, plan: 'pro' }] })));
        } catch (error) {
          if (error instanceof Rejection && error.code === 'INVALID_FIELD') return Promise.resolve('BAD_USER_INPUT');
          throw error;
        }
      },
    ],
  ];

  it.each(requestLimits)('is any text with outer blanks cut, to %s', async (_, made) => {
    for (const [said, kept] of [
      ['  Acme, Söhne & Co. (Köln) ', 'Acme, Söhne & Co. (Köln)'],
      ['x'.repeat(200), 'x'.repeat(200)],
    ] as const)
      expect(JSON.stringify(await made(said))).toContain(JSON.stringify(kept));
  });

  it.each(requestLimits)(
    'is neither empty, nor longer than 200, nor has control characters, to %s',
    async (_, made) => {
      for (const said of ['   ', 'x'.repeat(201), 'a\u0007b', 'a\u001b[2Jb'])
        expect(await made(said)).toBe('BAD_USER_INPUT');
    },
  );
});
