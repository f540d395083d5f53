import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { pledgeNdjson } from '../../src/imports/formats/pledge-ndjson.js';
import { importLog } from '../../src/imports/import-log.js';
import { propagateMerge } from '../../src/tickets/commands/propagate-merge.js';
import { ticketStream } from '../../src/tickets/domain/ticket-event-types.js';
import { ticketIdOf } from '../../src/tickets/domain/ticket-id.js';
import { newFolder } from '../support/api.js';
import { importLines, ledgerAt, type TestContext } from '../support/application-contexts.js';

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

/** A file is read through before it is recorded, a pipe is not. */
type How = 'file' | 'pipe';

describe("an import that speaks of a ticket that is another's", () => {
  let folder: string;
  let context: TestContext;
  beforeEach(async () => {
    folder = newFolder();
    context = await ledgerAt('2026-03-02T14:00:00Z', folder);
    await taken('T-9');
  });
  afterEach(async () => {
    await context.close();
    rmSync(folder, { recursive: true });
  });

  /** A second later, an import of the same source as those before. */
  const imported = (lines: readonly string[], how: How = 'pipe') => {
    context.time.moveTo(context.time.now() + 1_000);
    return importLines(context, lines, how);
  };
  /** An earlier import of the same source brought a ticket of acme's by that name. */
  const taken = async (ticket: string) => {
    const { rejected } = await imported([opened(ticket, 'acme')]);
    expect(rejected).toEqual([]);
  };
  const idOf = (externalId: string) => ticketIdOf({ source: 'test', externalId });
  async function typesOf(externalId: string): Promise<readonly string[]> {
    const types: string[] = [];
    for await (const { type } of context.store.readStream(ticketStream(idOf(externalId)))) types.push(type);
    return types;
  }
  /** What was rejected of an import, but for rows of the ticket that is not there. */
  const rejectedOf = async (lines: readonly string[], how?: How) =>
    (await imported(lines, how)).rejected
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

  it.each<[How, number]>([
    ['pipe', 0],
    ['pipe', 6_000],
    ['file', 6_000],
  ])('has it refused before its opening, in a %s, %i rows away', async (how, distance) => {
    const between = Array.from({ length: 3 }, () => others)
      .flat()
      .slice(0, distance);
    const rows = [note('T-9'), ...between, note('T-9', { text: 'More' }), opened('T-9', 'globex')];
    expect(await rejectedOf(rows, how)).toEqual([
      [distance + 3, 'TICKET_EXISTS'],
      [1, 'OPENING_REJECTED'],
      [distance + 2, 'OPENING_REJECTED'],
    ]);
    await untouched();
  });

  it('has it taken before its opening at any distance, in order, where that is taken', async () => {
    const close = line('TicketClosed', 'T-7', '12:00');
    const early = [note('T-7'), ...others, line('TicketResolved', 'T-7', '11:00')];
    expect(await rejectedOf([...early, ...others, opened('T-7', 'acme'), close])).toEqual([]);
    const types = (await typesOf('T-7')).filter((type) => !type.startsWith('Sla'));
    expect(types).toEqual(['TicketOpened', 'InternalNoteAdded', 'TicketResolved', 'TicketClosed']);
  });

  it.each<How>(['file', 'pipe'])(
    "has it refused between openings for two customers in a file; in a pipe it is the first one's: %s",
    async (how) => {
      const rows = [opened('T-8', 'acme'), ...others, note('T-8'), ...others, opened('T-8', 'globex'), note('T-8')];
      const isFile = how === 'file';
      expect(await rejectedOf(rows, how)).toEqual([
        ...(isFile ? [[2_002, 'OPENING_REJECTED']] : []),
        ...[
          [4_003, 'TICKET_EXISTS'],
          [4_004, 'OPENING_REJECTED'],
        ],
      ]);
      expect(await typesOf('T-8')).toEqual(['TicketOpened', ...(isFile ? [] : ['InternalNoteAdded'])]);
    },
  );

  it('has it taken between two openings for one customer', async () => {
    const again = opened('T-8', 'acme', { subject: 'Other' });
    expect(await rejectedOf([opened('T-8', 'acme'), note('T-8'), ...others, again])).toEqual([
      [2_003, 'TICKET_EXISTS'],
    ]);
    expect(await typesOf('T-8')).toEqual(['TicketOpened', 'InternalNoteAdded']);
  });

  it('has it refused with an opening that cannot be read, before and after it', async () => {
    const rows = [note('T-9'), ...others, opened('T-9', 'globex', { subject: '' }), note('T-9')];
    expect((await rejectedOf(rows)).sort()).toEqual([
      ...[
        [1, 'OPENING_REJECTED'],
        [2_002, 'INVALID_FIELD'],
        [2_003, 'OPENING_REJECTED'],
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
      { line: 1, code: 'TICKET_EXISTS', message: expect.stringContaining('other facts about it are accepted') },
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
      await expect(propagateMerge(context, idOf('T-1'))).rejects.toMatchObject({ code: 'CUSTOMER_MISMATCH' });
      expect(await typesOf('T-8')).toEqual(['TicketOpened']);
    });

    it('takes the opening of the new ticket that the log brings as well', async () => {
      expect(await rejectedOf([...old, split('T-2'), opened('T-2', 'globex'), note('T-2')])).toEqual([]);
      expect(await typesOf('T-2')).toEqual(['TicketOpened', 'InternalNoteAdded']);
    });
  });
});
