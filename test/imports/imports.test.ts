import { gzipSync } from 'node:zlib';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from '../support/fc.js';
import { builtInWords } from '../../src/catalogue/domain/built-in-words.js';
import { Rejection } from '../../src/event-sourcing/rejection.js';
import { italianHelpdesk } from '../../src/imports/formats/italian-helpdesk.js';
import { pledgeNdjson } from '../../src/imports/formats/pledge-ndjson.js';
import { type ImportedFact, importLog, type RejectedRow } from '../../src/imports/import-log.js';
import { type ImportFormat, type ImportRow } from '../../src/imports/import-record.js';
import { type RequestOutcome } from '../../src/tickets/commands/request-outcome.js';
import { readLog } from '../../src/imports/read-log.js';
import { sampleLog } from '../../src/imports/sample.js';
import { reopenShare, waitShare } from '../../src/imports/sample-figures.js';
import { newFolder } from '../support/api.js';

async function rowsOf(format: ImportFormat, parts: readonly (string | Buffer)[]): Promise<ImportRow[]> {
  async function* bytes() {
    for (const part of parts) yield Buffer.from(part);
  }
  const rows: ImportRow[] = [];
  for await (const row of format.read(bytes())) rows.push(row);
  return rows;
}

const opened = {
  ...{ event: 'TicketOpened', ticket: 'A-1', occurredAt: '2025-03-03T09:12:00+01:00', actor: { id: 'mia' } },
  ...{ customer: 'acme', type: 'productBug', channel: 'email', subject: 'Naïve «façade» 𝄞' },
};
const fact = (event: string, more: object = {}) =>
  JSON.stringify({ ...{ ticket: 'A-1', occurredAt: opened.occurredAt, actor: opened.actor }, event, ...more });

