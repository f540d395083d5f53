import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { openReadModels } from '../../src/read-models/read-models.js';
import { readersOf } from '../../src/read-models/scoped.js';
import { allProjections } from '../../src/app/projection-worker/projections.js';
import { Api, newFolder } from '../support/api.js';
import { ledgerAt } from '../support/application-contexts.js';

/** Runs an operation with whoever's key. */
type Ask = (query: string, variables?: Record<string, unknown>) => Promise<Record<string, unknown>>;

const ticketOf = (customer: string) => (customer === 'acme' ? 'A-1' : 'G-1');

describe('a key for some customers', () => {
  let api: Api;
  let acmes: string;
  let minPosition: string;
  const withKey =
    (key?: string): Ask =>
    (query, variables = {}) =>
      api.data(query, variables, key);
  const mutate = async (verb: string, type: string, input: object, key?: string) => {
    const query = `mutation ($input: ${type}!) { ${verb}(input: $input) {
      __typename ... on Rejection { code message } ... on TicketChanged { position ticket { id customer } } } }`;
    const answer = await withKey(key)(query, { input });
    return answer[verb] as Record<string, unknown>;
  };
  const opening = (id: string, customer: string, more: object = {}) => ({
    ...{ id, customer, type: 'productBug', channel: 'email', subject: `Of ${customer}`, ...more },
  });

  beforeAll(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    for (const customer of ['acme', 'globex']) {
      await api.data('mutation ($input: EnrolCustomerInput!) { enrolCustomer(input: $input) { __typename } }', {
        input: { id: customer, plan: 'pro' },
      });
      const reference = `${customer.toUpperCase()}-REF`;
      await mutate('openTicket', 'OpenTicketInput', opening(ticketOf(customer), customer, { reference }));
    }
    api.time.moveTo(Date.parse('2026-03-04T09:00:00Z'));
    for (const customer of ['acme', 'globex']) {
      const answered = await mutate('recordFirstResponse', 'MessageInput', { id: ticketOf(customer) });
      minPosition = String(answered['position']);
    }
    acmes = api.newKey('admin', ['acme']);
  });
  afterAll(() => api.end());

  /** What each reader answers, made the same way for whoever asks. */
  const readers: readonly (readonly [name: string, query: string])[] = [
    ['ticket, by id', '{ ticket(id: "G-1", minPosition: $minPosition) { subject clocks { state } } }'],
    ['ticket, by reference', '{ ticket(id: "GLOBEX-REF", minPosition: $minPosition) { subject } }'],
    ['tickets', '{ tickets(minPosition: $minPosition) { edges { node { customer clocks { state } } } } }'],
    [
      'tickets, of the other',
      '{ tickets(minPosition: $minPosition, filter: { customers: ["globex"] }) { edges { node { id } } } }',
    ],
    [
      'tickets, by text',
      '{ tickets(minPosition: $minPosition, filter: { text: "globex" }) { edges { node { id } } } }',
    ],
    ['workQueue', '{ workQueue(minPosition: $minPosition) { edges { node { customer } } } }'],
    ['breaches', '{ breaches(minPosition: $minPosition) { edges { node { customer } } } }'],
    [
      'breaches, of the other ticket',
      '{ breaches(minPosition: $minPosition, filter: { ticket: "G-1" }) { edges { node { id } } } }',
    ],
    ['slaSummary', '{ slaSummary(minPosition: $minPosition) { lines { plan metric metLate judged attainment } } }'],
    ['ticketHistory', '{ ticketHistory(id: "G-1") { edges { node { type } } } }'],
    [
      'ticketHistory, from its end',
      '{ ticketHistory(id: "G-1", last: 2) { totalCount pageInfo { hasPreviousPage } edges { node { type } } } }',
    ],
    [
      'tickets, from their end',
      '{ tickets(minPosition: $minPosition, last: 1) { pageInfo { hasPreviousPage } edges { node { customer } } } }',
    ],
    [
      'ticketHistory, by reference',
      '{ ticketHistory(id: "GLOBEX-REF", minPosition: $minPosition) { edges { node { type } } } }',
    ],
    ['replayTicket', '{ replayTicket(id: "G-1") { subject } }'],
    ['replayTicket, by reference', '{ replayTicket(id: "GLOBEX-REF") { subject } }'],
    ['customers', '{ customers(minPosition: $minPosition) { edges { node { id } } } }'],
    ['customer', '{ customer(id: "globex", minPosition: $minPosition) { plan } }'],
    [
      'dueAt',
      '{ dueAt(input: { from: "2026-03-02T09:00:00Z", customer: "globex", metric: FIRST_RESPONSE }) { dueAt } }',
    ],
  ];

  it.each(readers)(
    '%s: sees what is theirs, and of another customer as little as of one that does not exist',
    async (_, query) => {
      const declared = query.includes('$minPosition') ? `query ($minPosition: Position) ${query}` : query;
      const ofNobody = declared
        .replaceAll('globex', 'nobody')
        .replaceAll('GLOBEX-REF', 'NONE')
        .replaceAll('"G-1"', '"NONE"');
      const ask = (text: string, key: string) =>
        api.send(text, text.includes('$minPosition') ? { minPosition } : {}, key);
      const withoutId = ({ errors, ...rest }: Awaited<ReturnType<typeof ask>>) => ({
        ...rest,
        errors: errors?.map(({ message, extensions }) => [message, extensions?.['code']]),
      });
      const answer = await ask(declared, acmes);
      expect(JSON.stringify(answer)).not.toMatch(/globex/i);
      expect(withoutId(answer)).toEqual(withoutId(await ask(ofNobody, acmes)));
      expect(withoutId(await ask(declared, api.key))).not.toEqual(withoutId(answer)); // there is something to hide
    },
  );

  it.each(['tickets', 'workQueue', 'breaches', 'customers'])(
    'learns from a cursor of the administrator nothing of what lies beyond it: %s',
    async (list) => {
      const page = (more: string) =>
        `query ($minPosition: Position) { list: ${list}(minPosition: $minPosition, ${more}) {
          edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
      const seen = await api.data<{ list: { edges: { cursor: string }[] } }>(page('first: 1'), { minPosition });
      const cursor = seen.list.edges[0]?.cursor ?? '';
      const nothing = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
      for (const side of [`first: 1, after: "${cursor}"`, `last: 1, before: "${cursor}"`])
        expect(await withKey(api.newKey('admin', []))(page(side), { minPosition })).toEqual({
          list: { edges: [], pageInfo: nothing },
        });
    },
  );

  it('counts what is theirs in reports as in lists', async () => {
    const query =
      'query ($minPosition: Position) { slaSummary(minPosition: $minPosition) { lines { month metric met metLate breached cancelled withdrawn } } }';
    const line = {
      month: '2026-03',
      metric: 'FIRST_RESPONSE',
      met: 0,
      metLate: 1,
      breached: 0,
      cancelled: 0,
      withdrawn: 0,
    };
    expect(await withKey(acmes)(query, { minPosition })).toEqual({ slaSummary: { lines: [line] } });
    expect(await withKey()(query, { minPosition })).toEqual({ slaSummary: { lines: [{ ...line, metLate: 2 }] } });
    expect(await withKey(api.newKey('dashboard', []))(query, { minPosition })).toEqual({ slaSummary: { lines: [] } });
  });

  it('hears of what is theirs, missed and live', async () => {
    const query = `subscription { slaEvents(after: "${minPosition.split('.')[0] ?? ''}.${'0'.repeat(16)}") { ... on SlaEvent { kind customer } } }`;
    const feed = api.subscribe(query, {}, acmes);
    const heard: unknown[] = [];
    const hear = async (kind: string) => {
      for (;;) {
        const { slaEvents } = await feed.next();
        if (slaEvents?.['kind'] === undefined) continue; // a heartbeat
        heard.push(slaEvents['customer']);
        if (slaEvents['kind'] === kind) return;
      }
    };
    await hear('SLA_MET_LATE');
    await mutate('openTicket', 'OpenTicketInput', opening('G-2', 'globex'));
    await mutate('recordFirstResponse', 'MessageInput', { id: 'G-2' });
    await mutate('openTicket', 'OpenTicketInput', opening('A-2', 'acme'));
    await mutate('recordFirstResponse', 'MessageInput', { id: 'A-2' });
    await hear('SLA_MET');
    await feed.leave();
    expect(new Set(heard)).toEqual(new Set(['acme']));
  });

  it.each([
    ['assignTicket', 'AssignTicketInput', { assignee: 'mia' }],
    ['addInternalNote', 'InternalNoteInput', { text: 'seen' }],
    ['closeTicket', 'TicketInput', {}],
    ['mergeTicket', 'MergeTicketInput', { into: 'A-1' }],
    ['reapplyPlan', 'ReapplyPlanInput', {}],
  ])("%s refuses the other's ticket as one that is not there, and changes nothing", async (verb, type, more) => {
    const history = '{ ticketHistory(id: "G-1") { edges { node { id } } } }';
    const before = await withKey()(history);
    const refused = await mutate(verb, type, { id: 'G-1', ...more }, acmes);
    const ofNobody = await mutate(verb, type, { id: 'NONE', ...more }, acmes);
    expect(refused).toEqual({ __typename: 'Rejection', code: 'TICKET_NOT_FOUND', message: 'There is no ticket G-1.' });
    expect({ ...ofNobody, message: String(ofNobody['message']).replace('NONE', 'G-1') }).toEqual(refused);
    expect(await withKey()(history)).toEqual(before);
  });

  it("cannot merge into the other's ticket, which is as one that is not there", async () => {
    expect(await mutate('mergeTicket', 'MergeTicketInput', { id: 'A-1', into: 'G-1' }, acmes)).toMatchObject({
      code: 'TICKET_NOT_FOUND',
      message: 'There is no ticket G-1.',
    });
  });

  it('opens tickets of its customers alone, whether or not there is one by that id', async () => {
    for (const id of ['G-1', 'NEW-1']) {
      expect(await mutate('openTicket', 'OpenTicketInput', opening(id, 'globex'), acmes)).toMatchObject({
        code: 'FORBIDDEN',
      });
    }
    expect(await mutate('openTicket', 'OpenTicketInput', opening('G-1', 'acme'), acmes)).toMatchObject({
      code: 'TICKET_EXISTS',
    });
    expect(await mutate('openTicket', 'OpenTicketInput', opening('A-9', 'acme'), acmes)).toMatchObject({
      ticket: { id: 'A-9', customer: 'acme' },
    });
  });

  it('records events in bulk for its customers alone', async () => {
    const note = (ticket: string) => ({
      ticket,
      event: 'INTERNAL_NOTE_ADDED',
      text: 'x',
      occurredAt: '2026-03-04T08:00:00Z',
    });
    const { recordTicketEvents } = await withKey(acmes)(
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { results { outcome code message } } }',
      { events: [note('A-1'), note('G-1'), note('NONE')] },
    );
    expect(recordTicketEvents).toEqual({
      results: [
        { outcome: 'RECORDED', code: null, message: null },
        { outcome: 'REJECTED', code: 'TICKET_NOT_FOUND', message: 'There is no ticket G-1.' },
        { outcome: 'REJECTED', code: 'TICKET_NOT_FOUND', message: 'There is no ticket NONE.' },
      ],
    });
  });

  it('puts its customers alone on plans, and changes none', async () => {
    const change = async (id: string) => {
      const query = `mutation { changeCustomerPlan(input: { id: "${id}", plan: "enterprise" }) {
        __typename ... on Rejection { code } } }`;
      return (await withKey(acmes)(query))['changeCustomerPlan'];
    };
    for (const id of ['globex', 'nobody']) expect(await change(id)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await change('acme')).toEqual({ __typename: 'CustomerDefined' });
    const { errors } = await api.send('mutation { retirePlan(input: { code: "pro" }) { __typename } }', {}, acmes);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('the read models of some customers', () => {
  it('are asked by no query that names a table in SQL of its own, which nothing would narrow', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && name !== join('read-models', 'scoped.ts'))
      .map((name) => ({ name, text: readFileSync(join('src', name), 'utf8') }))
      .filter(({ text }) => text.includes('read-models/scoped.js'));
    expect(files.length).toBeGreaterThan(6);
    const named = files.filter(({ text }) =>
      [...text.matchAll(/sql(?:<[^`]*>)?`[^`]*`/g)].some(([part]) => /\b(FROM|JOIN)\b/.test(part)),
    );
    expect(named.map(({ name }) => name)).toEqual([]);
  });

  it('cannot be asked for what is not known by customer, nor changed', async () => {
    const folder = newFolder();
    const context = await ledgerAt('2026-03-02T09:00:00Z', folder);
    const models = await openReadModels(`${folder}/read-models.db`, {
      log: context.store,
      projections: allProjections,
    });
    const db = readersOf(models.db, context.reads, allProjections).here(new Set(['acme']));
    await expect(db.selectFrom('sla_summary').selectAll().execute()).rejects.toThrow('may not select from sla_summary');
    await expect(db.selectFrom('tickets_by_version').selectAll().execute()).rejects.toThrow(
      'may not select from tickets_by_version',
    );
    const joined = db
      .selectFrom('plans')
      .innerJoin('log', (on) => on.onTrue())
      .selectAll();
    await expect(joined.execute()).rejects.toThrow('may not select from log');
    const aliased = db.selectFrom('tickets as t').innerJoin('clocks as c', 'c.ticket', 't.id').select('t.id');
    expect(aliased.compile().sql).toMatch(/"?t"?\."?customer"? IN .*= "?c"?\."?ticket"? AND theirs\.customer IN/s);
    const either = db
      .selectFrom('tickets')
      .selectAll()
      .where(sql<boolean>`1 = 1 OR 1 = 1`);
    expect(either.compile().sql).toMatch(/where \(1 = 1 OR 1 = 1\) and .*customer"? IN/s);
    await models.close();
    await context.close();
  });
});
