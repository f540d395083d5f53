import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { readMapping } from '../../src/imports/mapping/read-mapping.js';
import { newFolder } from '../support/api.js';
import { rowsOf, said } from '../support/mapped.js';

const events = {
  source: 'desk',
  rows: 'events',
  times: { zone: 'UTC' },
  ticket: { column: 'ticket' },
  at: { column: 'at' },
  actor: { column: 'who', automatic: ['robot'] },
  customer: 'acme',
  type: 'productBug',
  channel: 'email',
  subject: { text: 'About {what}' },
  state: {
    column: 'did',
    values: {
      asked: 'open',
      took: ['open', 'firstResponse'],
      wrote: 'reply',
      heard: 'customerReply',
      waited: 'waitingForCustomer',
      ordered: 'waitingForThirdParty',
      rated: 'resumed',
      solved: 'resolved',
      shelved: 'resolvedSilently',
      ended: 'closed',
      spam: 'spam',
      looked: 'note',
    },
  },
};

const log = (...rows: readonly string[]) => ['ticket,at,who,did,what', ...rows].join('\n');
/** A day of one ticket: `10 took` is what happened at ten. */
const day = (...did: readonly string[]) =>
  log(...did.map((row) => row.replace(/^(\d+) (\w+)$/, 'T-1,2026-03-01T$1:00:00,mia,$2,printers')));
const told = async (text: string, changes: object = {}) =>
  said(await rowsOf(parseMapping({ ...events, ...changes }), text));

describe('a mapping of snapshots', () => {
  const text = log(
    ...['T-1,2026-03-01T09:00:00,mia,asked,printers', 'T-1,2026-03-01T10:00:00,mia,asked,printer'],
    ...['T-1,2026-03-01T11:00:00,mia,asked,printer', 'T-1,2026-03-01T12:00:00,mia,asked,'],
  );

  it('corrects a subject or an application that a row has otherwise; an empty cell says nothing', async () => {
    const snapshots = { rows: 'snapshots', application: { column: 'what' } };
    expect(await told(text, { ...snapshots, subject: 'Help' })).toEqual([
      '09:00 OpenTicket',
      '10:00 CorrectTicket printer',
    ]);
    expect(await told(text, { rows: 'snapshots', subject: { column: 'what' } })).toEqual([
      ...['09:00 OpenTicket', '10:00 CorrectTicket printer'],
    ]);
  });

  it('does so for snapshots alone: a row of events tells of one thing', async () => {
    expect(await told(text, { subject: { column: 'what', otherwise: 'Help' } })).toEqual(['09:00 OpenTicket']);
  });
});

