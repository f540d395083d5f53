import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { readMapping } from '../../src/imports/mapping/read-mapping.js';
import { rowsOf, said } from '../support/mapped.js';

const mapping = {
  ...{ source: 'desk', rows: 'changes', times: { zone: 'UTC' } },
  ...{ ticket: { column: 'ticket' }, at: { column: 'at' }, actor: { column: 'by', automatic: ['*[bot]'] } },
  ...{ customer: 'acme', channel: 'email', subject: { text: 'Ticket {ticket}' } },
  type: ['productBug', { when: { field: 'type' }, column: 'to', before: 'from' }],
  priority: { when: { field: ['priority', 'Priority'] }, column: 'to', before: 'from' },
  assignee: { when: { field: 'assignee' }, column: 'to', before: 'from' },
  team: { when: { field: 'group' }, column: 'to' },
  state: [
    {
      when: { field: 'status' },
      column: 'to',
      values: { new: 'open', open: 'open', solved: 'resolved' },
      patterns: { 'pending*': 'waitingForCustomer', 'hold-*': 'onHold' },
    },
    { when: { field: 'comment', to: 'public' }, value: 'reply' },
  ],
};

/** Rows such as `11:00 tom status new pending`; a dash is an empty cell. */
const log = (...rows: readonly string[]) =>
  ['ticket,at,by,field,from,to', ...rows.map((row) => row.split(' ').map((cell) => (cell === '-' ? '' : cell)))]
    .map((cells) =>
      typeof cells === 'string' ? cells : `T-1,2026-03-01T${cells[0] ?? ''}:00,${cells.slice(1).join(',')}`,
    )
    .join('\n');
const read = (rows: readonly string[], changes: object = {}) =>
  rowsOf(parseMapping({ ...mapping, ...changes }), log(...rows));
const told = async (...rows: readonly string[]) => said(await read(rows));
const opened = async (...rows: readonly string[]) => {
  const facts = (await read(rows)).flatMap((row) =>
    'record' in row && row.record.kind === 'fact' ? [row.record] : [],
  );
  return facts.flatMap(({ command }) => (command.type === 'OpenTicket' ? [command] : []));
};

describe('rows that are changes', () => {
  const life = [
    ...['09:00 mia status - new', '09:20 tom assignee - tom', '09:21 tom priority normal high'],
    ...['11:00 tom status new pending', '12:00 mia status pending open', '13:00 ann assignee tom ann'],
    ...['13:00 ann group - second', '14:00 ann status open solved'],
  ];
  const facts = [
    ...['09:00 OpenTicket', '09:20 AssignTicket tom ', '09:21 ReclassifyTicket productBug high'],
    ...['11:00 PauseTicket waitingForCustomer', '12:00 ResumeTicket', '13:00 AssignTicket ann '],
    ...['13:00 AssignTicket ann second', '14:00 ResolveTicket true'],
  ];

  it('each tell of one field, and all else is as it was', async () => {
    expect(await told(...life)).toEqual(facts);
  });

  it('count by time, in whatever order the file has them', async () => {
    expect(await told(...[...life].reverse())).toEqual(facts);
    expect(await told(...[6, 0, 3, 2, 7, 1, 4, 5].map((i) => life[i] ?? ''))).toEqual(
      facts.map((fact) => (fact === '13:00 AssignTicket ann ' ? '13:00 AssignTicket tom second' : fact)),
    );
  });

  it('say what was before the first change: so it was opened', async () => {
    expect(await opened('09:00 mia status - new', '10:00 tom Priority low urgent')).toMatchObject([
      { priority: 'low' },
    ]);
    expect(await opened('09:00 mia type productQuestion productBug')).toMatchObject([
      { ticketType: 'productQuestion' },
    ]);
    expect(await opened('09:00 mia priority - high')).toMatchObject([{ priority: 'high' }]);
    expect((await opened('09:00 mia status - new', '10:00 tom priority - high'))[0]).not.toHaveProperty('priority');
    expect(await told('09:00 mia status - new', '10:00 ann assignee tom ann')).toEqual([
      ...['09:00 OpenTicket', '09:00 AssignTicket tom ', '10:00 AssignTicket ann '],
    ]);
  });

  it('may take an owner away', async () => {
    expect(await told('09:00 mia status - new', '10:00 tom assignee - tom', '11:00 tom assignee tom -')).toEqual([
      ...['09:00 OpenTicket', '10:00 AssignTicket tom ', '11:00 AssignTicket  '],
    ]);
  });

  it('mean what a condition says, and by patterns', async () => {
    expect(await told('09:00 mia status - new', '10:00 tom comment - public', '11:00 tom comment - hidden')).toEqual([
      ...['09:00 OpenTicket', '10:00 RecordFirstResponse'],
    ]);
    expect(await told('09:00 mia status - new', '10:00 tom status new hold-parts')).toEqual([
      ...['09:00 OpenTicket', '10:00 PauseTicket onHold'],
    ]);
    expect(await told('09:00 mia status - new', '10:00 tom status new lost')).toEqual([
      ...['09:00 OpenTicket', 'line 3 INVALID_FIELD'],
    ]);
  });

  it('know programs by patterns', async () => {
    const rows = await read(['09:00 mia status - new', '10:00 helper[bot] comment - public']);
    expect(rows).toContainEqual(
      expect.objectContaining({
        record: expect.objectContaining({ actor: { id: 'helper[bot]', kind: 'automatic' } }) as unknown,
      }),
    );
  });

  it('are rejected with the ticket where the first cannot open it', async () => {
    expect(await told('09:00 mia status - lost', '10:00 tom status lost new')).toEqual([
      ...['line 2 INVALID_FIELD', 'line 3 OPENING_REJECTED'],
    ]);
  });
});

describe('a mapping of rows that are changes', () => {
  it.each([
    ['a condition', { priority: { when: { field: {} }, column: 'to' } }, 'priority.when.field must be a cell'],
    ['a list of readings', { state: [{ value: 'danced' }] }, 'state[0].value must be one of'],
    ['a pattern', { state: { column: 'to', patterns: { 'a*': 'x' } } }, 'state.patterns.a* must be one of'],
    ['several parts', { priority: [{ when: {}, column: '' }, { text: 1 }] }, 'priority[0].column must be text'],
  ])('with a mistake in %s is refused by its path', (_, changes, why) => {
    expect(() => parseMapping({ ...mapping, ...changes })).toThrow(why);
  });
});

it('the example of changes tells the priority, the owner and the wait', async () => {
  const example = await readMapping('examples/changes/mapping.yaml');
  expect(said(await rowsOf(example, readFileSync('examples/changes/changes.csv')))).toEqual([
    ...['04 09:00 OpenTicket', '04 09:20 AssignTicket tom ', '04 09:21 ReclassifyTicket productBug high'],
    ...['04 11:00 PauseTicket waitingForCustomer', '05 09:00 ResumeTicket', '05 10:00 AssignTicket ann '],
    '05 12:00 ResolveTicket true',
  ]);
});
