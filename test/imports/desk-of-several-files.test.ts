import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type ImportRow } from '../../src/imports/import-record.js';
import { mappedRows } from '../../src/imports/mapping/mapped-log.js';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { readMapping } from '../../src/imports/mapping/read-mapping.js';
import { said } from '../support/mapped.js';

const mapping = {
  ...{ source: 'desk', times: { format: 'HH:mm d.M.yyyy', zone: 'UTC' } },
  parts: {
    customers: { rows: 'table', file: 'customers*', key: { column: 'id' } },
    users: { rows: 'table', file: 'users*', key: { column: 'id' } },
    tickets: {
      ...{ rows: 'tickets', file: 'tickets*', ticket: { column: 'id' }, at: { column: 'created' } },
      ...{ actor: { column: 'requester' }, customer: { column: 'customers[company].name' } },
      ...{ plan: { column: 'customers[company].tier', values: { gold: 'pro' }, otherwise: 'standard' } },
      ...{ type: 'productBug', channel: 'email', priority: { column: 'priority' }, subject: { column: 'title' } },
    },
    comments: {
      ...{ rows: 'events', file: 'comments*', ticket: { column: 'ticket' }, at: { column: 'written' } },
      actor: { column: 'author' },
      state: {
        text: '{users[author].role}/{public}',
        values: { 'agent/yes': 'reply', 'agent/no': 'note', 'customer/yes': 'customerReply' },
      },
      note: { column: 'text' },
    },
    history: {
      ...{ rows: 'changes', file: 'history*', ticket: { column: 'ticket' }, at: { column: 'changed' } },
      actor: { column: 'by' },
      state: { when: { field: 'status' }, column: 'to', values: { open: 'open', waits: 'onHold', done: 'resolved' } },
      priority: { when: { field: 'priority' }, column: 'to', before: 'from' },
      assignee: { when: { field: 'owner' }, column: 'to', before: 'from' },
    },
  },
};

const day = (time: string) => `${time} 1.3.2026`;
const files: Record<string, readonly string[]> = {
  'history.csv': [
    'ticket,changed,by,field,from,to',
    `1,${day('12:00')},mia,status,open,done`,
    `1,${day('10:30')},tom,priority,low,high`,
    `1,${day('10:15')},tom,owner,tom,mia`,
    `3,${day('13:00')},mia,status,open,done`,
  ],
  'tickets-2026.csv': [
    'id,created,company,requester,priority,title',
    `1,${day('09:00')},c1,ben,high,Lamp`,
    `2,${day('09:30')},c9,eva,low,Chair`,
  ],
  'comments.csv': [
    'ticket,written,author,public,text',
    `1,${day('10:00')},u1,yes,Hello`,
    `1,${day('11:00')},u2,yes,Thanks`,
    `1,${day('11:30')},u1,no,Call them`,
    `2,${day('11:30')},u7,yes,Who is that`,
  ],
  'customers.csv': ['id,name,tier', 'c1,Acme Ltd,gold', 'c9,Globex,'],
  'users.csv': ['id,role', 'u1,agent', 'u2,customer'],
};

async function read(names: readonly string[], change: (text: string) => string = (text) => text) {
  const rows: ImportRow[] = [];
  const given = names.map((name) => ({
    name,
    async *bytes() {
      yield await Promise.resolve(Buffer.from(change((files[name] ?? []).join('\n'))));
    },
  }));
  for await (const row of mappedRows(given, parseMapping(mapping))) rows.push(row);
  return rows;
}
const openings = (rows: readonly ImportRow[]) =>
  rows.flatMap((row) =>
    'record' in row && row.record.kind === 'fact' && row.record.command.type === 'OpenTicket'
      ? [row.record.command]
      : [],
  );

const life = [
  ...['09:00 OpenTicket', '09:00 AssignTicket tom ', '10:00 RecordFirstResponse', '10:15 AssignTicket mia '],
  ...['10:30 ReclassifyTicket high', '11:00 RecordCustomerReply', '11:30 AddInternalNote Call them'],
  '12:00 ResolveTicket true',
];

