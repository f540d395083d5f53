import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type StoredEvent } from '../../src/event-sourcing/event-store.js';
import { ticketStream } from '../../src/tickets/domain/ticket-event-types.js';
import { Api } from '../support/api.js';
import { ledgerAt } from '../support/application-contexts.js';

/** A kind of event: what it takes in bulk, the mutation that says the same, what goes before, and the fact it leaves. */
interface Kind {
  readonly event: string;
  readonly bulk: object;
  readonly mutation: readonly [name: string, input: string];
  readonly single?: object;
  readonly before?: readonly object[];
  readonly fact: string;
}

const at = (time: string) => `2026-03-02T${time}:00Z`;
const occurredAt = at('10:00');
const onBehalfOf = { id: 'ann', kind: 'PERSON' };
const opening = { customer: ' Acme Ltd ', plan: 'tested', type: 'productBug', channel: 'email', subject: 'It broke' };
const waiting = { event: 'TICKET_PAUSED', pauseReason: 'ON_HOLD' };

const kinds: readonly Kind[] = [
  {
    ...{ event: 'TICKET_OPENED', fact: 'TicketOpened', mutation: ['openTicket', 'OpenTicketInput'] },
    ...{ bulk: opening, single: { ...opening, customer: 'Acme Ltd', priority: 'normal', users: [] } },
  },
  {
    ...{ event: 'FIRST_RESPONSE_SENT', fact: 'FirstResponseSent', bulk: { channel: 'phone' } },
    mutation: ['recordFirstResponse', 'MessageInput'],
  },
  {
    ...{ event: 'FOLLOW_UP_SENT', fact: 'FollowUpSent', bulk: { channel: 'email' } },
    mutation: ['recordFollowUp', 'MessageInput'],
  },
  {
    ...{ event: 'CUSTOMER_REPLIED', fact: 'CustomerReplied', bulk: {} },
    mutation: ['recordCustomerReply', 'MessageInput'],
  },
  {
    ...{ event: 'TICKET_PAUSED', fact: 'TicketPaused', bulk: { pauseReason: 'ON_HOLD' } },
    ...{ mutation: ['pauseTicket', 'PauseTicketInput'], single: { reason: 'ON_HOLD' } },
  },
  {
    ...{ event: 'TICKET_RESUMED', fact: 'TicketResumed', bulk: { pauseReason: 'ON_HOLD' }, before: [waiting] },
    ...{ mutation: ['resumeTicket', 'ResumeTicketInput'], single: { reason: 'ON_HOLD' } },
  },
  {
    ...{ event: 'TICKET_ASSIGNED', fact: 'TicketAssigned', bulk: { assignee: 'mia' } },
    mutation: ['assignTicket', 'AssignTicketInput'],
  },
  {
    ...{ event: 'TICKET_RECLASSIFIED', fact: 'TicketReclassified', bulk: { priority: 'high' } },
    mutation: ['reclassifyTicket', 'ReclassifyTicketInput'],
  },
  {
    ...{ event: 'PLAN_REAPPLIED', fact: 'PlanReapplied', bulk: { version: 2 } },
    mutation: ['reapplyPlan', 'ReapplyPlanInput'],
  },
  {
    ...{ event: 'INTERNAL_NOTE_ADDED', fact: 'InternalNoteAdded', bulk: { text: 'Naïve «façade» 𝄞' } },
    mutation: ['addInternalNote', 'InternalNoteInput'],
  },
  {
    ...{ event: 'TICKET_RESOLVED', fact: 'TicketResolved', bulk: {}, single: { publicReply: true } },
    mutation: ['resolveTicket', 'ResolveTicketInput'],
  },
  { event: 'TICKET_CLOSED', fact: 'TicketClosed', bulk: {}, mutation: ['closeTicket', 'TicketInput'] },
  {
    ...{ event: 'TICKET_REOPENED', fact: 'TicketReopened', bulk: {}, before: [{ event: 'TICKET_CLOSED' }] },
    mutation: ['reopenTicket', 'TicketInput'],
  },
  {
    ...{ event: 'TICKET_CANCELLED', fact: 'TicketCancelled', bulk: { cancelReason: 'SPAM' } },
    ...{ mutation: ['cancelTicket', 'CancelTicketInput'], single: { reason: 'SPAM' } },
  },
  {
    ...{ event: 'TICKET_MERGED', fact: 'TicketMerged', bulk: { into: 'other' } },
    mutation: ['mergeTicket', 'MergeTicketInput'],
  },
  {
    ...{ event: 'TICKET_SPLIT', fact: 'TicketSplit', bulk: { messageAt: at('09:00'), into: 'part' } },
    mutation: ['splitTicket', 'SplitTicketInput'],
  },
];

/** The id and the digest of each kind of fact, said singly or in bulk first; they may never change again. */
const pinned = JSON.parse(readFileSync(new URL('same-command.pinned.json', import.meta.url), 'utf8')) as unknown;

