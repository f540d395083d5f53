import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deriveId } from '../../src/event-sourcing/derive-id.js';
import { ticketIdOf } from '../../src/tickets/domain/ticket-id.js';
import { Api } from '../support/api.js';

const occurredAt = '2026-03-02T09:00:00Z';
const bug = { type: 'productBug', channel: 'email', subject: 'It broke' };
const secret = 'Globex: the password is swordfish';

describe("a fact about a ticket that is another's", () => {
  let api: Api;
  let acme: string;
  let bridge: string;
  let number = 0;

  beforeAll(async () => {
    api = await Api.start('2026-03-02T10:00:00Z');
    acme = api.newKey('admin', ['acme']);
    bridge = api.newKey('ingest');
  });
  afterAll(() => api.end());

  const note = (ticket: string, more: object = {}) => ({
    ...{ ticket, event: 'INTERNAL_NOTE_ADDED', text: secret, occurredAt, ...more },
  });
  const assigned = (ticket: string) => ({ ticket, event: 'TICKET_ASSIGNED', assignee: 'gil', occurredAt });
  const opened = (ticket: string, customer: string, more: object = {}) => ({
    ...{ ticket, event: 'TICKET_OPENED', customer, ...bug, occurredAt, ...more },
  });
  async function record(events: readonly object[], key = bridge) {
    const query = `mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { results { ticket outcome code message } } }`;
    const { recordTicketEvents } = await api.data<{
      recordTicketEvents: { results: readonly { ticket: string; outcome: string; code: string; message: string }[] };
    }>(query, { events }, key);
    return recordTicketEvents.results;
  }
  const codes = async (events: readonly object[], key = bridge) =>
    (await record(events, key)).map(({ outcome, code }) => (outcome === 'REJECTED' ? code : outcome));
  async function open(input: object, key = bridge) {
    const query = `mutation ($input: OpenTicketInput!) { openTicket(input: $input) {
      ... on TicketChanged { recorded ticket { id } } ... on Rejection { code message } } }`;
    const { openTicket } = await api.data<{ openTicket: { ticket: { id: string }; code?: string; recorded: number } }>(
      query,
      { input: { ...bug, ...input } },
      key,
    );
    return openTicket;
  }
  const historyOf = (id: string) => api.data(`{ ticketHistory(id: "${id}") { edges { node { type } } } }`);
  /** A ticket of acme's, whose id others may name. */
  async function taken() {
    const id = `T-${(number += 1)}`;
    await open({ id, customer: 'acme', occurredAt: '2026-03-02T08:00:00Z' }, acme);
    return id;
  }

  describe('by its number in another system', () => {
    it('does not come near a ticket that a sender for some customers opened under that number', async () => {
      const named = { source: 'zendesk', externalId: '1001' };
      const { ticket: theirs } = await open({ ...named, customer: 'acme' }, acme);
      const { ticket: ours, recorded } = await open({ ...named, customer: 'globex' });
      expect(recorded).toBeGreaterThan(0);
      expect(ours.id).not.toBe(theirs.id);
      expect((await open({ ...named, customer: 'acme' }, acme)).ticket.id).toBe(theirs.id); // the same for the same
      const both = api.newKey('agent', ['acme', 'globex']);
      expect((await open({ ...named, customer: 'acme' }, both)).ticket.id).toBe(theirs.id);
      expect((await open({ ...named, customer: 'globex' }, both)).ticket.id).not.toBe(ours.id);
    });
  });

  describe('in one request', () => {
    it.each([
      ['opening first', [0, 1, 2]],
      ['opening last', [1, 2, 0]],
      ['opening in between', [2, 0, 1]],
    ])('is refused with the opening of its ticket, %s', async (_, places) => {
      const id = await taken();
      const before = await historyOf(id);
      const events = [opened(id, 'globex'), note(id), assigned(id)];
      const mixed = places.flatMap((place) => [events[place] ?? {}, opened(`O-${(number += 1)}`, 'globex')]);
      const results = (await record(mixed)).filter(({ ticket }) => ticket === id);
      const found = new Map(results.map(({ code }, i) => [places[i], code]));
      expect([found.get(0), found.get(1), found.get(2)]).toEqual([
        ...['TICKET_EXISTS', 'OPENING_REJECTED', 'OPENING_REJECTED'],
      ]);
      expect(await historyOf(id)).toEqual(before);
    });

    it.each([
      ['a plan that is not there', { plan: 'nowhere' }, 'PLAN_NOT_FOUND'],
      ['a time that is to come', { occurredAt: '2026-03-09T09:00:00Z' }, 'OCCURRED_IN_FUTURE'],
    ])('is refused with an opening that is refused for %s', async (_, more, code) => {
      const id = `N-${(number += 1)}`;
      expect(await codes([note(id), opened(id, 'globex', more), note(id)])).toEqual([
        ...['OPENING_REJECTED', code, 'OPENING_REJECTED'],
      ]);
    });

    it('is refused with an opening for a customer that its sender may not write for', async () => {
      const id = await taken();
      expect(await codes([opened(id, 'globex'), note(id)], acme)).toEqual(['FORBIDDEN', 'OPENING_REJECTED']);
    });

    it('is refused where the ticket is opened twice, the second time for another', async () => {
      const id = `D-${(number += 1)}`;
      expect(await codes([opened(id, 'acme'), note(id), opened(id, 'globex'), note(id)])).toEqual([
        ...['RECORDED', 'OPENING_REJECTED', 'TICKET_EXISTS', 'OPENING_REJECTED'],
      ]);
    });

    it('is refused in the other mutations of one document', async () => {
      const id = await taken();
      const before = await historyOf(id);
      const query = `mutation ($events: [TicketEventInput!]!) {
        opened: openTicket(input: { id: "${id}", customer: "globex", type: "productBug", channel: "email", subject: "Ours" }) { ... on Rejection { code } }
        noted: addInternalNote(input: { id: "${id}", text: "${secret}" }) { ... on Rejection { code } }
        bulk: recordTicketEvents(events: $events) { results { code } }
        closed: closeTicket(input: { id: "${id}" }) { ... on Rejection { code } } }`;
      const events = [note(id), opened(id, 'globex')];
      expect(await api.data(query, { events })).toEqual({
        ...{ opened: { code: 'TICKET_EXISTS' }, noted: { code: 'OPENING_REJECTED' } },
        bulk: { results: [{ code: 'OPENING_REJECTED' }, { code: 'TICKET_EXISTS' }] },
        closed: { code: 'OPENING_REJECTED' },
      });
      expect(await historyOf(id)).toEqual(before);
      expect(await codes([note(id)])).toEqual(['RECORDED']); // another request is another matter
    });

    it.each([
      [
        'an opening',
        (id: string) =>
          `openTicket(input: { id: "${id}", customer: "globex", type: "productBug", channel: "email", subject: "" })`,
      ],
      [
        'a split',
        (id: string) => `splitTicket(input: { id: "not an id", into: "${id}", messageAt: "2026-03-02T09:00:00Z" })`,
      ],
      [
        'an opening in bulk',
        (id: string) => `recordTicketEvents(events: [{ event: TICKET_OPENED, ticket: "${id}", customer: "globex",
          type: "productBug", channel: "email", subject: "", occurredAt: "2026-03-02T09:00:00Z" }])`,
      ],
      [
        'a split in bulk',
        (id: string) => `recordTicketEvents(events: [{ event: TICKET_SPLIT, ticket: "not an id", into: "${id}",
          messageAt: "2026-03-02T09:00:00Z", occurredAt: "2026-03-02T09:00:00Z" }])`,
      ],
    ])('is refused in the mutations after %s whose input is wrong', async (_, wrong) => {
      const id = await taken();
      const before = await historyOf(id);
      const { data, errors } = await api.send(`mutation {
        wrong: ${wrong(id)} { __typename }
        noted: addInternalNote(input: { id: "${id}", text: "${secret}" }) { ... on Rejection { code } } }`);
      expect(errors).toMatchObject([{ path: ['wrong'], extensions: { code: 'BAD_USER_INPUT' } }]);
      expect(data).toEqual({ wrong: null, noted: { code: 'OPENING_REJECTED' } });
      expect(await historyOf(id)).toEqual(before);
    });

    it.each([
      ['its source', { source: 'zendesk', externalId: '77' }, ticketIdOf({ source: 'zendesk', externalId: '77' })],
      ['its key', { idempotencyKey: 'k-77' }, deriveId('ticket-by-key', 'ingest-key', 'k-77')],
    ])('is refused after an opening whose input is wrong, where its id derives from %s', async (_, named, id) => {
      await open({ id, customer: 'acme', occurredAt: '2026-03-02T08:00:00Z' }, acme);
      const before = await historyOf(id);
      const query = `mutation ($input: OpenTicketInput!) { wrong: openTicket(input: $input) { __typename }
        noted: addInternalNote(input: { id: "${id}", text: "${secret}" }) { ... on Rejection { code } } }`;
      const input = { ...bug, ...named, customer: 'globex', subject: '' };
      const { data } = await api.send(query, { input }, bridge);
      expect(data).toEqual({ wrong: null, noted: { code: 'OPENING_REJECTED' } });
      expect(await historyOf(id)).toEqual(before);
    });

    it.each<readonly [string, string, string, Record<string, unknown>]>([
      ['a list too long', '$users: [String!]', 'users: $users', { users: Array.from({ length: 5_001 }, () => 'ann') }],
      ['null for a field that must be there', '$p: String = "high"', 'customer: $p', { p: null }],
      ['null for a field with a default', '$k: ActorKind', 'onBehalfOf: { id: "mia", kind: $k }', { k: null }],
    ])(
      'is refused with all of its document, where a variable of the opening is %s',
      async (_, declared, field, given) => {
        const id = await taken();
        const before = await historyOf(id);
        const customer = field.startsWith('customer') ? '' : 'customer: "globex",';
        const query = `mutation (${declared}) {
        ...Wrong
        noted: addInternalNote(input: { id: "${id}", text: "${secret}" }) { ... on Rejection { code } } }
        fragment Wrong on Mutation {
          wrong: openTicket(input: { id: "${id}", ${customer} type: "productBug", channel: "email", subject: "Ours", ${field} }) { __typename } }`;
        for (const { data = null, errors } of [await api.send(query, given), await api.sendBySocket(query, given)]) {
          expect(data).toBeNull();
          expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
        }
        expect(await historyOf(id)).toEqual(before);
      },
    );

    describe('is refused before the mutation that is to open its ticket', () => {
      const opening = (id: string, customer = 'globex', subject = 'Ours') =>
        `openTicket(input: { id: "${id}", customer: "${customer}", type: "productBug", channel: "email", subject: "${subject}" }) { ... on Rejection { code } }`;
      const noted = (id: string) =>
        `noted: addInternalNote(input: { id: "${id}", text: "${secret}" }) { ... on Rejection { code } }`;
      const inBulk = (id: string) => `recordTicketEvents(events: [{ event: INTERNAL_NOTE_ADDED, ticket: "${id}",
        text: "${secret}", occurredAt: "${occurredAt}" }]) { results { code } }`;
      const openingInBulk = (id: string) => `recordTicketEvents(events: [{ event: TICKET_OPENED, ticket: "${id}",
        customer: "globex", type: "productBug", channel: "email", subject: "Ours", occurredAt: "${occurredAt}" }]) { results { code } }`;

      it.each([
        ['an opening', (id: string) => `{ ${noted(id)} opened: ${opening(id)} }`],
        ['an opening whose input is wrong', (id: string) => `{ ${noted(id)} opened: ${opening(id, 'globex', '')} }`],
        ['an opening in a fragment', (id: string) => `{ ${noted(id)} ...F } fragment F on Mutation { ${opening(id)} }`],
        ['an opening in bulk', (id: string) => `{ ${noted(id)} opened: ${openingInBulk(id)} }`],
        [
          'a split',
          (id: string) =>
            `{ ${noted(id)} splitTicket(input: { id: "G-0", into: "${id}", messageAt: "${occurredAt}" }) { ... on Rejection { code } } }`,
        ],
        ['an opening, after facts in bulk', (id: string) => `{ noted: ${inBulk(id)} opened: ${opening(id)} }`],
        [
          'an opening, where another is merged into it',
          (id: string) =>
            `{ noted: mergeTicket(input: { id: "G-0", into: "${id}" }) { ... on Rejection { code } } opened: ${opening(id)} }`,
        ],
      ])('%s', async (_, document) => {
        const id = await taken();
        const before = await historyOf(id);
        const { data } = await api.send(`mutation ${document(id)}`, {}, bridge);
        const refused = { code: 'OPENING_REJECTED' };
        expect([refused, { results: [refused] }]).toContainEqual(data?.['noted']);
        expect(await historyOf(id)).toEqual(before);
      });

      it('and taken before one that is skipped, or says the same of the ticket that is there', async () => {
        const id = await taken();
        for (const later of [opening(id, 'acme'), opening(id).replace('})', '}) @skip(if: true)')]) {
          const { noted: came } = await api.data(`mutation { ${noted(id)} later: ${later} }`, {}, bridge);
          expect(came).toEqual({});
        }
      });
    });

    it('is taken where the very ticket is there, opened with other content', async () => {
      const id = `S-${(number += 1)}`;
      const from = { source: 'zendesk', externalId: id };
      expect(await codes([opened(id, 'acme', from)])).toEqual(['RECORDED']);
      const again = await record([opened(id, 'acme', { ...from, subject: 'It broke again' }), note(id)]);
      expect(again).toMatchObject([
        { code: 'TICKET_EXISTS', message: expect.stringContaining('other facts about it are accepted') },
        { outcome: 'RECORDED' },
      ]);
      for (const other of [{ ...from, externalId: 'other' }, { ...from, source: 'jira' }, {}])
        expect(await codes([opened(id, 'acme', { ...other, subject: 'Other' }), note(id)])).toEqual([
          ...['TICKET_EXISTS', 'OPENING_REJECTED'],
        ]);
      expect(await codes([opened(id, 'globex', from), note(id)])).toEqual(['TICKET_EXISTS', 'OPENING_REJECTED']);
    });
  });

  describe('that names its customer', () => {
    it("is refused where the ticket is another's, and taken where it is theirs", async () => {
      const id = await taken();
      const mismatch = { outcome: 'REJECTED', code: 'CUSTOMER_MISMATCH' };
      expect(
        await record([note(id, { customer: 'globex' }), note(id, { customer: ' acme ' }), note(id)]),
      ).toMatchObject([...[mismatch, { outcome: 'RECORDED' }, { outcome: 'RECORDED' }]]);
    });

    it('is as of a ticket that is not there, to a sender for some customers', async () => {
      const id = await taken();
      const [refused] = await record([note(id, { customer: 'globex' })], acme);
      const [ofNobody] = await record([note('NONE', { customer: 'globex' })], acme);
      expect(refused).toMatchObject({ code: 'TICKET_NOT_FOUND', message: `There is no ticket ${id}.` });
      expect({ ...ofNobody, ticket: id, message: ofNobody?.message.replace('NONE', id) }).toEqual(refused);
    });
  });

  describe('by a split or a merge', () => {
    const replied = (ticket: string) => ({ ticket, event: 'CUSTOMER_REPLIED', occurredAt: '2026-03-02T09:10:00Z' });
    const later = { occurredAt: '2026-03-02T09:20:00Z' };
    const split = (ticket: string, into: string) => ({
      ...{ ticket, event: 'TICKET_SPLIT', into, messageAt: '2026-03-02T09:10:00Z', ...later },
    });
    const merged = (ticket: string, into: string) => ({ ticket, event: 'TICKET_MERGED', into, ...later });

    it.each(['after', 'before'])('is refused with the split that was to open its ticket, said %s it', async (order) => {
      const id = await taken();
      const before = await historyOf(id);
      const old = `G-${(number += 1)}`;
      const events = [split(old, id), note(id, later)];
      if (order === 'before') events.reverse();
      const results = await record([opened(old, 'globex'), replied(old), ...events]);
      const found = new Map(results.map(({ ticket, code }) => [ticket, code]));
      expect([found.get(old), found.get(id)]).toEqual(['TICKET_EXISTS', 'OPENING_REJECTED']);
      expect(await historyOf(id)).toEqual(before);
    });

    it('goes on with the new ticket, whatever is said first', async () => {
      const [old, part] = [`G-${(number += 1)}`, `P-${number}`];
      expect(await codes([note(part, later), opened(old, 'globex'), replied(old), split(old, part)])).toEqual([
        ...['RECORDED', 'RECORDED', 'RECORDED', 'RECORDED'],
      ]);
    });

    it('goes on with the new ticket, where the request brings an opening of its own for it', async () => {
      const [old, part] = [`G-${(number += 1)}`, `P-${number}`];
      const both = [opened(part, 'globex', { subject: 'Split off' }), note(part, later)];
      const results = await codes([...both, opened(old, 'globex'), replied(old), split(old, part)]);
      expect(results).toEqual(['ALREADY_SO', 'RECORDED', 'RECORDED', 'RECORDED', 'RECORDED']);
      expect(await codes([opened(part, 'acme'), note(part)])).toEqual(['TICKET_EXISTS', 'OPENING_REJECTED']);
    });

    it('is refused where the ticket that goes on was not opened', async () => {
      const id = await taken();
      const before = await historyOf(id);
      const old = `G-${(number += 1)}`;
      expect(await codes([merged(old, id), opened(id, 'globex'), opened(old, 'globex')])).toEqual([
        ...['OPENING_REJECTED', 'TICKET_EXISTS', 'RECORDED'],
      ]);
      expect(await codes([merged(old, id)])).toEqual(['MERGE_ACROSS_CUSTOMERS']);
      expect(await historyOf(id)).toEqual(before);
    });
  });

  it('tells a sender for some customers of an id that is taken, and nothing of the ticket', async () => {
    await open({ id: 'G-9', customer: 'globex', subject: secret });
    const own = await taken();
    const refused = await open({ id: 'G-9', customer: 'acme', subject: 'Mine' }, acme);
    expect(refused).toEqual(await open({ id: own, customer: 'acme', subject: 'Mine' }, acme));
    expect(refused.code).toBe('TICKET_EXISTS');
    const [first, second] = await record([opened('G-9', 'acme', { subject: 'Mine' }), note('G-9')], acme);
    const others = await record([opened(own, 'acme', { subject: 'Mine' }), note(own)], acme);
    const asOwn = (said: typeof first) => ({ ...said, ticket: own, message: said?.message.replaceAll('G-9', own) });
    expect([asOwn(first), asOwn(second)]).toEqual(others);
  });
});