describe('the files of one desk', () => {
  it('are put together by the ticket, and there by time, whatever their sequence', async () => {
    const all = Object.keys(files);
    for (const names of [all, [...all].reverse()]) {
      const rows = await read(names);
      const facts = said(rows).map((fact) => fact.replace('ReclassifyTicket productBug high', 'ReclassifyTicket high'));
      expect(facts.slice(0, life.length)).toEqual(life);
      expect(facts.slice(life.length)).toEqual([
        ...['09:30 OpenTicket', 'line 5 INVALID_FIELD', '13:00 ResolveTicket true'],
      ]);
      expect(openings(rows)).toMatchObject([
        { customer: 'Acme Ltd', priority: 'low', subject: 'Lamp' },
        { customer: 'Globex', priority: 'low', subject: 'Chair' },
      ]);
    }
  });

  it('have their customers on the plans that a table says', async () => {
    const rows = await read(Object.keys(files));
    const customers = rows.flatMap((row) => ('record' in row && row.record.kind === 'customer' ? [row.record] : []));
    expect(customers).toMatchObject([
      { customer: 'Acme Ltd', plan: 'pro' },
      { customer: 'Globex', plan: 'standard' },
    ]);
  });

  it('say in which of them a rejected row stands', async () => {
    const rows = await read(Object.keys(files));
    expect(rows.filter((row) => 'rejected' in row)).toMatchObject([
      {
        ...{ file: 'comments.csv', line: 5, unmapped: { cell: '/yes' } },
        rejected: { raw: `2,${day('11:30')},u7,yes,Who is that` },
      },
    ]);
  });

  it('open no ticket where its own row is rejected, whatever else they say of it', async () => {
    const rows = await read(['tickets-2026.csv', 'history.csv'], (text) => text.replace(`1,${day('09:00')}`, '1,soon'));
    expect(rows.filter((row) => 'rejected' in row).map((row) => ('rejected' in row ? row.rejected.code : ''))).toEqual([
      ...['INVALID_FIELD', 'OPENING_REJECTED', 'OPENING_REJECTED', 'OPENING_REJECTED', 'INVALID_FIELD'],
    ]);
  });

  it('are refused where no part is for one', async () => {
    await expect(read(['tickets-2026.csv', 'surveys.csv'])).rejects.toMatchObject({
      code: 'FILE_NOT_MAPPED',
      message: 'No part of the mapping is for the file surveys.csv.',
    });
  });

  it('take the last of several rows of a ticket, as exports of several days have them', async () => {
    files['tickets-2027.csv'] = ['id,created,company,requester,priority,title', `2,${day('09:30')},c1,eva,urgent,Sofa`];
    const rows = await read([...Object.keys(files)]);
    expect(openings(rows).at(-1)).toMatchObject({ customer: 'Acme Ltd', priority: 'urgent', subject: 'Sofa' });
    expect(openings(rows)).toHaveLength(2);
    delete files['tickets-2027.csv'];
  });
});

describe('a mapping of several parts', () => {
  const changed = (name: keyof typeof mapping.parts, change: object) => ({
    ...mapping,
    parts: { ...mapping.parts, [name]: { ...mapping.parts[name], ...change } },
  });
  it.each([
    [
      'without tickets',
      { ...mapping, parts: { users: mapping.parts.users } },
      'parts must have one whose rows are tickets',
    ],
    [
      'with a mistake in a part',
      changed('comments', { state: { column: 'x', values: { a: 'b' } } }),
      'parts.comments.state.values.a',
    ],
    ['with a mistake in a table', changed('users', { key: undefined }), 'parts.users.key is missing'],
    ['with a field of one part beside them', { ...mapping, customer: 'acme' }, 'customer is not a field here'],
    ['with tickets of nobody', changed('tickets', { customer: undefined }), 'parts.tickets.customer is missing'],
  ])('%s is refused by its path', (_, changes, why) => {
    expect(() => parseMapping(changes)).toThrow(why);
  });
});

it('the example of several files puts them together', async () => {
  const folder = 'examples/several-files';
  const example = await readMapping(`${folder}/mapping.yaml`);
  const names = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  const given = names.map((name) => ({
    name,
    async *bytes() {
      yield await Promise.resolve(readFileSync(`${folder}/${name}`));
    },
  }));
  const rows: ImportRow[] = [];
  for await (const row of mappedRows(given, example)) rows.push(row);
  expect(said(rows)).toEqual([
    ...['02 09:00 OpenTicket', '02 09:00 AssignTicket u1 ', '02 10:30 RecordFirstResponse'],
    ...['02 10:31 ReclassifyTicket productQuestion high', '02 10:31 PauseTicket waitingForCustomer'],
    ...['02 11:00 RecordCustomerReply', '02 11:10 AddInternalNote Ask the workshop', '02 11:10 AssignTicket u2 '],
    ...['03 12:00 ResolveTicket true', '02 10:00 OpenTicket', '03 09:00 RecordFirstResponse'],
    '03 09:00 ResolveTicket true',
  ]);
});