describe('the same command with the same key', () => {
  let api: Api;
  const bulk = async (events: readonly object[]) => {
    const query =
      'mutation ($events: [TicketEventInput!]!) { recordTicketEvents(events: $events) { results { outcome code } } }';
    const data = await api.data<{ recordTicketEvents: { results: unknown[] } }>(query, { events });
    return data.recordTicketEvents.results;
  };
  const ticketOf = ({ event }: Kind, first: 'single' | 'bulk') => `${event}-${first}`;
  /** Ids of tickets that are opened belong to one ticket alone. */
  const own = ({ event, bulk: said }: Kind, ticket: string) =>
    event === 'TICKET_SPLIT' ? { ...said, into: `${ticket}-part` } : said;
  const key = { idempotencyKey: 'k', occurredAt, onBehalfOf };
  const inBulk = (kind: Kind, ticket: string, more: object = {}) =>
    bulk([{ ...own(kind, ticket), event: kind.event, ticket, ...key, ...more }]);
  const singly = async (kind: Kind, ticket: string, more: object = {}) => {
    const [name, type] = kind.mutation;
    const { event: _, ...said } = { event: '', ...own(kind, ticket), ...kind.single };
    const fields = Object.fromEntries(
      Object.entries(said).filter(([field]) => !['pauseReason', 'cancelReason'].includes(field)),
    );
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ... on TicketChanged { recorded } ... on Rejection { code } } }`;
    return (await api.data(query, { input: { id: ticket, ...fields, ...key, ...more } }))[name];
  };

  beforeAll(async () => {
    api = await Api.start(at('12:00'));
    const plan = 'code: "tested", name: "Tested", calendar: "business-hours"';
    const hours = (amount: number) => `targets: [{ metric: RESOLUTION, target: { amount: ${amount}, unit: HOURS } }]`;
    await api.data(`mutation { definePlan(input: { ${plan}, ${hours(4)} }) { __typename } }`);
    await api.data(
      `mutation { revisePlan(input: { code: "tested", ${hours(8)}, effectiveFrom: "${at('12:00')}" }) { __typename } }`,
    );
    const opened = { event: 'TICKET_OPENED', ...opening, occurredAt: at('09:00') };
    const tickets = kinds.flatMap((kind) =>
      kind.event === 'TICKET_OPENED'
        ? []
        : (['single', 'bulk'] as const).flatMap((first) => {
            const ticket = ticketOf(kind, first);
            const before = (kind.before ?? []).map((said) => ({ ...said, ticket, occurredAt: at('09:30') }));
            return [{ ticket, ...opened }, ...before];
          }),
    );
    const results = await bulk([{ ticket: 'other', ...opened }, ...tickets]);
    expect(results).toEqual(results.map(() => ({ outcome: 'RECORDED', code: null })));
  });
  let isClosed = false;
  afterAll(() => {
    if (!isClosed) return api.end();
    rmSync(api.folder, { recursive: true, force: true });
    return undefined;
  });

  it.each(kinds)('is the same singly and then in bulk: $event', async (kind) => {
    const ticket = ticketOf(kind, 'single');
    expect(await singly(kind, ticket)).toMatchObject({ recorded: expect.any(Number) });
    expect(await inBulk(kind, ticket)).toEqual([{ outcome: 'ALREADY_SO', code: null }]);
  });

  it.each(kinds)('is the same in bulk and then singly: $event', async (kind) => {
    const ticket = ticketOf(kind, 'bulk');
    expect(await inBulk(kind, ticket)).toEqual([{ outcome: 'RECORDED', code: null }]);
    expect(await singly(kind, ticket)).toEqual({ recorded: 0 });
  });

  it.each(kinds)('is another where somebody else did it, or a program, or at another time: $event', async (kind) => {
    for (const more of [
      { onBehalfOf: { id: 'ann', kind: 'AUTOMATIC' } },
      { onBehalfOf: { id: 'bob', kind: 'PERSON' } },
      { onBehalfOf: null },
      { occurredAt: at('10:01') },
    ]) {
      const ticket = ticketOf(kind, 'single');
      expect(await inBulk(kind, ticket, more)).toEqual([{ outcome: 'REJECTED', code: 'IDEMPOTENCY_KEY_REUSED' }]);
      expect(await singly(kind, ticket, more)).toEqual({ code: 'IDEMPOTENCY_KEY_REUSED' });
    }
  });

  it('without a key each is a fact of its own, but for an opening', async () => {
    const ticket = ticketOf({ event: 'INTERNAL_NOTE_ADDED' } as Kind, 'single');
    const note = { ticket, event: 'INTERNAL_NOTE_ADDED', text: 'Twice', occurredAt };
    const opened = { ticket: 'TICKET_OPENED-twice', event: 'TICKET_OPENED', ...opening, occurredAt };
    expect(await bulk([note, note, opened, opened])).toMatchObject([
      ...[{ outcome: 'RECORDED' }, { outcome: 'RECORDED' }],
      ...[{ outcome: 'RECORDED' }, { outcome: 'ALREADY_SO' }],
    ]);
  });

  it('has the id and the digest that it always had, through either door', async () => {
    await api.close();
    isClosed = true;
    const context = await ledgerAt(at('13:00'), api.folder);
    const found: Record<string, unknown> = {};
    for (const kind of kinds) {
      for (const first of ['single', 'bulk'] as const) {
        const ticket = ticketOf(kind, first);
        const facts: StoredEvent[] = [];
        for await (const event of context.store.readStream(ticketStream(ticket)))
          if (event.type === kind.fact && event.metadata.onBehalfOf !== undefined) facts.push(event);
        found[ticket] = facts.flatMap(({ id, metadata }) => [id, metadata.commandHash]);
      }
    }
    await context.close();
    expect(found).toEqual(pinned);
  });
});