describe('a mapping of events', () => {
  it('opens a ticket with its first row, whatever that is', async () => {
    const [, row] = await rowsOf(parseMapping(events), day('10 looked'));
    expect(row).toMatchObject({
      record: {
        ...{ kind: 'fact', ticket: 'T-1', occurredAt: Date.UTC(2026, 2, 1, 10), actor: { id: 'mia', kind: 'person' } },
        command: {
          ...{ type: 'OpenTicket', reference: 'T-1', customer: 'acme', ticketType: 'productBug', channel: 'email' },
          subject: 'About printers',
        },
      },
    });
    expect(await told(day('10 looked'))).toEqual(['10:00 OpenTicket', '10:00 AddInternalNote looked']);
  });

  it.each([
    ['takes the first response once', ['10 took', '11 took'], ['10:00 RecordFirstResponse']],
    ['calls later replies follow-ups', ['10 wrote', '11 wrote'], ['10:00 RecordFirstResponse', '11:00 RecordFollowUp']],
    ['takes a row twice as one', ['10 wrote', '10 wrote'], ['10:00 RecordFirstResponse']],
    [
      'ends a wait with the next state',
      ['10 waited', '11 ordered', '12 asked'],
      [
        '10:00 PauseTicket waitingForCustomer',
        ...['11:00 ResumeTicket', '11:00 PauseTicket waitingForThirdParty', '12:00 ResumeTicket'],
      ],
    ],
    [
      'leaves a wait to what says nothing of the state',
      ['10 waited', '11 looked', '12 waited'],
      ['10:00 PauseTicket waitingForCustomer', '11:00 AddInternalNote looked'],
    ],
    [
      "lets the customer's reply end the wait for it",
      ['10 waited', '11 heard', '12 asked'],
      ['10:00 PauseTicket waitingForCustomer', '11:00 RecordCustomerReply'],
    ],
    [
      'reopens what was resolved or closed',
      ['10 solved', '11 ended', '12 took'],
      ['10:00 ResolveTicket true', '11:00 CloseTicket', '12:00 ReopenTicket'],
    ],
    [
      'reopens with a wait, too',
      ['10 shelved', '11 waited'],
      ['10:00 ResolveTicket false', '11:00 ReopenTicket', '11:00 PauseTicket waitingForCustomer'],
    ],
    [
      'does not reopen with what only resumes',
      ['10 waited', '11 rated', '12 solved', '13 rated'],
      ['10:00 PauseTicket waitingForCustomer', '11:00 ResumeTicket', '12:00 ResolveTicket true'],
    ],
    ['cancels', ['10 spam'], ['10:00 CancelTicket spam']],
  ])('%s', async (_, did, facts) => {
    expect(await told(day('09 asked', ...did))).toEqual(['09:00 OpenTicket', ...facts]);
  });

  it('reads the assignee where somebody is assigned', async () => {
    const values = { ...events.state.values, took: ['open', 'assigned'] };
    const changes = { assignee: { column: 'who' }, state: { ...events.state, values } };
    const by = (who: string, hour: string, did: string) => `T-1,2026-03-01T${hour}:00:00,${who},${did},x`;
    const text = log(
      by('mia', '09', 'asked'),
      by('ben', '10', 'took'),
      by('eva', '11', 'wrote'),
      by('ben', '12', 'took'),
    );
    expect(await told(text, changes)).toEqual([
      ...['09:00 OpenTicket', '10:00 AssignTicket ben ', '11:00 RecordFirstResponse'],
    ]);
  });

  it('knows programs by their names, and an acknowledgement of theirs from an answer', async () => {
    const text = log('T-1,2026-03-01T09:00:00,robot,took,x', 'T-1,2026-03-01T10:00:00,mia,took,x');
    const rows = await rowsOf(parseMapping(events), text);
    const kinds = rows.flatMap((row) => ('record' in row && row.record.kind === 'fact' ? row.record.actor.kind : []));
    expect(kinds).toEqual(['automatic', 'automatic', 'person']);
    expect(said(rows).slice(1)).toEqual(['09:00 RecordFirstResponse', '10:00 RecordFirstResponse']);
  });

  it('follows tickets whose rows do not stand together', async () => {
    const text = log(
      ...['T-1,2026-03-01T09:00:00,mia,waited,x', 'T-2,2026-03-01T10:00:00,mia,asked,x'],
      'T-1,2026-03-01T11:00:00,mia,took,x',
    );
    expect(await told(text)).toEqual([
      ...['09:00 OpenTicket', '09:00 PauseTicket waitingForCustomer', '10:00 OpenTicket'],
      ...['11:00 ResumeTicket', '11:00 RecordFirstResponse'],
    ]);
  });

  it('puts each customer on the plan that its row says, once', async () => {
    const changes = { customer: { column: 'who' }, plan: { column: 'what', values: { x: 'pro', y: 'standard' } } };
    const rows = await rowsOf(
      parseMapping({ ...events, ...changes }),
      log(
        'T-1,2026-03-01T09:00:00,a,asked,x',
        'T-2,2026-03-01T10:00:00,b,asked,y',
        'T-3,2026-03-01T11:00:00,a,asked,x',
      ),
    );
    const customers = rows.flatMap((r) => ('record' in r && r.record.kind === 'customer' ? [r.record] : []));
    expect(customers).toMatchObject([
      { customer: 'a', plan: 'pro', calendar: null, effectiveFrom: null },
      { customer: 'b', plan: 'standard' },
    ]);
  });

  it('rejects a row by its line, with the reason and the row, and reads the next as if it had not been', async () => {
    const rows = await rowsOf(
      parseMapping(events),
      log(
        'T-1,2026-03-01T09:00:00,mia,asked,x',
        'T-1,2026-03-01T09:30:00,mia,danced,x',
        ',2026-03-01T09:30:00,mia,took,x',
        'T-1,2026-03-01T10:00:00,mia,wrote,x',
      ),
    );
    expect(rows.filter((row) => 'rejected' in row)).toEqual([
      {
        line: 3,
        rejected: {
          code: 'INVALID_FIELD',
          message: 'did "danced" is not in state.values of the mapping',
          raw: 'T-1,2026-03-01T09:30:00,mia,danced,x',
        },
        unmapped: { column: 'did', cell: 'danced' },
      },
      {
        line: 4,
        rejected: {
          code: 'INVALID_FIELD',
          message: 'the row has no ticket',
          raw: ',2026-03-01T09:30:00,mia,took,x',
        },
      },
    ]);
    expect(said(rows).at(-1)).toBe('10:00 RecordFirstResponse');
  });

  it('rejects all rows of a ticket whose first is: none of them opens it later than it was', async () => {
    const rows = await rowsOf(
      parseMapping(events),
      log(
        'T-1,2026-03-01T09:00:00,mia,danced,x',
        'T-2,2026-03-01T09:00:00,mia,asked,x',
        'T-1,2026-03-01T10:00:00,mia,wrote,x',
      ),
    );
    expect(rows.filter((row) => 'rejected' in row)).toMatchObject([
      { line: 2, rejected: { code: 'INVALID_FIELD' }, unopened: { ticket: 'T-1', by: 'opening' } },
      { line: 4, rejected: { code: 'OPENING_REJECTED' } },
    ]);
    expect(said(rows).filter((line) => line.includes('OpenTicket'))).toEqual(['09:00 OpenTicket']);
  });
});

