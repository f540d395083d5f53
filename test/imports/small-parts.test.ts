import { describe, expect, it } from '@jest/globals';
import { csvRows } from '../../src/imports/csv.js';
import { inOurWords } from '../../src/imports/fact-id.js';
import { linesOf } from '../../src/imports/lines.js';
import { ticketIdOf } from '../../src/tickets/domain/ticket-id.js';
import { all } from '../contract/event-store.contract.js';

async function* bytes(...parts: readonly string[]) {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part));
}

describe('lines of a log', () => {
  it('begin after a byte order mark, which stands before the first alone', async () => {
    expect(await all(linesOf(bytes('\uFEFF{"a":', '1}\r\n\uFEFFb\n')))).toEqual([
      { number: 1, text: '{"a":1}' },
      { number: 2, text: '\uFEFFb' },
    ]);
  });
});

describe('rows of a CSV file', () => {
  it('have the first of columns of the same name', async () => {
    const [row] = await all(csvRows(bytes('id,state,id\n7,open,8\n'), ['id', 'state']));
    if (row === undefined || !('cell' in row)) throw new Error('there is no row');
    expect([row.cell('id'), row.cell('state'), row.cell('none')]).toEqual(['7', 'open', '']);
  });
});

describe('what a log says of another ticket', () => {
  const ours = (externalId: string) => ticketIdOf({ source: 'zendesk', externalId });

  it('means ours: merged into, and split off, known by what the source calls it', () => {
    expect(inOurWords({ type: 'MergeTicket', into: '8' }, '7', 'zendesk')).toEqual({
      type: 'MergeTicket',
      into: ours('8'),
    });
    expect(inOurWords({ type: 'SplitTicket', into: '9', messageAt: 0 }, '7', 'zendesk')).toEqual({
      ...{ type: 'SplitTicket', into: ours('9'), messageAt: 0, reference: '9' },
      from: { source: 'zendesk', externalId: '9' },
    });
    expect(inOurWords({ type: 'SplitTicket', into: '9', messageAt: 0, reference: 'R' }, '7', 'zendesk')).toMatchObject({
      reference: 'R',
    });
  });
});
