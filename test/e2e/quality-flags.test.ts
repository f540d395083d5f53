import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
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
  readonly flags: readonly { readonly fact: string; readonly flag: string }[];
  readonly clocks: readonly object[];
}

const fields = 'id flags { fact flag } clocks { state satisfiedAt }';
const history = '{ ticketHistory(id: "ID") { edges { node { id type flags } } } }';

describe('a fact whose time cannot be as said', () => {
  let api: Api;
  afterEach(() => api.end());

  const flagged = async (id: string) => {
    const { ticketHistory } = await api.data<{
      ticketHistory: { edges: { node: { id: string; type: string; flags: string[] } }[] };
    }>(history.replace('ID', id));
    return ticketHistory.edges.map(({ node }) => node).filter(({ flags }) => flags.length > 0);
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
      flags: [{ flag: 'CLAMPED_TO_OPENING' }],
      clocks: [{ state: 'MET', satisfiedAt: '2026-02-26T10:00:00.000Z' }],
    });
    for (const name of [ticket.id, 'A-1']) {
      expect(await api.data(`{ replayTicket(id: "${name}") { ${fields} } }`)).toEqual({ replayTicket: ticket });
      expect(await flagged(name)).toEqual([
        { id: ticket.flags[0]?.fact, type: 'FirstResponseSent', flags: ['CLAMPED_TO_OPENING'] },
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
      flags: [{ flag: 'CLAMPED_TO_RECORDING' }],
      clocks: [{ state: 'MET', satisfiedAt: '2026-03-02T09:00:00.000Z' }],
    });
    const read = `query ($minPosition: Position) { ticket(id: "A-1", minPosition: $minPosition) { ${fields} } }`;
    expect(await api.data(read, { minPosition })).toEqual({ ticket: decided });
    expect(await flagged('A-1')).toMatchObject([{ type: 'FirstResponseSent', flags: ['CLAMPED_TO_RECORDING'] }]);
  });
});
