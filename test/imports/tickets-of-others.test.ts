import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pledgeNdjson } from '../../src/imports/formats/pledge-ndjson.js';
import { importLog } from '../../src/imports/import-log.js';
import { handOver } from '../../src/tickets/commands/hand-over.js';
import { ticketStream } from '../../src/tickets/domain/events.js';
import { ticketIdOf } from '../../src/tickets/domain/ticket-id.js';
import { newFolder } from '../support/api.js';
import { importLines, ledgerAt, type TestLedger } from '../support/ledgers.js';

const line = (event: string, ticket: string, time: string, more: object = {}) =>
  JSON.stringify({ event, ticket, occurredAt: `2026-03-02T${time}:00Z`, actor: { id: 'mia' }, ...more });
const opened = (ticket: string, customer: string, more: object = {}) =>
  line('TicketOpened', ticket, '09:00', {
    ...{ customer, type: 'productBug', channel: 'email', subject: 'It broke', ...more },
  });
const note = (ticket: string, more: object = {}) =>
  line('InternalNoteAdded', ticket, '10:00', { text: 'Globex: the password is swordfish', ...more });
/** Rows of a ticket that is not there: as many as are recorded together. */
const others = Array.from({ length: 2_000 }, (_, i) =>
  line('CustomerReplied', 'none', '11:00', { channel: i % 2 ? 'email' : 'phone' }),
);