describe("Pledge's own format", () => {
  it('reads an event a line', async () => {
    const [row] = await rowsOf(pledgeNdjson, [JSON.stringify(opened)]);
    expect(row).toEqual({
      line: 1,
      raw: JSON.stringify(opened),
      record: {
        ...{
          kind: 'fact',
          ticket: 'A-1',
          occurredAt: Date.UTC(2025, 2, 3, 8, 12),
          actor: { id: 'mia', kind: 'person' },
        },
        command: {
          type: 'OpenTicket',
          customer: 'acme',
          ticketType: 'productBug',
          channel: 'email',
          subject: opened.subject,
        },
      },
    });
  });

  it.each([
    ['FirstResponseSent', { channel: 'phone' }, { type: 'RecordFirstResponse', channel: 'phone' }],
    ['FollowUpSent', {}, { type: 'RecordFollowUp' }],
    ['CustomerReplied', {}, { type: 'RecordCustomerReply' }],
    ['TicketPaused', { reason: 'onHold' }, { type: 'PauseTicket', reason: 'onHold' }],
    ['TicketResumed', {}, { type: 'ResumeTicket' }],
    ['TicketAssigned', { assignee: 'mia' }, { type: 'AssignTicket', assignee: 'mia', team: null }],
    ['TicketReclassified', { priority: 'high' }, { type: 'ReclassifyTicket', priority: 'high' }],
    ['InternalNoteAdded', { text: 'hm' }, { type: 'AddInternalNote', text: 'hm' }],
    ['TicketResolved', { publicReply: false }, { type: 'ResolveTicket', publicReply: false }],
    ['TicketClosed', {}, { type: 'CloseTicket' }],
    ['TicketReopened', {}, { type: 'ReopenTicket' }],
    ['TicketCancelled', { reason: 'spam' }, { type: 'CancelTicket', reason: 'spam' }],
  ])('reads %s', async (event, more, command) => {
    expect(await rowsOf(pledgeNdjson, [fact(event, more)])).toMatchObject([{ record: { command } }]);
  });

  it('reads customers and calendars', async () => {
    const calendar = {
      event: 'CalendarDefined',
      code: 'c',
      name: 'C',
      definition: { timeZone: 'UTC', weekly: { mon: [['09:00', '17:00']] } },
    };
    const customer = { event: 'CustomerEnrolled', customer: 'acme', plan: 'pro' };
    expect(await rowsOf(pledgeNdjson, [`${JSON.stringify(calendar)}\n${JSON.stringify(customer)}\n`])).toMatchObject([
      { record: { kind: 'calendar', code: 'c' } },
      { record: { kind: 'customer', customer: 'acme', plan: 'pro', effectiveFrom: null } },
    ]);
  });

  it.each([
    ['no JSON', '{"event":', 'LINE_NOT_JSON', 'JSON'],
    ['no object', '[1]', 'INVALID_FIELD', 'the line must be an object'],
    ['an unknown event', fact('TicketEaten'), 'INVALID_FIELD', 'event must be one of'],
    ['a field nobody knows', fact('TicketClosed', { because: 'x' }), 'INVALID_FIELD', 'because is not a field'],
    ['a missing field', fact('TicketPaused'), 'INVALID_FIELD', 'reason is missing'],
    [
      'an instant without offset',
      fact('TicketClosed', { occurredAt: '2025-03-03T09:12:00' }),
      'INVALID_FIELD',
      'occurredAt must be',
    ],
    ['an empty id', fact('TicketClosed', { ticket: '' }), 'INVALID_FIELD', 'ticket must be text'],
    [
      'text too long',
      fact('InternalNoteAdded', { text: 'x'.repeat(10_001) }),
      'INVALID_FIELD',
      'text must not be longer',
    ],
    [
      'an actor of no kind',
      fact('TicketClosed', { actor: { id: 'x', kind: 'ghost' } }),
      'INVALID_FIELD',
      'actor.kind must be one of',
    ],
    [
      'a calendar that is never open',
      '{"event":"CalendarDefined","code":"c","name":"C","definition":{"timeZone":"UTC"}}',
      'INVALID_FIELD',
      'definition',
    ],
    ['a line over a megabyte', `{"event":"${'x'.repeat(1024 * 1024)}"}`, 'LINE_NOT_READABLE', 'longer than 1 MiB'],
  ])('rejects a line with %s, by number and reason, and reads the next', async (_, line, code, why) => {
    const rows = await rowsOf(pledgeNdjson, [`${line}\n${JSON.stringify(opened)}`]);
    expect(rows).toMatchObject([
      { line: 1, rejected: { code, message: expect.stringContaining(why) } },
      { line: 2, record: {} },
    ]);
  });

  it.each([
    [
      { event: 'TicketOpened', ticket: 'T-1', actor: {}, customer: 'acme', colour: 'red' },
      'colour is not a field of TicketOpened; occurredAt is missing; actor.id is missing; type is missing; channel is missing; subject is missing',
    ],
    [{ event: 'CustomerEnrolled', colour: 'red' }, 'customer is missing; plan is missing; colour is not a field here'],
    [
      { event: 'CalendarDefined', name: 'C', definition: { timeZone: 'Mars' } },
      'code is missing; definition: "Mars" is not an IANA time zone',
    ],
    [{ ticket: 'T-1' }, 'event is missing'],
  ])('tells all that is wrong with a line: %j', async (line, message) => {
    expect(await rowsOf(pledgeNdjson, [JSON.stringify(line)])).toMatchObject([{ rejected: { message } }]);
  });

  it.each([
    ['ticket,at\n1,2026-03-02\n', 'a short CSV'],
    ['id;at\n'.repeat(30) + JSON.stringify(opened), 'a long one'],
    ['[\n  1\n]\n', 'other JSON'],
  ])('refuses a log of another format as a whole: %j', async (log) => {
    await expect(rowsOf(pledgeNdjson, [log])).rejects.toMatchObject({
      code: 'LOG_MALFORMED',
      message: expect.stringContaining('give --mapping (docs/mappings.md)'),
    });
  });

  it('rejects some lines before the first that is JSON', async () => {
    const rows = await rowsOf(pledgeNdjson, [`# our log\n\n# of March\n${JSON.stringify(opened)}\n# the end`]);
    expect(rows.map((row) => [row.line, 'rejected' in row])).toEqual([
      [1, true],
      [3, true],
      [4, false],
      [5, true],
    ]);
  });

  it('rejects a line that is not UTF-8', async () => {
    const rows = await rowsOf(pledgeNdjson, [Buffer.from([0x7b, 0xff, 0xfe, 0x0a])]);
    expect(rows).toMatchObject([{ line: 1, rejected: { code: 'LINE_NOT_READABLE' } }]);
  });

  it('does not care for byte order marks, line ends and empty lines', async () => {
    const rows = await rowsOf(pledgeNdjson, [`\uFEFF${JSON.stringify(opened)}\r\n\r\n${JSON.stringify(opened)}\n`]);
    expect(rows.map(({ line }) => line)).toEqual([1, 3]);
  });

  it('does not care where the bytes are cut', async () => {
    const text = Buffer.from(`${JSON.stringify(opened)}\n${fact('TicketClosed')}\n`);
    const whole = await rowsOf(pledgeNdjson, [text]);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 8 }), async (cuts) => {
        const edges = [0, ...cuts.sort((a, b) => a - b), text.length];
        const parts = edges.slice(1).map((edge, i) => text.subarray(edges[i], edge));
        expect(await rowsOf(pledgeNdjson, parts)).toEqual(whole);
      }),
    );
  });
});

