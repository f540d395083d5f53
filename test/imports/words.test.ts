import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { changeWord } from '../../src/catalogue/commands/change-word.js';
import { changePlan } from '../../src/catalogue/commands/change-plan.js';
import { planDefaults } from '../../src/catalogue/domain/plan-defaults.js';
import { readTicket } from '../../src/tickets/commands/other-ticket.js';
import { ticketIdOf } from '../../src/tickets/domain/ticket-id.js';
import { viewOf } from '../../src/tickets/domain/ticket-view.js';
import { mappedLog } from '../../src/imports/mapping/mapped-log.js';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { newFolder } from '../support/api.js';
import { importLines, ledgerAt, type TestContext } from '../support/application-contexts.js';

const admin = { id: 'admin', kind: 'person' } as const;
const opened = (ticket: string, more: object = {}, occurredAt = '2026-02-02T09:00:00Z') =>
  JSON.stringify({
    ...{ event: 'TicketOpened', ticket, occurredAt, actor: { id: 'mia' }, customer: 'acme' },
    ...{ type: 'productBug', channel: 'email', subject: 'It broke', ...more },
  });

describe('the words of a log', () => {
  let context: TestContext;
  const take = (...lines: readonly string[]) => {
    context.time.moveTo(context.time.now() + 1); // each import begins at an instant of its own
    return importLines(context, lines);
  };

  beforeAll(async () => {
    context = await ledgerAt('2026-03-02T09:00:00Z', newFolder());
    await changeWord(context, { type: 'DefineWord', list: 'priority', code: 'P1', rank: 9 }, admin);
  });
  afterAll(() => context.close());

  it('that the desk lacks are counted, and their rows rejected', async () => {
    const { counts, rejected } = await take(
      opened('U-1', { type: 'gadget' }),
      opened('U-2', { type: 'Gadget', priority: 'P9' }),
      opened('U-3', { priority: 'P9' }),
      opened('U-4', { priority: 'p1' }),
    );
    expect(rejected.map(({ line, code }) => [line, code])).toEqual([
      [1, 'UNKNOWN_TYPE'],
      [2, 'UNKNOWN_TYPE'],
      [3, 'UNKNOWN_PRIORITY'],
    ]);
    expect([counts.recorded, counts.unknownWords.lines()]).toEqual([1, ['type gadget: 2 rows', 'priority P9: 1 row']]);
  });

  it('have the target that the plan has for them, in any case: "Urgent" is urgent', async () => {
    const all = { metric: 'resolution', target: { amount: 40, unit: 'hours' } } as const;
    const urgent = { ...all, target: { amount: 1, unit: 'hours' }, priority: 'URGENT' } as const;
    await changePlan(
      context,
      { type: 'DefinePlan', plan: { code: 'own', name: 'Own', ...planDefaults, targets: [all, urgent] } },
      admin,
    );
    await take(opened('L-1', { plan: 'own', priority: 'Urgent' }));
    const id = ticketIdOf({ source: 'test', externalId: 'L-1' });
    const { state } = await readTicket(context, id);
    await context.catalogue.load(state.pinned);
    const at = Date.parse('2026-02-02T09:00:00Z');
    expect(viewOf(id, state, context.catalogue, at)).toMatchObject({ priority: 'urgent' });
    expect(
      viewOf(id, state, context.catalogue, at)
        ?.clocks()
        .map(({ dueAt }) => dueAt),
    ).toEqual([at + 3_600_000]);
  });

  it('make the same fact in any case', async () => {
    const first = await take(opened('S-1', { priority: 'P1' }));
    const again = await take(opened('S-1', { type: 'PRODUCTBUG', channel: ' Email', priority: 'p1' }));
    expect([first.counts.recorded, again.counts]).toMatchObject([1, { recorded: 0, alreadySo: 1, rejected: 0 }]);
  });

  it('may be brought by the log itself, and are used from there on', async () => {
    const { counts } = await take(
      '{"event":"WordDefined","list":"channel","code":"Chat","name":"Live chat"}',
      '{"event":"WordDefined","list":"priority","code":"P2","rank":8}',
      opened('O-1', { channel: 'CHAT', priority: 'p2' }),
      '{"event":"WordDefined","list":"type","code":"x","rank":1}',
      '{"event":"WordDefined","list":"mood","code":"x"}',
    );
    expect(counts).toMatchObject({ recorded: 3, rejected: 2 });
    const words = await context.catalogue.words();
    expect(words.channel.get('CHAT')?.word).toMatchObject({ code: 'Chat', name: 'Live chat' });
  });

  it('that are retired since are still taken of older facts', async () => {
    const effectiveFrom = Date.parse('2026-02-10T00:00:00Z');
    await changeWord(context, { type: 'RetireWord', list: 'channel', code: 'phone', effectiveFrom }, admin);
    const { counts, rejected } = await take(
      opened('R-1', { channel: 'phone' }, '2026-02-09T23:59:59Z'),
      opened('R-2', { channel: 'phone' }, '2026-02-10T00:00:00Z'),
    );
    expect([counts.recorded, rejected]).toMatchObject([1, [{ line: 2, code: 'UNKNOWN_CHANNEL' }]]);
  });

  describe('that are retired are refused of new tickets, and stay on those that have them', () => {
    const retire = async (code: string) => {
      const effectiveFrom = Date.parse('2026-02-10T00:00:00Z');
      await changeWord(context, { type: 'DefineWord', list: 'type', code }, admin);
      await changeWord(context, { type: 'RetireWord', list: 'type', code, effectiveFrom }, admin);
    };
    const [before, after] = ['2026-02-09T23:00:00Z', '2026-02-10T01:00:00Z'];

    it("by Pledge's own format", async () => {
      await retire('fax form');
      const line = (event: string, ticket: string, more: object = {}) =>
        JSON.stringify({ event, ticket, occurredAt: after, actor: { id: 'mia' }, ...more });
      const { counts, rejected } = await take(
        opened('F-1', { type: 'Fax form' }, before),
        opened('F-2', { type: 'Fax form' }, after),
        opened('F-3', {}, before),
        line('TicketReclassified', 'F-3', { type: 'fax form' }),
        line('TicketReclassified', 'F-1', { priority: 'low' }),
        line('TicketCorrected', 'F-1', { subject: 'Right' }),
        line('CustomerReplied', 'F-1'),
        line('CustomerReplied', 'F-3'),
        line('TicketSplit', 'F-1', { into: 'F-4', messageAt: after }),
        line('TicketSplit', 'F-3', { into: 'F-5', messageAt: after, type: 'fax form' }),
      );
      const refused = [2, 4, 10].map((at) => ({ line: at, code: 'UNKNOWN_TYPE' }));
      expect([counts.recorded, rejected]).toMatchObject([7, refused]);
    });

    it('by a mapping', async () => {
      await retire('letter');
      const mapping = parseMapping({
        ...{
          source: 'test',
          rows: 'snapshots',
          times: { zone: 'UTC' },
          ticket: { column: 'id' },
          at: { column: 'at' },
        },
        ...{ actor: { column: 'who' }, customer: 'acme', channel: 'email', subject: 'It broke' },
        type: { column: 'kind', values: { Letter: 'LETTER', Bug: 'productBug' } },
        state: { column: 'did', values: { asked: 'open', solved: 'resolved' } },
      });
      const rows = [
        `A-1,${before},ben,Letter,asked`,
        `A-1,${after},mia,Letter,solved`,
        `A-2,${after},ben,Letter,asked`,
      ];
      rows.push(`A-3,${before},ben,Bug,asked`, `A-3,${after},ben,Letter,asked`);
      context.time.moveTo(context.time.now() + 1);
      const log = ['id,at,who,kind,did', ...rows];
      const { counts, rejected } = await importLines(context, log, 'file', mappedLog(mapping));
      const refused = [4, 6].map((at) => ({ line: at, code: 'UNKNOWN_TYPE' }));
      expect([counts.recorded, rejected]).toMatchObject([3, refused]);
    });
  });
});