describe('the times of a mapping', () => {
  const at = async (text: string, times: object) => (await told(log(`T-1,${text},mia,asked,x`), { times }))[0];

  it.each([
    ['iso with an offset', '2026-03-01T10:00:00+02:00', {}, '08:00'],
    ['iso with a space', '2026-03-01 10:00:00+00:00', {}, '10:00'],
    ['iso without an offset, in the zone', '2026-03-01T10:00:00', { zone: 'Europe/Rome' }, '09:00'],
    ['day first, not padded', '1/3/2026 9:05', { format: 'd/M/yyyy H:mm', zone: 'UTC' }, '09:05'],
    ['month first, twelve hours', '03/01/2026 09:05 PM', { format: 'MM/dd/yyyy hh:mm a', zone: 'UTC' }, '21:05'],
    ['names of months', '1 Mar 2026 09:05', { format: 'd LLL yyyy HH:mm', zone: 'UTC' }, '09:05'],
    ['an offset of its own', '2026/03/01 09:05 +0100', { format: 'yyyy/MM/dd HH:mm ZZZ' }, '08:05'],
    ['a local time that is skipped', '2026-03-29T02:30', { zone: 'Europe/Rome' }, '29 01:00'],
    ['a local time that comes twice', '2026-10-25T02:30', { zone: 'Europe/Rome' }, '25 00:30'],
    ['iso with the name of a zone', '2026-03-01 10:00:00 UTC', { zone: 'Europe/Rome' }, '10:00'],
    ['iso with another zone than the mapping', '2026-03-01 10:00 Europe/Rome', { zone: 'UTC' }, '09:00'],
    ['iso with an offset after a blank', '2026-03-01 10:00:00 +0100', {}, '09:00'],
    ['iso with an offset of hours', '2026-03-01T10:00:00+01', {}, '09:00'],
    ['iso with fractions', '2026-03-01T10:00:00.123456Z', {}, '10:00'],
    ['iso in its basic form', '20260301T100000Z', {}, '10:00'],
    ['blanks about it', ' 2026-03-01T10:00:00Z ', {}, '10:00'],
    ['seconds since 1970', '1772359200', { format: 'X' }, '10:00'],
    ['milliseconds since 1970', '1772359200000', { format: 'x' }, '10:00'],
    ['seconds, whatever the zone', '1772359200', { format: 'X', zone: 'Europe/Rome' }, '10:00'],
    [
      'a zone in a format',
      '2026-03-01 10:00:00 UTC',
      { format: 'yyyy-MM-dd HH:mm:ss z', zone: 'Europe/Rome' },
      '10:00',
    ],
    ['a zone of its own', '2026-03-01 10:00:00 Europe/Rome', { format: 'yyyy-MM-dd HH:mm:ss z' }, '09:00'],
    ["the last Sunday's winter time", '2026-10-25T03:30', { zone: 'Europe/Rome' }, '25 02:30'],
  ])('read %s', async (_, text, times, shown) => {
    expect(await at(text, times)).toBe(`${shown} OpenTicket`);
  });

  it.each([
    ['another format', '2026-03-01', { format: 'd/M/yyyy H:mm', zone: 'UTC' }],
    ['a day that is not', '30/2/2026 09:00', { format: 'd/M/yyyy H:mm', zone: 'UTC' }],
    ['no offset where there is no zone', '2026-03-01T10:00:00', {}],
    ['a time without a day', '00:05', { zone: 'UTC' }],
    ['a year alone', '2026', { zone: 'UTC' }],
    ['a day alone', '2026-03-01', { zone: 'UTC' }],
    ['30 February', '2026-02-30T10:00:00Z', {}],
    ['a zone that is none', '2026-03-01 10:00:00 Mars/Base', {}],
    ['an offset that no clock has', '2026-03-01T10:00:00+25:00', {}],
    ['words where seconds are meant', 'noon', { format: 'X' }],
  ])('refuse %s', async (_, text, times) => {
    expect(await at(text, times)).toBe('line 2 INVALID_FIELD');
  });
});

