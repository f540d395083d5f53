import { describe, expect, it } from '@jest/globals';
import { builtInWords } from '../../src/catalogue/domain/built-in-words.js';
import { DiskLines } from '../../src/storage/disk-lines.js';
import { pledgeNdjson } from '../../src/imports/formats/pledge-ndjson.js';
import { importLog } from '../../src/imports/import-log.js';
import { type ImportRow } from '../../src/imports/import-record.js';
import { OpenedTickets } from '../../src/imports/opened-tickets.js';
import { Survey } from '../../src/imports/survey.js';

const row = (event: string, ticket: string, minute: number, more: object = {}) => {
  const occurredAt = new Date(Date.UTC(2026, 2, 2, 9, minute)).toISOString();
  return JSON.stringify({ event, ticket, occurredAt, actor: { id: 'mia' }, ...more });
};
const note = (ticket: string, i: number) => row('InternalNoteAdded', ticket, i, { text: `Note ${i}` });
const opened = (ticket: string) =>
  row('TicketOpened', ticket, 0, { customer: 'acme', type: 'productBug', channel: 'email', subject: 'It broke' });

const rowsOf = (lines: Iterable<string>): AsyncIterable<ImportRow> =>
  pledgeNdjson.read(
    (async function* () {
      for (const line of lines) yield Buffer.from(`${line}\n`);
    })(),
  );

/** What an import hands over, each time, by how many rows were read then. */
async function handedOver(lines: readonly string[], survey?: Survey) {
  const calls: { readonly texts: readonly string[]; readonly read: number }[] = [];
  let read = 0;
  async function* counted() {
    for await (const one of rowsOf(lines)) {
      read += 1;
      yield one;
    }
  }
  await importLog(counted(), {
    ...{ source: 'test', signal: new AbortController().signal },
    ...(survey === undefined ? {} : { survey }),
    rejected: () => undefined,
    progressed: () => undefined,
    sink: {
      words: () => Promise.resolve(builtInWords),
      define: () => Promise.resolve({ kind: 'recorded', events: 1 }),
      called: () => Promise.resolve([]),
      record: (_, facts) => {
        const texts = facts.map(({ command }) => (command.type === 'AddInternalNote' ? command.text : command.type));
        calls.push({ texts, read });
        return Promise.resolve(facts.map(() => ({ kind: 'recorded', events: 1 })));
      },
    },
  });
  return calls;
}

const many = (length: number, make: (i: number) => string) => Array.from({ length }, (_, i) => make(i));

describe('facts that come before the opening of their ticket', () => {
  it('wait on disk, and are handed over in bounded parts and in their order, however many', async () => {
    const calls = await handedOver([...many(9_000, (i) => note('A', i)), opened('A'), note('A', 9_000)]);
    expect(calls.flatMap(({ texts }) => texts)).toEqual(['OpenTicket', ...many(9_001, (i) => `Note ${i}`)]);
    expect(Math.max(...calls.map(({ texts }) => texts.length))).toBeLessThanOrEqual(4_000);
  });

  it('wait to the end of what is piped in, and of a file only where it opens the ticket', async () => {
    const lines = [note('A', 1), ...many(4_000, (i) => note('B', i)), opened('B')];
    const survey = new Survey('test');
    for await (const one of rowsOf(lines)) survey.take(one);
    expect(survey.rows).toBe(4_002);
    const firstOf = (calls: Awaited<ReturnType<typeof handedOver>>) =>
      calls.find(({ texts }) => texts[0] === 'Note 1')?.read;
    expect(firstOf(await handedOver(lines, survey))).toBe(2_000);
    expect(firstOf(await handedOver(lines))).toBe(4_002);
    survey.close();
  });
});

describe('what an import keeps on disk', () => {
  it('are the tickets that it opened, all of them', () => {
    const tickets = new OpenedTickets();
    for (let i = 0; i < 120_000; i++) tickets.add(`T-${i}`, i % 2 === 0 ? 'opening' : 'split');
    expect([tickets.has('T-0', 'opening'), tickets.has('T-0', 'split'), tickets.has('T-1', 'split')]).toEqual([
      ...[true, false, true],
    ]);
    expect([tickets.has('T-119998', 'opening'), tickets.has('T-120000', 'opening')]).toEqual([true, false]);
    tickets.close();
  });

  it('comes out by its key, or from first to last, once', () => {
    const lines = new DiskLines<number>();
    expect([lines.has('a'), lines.take(5), lines.takeOf('a', 5)]).toEqual([false, [], []]);
    for (let i = 0; i < 10; i++) lines.add(i % 2 === 0 ? 'a' : 'b', i);
    expect(lines.takeOf('a', 2)).toEqual([0, 2]);
    expect(lines.take(3)).toEqual([1, 3, 4]);
    expect([lines.takeOf('a', 9), lines.has('a'), lines.has('b')]).toEqual([[6, 8], false, true]);
    expect([lines.take(9), lines.take(9)]).toEqual([[5, 7, 9], []]);
    lines.close();
  });
});