describe('an import that speaks of a ticket that is another’s', () => {
  let folder: string;
  let ledger: TestLedger;
  beforeEach(async () => {
    folder = newFolder();
    ledger = await ledgerAt('2026-03-02T14:00:00Z', folder);
    await taken('T-9');
  });
  afterEach(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true });
  });

  /** A second later, an import of the same source as those before. */
  const imported = (lines: readonly string[]) => {
    ledger.clock.moveTo(ledger.clock.now() + 1_000);
    return importLines(ledger, lines);
  };
  /** An earlier import of the same source brought a ticket of acme's by that name. */
  const taken = async (ticket: string) => {
    const { rejected } = await imported([opened(ticket, 'acme')]);
    expect(rejected).toEqual([]);
  };
  const idOf = (externalId: string) => ticketIdOf({ source: 'test', externalId });
  async function typesOf(externalId: string): Promise<readonly string[]> {
    const types: string[] = [];
    for await (const { type } of ledger.store.readStream(ticketStream(idOf(externalId)))) types.push(type);
    return types;
  }
  /** What was rejected of an import, but for rows of the ticket that is not there. */
  const rejectedOf = async (lines: readonly string[]) =>
    (await imported(lines)).rejected
      .filter(({ code }) => code !== 'TICKET_NOT_FOUND')
      .map(({ line: at, code }) => [at, code]);
  const untouched = async () => {
    expect(await typesOf('T-9')).toEqual(['TicketOpened']);
  };

  it('has it refused beside its opening', async () => {
    expect(await rejectedOf([note('T-9'), opened('T-9', 'globex'), note('T-9')])).toEqual([
      ...[
        [2, 'TICKET_EXISTS'],
        [1, 'OPENING_REJECTED'],
        [3, 'OPENING_REJECTED'],
      ],
    ]);
    await untouched();
  });

  it('has it refused long after its opening, again and again', async () => {
    const rows = [opened('T-9', 'globex'), ...others, note('T-9'), ...others, note('T-9')];
    expect(await rejectedOf(rows)).toEqual([
      ...[
        [1, 'TICKET_EXISTS'],
        [2_002, 'OPENING_REJECTED'],
        [4_003, 'OPENING_REJECTED'],
      ],
    ]);
    await untouched();
  });

  it('has it refused up to two thousand rows before its opening', async () => {
    const rows = [note('T-9'), ...others.slice(1), opened('T-9', 'globex')];
    expect(await rejectedOf(rows)).toEqual([
      [2_001, 'TICKET_EXISTS'],
      [1, 'OPENING_REJECTED'],
    ]);
    await untouched();
  });

  it('has it refused with an opening that cannot be read', async () => {
    expect(await rejectedOf([opened('T-9', 'globex', { subject: '' }), note('T-9')])).toEqual([
      ...[
        [1, 'INVALID_FIELD'],
        [2, 'OPENING_REJECTED'],
      ],
    ]);
    await untouched();
  });

  it('has it refused after a stop, for it is read from its beginning', async () => {
    const rows = [opened('T-9', 'globex'), ...others, note('T-9')];
    const stop = new AbortController();
    async function* bytes() {
      for (const row of rows) yield Buffer.from(`${row}\n`);
    }
    const { log } = await imported([]);
    const first: string[] = [];
    await importLog(pledgeNdjson.read(bytes()), {
      ...{ source: 'test', sink: log, signal: stop.signal },
      rejected: ({ code }) => {
        if (code !== 'TICKET_NOT_FOUND') first.push(code);
        stop.abort();
      },
      progressed: () => undefined,
    });
    expect(first).toEqual(['TICKET_EXISTS']);
    expect(await rejectedOf(rows)).toEqual([
      [1, 'TICKET_EXISTS'],
      [2_002, 'OPENING_REJECTED'],
    ]);
    await untouched();
  });

  it('has it taken where the very ticket is there, its subject changed', async () => {
    const { rejected, counts } = await imported([opened('T-9', 'acme', { subject: 'Other' }), note('T-9')]);
    expect(rejected).toMatchObject([
      { line: 1, code: 'TICKET_EXISTS', message: expect.stringContaining('other facts about it are taken') },
    ]);
    expect(counts.recorded).toBe(1);
    expect(await typesOf('T-9')).toEqual(['TicketOpened', 'InternalNoteAdded']);
  });

  it('has it taken where it goes on with a ticket of an earlier import', async () => {
    expect(await rejectedOf([note('T-9'), ...others, line('TicketClosed', 'T-9', '12:00')])).toEqual([]);
    expect(await typesOf('T-9')).toEqual(['TicketOpened', 'InternalNoteAdded', 'TicketClosed']);
  });

  it('has it refused where it names another customer', async () => {
    const rows = [note('T-9', { customer: 'globex' }), note('T-9', { customer: ' acme ', text: 'Ours' })];
    expect(await rejectedOf(rows)).toEqual([[1, 'CUSTOMER_MISMATCH']]);
    expect(await typesOf('T-9')).toEqual(['TicketOpened', 'InternalNoteAdded']);
  });

  describe('by a split or a merge', () => {
    const old = [opened('T-1', 'globex'), line('CustomerReplied', 'T-1', '09:30')];
    const split = (into: string) =>
      line('TicketSplit', 'T-1', '09:40', { into, messageAt: '2026-03-02T09:30:00Z', subject: 'Other' });
    const merged = line('TicketMerged', 'T-1', '09:50', { into: 'T-9' });

    it('has the split refused, and what is said of its ticket', async () => {
      expect(await rejectedOf([note('T-9'), ...old, split('T-9'), ...others, note('T-9')])).toEqual([
        ...[
          [4, 'TICKET_EXISTS'],
          [1, 'OPENING_REJECTED'],
          [2_005, 'OPENING_REJECTED'],
        ],
      ]);
      await untouched();
    });

    it('has a split that cannot be read refused, and what is said of its ticket', async () => {
      expect(await rejectedOf([...old, split('T-9').replace('09:30', 'noon'), note('T-9')])).toEqual([
        ...[
          [3, 'INVALID_FIELD'],
          [4, 'OPENING_REJECTED'],
        ],
      ]);
      await untouched();
    });

    it('has the merge refused', async () => {
      expect(await rejectedOf([...old, merged])).toEqual([[3, 'MERGE_ACROSS_CUSTOMERS']]);
      expect(await rejectedOf([merged, opened('T-9', 'globex')])).toEqual([
        ...[
          [2, 'TICKET_EXISTS'],
          [1, 'OPENING_REJECTED'],
        ],
      ]);
      await untouched();
    });

    it('does not tell the other ticket of a merge, where it is opened later for another', async () => {
      const early = line('TicketMerged', 'T-1', '09:50', { into: 'T-8' });
      expect(await rejectedOf([...old, early, ...others, ...others, opened('T-8', 'acme')])).toEqual([]);
      await expect(handOver(ledger, idOf('T-1'))).rejects.toMatchObject({ code: 'CUSTOMER_MISMATCH' });
      expect(await typesOf('T-8')).toEqual(['TicketOpened']);
    });

    it('takes the opening of the new ticket that the log brings as well', async () => {
      expect(await rejectedOf([...old, split('T-2'), opened('T-2', 'globex'), note('T-2')])).toEqual([]);
      expect(await typesOf('T-2')).toEqual(['TicketOpened', 'InternalNoteAdded']);
    });
  });
});
