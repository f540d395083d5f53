import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from '../support/api.js';

const at = (time: string) => Date.parse(`2026-03-02T${time}:00Z`);

describe('a ticket that waits until an instant', () => {
  let api: Api;
  const say = (mutation: string) =>
    api.data(`mutation { ${mutation} { __typename ... on Rejection { code message } } }`);
  let position: string;
  const ticket = async () =>
    (
      await api.data<{ ticket: object }>(
        `query ($minPosition: Position) {
          ticket(id: "T-1", minPosition: $minPosition) { status waits { reason since until } clocks { state dueAt projectedDueAt } } }`,
        { minPosition: position },
      )
    ).ticket;

  beforeEach(async () => {
    api = await Api.start('2026-03-02T09:00:00Z');
    await say(
      `definePlan(input: { code: "eight", name: "Eight hours", targets: [{ metric: RESOLUTION, target: { amount: 8, unit: HOURS } }] })`,
    );
    await say(
      `openTicket(input: { id: "T-1", customer: "acme", plan: "eight", type: "productBug", channel: "email", subject: "It broke" })`,
    );
    api.time.moveTo(at('10:00'));
    const pause = `mutation { pauseTicket(input: { id: "T-1", reason: SCHEDULED, until: "2026-03-02T11:00:00Z" }) {
      ... on TicketChanged { position } } }`;
    ({ position } = (await api.data<{ pauseTicket: { position: string } }>(pause)).pauseTicket);
  });
  afterEach(() => api.end());

  const goesOn = {
    ...{ status: 'OPEN', waits: [] },
    clocks: [{ state: 'RUNNING', dueAt: '2026-03-03T10:00:00.000Z', projectedDueAt: '2026-03-03T10:00:00.000Z' }],
  };

  it('shows until when, and the deadline that it will have then', async () => {
    expect(await ticket()).toEqual({
      status: 'WAITING',
      waits: [{ reason: 'SCHEDULED', since: '2026-03-02T10:00:00.000Z', until: '2026-03-02T11:00:00.000Z' }],
      clocks: [{ state: 'PAUSED', dueAt: null, projectedDueAt: '2026-03-03T10:00:00.000Z' }],
    });
  });

  it('goes on by itself then, which its history says', async () => {
    await api.time.asleepUntil(at('11:00'));
    api.time.moveTo(at('11:00'));
    await api.time.asleepUntil(at('16:00')); // when it is at risk
    expect(await ticket()).toEqual(goesOn);
    const { ticketHistory } = await api.data<{
      ticketHistory: { edges: { node: { type: string; summary: string; actor: { kind: string } } }[] };
    }>('{ ticketHistory(id: "T-1") { edges { node { type summary actor { kind } } } } }');
    const lines = ticketHistory.edges.map(({ node }) => `${node.type}: ${node.summary} (${node.actor.kind})`);
    expect(lines.filter((line) => /^Ticket(Paused|Resumed)/.test(line))).toEqual([
      'TicketPaused: reason scheduled, until 2026-03-02T11:00:00.000Z (PERSON)',
      'TicketResumed: reason scheduled, until 2026-03-02T11:00:00.000Z (SYSTEM)',
    ]);
  });

  it('goes on from then where nobody watched, found after the restart', async () => {
    await api.restart('2026-03-02T15:00:00Z');
    await api.time.asleepUntil(at('16:00'));
    expect(await ticket()).toEqual(goesOn);
  });

  it('is refused an end that lies before the beginning', async () => {
    expect(await say('pauseTicket(input: { id: "T-1", reason: ON_HOLD, until: "2026-03-02T10:00:00Z" })')).toEqual({
      pauseTicket: {
        __typename: 'Rejection',
        code: 'UNTIL_TOO_EARLY',
        message: 'until: must be later than the instant at which the wait begins.',
      },
    });
  });
});