describe('a format of times that cannot be', () => {
  it.each([
    ['dd/MM/yyyy HH:mm a', 'has a beside HH; write hh with a'],
    ['dd/MM/yyyy hh:mm', 'has hh without a; write HH, or hh with a'],
    ['HH:mm', 'must contain year, month, day and hour'],
    ['yyyy-MM-dd q', 'must contain year, month, day and hour'],
  ])('is refused, and says why: %s', (format, why) => {
    expect(() => parseMapping({ ...events, times: { format, zone: 'UTC' } })).toThrow(why);
  });

  it('needs no zone where it says one, or is an instant by itself', () => {
    for (const format of ['X', 'x', 'yyyy-MM-dd HH:mm z', 'yyyy-MM-dd HH:mm ZZ'])
      expect(() => parseMapping({ ...events, times: { format } })).not.toThrow();
    expect(() => parseMapping({ ...events, times: { format: 'yyyy-MM-dd HH:mm' } })).toThrow('times.zone is missing');
  });
});

describe('the CSV of a mapping', () => {
  it('may have another delimiter and encoding', async () => {
    const text = log('T-1,2026-03-01T09:00:00,mia,asked,Zubehör').replaceAll(',', ';');
    const mapping = parseMapping({ ...events, csv: { delimiter: ';', encoding: 'latin1' } });
    const [, row] = await rowsOf(mapping, Buffer.from(text, 'latin1'));
    expect(row).toMatchObject({ record: { command: { subject: 'About Zubehör' } } });
  });

  it('has rows that are not in its encoding rejected', async () => {
    const rows = await rowsOf(parseMapping(events), Buffer.from(day('09 asked').replace('printers', 'fä'), 'latin1'));
    expect(rows).toMatchObject([{ line: 2, rejected: { code: 'ROW_MALFORMED' } }]);
  });

  it('may have words for what is missing', async () => {
    const changes = { csv: { missing: ['?'] }, customer: { column: 'what', otherwise: 'somebody' } };
    const [, row] = await rowsOf(parseMapping({ ...events, ...changes }), log('T-1,2026-03-01T09:00:00,mia,asked,?'));
    expect(row).toMatchObject({ record: { command: { customer: 'somebody' } } });
  });

  it('must have every column that the mapping names', async () => {
    await expect(rowsOf(parseMapping(events), 'ticket,at,who\n')).rejects.toMatchObject({
      code: 'LOG_MALFORMED',
      message: 'Line 1: the header has no column "what", "did". It has "ticket", "at", "who".',
    });
  });
});

