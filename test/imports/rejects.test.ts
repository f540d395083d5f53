import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { longestRaw } from '../../src/imports/import-record.js';
import { mappedLog } from '../../src/imports/mapping/mapped-log.js';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { newFolder } from '../support/api.js';
import { importLines, ledgerAt, type TestContext } from '../support/application-contexts.js';

const fact = (event: string, ticket: string, hour: number, more: object = {}) => {
  const occurredAt = `2026-02-02T${String(hour).padStart(2, '0')}:00:00Z`;
  return JSON.stringify({ event, ticket, occurredAt, actor: { id: 'mia' }, ...more });
};
const opened = (ticket: string, more: object = {}) =>
  fact('TicketOpened', ticket, 9, {
    customer: 'acme',
    type: 'productBug',
    channel: 'email',
    subject: 'It broke',
    ...more,
  });

const csv = mappedLog(
  parseMapping({
    ...{ source: 'test', rows: 'events', times: { zone: 'UTC' }, ticket: { column: 'id' }, at: { column: 'at' } },
    ...{ actor: { column: 'who' }, customer: 'acme', type: { column: 'kind' }, channel: 'email', subject: 'It broke' },
    state: { column: 'did', values: { asked: 'open', wrote: 'reply', 'said "ok"': 'resolved' } },
  }),
);
const header = 'id;at;who;kind;did';

describe('a rejected row', () => {
  let context: TestContext;
  const take = (lines: readonly string[], format?: typeof csv) => {
    context.time.moveTo(context.time.now() + 1); // each import begins at an instant of its own
    return importLines(context, lines, 'pipe', format);
  };
  beforeAll(async () => {
    context = await ledgerAt('2026-03-02T09:00:00Z', newFolder());
  });
  afterAll(() => context.close());

  it.each([
    ['that cannot be read', fact('TicketPaused', 'A', 9), 'INVALID_FIELD'],
    ['of a ticket that is not there', `  ${fact('TicketClosed', 'A', 9)} `, 'TICKET_NOT_FOUND'],
    ['with a word that the desk lacks', opened('A', { type: 'gadget' }), 'UNKNOWN_TYPE'],
    ['that defines what is there', '{"event":"CustomerEnrolled","customer":"x","plan":"none"}', 'PLAN_NOT_FOUND'],
  ])('%s is told with the row as it stands in the log', async (_, row, code) => {
    const { rejected } = await take([row]);
    expect(rejected).toEqual([{ line: 1, code, message: expect.any(String), raw: row }]);
  });

  it('is told up to a length', async () => {
    const { rejected } = await take([fact('TicketClosed', 'A', 9) + ' '.repeat(longestRaw)]);
    expect(rejected[0]?.raw.length).toBe(longestRaw);
  });

  it('goes in by the same format when it is mended', async () => {
    const first = await take([opened('M-1'), fact('TicketPaused', 'M-1', 10, { reason: 'tea' })]);
    const mended = await take(first.rejected.map(({ raw }) => raw.replace('tea', 'onHold')));
    expect([first.counts, mended.counts]).toMatchObject([
      { recorded: 1, rejected: 1 },
      { recorded: 1, rejected: 0 },
    ]);
  });

  it('goes in by the same mapping when it is mended, below the header', async () => {
    const first = await take(
      [
        header,
        'C-1;2026-02-02T09:00:00;mia;gadget;asked',
        'C-1;2026-02-02T10:00:00;bob;gadget;"said ""ok"""',
        'C-2;2026-02-02T09:00:00;mia;productBug;asked',
        'C-2;2026-02-02T10:00:00;bob;productBug;danced',
      ],
      csv,
    );
    const raw = first.rejected.toSorted((a, b) => a.line - b.line).map((row) => row.raw);
    const mended = raw.map((row) => row.replace('gadget', 'productBug').replace('danced', 'wrote'));
    const again = await take([header, ...new Set(mended)], csv);
    expect([first.counts, again.counts]).toMatchObject([
      { recorded: 1, rejected: 3 },
      { recorded: 3, rejected: 1 },
    ]);
    // The first row of a ticket opens it; this one is there.
    expect(again.rejected).toMatchObject([{ code: 'TICKET_EXISTS', raw: mended.at(-1) }]);
  });
});
