import { readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';
import { pledgeHere } from '../support/command-line.js';
import { pledge } from '../support/pledge.js';

let folder: string;

const line = (event: string, ticket: string, occurredAt: string, more: object = {}) =>
  JSON.stringify({ event, ticket, occurredAt, actor: { id: 'mia' }, ...more });
const opened = (ticket: string, at: string, more: object = {}) =>
  line('TicketOpened', ticket, at, {
    ...{ customer: 'acme', type: 'productBug', channel: 'email', subject: 'It broke', ...more },
  });

beforeAll(async () => {
  folder = newFolder();
  const plans = resolve('examples/italian-helpdesk/plans.yaml');
  expect(await pledge(folder, ['plans', 'apply', plans, '--yes'])).toMatchObject({ code: 0 });
  const log = [
    '{"event":"CustomerEnrolled","customer":"acme","plan":"pro"}',
    ...[opened('A-1', '2025-03-03T10:00:00Z'), line('FirstResponseSent', 'A-1', '2025-03-04T10:00:00Z')],
    ...[opened('A-2', '2025-03-03T10:00:00Z'), line('FirstResponseSent', 'A-2', '2025-03-05T10:30:00Z')],
    opened('A-3', '2025-03-03T10:00:00Z'),
    ...[opened('A-4', '2025-03-03T10:00:00Z'), line('TicketClosed', 'A-4', '2025-03-03T11:00:00Z')],
    opened('A-5', '2025-03-03T10:00:00Z', { customer: 'nobody' }),
    opened('A-6', new Date().toISOString()),
    opened('A-7', '2012-03-01T09:00:00Z', {
      ...{ plan: 'italian-helpdesk', type: 'request', channel: 'help desk', priority: 'Value 1' },
    }),
    line('TicketPaused', 'A-7', '2012-03-05T09:00:00Z', { reason: 'waitingForCustomer' }),
    line('TicketResumed', 'A-7', '2012-03-06T09:00:00Z'),
    line('TicketReclassified', 'A-7', '2012-03-06T10:00:00Z', { priority: 'Value 2' }),
    line('TicketResolved', 'A-7', '2012-03-16T11:00:00Z'),
  ].join('\n');
  for (const source of ['first', 'second']) {
    const text = source === 'first' ? log : opened('A-2', '2025-03-03T10:00:00Z', { customer: 'nobody' });
    expect(await pledgeHere(folder, ['import', '-', '--source', source], text)).toMatchObject({ code: 0 });
  }
});

/** Later options count, so that a test may name another metric. */
const compare = (rows: readonly string[], ...args: readonly string[]) => {
  const file = join(newFolder(), 'verdicts.csv');
  writeFileSync(file, ['ticket,other,ok', ...rows].join('\n'));
  return pledgeHere(folder, ['compare', '--verdicts', file, '--column', 'ok', '--metric', 'firstResponse', ...args]);
};

describe('pledge compare', () => {
  it('succeeds where all agree, late and unanswered being breached alike, by the last row of each ticket', async () => {
    const rows = ['A-1,x,false', 'A-3,x,FALSE', 'A-2,x,no', 'A-1,x,true'];
    const { code, stdout } = await compare(rows, '--source', 'first');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^3 of 3 verdicts agree: 100\.00 %\.\n {2}ok met: {6}1 met here\n {2}ok breached: 1 /),
    ]);
  });

  it('explains each disagreement by run, deadline, answer, pauses and versions', async () => {
    const { code, stdout, stderr } = await compare(['A-2,x,true', 'A-1,x,true'], '--source', 'first');
    expect([code, stderr]).toEqual([1, 'pledge: VERDICTS_DIFFER: 50.00 % agree; --at-least requires 100 %.\n']);
    const said = [
      'A-2: ok says met, Pledge says met late',
      '  promise    firstResponse, 1 businessDays, plan pro version 1, calendar business-hours version 1',
      '  priority   normal',
      '  started    Mon 2025-03-03 10:00:00 UTC, due Tue 2025-03-04 10:00:00',
      '  due        Tue 2025-03-04 10:00:00',
      '  satisfied  Wed 2025-03-05 10:30:00, after 16:30:00 of 8:00:00 open time, 8:30:00 too long',
      '  pauses     none',
    ];
    expect(stdout.split('\n').slice(0, said.length)).toEqual(said);
  });

  it('tells of pauses, in the time of the calendar', async () => {
    const { stdout } = await compare(['A-7,x,true'], '--metric', 'resolution');
    expect(stdout.split('\n').slice(1, 9)).toEqual([
      '  promise    resolution, 10 businessDays, plan italian-helpdesk version 1, calendar italian-office version 1',
      '  priority   Value 1, then Value 2',
      '  started    Thu 2012-03-01 10:00:00 Europe/Rome, due Thu 2012-03-15 10:00:00',
      '  moved      Mon 2012-03-05 10:00:00, paused: due –',
      '  moved      Tue 2012-03-06 10:00:00, resumed: due Fri 2012-03-16 10:00:00',
      '  due        Fri 2012-03-16 10:00:00',
      '  satisfied  Fri 2012-03-16 12:00:00, after 82:00:00 of 80:00:00 open time, 2:00:00 too long',
      '  paused     Mon 2012-03-05 10:00:00 to Tue 2012-03-06 10:00:00, 8:00:00 of it open',
    ]);
  });

  it('counts what has no verdict here as a disagreement, and leaves out what is open here or unclear there', async () => {
    const rows = ['A-9,x,true', 'A-5,x,true', 'A-4,x,true', 'A-1,x,true', 'A-3,x,?', 'A-6,x,true'];
    const { code, stdout } = await compare(rows, '--at-least', '25');
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((text) => /^\S|left out/.test(text))).toEqual([
      'A-9: ok says met, Pledge says no such ticket (firstResponse)',
      'A-5: ok says met, Pledge says not promised (firstResponse)',
      'A-4: ok says met, Pledge says cancelled',
      '1 of 4 verdicts agree: 25.00 %.',
      '  1 left out: they are still open here.',
      '  1 left out: their ok is neither met nor breached.',
    ]);
  });

  it('answers as JSON, and takes another column for the ticket and other words for met', async () => {
    const args = ['--json', '--id', 'other', '--met', 'kept'];
    const { code, stdout } = await compare(['x,A-1,kept', 'x,A-3,kept', 'x,A-6,lost'], ...args);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ column: 'ok', metric: 'firstResponse', agree: 1, disagree: 2, open: 0, unclear: 0 },
      verdicts: { met: { met: 1, breached: 1 }, breached: { running: 1 } },
      disagreements: [
        {
          ...{ name: 'A-3', theirs: 'met', ours: 'breached', ticket: expect.any(String) },
          explanation: {
            ...{ plan: { code: 'pro', version: 1 }, startedAt: '2025-03-03T10:00:00.000Z', satisfiedAt: null },
            ...{ dueAt: '2025-03-04T10:00:00.000Z', pauses: [], target: { amount: 1, unit: 'businessDays' } },
          },
        },
        { name: 'A-6', theirs: 'breached', ours: 'running' },
      ],
    });
  });

  it('takes id, delimiter and source from a mapping', async () => {
    const mapping = join(newFolder(), 'mapping.json');
    const column = (name: string) => ({ column: name });
    writeFileSync(
      mapping,
      JSON.stringify({
        ...{ source: 'first', rows: 'events', csv: { delimiter: ';' }, times: {}, ticket: column('other') },
        ...{
          at: column('at'),
          customer: 'acme',
          type: 'productBug',
          channel: 'email',
          subject: 'x',
          state: column('s'),
        },
      }),
    );
    const file = join(newFolder(), 'verdicts.csv');
    writeFileSync(file, 'ticket;other;ok\nx;A-2;no');
    const args = ['compare', '--verdicts', file, '--column', 'ok', '--metric', 'firstResponse'];
    expect(await pledgeHere(folder, [...args, '--mapping', mapping])).toMatchObject({ code: 0 });
  });

  it('refuses two tickets of one reference', async () => {
    const stderr = expect.stringContaining('pledge: REFERENCE_AMBIGUOUS: A-2 ');
    expect(await compare(['A-2,x,true'])).toMatchObject({ code: 1, stderr });
  });

  it('refuses verdicts on no ticket of a source, and names the sources', async () => {
    expect(await compare(['A-1,x,true'], '--source', 'frist')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(
        'pledge: NO_TICKET_FOUND: No ticket of the source "frist" has one of these names; imported so far: first, second.',
      ),
    });
  });

  it('refuses verdicts on no ticket by reference', async () => {
    const stderr = expect.stringContaining('pledge: NO_TICKET_FOUND: No ticket has one of these references');
    expect(await compare(['Z-1,x,true'])).toMatchObject({ code: 1, stdout: '', stderr });
  });

  it('refuses without data, and makes none', async () => {
    const empty = newFolder();
    const { stderr } = await pledgeHere(empty, ['compare', '--verdicts', 'x.csv', '--column', 'ok']);
    expect(stderr).toContain('DATA_NOT_FOUND');
    expect(readdirSync(empty)).toEqual([]);
  });
});