describe('a mapping file', () => {
  const file = (text: string) => {
    const path = join(newFolder(), 'mapping.yaml');
    writeFileSync(path, text);
    return path;
  };
  const refusal = (changes: object) => readMapping(file(JSON.stringify({ ...events, ...changes })));

  it('is YAML or JSON', async () => {
    await expect(refusal({})).resolves.toMatchObject({ source: 'desk', parts: [{ rows: 'events' }] });
  });

  it.each([
    ['no YAML', 'a: [', 'MAPPING_NOT_READABLE', 'is not YAML'],
    ['a list', '[]', 'INVALID_MAPPING', 'the mapping must be an object'],
    ['nothing', '', 'INVALID_MAPPING', 'mapping.yaml: source is missing; rows is missing; times is missing;'],
  ])('that is %s is refused', async (_, text, code, why) => {
    await expect(readMapping(file(text))).rejects.toMatchObject({ code, message: expect.stringContaining(why) });
  });

  it('that is not there is refused', async () => {
    await expect(readMapping('/nowhere/mapping.yaml')).rejects.toMatchObject({ code: 'MAPPING_NOT_READABLE' });
  });

  const withState = (state: object) => ({ state: { ...events.state, ...state } });
  it.each([
    ['a field that nobody knows', { colour: 'red' }, 'colour is not a field here'],
    ['a field missing', { ticket: undefined }, 'ticket is missing'],
    ['no customer', { customer: undefined }, 'customer is missing'],
    ['rows of no kind', { rows: 'lines' }, 'rows must be one of snapshots, events'],
    ['a column without a name', { ticket: { column: '' } }, 'ticket.column must be text'],
    ['neither column nor text', { ticket: { values: {} } }, 'ticket must have either column or text'],
    ['both column and text', { ticket: { column: 'a', text: 'b' } }, 'ticket must have either column or text'],
    ['a field of a reading', { ticket: { column: 'a', colour: 'b' } }, 'ticket.colour is not a field here'],
    ['a channel', { channel: ' ' }, 'channel must be 1 to 60 characters'],
    ['a value', { channel: { column: 'c', values: { Fax: '' } } }, 'channel.values.Fax must be 1 to 60 characters'],
    ['what holds otherwise', { origin: { column: 'c', otherwise: 'bug' } }, 'origin.otherwise must be one of'],
    ['a meaning', withState({ values: { danced: ['open', 'danced'] } }), 'state.values.danced[1] must be one of'],
    [
      'two states at once',
      withState({ values: { a: ['open', 'closed'] } }),
      'state.values.a must not be open and closed',
    ],
    ['what an unchanged state means', withState({ unchanged: 'x' }), 'state.unchanged must be one of'],
    ['an assignee never read', { assignee: { column: 'who' } }, 'state.values must contain assigned'],
    [
      'an assignee read twice',
      { rows: 'snapshots', ...withState({ values: { a: 'assigned' } }) },
      'must not contain assigned',
    ],
    ['a zone', { times: { zone: 'Mars/Base' } }, 'times.zone "Mars/Base" is not an IANA time zone.'],
    ['a format without days', { times: { format: 'HH:mm', zone: 'UTC' } }, 'times.format "HH:mm" must contain'],
    [
      'a format without zone',
      { times: { format: 'd/M/yyyy H:mm' } },
      'times.zone is missing: the format has neither offset nor zone.',
    ],
    ['a long delimiter', { csv: { delimiter: '||' } }, 'csv.delimiter must be one character'],
    ['an encoding', { csv: { encoding: 'utf-9' } }, 'csv.encoding "utf-9" is not an encoding'],
    ['what is missing', { csv: { missing: [1] } }, 'csv.missing[0] must be text'],
    ['a time as a constant', { opened: { at: '2026' } }, 'opened.at "2026" is not a time like'],
    ['programs', { actor: { column: 'who', automatic: 'robot' } }, 'actor.automatic must be a list'],
  ])('with a mistake in %s is refused by its path', async (_, changes, why) => {
    await expect(refusal(changes)).rejects.toMatchObject({
      code: 'INVALID_MAPPING',
      message: expect.stringContaining(why),
    });
  });

  it('with several mistakes is refused with all of them', async () => {
    const mistakes = {
      ...{ colour: 'red', rows: 'lines', at: {}, channel: { column: 'c', values: { Fax: '', Mail: '' } } },
      ...{ times: { zone: 'Mars/Base' }, subject: undefined, actor: { automatic: 'robot' }, state: { values: 'x' } },
    };
    await expect(refusal(mistakes)).rejects.toMatchObject({
      message: expect.stringMatching(
        new RegExp(
          [
            'rows must be one of .*',
            'times.zone "Mars/Base" is not an IANA time zone',
            'at must have either column or text',
            'actor must have either column or text',
            'actor.automatic must be a list of .*',
            'channel.values.Fax must be .*',
            'channel.values.Mail must be .*',
            'subject is missing',
            'state.values must be an object',
            'colour is not a field here\\.$',
          ].join('; '),
        ),
      ),
    });
  });

  it('with more mistakes than are told is refused with the first of them', async () => {
    const values = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`c${i}`, '']));
    await expect(refusal({ channel: { column: 'c', values } })).rejects.toMatchObject({
      message: expect.stringMatching(/c9 must be [^;]*; and more is wrong\.$/),
    });
  });
});

describe('a constant', () => {
  const constant = (changes: object) =>
    rowsOf(parseMapping({ ...events, ...changes }), log('T-1,2026-03-01T09:00:00,mia,asked,x'));

  it.each([
    ['a state', { state: 'open' }, {}],
    ['several meanings', { state: ['open', 'automatic'] }, { actor: { id: 'mia', kind: 'automatic' } }],
    ['an actor', { actor: 'desk' }, { actor: { id: 'desk', kind: 'person' } }],
    ['a ticket', { ticket: 'T-7' }, { ticket: 'T-7' }],
    ['a time', { at: '2026-03-02T09:00:00' }, { occurredAt: Date.parse('2026-03-02T09:00:00Z') }],
    [
      'the time of the opening',
      { opened: { at: '2026-02-02T09:00:00Z' } },
      { occurredAt: Date.parse('2026-02-02T09:00:00Z') },
    ],
  ])('is taken for %s', async (_, changes, opening) => {
    const [, row] = await constant(changes);
    expect(row).toMatchObject({ record: { ...opening, command: { type: 'OpenTicket' } } });
  });
});
