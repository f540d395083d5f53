import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Api, newFolder } from '../support/api.js';
import { importLines, ledgerAt, project } from '../support/application-contexts.js';
import { pledge } from '../support/pledge.js';
import { environmentOf, mayBeProcesses } from '../support/store-of-tests.js';

const now = '2026-03-02T09:00:00Z';

const line = (event: string, time: string, more: object = {}) =>
  JSON.stringify({ event, ticket: 'A-1', occurredAt: `2026-02-26T${time}Z`, actor: { id: 'mia' }, ...more });
const opened = line('TicketOpened', '10:00:00', {
  ...{ customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email', subject: 'It broke' },
});

interface Ticket {
  readonly id: string;
  readonly notices: readonly { readonly code: string; readonly about: string }[];
  readonly clocks: readonly object[];
}

const fields = 'id notices { code about } clocks { state satisfiedAt }';
const history = '{ ticketHistory(id: "ID") { edges { node { id type notices { code about } } } } }';

describe('a fact whose time cannot be as said', () => {
  let api: Api;
  afterEach(() => api.end());

  const noticed = async (id: string) => {
    const { ticketHistory } = await api.data<{
      ticketHistory: { edges: { node: { id: string; type: string; notices: object[] } }[] };
    }>(history.replace('ID', id));
    return ticketHistory.edges.map(({ node }) => node).filter(({ notices }) => notices.length > 0);
  };

  it('before the opening, imported, counts at the opening wherever its line stands, and says so', async () => {
    const folder = newFolder();
    const data = join(folder, 'data');
    const context = await ledgerAt(now, data);
    const { log, counts, rejected } = await importLines(context, [line('FirstResponseSent', '09:58:00'), opened]);
    await log.finish(counts);
    await project(context);
    await context.close();
    expect(rejected).toEqual([]);
    if (mayBeProcesses) {
      const { stdout } = await pledge(folder, ['history', 'A-1'], '', await environmentOf(data));
      expect(stdout).toMatch(/2026-02-26T09:58:00\.000Z {2}FirstResponseSent {3}.*\(counts at the opening\)/);
    }

    api = await Api.start(now, data);
    const { ticket } = await api.data<{ ticket: Ticket }>(`{ ticket(id: "A-1") { ${fields} } }`);
    expect(ticket).toMatchObject({
      notices: [{ code: 'CLAMPED_TO_OPENING' }],
      clocks: [{ state: 'MET', satisfiedAt: '2026-02-26T10:00:00.000Z' }],
    });
    for (const name of [ticket.id, 'A-1']) {
      expect(await api.data(`{ replayTicket(id: "${name}") { ${fields} } }`)).toEqual({ replayTicket: ticket });
      expect(await noticed(name)).toEqual([
        { id: ticket.notices[0]?.about, type: 'FirstResponseSent', notices: ticket.notices },
      ]);
    }
  });

  it('after its recording, within the skew, counts when it was recorded, and says so', async () => {
    api = await Api.start(now);
    await api.data(`mutation { openTicket(input: { id: "A-1", customer: "acme", plan: "pro", type: "productBug",
      channel: "email", subject: "It broke" }) { __typename } }`);
    const { recordFirstResponse } = await api.data<{ recordFirstResponse: { position: string; ticket: Ticket } }>(
      `mutation { recordFirstResponse(input: { id: "A-1", occurredAt: "2026-03-02T09:04:00Z" }) {
        ... on TicketChanged { position ticket { ${fields} } } } }`,
    );
    const { position: minPosition, ticket: decided } = recordFirstResponse;
    expect(decided).toMatchObject({
      notices: [{ code: 'CLAMPED_TO_RECORDING' }],
      clocks: [{ state: 'MET', satisfiedAt: '2026-03-02T09:00:00.000Z' }],
    });
    const read = `query ($minPosition: Position) { ticket(id: "A-1", minPosition: $minPosition) { ${fields} } }`;
    expect(await api.data(read, { minPosition })).toEqual({ ticket: decided });
    expect(await noticed('A-1')).toMatchObject([
      { type: 'FirstResponseSent', notices: [{ code: 'CLAMPED_TO_RECORDING' }] },
    ]);
  });
});

describe('the answer to who says something', () => {
  let api: Api;
  beforeAll(async () => {
    api = await Api.start(now);
  });
  afterAll(() => api.end());

  interface Said {
    readonly code: string;
    readonly about: string;
    readonly message: string;
  }
  const mutate = async (mutation: string, input: object, type: string, key?: string) => {
    const { answer } = await api.data<{ answer: { notices: readonly Said[]; ticket: Ticket; position: string } }>(
      `mutation ($input: ${type}!) { answer: ${mutation}(input: $input) {
        ... on TicketChanged { position notices { code about message } ticket { ${fields} } }
        ... on Rejection { code message } } }`,
      { input },
      key,
    );
    return answer;
  };
  const opening = { customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email', subject: 'It broke' };
  const codesOf = ({ notices }: { readonly notices: readonly Said[] }) => notices.map(({ code }) => code);

  it('says that a customer has the default plan whom nobody put on one; lists, history and replays say it too', async () => {
    const { plan: _, ...unnamed } = { ...opening, customer: 'Nobody Ltd', id: 'D-1' };
    const { notices, ticket, position: minPosition } = await mutate('openTicket', unnamed, 'OpenTicketInput');
    const message =
      'Nobody had put the customer "Nobody Ltd" on a plan, so the ticket has the default plan "community".';
    expect(notices).toEqual([{ code: 'DEFAULT_PLAN', about: 'Nobody Ltd', message }]);
    const notice = { code: 'DEFAULT_PLAN', about: 'Nobody Ltd' };
    expect(ticket.notices).toEqual([notice]);
    const read = `query ($minPosition: Position) {
      tickets(filter: { customers: ["Nobody Ltd"] }, minPosition: $minPosition) { edges { node { notices { code about } } } }
      replayTicket(id: "D-1") { notices { code about } }
      ticketHistory(id: "D-1") { edges { node { type notices { code about } } } } }`;
    expect(await api.data(read, { minPosition })).toEqual({
      tickets: { edges: [{ node: { notices: [notice] } }] },
      replayTicket: { notices: [notice] },
      ticketHistory: { edges: [{ node: { type: 'TicketOpened', notices: [notice] } }] },
    });
  });

  it('says nothing of an ordinary life', async () => {
    expect(codesOf(await mutate('openTicket', { ...opening, id: 'O-1' }, 'OpenTicketInput'))).toEqual([]);
    expect(codesOf(await mutate('recordFirstResponse', { id: 'O-1' }, 'MessageInput'))).toEqual([]);
    expect(codesOf(await mutate('resolveTicket', { id: 'O-1' }, 'ResolveTicketInput'))).toEqual([]);
  });

  it('says what answers nobody, pauses nothing, starts nothing and was already so', async () => {
    await mutate('openTicket', { ...opening, id: 'N-1' }, 'OpenTicketInput');
    const paused = { id: 'N-1', reason: 'ON_HOLD' };
    const key = api.newKey('ingest');
    expect(codesOf(await mutate('pauseTicket', paused, 'PauseTicketInput'))).toEqual(['PAUSES_NOTHING']);
    const again = await mutate('pauseTicket', paused, 'PauseTicketInput');
    expect(again.notices).toMatchObject([{ code: 'ALREADY_SO', about: 'N-1' }]);
    expect(codesOf(await mutate('recordFirstResponse', { id: 'N-1' }, 'MessageInput', key))).toEqual([
      'AUTOMATIC_REPLY',
    ]);
    expect(codesOf(await mutate('recordCustomerReply', { id: 'N-1' }, 'MessageInput', key))).toEqual([
      'AUTOMATIC_MESSAGE',
    ]);
    expect(codesOf(await mutate('closeTicket', { id: 'N-1' }, 'TicketInput'))).toEqual([]);
    const late = await mutate('recordFirstResponse', { id: 'N-1' }, 'MessageInput');
    expect(codesOf(late)).toEqual(['STARTS_NOTHING']);
    // Each is about the event that it was said of, and the ticket and its history say the same.
    expect(late.ticket.notices).toMatchObject([
      { code: 'PAUSES_NOTHING' },
      { code: 'AUTOMATIC_REPLY' },
      { code: 'AUTOMATIC_MESSAGE' },
      { code: 'STARTS_NOTHING', about: late.notices[0]?.about },
    ]);
    const { ticketHistory } = await api.data<{ ticketHistory: { edges: { node: { id: string; notices: Said[] } }[] } }>(
      history.replace('ID', 'N-1'),
    );
    expect(ticketHistory.edges.flatMap(({ node }) => node.notices)).toEqual(late.ticket.notices);
    for (const { node } of ticketHistory.edges) for (const { about } of node.notices) expect(about).toBe(node.id);
  });

  it('says of a change of the catalogue that it was already so', async () => {
    const enrol =
      'enrolCustomer(input: { id: "hooli", plan: "pro" }) { ... on CustomerDefined { notices { code about } } }';
    const word = 'defineWord(input: { list: CHANNEL, code: "fax" }) { ... on WordDefined { notices { code about } } }';
    const plan = 'retirePlan(input: { code: "standard" }) { ... on PlanDefined { notices { code about } } }';
    const calendar = `defineCalendar(input: { code: "own", name: "Own", timeZone: "UTC",
      weekly: [{ day: "mon", windows: [{ opens: "09:00", closes: "17:00" }] }] }) { ... on CalendarDefined { notices { code about } } }`;
    const changes = `mutation { ${enrol} ${word} ${plan} ${calendar} }`;
    const none = { notices: [] };
    expect(await api.data(changes)).toEqual({
      ...{ enrolCustomer: none, defineWord: none, retirePlan: none, defineCalendar: none },
    });
    const so = (about: string) => ({ notices: [{ code: 'ALREADY_SO', about }] });
    expect(await api.data(changes)).toEqual({
      ...{ enrolCustomer: so('hooli'), defineWord: so('fax'), retirePlan: so('standard'), defineCalendar: so('own') },
    });
  });

  it('says it of each event in bulk, and that an opening is refused alone whose ticket is there', async () => {
    const record = async (...events: readonly object[]) => {
      const { recordTicketEvents } = await api.data<{ recordTicketEvents: { results: object[] } }>(
        `mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) {
          results { outcome code notices { code } } } }`,
        { events },
      );
      return recordTicketEvents.results;
    };
    const from = { source: 'zen', externalId: '7', ticket: 'B-1', occurredAt: '2026-03-02T08:00:00Z' };
    const opened = { ...opening, ...from, event: 'TICKET_OPENED' };
    const said = { ticket: 'B-1', occurredAt: '2026-03-02T08:01:00Z', onBehalfOf: { id: 'bot', kind: 'AUTOMATIC' } };
    expect(await record(opened, { ...said, event: 'FIRST_RESPONSE_SENT' })).toEqual([
      { outcome: 'RECORDED', code: null, notices: [] },
      { outcome: 'RECORDED', code: null, notices: [{ code: 'AUTOMATIC_REPLY' }] },
    ]);
    expect(await record({ ...opened, subject: 'Changed' }, { ...said, event: 'CUSTOMER_REPLIED' })).toEqual([
      { outcome: 'REJECTED', code: 'TICKET_EXISTS', notices: [{ code: 'OPENED_BEFORE' }] },
      { outcome: 'RECORDED', code: null, notices: [{ code: 'AUTOMATIC_MESSAGE' }] },
    ]);
  });
});