const header = 'Case ID,Activity,Resource,Complete Timestamp,Variant,Variant,customer,product,seriousness_2';
const row = (activity: string, time: string, severity = 'Value 1') =>
  `Case 1,${activity},Value 9,2012/03/05 ${time}.000,Variant 1,1,Value 77,Value 3,${severity}`;

describe("the Italian help desk's format", () => {
  it('reads the life of a ticket', async () => {
    const rows = await rowsOf(italianHelpdesk, [
      [
        header,
        row('Assign seriousness', '08:00:00'),
        row('Take in charge ticket', '09:00:00'),
        row('Take in charge ticket', '10:00:00'),
        row('Wait', '11:00:00'),
        row('Assign seriousness', '12:00:00', 'Value 2'),
        row('Resolve ticket', '13:00:00', 'Value 2'),
        row('Take in charge ticket', '14:00:00', 'Value 2'),
        row('Resolve ticket', '15:00:00', 'Value 2'),
        row('Closed', '16:00:00', 'Value 2'),
      ].join('\n'),
    ]);
    const said = rows.flatMap((r) => ('record' in r && r.record.kind === 'fact' ? [r.record.command.type] : []));
    expect(said).toEqual([
      ...['OpenTicket', 'AssignTicket', 'RecordFirstResponse', 'PauseTicket', 'ReclassifyTicket', 'ResumeTicket'],
      ...['ResolveTicket', 'ReopenTicket', 'ResolveTicket', 'CloseTicket'],
    ]);
    expect(rows).toMatchObject([
      { record: { kind: 'calendar', definition: { timeZone: 'Europe/Rome' } } },
      ...['Value 1', 'Value 2', 'Value 3', 'Value 4'].map((code) => ({ record: { kind: 'word', code } })),
      { line: 2 },
      { record: { kind: 'customer', customer: 'Value 77', plan: 'pro', calendar: 'italian-helpdesk' } },
      ...Array.from({ length: rows.length - 7 }, () => ({})),
    ]);
  });

  it('refuses a file whose header lacks a column', async () => {
    await expect(rowsOf(italianHelpdesk, ['a,b\n1,2\n'])).rejects.toMatchObject({
      code: 'LOG_MALFORMED',
      message: expect.stringContaining('"Case ID"'),
    });
    await expect(rowsOf(italianHelpdesk, [''])).rejects.toMatchObject({ code: 'LOG_MALFORMED' });
  });

  it('rejects a row with a quote that is never closed, alone', async () => {
    const misquoted = `${header}\n"${row('Wait', '08:00:00')}\n${row('Wait', '08:00:00')}`;
    const rows = await rowsOf(italianHelpdesk, [misquoted]);
    expect(rows.find((one) => 'rejected' in one)).toMatchObject({ line: 2, rejected: { code: 'ROW_MALFORMED' } });
    expect(rows.some((one) => 'record' in one && one.line === 3)).toBe(true);
  });

  it('rejects a row with other columns, or no time, by its line', async () => {
    const rows = await rowsOf(italianHelpdesk, [[header, 'Case 1,Wait', row('Wait', 'noon')].join('\n')]);
    expect(rows.filter((r) => 'rejected' in r)).toMatchObject([
      { line: 2, rejected: { code: 'ROW_MALFORMED' } },
      { line: 3, rejected: { code: 'INVALID_FIELD' } },
    ]);
  });
});

