import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';
import { pledgeHere } from '../support/command-line.js';

const line = (ticket: string, event: string, more: object = {}) =>
  JSON.stringify({ event, ticket, occurredAt: '2026-02-26T10:00:00Z', actor: { id: 'mia' }, ...more });
const opened = (ticket: string, more: object = {}) =>
  line(ticket, 'TicketOpened', {
    customer: 'acme',
    type: 'productBug',
    channel: 'email',
    subject: 'It broke',
    ...more,
  });

describe('a question about a deadline', () => {
  const from = ['--from', '2026-03-02T09:00:00Z'];
  it.each([
    [[], '--from INSTANT'],
    [[...from, '--minutes', '5', '--hours', '3'], '--hours'],
    [[...from, '--minutes', '5', '--business-days', '1'], '--business-days'],
    [[...from, '--hours', '3', '--business-days', '1'], '--business-days'],
  ])('is wrong usage without a start, or with two lengths of time: %s', async (args, named) => {
    const { code, stdout, stderr } = await pledgeHere(newFolder(), ['due', ...args]);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(named)]);
  });
});

describe('an instant without an offset', () => {
  it.each([
    ['import', 'log.ndjson', '--judged-from', '2026-03-02T09:00:00'],
    ['import', 'log.ndjson', '--judged-from', '2026-02-30T09:00:00Z'],
    ['sample', '--until', '2026-03-02'],
    ['sample', '--until', '2026-02-30T09:00:00Z'],
    ['due', '--plan', 'pro', '--from', '2026-03-02T09:00:00'],
  ])('is wrong usage of %s', async (...args) => {
    const folder = newFolder();
    const { code, stdout, stderr } = await pledgeHere(folder, args);
    expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining('ISO 8601 with an offset')]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a data folder that is not there', () => {
  it.each([
    ['rebuild'],
    ['history', 'T-1'],
    ['due', '--plan', 'pro', '--from', '2026-03-02T09:00:00Z'],
    ['plans', 'export'],
    ['webhooks'],
  ])('is not made by %s', async (...args) => {
    const folder = newFolder();
    const { code, stderr } = await pledgeHere(folder, args);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^pledge: DATA_NOT_FOUND: /)]);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a data folder that holds something else', () => {
  let sound: string;
  beforeAll(async () => {
    sound = newFolder();
    await pledgeHere(sound, ['import', '-'], opened('A-1'));
  });

  /** A folder with data, one file of which is something else. */
  function withWrong(file: string): string {
    const folder = newFolder();
    cpSync(join(sound, 'data'), join(folder, 'data'), { recursive: true });
    writeFileSync(join(folder, 'data', file), 'something else altogether');
    return folder;
  }

  const files: Readonly<Record<string, string>> = { log: 'events.db', 'read models': 'read-models.db' };

  it.each([
    ['log', ['import', '-'], 'DATA_NOT_WRITABLE: .*events.db'],
    ['log', ['history', 'A-1'], 'DATA_NOT_WRITABLE: .*events.db'],
    ['read models', ['import', '-'], 'DATA_NOT_WRITABLE: .*read-models.db'],
    ['read models', ['history', 'A-1'], 'DATA_DAMAGED: Found damage in the read models'],
  ])('in place of its %s is refused by %j, and left as it is', async (what, args, expected) => {
    const folder = withWrong(files[what] ?? '');
    const file = join(folder, 'data', files[what] ?? '');
    const { code, stderr } = await pledgeHere(folder, args, opened('A-2'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(`^pledge: ${expected}.* not a database`)]);
    expect(readFileSync(file, 'utf8')).toBe('something else altogether');
  });

  it('in place of its read models is mended by a rebuild', async () => {
    const folder = withWrong('read-models.db');
    expect(await pledgeHere(folder, ['rebuild'])).toMatchObject({ code: 0 });
    expect(await pledgeHere(folder, ['history', 'A-1'])).toMatchObject({ code: 0 });
  });

  it('in place of a file is refused', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'data', 'events.db'), { recursive: true });
    const { code, stderr } = await pledgeHere(folder, ['import', '-'], opened('A-1'));
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^pledge: DATA_NOT_WRITABLE: .*events\.db/)]);
  });
});

describe('a row that cannot go in', () => {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const rows = {
    'of an unknown ticket': [line('A-9', 'TicketResolved'), 'TICKET_NOT_FOUND'],
    'of an unknown plan': [opened('A-2', { plan: 'gold' }), 'PLAN_NOT_FOUND'],
    'that enrols on an unknown plan': ['{"event":"CustomerEnrolled","customer":"x","plan":"gold"}', 'PLAN_NOT_FOUND'],
    'that enrols in an unknown calendar': [
      '{"event":"CustomerEnrolled","customer":"x","plan":"pro","calendar":"mars"}',
      'CALENDAR_NOT_FOUND',
    ],
    'from the future': [opened('A-3', { occurredAt: tomorrow }), 'OCCURRED_IN_FUTURE'],
    'of a type that the desk lacks': [opened('A-5', { type: 'gadget' }), 'UNKNOWN_TYPE'],
    'without offset': [opened('A-4', { occurredAt: '2026-02-26T10:00:00' }), 'INVALID_FIELD'],
    'that opens a ticket again, otherwise': [opened('A-1', { subject: 'Another' }), 'TICKET_EXISTS'],
    'with a calendar that never opens': [
      '{"event":"CalendarDefined","code":"c","name":"C","definition":{"timeZone":"UTC","weekly":{}}}',
      'INVALID_FIELD',
    ],
  } as const;
  let rejected: Readonly<Record<number, { readonly code: string; readonly message: string }>>;
  let said: string;

  beforeAll(async () => {
    const folder = newFolder();
    const log = [opened('A-1'), ...Object.values(rows).map(([row]) => row)].join('\n');
    said = (await pledgeHere(folder, ['import', '-', '--rejects', 'bad.ndjson'], log)).stdout;
    const lines = readFileSync(join(folder, 'bad.ndjson'), 'utf8').trim().split('\n');
    rejected = Object.fromEntries(
      lines
        .map((text) => JSON.parse(text) as { line: number; code: string; message: string })
        .map((row) => [row.line, row]),
    );
  });

  it.each(Object.entries(rows).map(([what, [, code]], i) => [what, code, i + 2] as const))(
    '%s is rejected as %s',
    (_, code, number) => {
      expect(rejected[number]).toMatchObject({ code, message: expect.stringMatching(/.{10}/) });
    },
  );

  it('for a word that the desk lacks is counted', () => {
    expect(said).toMatch(/\nWords that the desk does not have; .*\n {2}type gadget: 1 row\n/);
  });

  it('does not stop the other rows', () => {
    expect(said).toContain(
      `1 facts recorded (1 events in all), 0 already recorded, ${Object.keys(rows).length} rejected`,
    );
  });
});
