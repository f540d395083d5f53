import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';
import { listen } from '../support/feed.js';

const at = (time: string) => Date.parse(`2026-03-02T${time}:00Z`);

interface Call {
  readonly requestedAt: string | null;
  readonly preferredFrom: string | null;
  readonly preferredUntil: string | null;
  readonly startsAt: string | null;
  readonly with: string | null;
  readonly attempts: number;
  readonly guarantee: { readonly kind: string } | null;
}

describe('a call that a customer asks for', () => {
  let api: Api;
  let position: string;

  beforeEach(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    await say(
      'openTicket(input: { id: "T-1", customer: "acme", plan: "advanced", type: "productBug", channel: "email", subject: "It broke" })',
    );
    await say('recordFirstResponse(input: { id: "T-1" })');
    await say('resolveTicket(input: { id: "T-1" })');
  });
  afterEach(() => api.end());

  async function say(mutation: string): Promise<{ position?: string; code?: string }> {
    const said = await api.data<Record<string, { position?: string; code?: string; message?: string }>>(
      `mutation { ${mutation} { ... on TicketChanged { position notices { code } } ... on Rejection { code message } } }`,
    );
    const [answer = {}] = Object.values(said);
    position = answer.position ?? position;
    return answer;
  }
  const ask = <Answer>(query: string) => api.data<Answer>(query.replace('POSITION', JSON.stringify(position)));
  const ticket = async () =>
    (
      await ask<{ ticket: { call: Call | null; clocks: { metric: string; state: string; dueAt: string | null }[] } }>(
        `{ ticket(id: "T-1", minPosition: POSITION) {
          call { requestedAt preferredFrom preferredUntil startsAt with attempts guarantee { kind } }
          clocks { metric state dueAt remainingMs remainingWallMs } } }`,
      )
    ).ticket;
  const queued = async () =>
    (
      await ask<{ workQueue: { edges: { node: { id: string } }[] } }>(
        '{ workQueue(first: 5, minPosition: POSITION) { edges { node { id } } } }',
      )
    ).workQueue.edges.map(({ node }) => node.id);

  it('has a clock on it, and stands in the work queue though the ticket is closed', async () => {
    await say('closeTicket(input: { id: "T-1" })');
    expect(await queued()).toEqual([]);
    await say('requestCall(input: { id: "T-1", preferredUntil: "2026-03-05T12:00:00Z" })');
    const { call, clocks } = await ticket();
    expect(call).toEqual({
      ...{ requestedAt: '2026-03-02T09:00:00.000Z', preferredFrom: null, preferredUntil: '2026-03-05T12:00:00.000Z' },
      ...{ startsAt: null, with: null, attempts: 0, guarantee: { kind: 'GUARANTEED' } },
    });
    expect(clocks.at(-1)).toMatchObject({ metric: 'CALL_BACK', state: 'RUNNING', dueAt: '2026-03-05T12:00:00.000Z' });
    expect(await queued()).toEqual(['T-1']);
    await say(`recordCallHeld(input: { id: "T-1", endedAt: "2026-03-02T09:00:00Z", with: "mia" })`);
    expect((await ticket()).call).toBeNull();
    expect(await queued()).toEqual([]);
  });

  it('is breached by the watcher when nobody calls at the time agreed on, once', async () => {
    await say('scheduleCall(input: { id: "T-1", startsAt: "2026-03-02T22:00:00Z", with: "mia" })');
    expect((await ticket()).clocks.at(-1)).toMatchObject({
      ...{ metric: 'APPOINTMENT', state: 'RUNNING', dueAt: '2026-03-02T22:05:00.000Z' },
      ...{ remainingMs: 13 * 3_600_000 + 300_000, remainingWallMs: 13 * 3_600_000 + 300_000 }, // an agreed hour is real time
    });
    const heard = listen(api, 'kind metric ticket at', { after: position });
    api.time.moveTo(at('22:05') + 1);
    const event = await heard.event();
    expect(event).toMatchObject({
      ...{ kind: 'SLA_BREACHED', metric: 'APPOINTMENT', ticket: 'T-1', at: '2026-03-02T22:05:00.000Z' },
    });
    await heard.leave();
    ({ cursor: position } = event);
    expect(await breaches()).toEqual([{ metric: 'APPOINTMENT', dueAt: '2026-03-02T22:05:00.000Z', withdrawnAt: null }]);
    await say('recordCallMissed(input: { id: "T-1", by: CUSTOMER })');
    const { clocks } = await ticket();
    expect(clocks.at(-1)).toMatchObject({ metric: 'APPOINTMENT', state: 'CANCELLED' });
    const [breach] = await breaches();
    expect(breach?.withdrawnAt).not.toBeNull();
    const { ticketHistory } = await ask<{ ticketHistory: { edges: { node: { type: string; summary: string } }[] } }>(
      '{ ticketHistory(id: "T-1") { edges { node { type summary } } } }',
    );
    const lines = ticketHistory.edges.map(({ node }) => `${node.type}: ${node.summary}`);
    expect(lines).toContain('CallScheduled: startsAt 2026-03-02T22:00:00.000Z, with mia');
    expect(lines).toContain('CallMissed: by customer');
    expect(lines.at(-1)).toContain('customerAbsent');
  });

  const breaches = async () =>
    (
      await ask<{ breaches: { edges: { node: { metric: string; dueAt: string; withdrawnAt: string | null } }[] } }>(
        '{ breaches(first: 5, minPosition: POSITION) { edges { node { metric dueAt withdrawnAt } } } }',
      )
    ).breaches.edges.map(({ node }) => node);

  it('that makes no sense is refused with a code', async () => {
    const codes = [
      await say('moveCall(input: { id: "T-1", startsAt: "2026-03-03T09:00:00Z", by: US })'),
      await say('recordCallMissed(input: { id: "T-1", by: US })'),
      await say('cancelCall(input: { id: "T-1", by: CUSTOMER })'),
      await say('scheduleCall(input: { id: "T-1", startsAt: "2026-03-02T08:00:00Z" })'),
      await say('recordCallHeld(input: { id: "T-1", endedAt: "2026-03-02T08:00:00Z" })'),
      await say('recordCallAttempt(input: { id: "T-1", outcome: VOICEMAIL })'),
      await say('scheduleCall(input: { id: "T-1", startsAt: "2026-03-03T08:00:00Z" })'),
      await say('scheduleCall(input: { id: "T-1", startsAt: "2026-03-04T08:00:00Z" })'),
      await say('cancelTicket(input: { id: "T-1", reason: SPAM })'),
      await say('requestCall(input: { id: "T-1" })'),
    ].map(({ code }) => code);
    expect(codes).toEqual([
      ...[
        'CALL_NOT_SCHEDULED',
        'CALL_NOT_SCHEDULED',
        'CALL_NOT_REQUESTED',
        'APPOINTMENT_IN_PAST',
        'ENDED_BEFORE_START',
      ],
      ...[undefined, undefined, 'CALL_SCHEDULED', undefined, 'TICKET_CANCELLED'],
    ]);
  });
});