describe('reading a log', () => {
  const text = async (file: string) => {
    let read = '';
    for await (const chunk of readLog(file, Readable.from([]))) read += String(chunk);
    return read;
  };
  const file = (name: string, content: Buffer | string) => {
    const path = join(newFolder(), name);
    writeFileSync(path, content);
    return path;
  };

  it('unpacks gzip by its first bytes, whatever it is called', async () => {
    expect(await text(file('log.csv', gzipSync('a\nb\n')))).toBe('a\nb\n');
    expect(await text(file('log.gz', 'plain'))).toBe('plain');
    expect(await text(file('empty', ''))).toBe('');
  });

  it.each([
    ['cut off', 'LOG_TRUNCATED', () => gzipSync('x'.repeat(10_000)).subarray(0, 30)],
    ['damaged', 'LOG_MALFORMED', () => Buffer.concat([Buffer.from([0x1f, 0x8b, 0]), Buffer.from('no gzip at all')])],
  ])('refuses gzip that is %s', async (_, code, content) => {
    await expect(text(file('log.gz', content()))).rejects.toMatchObject({ code });
  });

  it('refuses a file that is not there', async () => {
    await expect(text('/nowhere/log')).rejects.toMatchObject({ code: 'LOG_NOT_READABLE' });
  });
});

describe('importing', () => {
  const lines = (list: readonly object[]) => list.map((line) => JSON.stringify(line)).join('\n');

  async function run(
    text: string,
    outcome: (fact: ImportedFact, ticket: string) => RequestOutcome = () => ({ kind: 'recorded', events: 2 }),
  ) {
    const recorded: { ticket: string; facts: readonly ImportedFact[] }[] = [];
    const rejected: RejectedRow[] = [];
    async function* bytes() {
      yield Buffer.from(text);
    }
    const counts = await importLog(pledgeNdjson.read(bytes()), {
      source: 'test',
      signal: new AbortController().signal,
      rejected: (r) => rejected.push(r),
      progressed: () => undefined,
      sink: {
        words: () => Promise.resolve(builtInWords),
        define: () => Promise.resolve({ kind: 'recorded', events: 1 }),
        called: () => Promise.resolve([]),
        record: (ticket, facts) => {
          recorded.push({ ticket, facts });
          return Promise.resolve(facts.map((f) => outcome(f, ticket)));
        },
      },
    });
    return { recorded, rejected, counts };
  }

  const notFound = new Rejection('TICKET_NOT_FOUND', 'There is no such ticket.');
  const two = [opened, { ...opened, ticket: 'A-2' }, JSON.parse(fact('TicketClosed')) as object];

  it('hands the facts of a ticket over together, in order', async () => {
    const { recorded, counts } = await run(lines(two));
    expect(recorded.map(({ facts }) => facts.map(({ command }) => command.type))).toEqual([
      ['OpenTicket', 'CloseTicket'],
      ['OpenTicket'],
    ]);
    expect(counts).toMatchObject({ rows: 3, recorded: 3, alreadySo: 0, rejected: 0, events: 6 });
  });

  it('derives ids from content: the same log gives the same, and a row twice is one fact', async () => {
    const [first, second] = [await run(lines(two)), await run(lines([...two, opened]))];
    const ids = (result: typeof first) =>
      result.recorded.flatMap(({ ticket, facts }) => facts.map(({ factId }) => `${ticket} ${factId}`));
    expect(new Set(ids(second))).toEqual(new Set(ids(first)));
  });

  it('shows people the id that the source gave', async () => {
    const { recorded } = await run(lines(two));
    expect(recorded[0]?.facts[0]?.command).toMatchObject({ reference: 'A-1' });
  });

  it('waits for the opening of a ticket; clocks that run apart may put it later in the log', async () => {
    const early = JSON.parse(fact('FirstResponseSent')) as object;
    const orphan = { ...early, ticket: 'A-9' };
    const others = Array.from({ length: 3_000 }, (_, i) => ({ ...opened, ticket: `B-${i}` }));
    const openedTickets = new Set<string>();
    const { recorded, rejected, counts } = await run(
      lines([early, orphan, ...others, opened]),
      ({ command }, ticket) => {
        if (command.type === 'OpenTicket') openedTickets.add(ticket);
        return openedTickets.has(ticket) ? { kind: 'recorded', events: 1 } : { kind: 'rejected', rejection: notFound };
      },
    );
    expect(rejected.map(({ line, code }) => [line, code])).toEqual([[2, 'TICKET_NOT_FOUND']]);
    expect(counts).toMatchObject({ rows: 3_003, recorded: 3_002, rejected: 1 });
    const whole = recorded.find(({ facts }) => facts.length === 2);
    expect(whole?.facts.map(({ command }) => command.type)).toEqual(['OpenTicket', 'RecordFirstResponse']);
  });

  it('tells of what is refused, by its line', async () => {
    const refuse = ({ command }: ImportedFact): RequestOutcome =>
      command.type === 'CloseTicket' ? { kind: 'rejected', rejection: notFound } : { kind: 'alreadySo' };
    const { rejected, counts } = await run(`${lines(two)}\nnonsense`, refuse);
    expect(rejected.map(({ line, code }) => [line, code])).toEqual([
      [4, 'LINE_NOT_JSON'],
      [3, 'TICKET_NOT_FOUND'],
    ]);
    expect(counts).toMatchObject({ recorded: 0, alreadySo: 2, rejected: 2 });
  });
});

