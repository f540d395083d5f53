import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ticketIdOf } from '../../src/tickets/domain/ticket-id.js';
import { ticketStream } from '../../src/tickets/domain/ticket-event-types.js';
import { newFolder } from '../support/api.js';
import { importLines, ledgerAt, say, type TestContext } from '../support/application-contexts.js';

const fact = (event: string, name: object, more: object = {}) =>
  JSON.stringify({ event, ...name, occurredAt: '2026-02-02T10:00:00Z', actor: { id: 'mia' }, ...more });
const opened = (ticket: string, more: object = {}) =>
  fact(
    'TicketOpened',
    { ticket },
    {
      ...{ customer: 'acme', type: 'productBug', channel: 'email', subject: 'It broke' },
      ...{ occurredAt: '2026-02-02T09:00:00Z', ...more },
    },
  );
const noted = (name: object, text: string, more: object = {}) => fact('InternalNoteAdded', name, { text, ...more });

describe("rows of Pledge's own format", () => {
  let context: TestContext;
  const derived = (source: string, externalId: string) => ticketIdOf({ source, externalId });
  const take = (how: 'file' | 'pipe', ...lines: readonly string[]) => {
    context.time.moveTo(context.time.now() + 1); // each import begins at an instant of its own
    return importLines(context, lines, how);
  };
  const notesOf = async (id: string) => {
    const texts: string[] = [];
    for await (const { type, data } of context.store.readStream(ticketStream(id)))
      if (type === 'InternalNoteAdded') texts.push((data as { text: string }).text);
    return texts;
  };

  beforeAll(async () => {
    context = await ledgerAt('2026-03-02T09:00:00Z', newFolder());
    const bug = { customer: 'acme', ticketType: 'productBug', channel: 'email', subject: 'It broke' } as const;
    const open = (id: string, more: object) => say(context, id, { type: 'OpenTicket', ...bug, ...more });
    await open('P-1', { reference: 'INC-1' });
    await open('P-2', { reference: 'twice' });
    await open('P-3', { reference: 'twice', customer: 'globex' });
    await open(derived('zen', '7'), { from: { source: 'zen', externalId: '7' }, reference: 'zen 7' });
  });
  afterAll(() => context.close());

  it.each(['file', 'pipe'] as const)('name a ticket in the ways in which mutations do (%s)', async (how) => {
    const lines = [
      noted({ id: 'P-1' }, `${how} id`, { occurredAt: '2026-03-02T09:00:00Z' }),
      noted({ source: 'zen', externalId: '7' }, `${how} source`, { occurredAt: '2026-03-02T09:00:00Z' }),
      noted({ reference: 'INC-1' }, `${how} reference`, { occurredAt: '2026-03-02T09:00:00Z' }),
      noted({ reference: 'twice' }, `${how} customer`, { occurredAt: '2026-03-02T09:00:00Z', customer: 'globex' }),
    ];
    const { counts, rejected } = await take(how, ...lines);
    expect([counts.recorded, rejected]).toEqual([4, []]);
    expect((await take(how, ...lines)).counts).toMatchObject({ recorded: 0, alreadySo: 4 });
    const texts = (await notesOf('P-1')).filter((text) => text.startsWith(how));
    expect(texts.sort()).toEqual([`${how} id`, `${how} reference`]);
    expect(await notesOf(derived('zen', '7'))).toContain(`${how} source`);
    expect(await notesOf('P-3')).toContain(`${how} customer`);
  });

  it('call a ticket by the reference that the same log gives it', async () => {
    const { counts, rejected } = await take(
      'pipe',
      noted({ reference: 'MINE' }, 'before its opening, in the log'),
      opened('L-1', { reference: 'MINE' }),
      fact('TicketCorrected', { ofReference: 'MINE' }, { subject: 'Right' }),
    );
    expect([counts.recorded, rejected]).toEqual([3, []]);
    expect(await notesOf(derived('test', 'L-1'))).toHaveLength(1);
  });

  it("are the same fact by the log's own name and by its source with it", async () => {
    await take('file', opened('S-1'), noted({ ticket: 'S-1' }, 'once'));
    const again = await take('file', noted({ source: 'test', externalId: 'S-1' }, 'once'));
    expect(again.counts).toMatchObject({ recorded: 0, alreadySo: 1 });
  });

  it('are rejected where the name fits none or several, and name it as the log does', async () => {
    const { rejected } = await take(
      'file',
      noted({ reference: 'twice' }, 'which?'),
      noted({ reference: 'none' }, 'where?'),
      noted({ id: 'P-9' }, 'where?'),
      noted({ source: 'zen', externalId: '8' }, 'where?'),
      noted({ reference: 'INC-1' }, 'whose?', { customer: 'globex', occurredAt: '2026-03-02T09:00:00Z' }),
    );
    expect(rejected.map(({ line, code, message }) => `${line} ${code}: ${message}`).sort()).toEqual([
      '1 REFERENCE_AMBIGUOUS: 2 tickets are called "twice": P-2, P-3. Name one by its id.',
      '2 TICKET_NOT_FOUND: There is no ticket none.',
      '3 TICKET_NOT_FOUND: There is no ticket P-9.',
      '4 TICKET_NOT_FOUND: There is no ticket 8.',
      '5 CUSTOMER_MISMATCH: The ticket P-1 does not belong to the customer globex.',
    ]);
  });

  it.each([
    [{}, 'ticket is missing'],
    [{ ticket: 'A', id: 'P-1' }, 'id must not be given with ticket'],
    [{ ticket: 'A', reference: 'INC-1' }, 'reference must not be given with ticket'],
    [{ source: 'zen' }, 'externalId must be given with source'],
    [{ id: 'a b' }, 'id must be'],
  ])('name it once: %j', async (name, message) => {
    const { rejected } = await take('file', noted(name, 'which?'));
    expect(rejected).toMatchObject([{ line: 1, code: 'INVALID_FIELD', message: expect.stringContaining(message) }]);
  });

  it.each(['id', 'source', 'externalId'])('open tickets under names of the log alone: %s', async (field) => {
    const { rejected } = await take('file', opened('N-1', { [field]: 'x' }));
    expect(rejected).toMatchObject([{ message: expect.stringContaining(`${field} is not a field of TicketOpened`) }]);
  });
});