describe('the sample', () => {
  const options = { seed: 1, tickets: 3_000, until: Date.UTC(2026, 2, 2), days: 180, timeZone: 'UTC' };
  const log = [...sampleLog(options)].map(
    (line) => JSON.parse(line) as { event: string; ticket?: string; occurredAt?: string },
  );
  const of = (event: string) => new Set(log.filter((line) => line.event === event).map(({ ticket }) => ticket));

  it('is the same for the same seed, and another for another', () => {
    expect([...sampleLog(options)].map((line) => JSON.parse(line) as object)).toEqual(log);
    expect([...sampleLog({ ...options, seed: 2 })][500]).not.toBe(JSON.stringify(log[500]));
  });

  it('reads without a fault, customers first, in order of time, up to its end', async () => {
    const rows = await rowsOf(
      pledgeNdjson,
      log.map((line) => `${JSON.stringify(line)}\n`),
    );
    expect(rows.filter((r) => 'rejected' in r)).toEqual([]);
    const times = log.flatMap(({ occurredAt }) => (occurredAt === undefined ? [] : [Date.parse(occurredAt)]));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.at(-1)).toBeLessThanOrEqual(options.until);
    expect(log.findLastIndex(({ event }) => event === 'CustomerEnrolled')).toBeLessThan(
      log.findIndex(({ event }) => event === 'TicketOpened'),
    );
  });

  it('has what is rare of tickets', () => {
    const has = (event: string, field?: string) =>
      log.some((row) => row.event === event && (field === undefined || field in row));
    expect({
      untils: has('TicketPaused', 'until'),
      splits: has('TicketSplit'),
      merges: has('TicketMerged'),
      restored: has('TicketRestored'),
      corrected: has('TicketCorrected', 'subject'),
      judgedAgain: has('PlanReapplied', 'answered'),
      automatic: log.some((row) => row.event === 'CustomerReplied' && JSON.stringify(row).includes('automatic')),
    }).toEqual({
      ...{
        untils: true,
        splits: true,
        merges: true,
        restored: true,
        corrected: true,
        judgedAgain: true,
        automatic: true,
      },
    });
  });

  it('follows the figures of the real logs', () => {
    // Beside those of people who asked twice.
    const opened = [...of('TicketOpened')].filter((ticket) => ticket?.endsWith('-A') !== true).length;
    expect(opened).toBe(3_000);
    const resolved = of('TicketResolved').size;
    expect(of('TicketReopened').size / resolved).toBeGreaterThan(reopenShare / 2);
    expect(of('TicketReopened').size / resolved).toBeLessThan(reopenShare * 2);
    expect(of('TicketPaused').size / opened).toBeGreaterThan(waitShare / 3);
    expect(of('TicketPaused').size / opened).toBeLessThan(waitShare * 1.2);
    const weekend = log.filter(
      ({ event, occurredAt = '' }) => event === 'TicketOpened' && [0, 6].includes(new Date(occurredAt).getUTCDay()),
    );
    expect(weekend.length / opened).toBeLessThan(0.08);
  });
});

describe('the real log of the Italian help desk', () => {
  const file = join(process.cwd(), '../shared/data/italian_helpdesk.csv.gz');
  const there = existsSync(file);
  if (!there) console.warn(`skipped: ${file} is not there`);

  (there ? it : it.skip)('reads whole: 4,580 tickets of 397 customers', async () => {
    const tickets = new Set<string>();
    const customers = new Set<string>();
    let rejected = 0;
    for await (const r of italianHelpdesk.read(readLog(file, Readable.from([])))) {
      if ('rejected' in r) rejected += 1;
      else if ('record' in r && r.record.kind === 'fact') tickets.add(r.record.ticket);
      else if ('record' in r && r.record.kind === 'customer') customers.add(r.record.customer);
    }
    expect({ tickets: tickets.size, customers: customers.size, rejected }).toEqual({
      tickets: 4_580,
      customers: 397,
      rejected: 0,
    });
  });
});
