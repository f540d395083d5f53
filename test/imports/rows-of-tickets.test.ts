import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mappedLog } from '../../src/imports/mapping/mapped-log.js';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { readMapping } from '../../src/imports/mapping/read-mapping.js';
import { ImportedDesk } from '../support/imported-desk.js';
import { rowsOf, said } from '../support/mapped.js';

const mapping = {
  ...{ source: 'desk', rows: 'tickets', times: { format: 'yyyy-MM-dd HH:mm', zone: 'UTC' } },
  ...{ ticket: { column: 'id' }, at: { column: 'created' }, actor: { column: 'agent' }, opened: { by: 'ben' } },
  ...{ customer: 'acme', type: 'productBug', channel: 'email', subject: 'Ticket' },
  moments: [
    { at: { column: ['answered', 'first_reply'] }, means: 'reply' },
    { at: { column: 'reopened' }, means: 'reopened' },
    { at: { column: 'resolved' }, means: 'resolved' },
    { at: { column: 'closed' }, means: ['closed', 'automatic'], actor: 'robot' },
  ],
};
const columns = ['id', 'created', 'agent', 'answered', 'first_reply', 'reopened', 'resolved', 'closed', 'waited'];

type Cells = Readonly<Record<string, string>>;
/** A row of a ticket opened on 1 March at nine; times of that day as times alone. */
const row = (cells: Cells) =>
  columns
    .map((column) => ({ id: 'T-1', created: '09:00', agent: 'mia', ...cells })[column] ?? '')
    .map((cell) => cell.replace(/^(?=\d\d:\d\d$)/, '2026-03-01 ').replace(/^(?=\d\d \d\d:\d\d$)/, '2026-03-'))
    .join(',');
const read = (rows: readonly Cells[], changes: object = {}) =>
  rowsOf(parseMapping({ ...mapping, ...changes }), [columns.join(','), ...rows.map(row)].join('\n'));
const told = async (cells: Cells, changes: object = {}) => said(await read([cells], changes));

describe('a row that is a ticket', () => {
  it('tells what happened by time, whatever the order of its columns; what is empty did not happen', async () => {
    expect(await told({ first_reply: '10:00', resolved: '12:00', closed: '03 12:00' })).toEqual([
      ...['09:00 OpenTicket', '10:00 RecordFirstResponse', '12:00 ResolveTicket true', '03 12:00 CloseTicket'],
    ]);
    expect(await told({ resolved: '10:00', first_reply: '12:00' })).toEqual([
      ...['09:00 OpenTicket', '10:00 ResolveTicket true', '12:00 RecordFollowUp'],
    ]);
    expect(await told({})).toEqual(['09:00 OpenTicket']);
  });

  it('has the first of several columns that is there', async () => {
    expect(await told({ answered: '10:00', first_reply: '09:30' })).toContain('10:00 RecordFirstResponse');
    expect(await told({ first_reply: '09:30' })).toContain('09:30 RecordFirstResponse');
  });

  it('says who did what: its actor, or the one of the moment', async () => {
    const rows = await read([{ first_reply: '10:00', closed: '12:00' }]);
    const actors = rows.flatMap((one) => ('record' in one && one.record.kind === 'fact' ? [one.record.actor] : []));
    expect(actors).toEqual([
      ...[
        { id: 'ben', kind: 'person' },
        { id: 'mia', kind: 'person' },
      ],
      { id: 'robot', kind: 'automatic' },
    ]);
  });

  it('has a reopening without a resolving before it resolved in silence at that instant, and says so', async () => {
    const rows = await read([{ reopened: '11:00', resolved: '12:00' }]);
    expect(said(rows)).toEqual([
      ...['09:00 OpenTicket', '11:00 ResolveTicket false', '11:00 ReopenTicket', '12:00 ResolveTicket true'],
    ]);
    expect(rows).toContainEqual({ line: 2, implied: 'resolving' });
    const again = await read([{ closed: '10:00', reopened: '11:00' }]);
    expect(said(again)).toEqual(['09:00 OpenTicket', '10:00 CloseTicket', '11:00 ReopenTicket']);
    expect(again.some((one) => 'implied' in one)).toBe(false);
  });

  it('may say when something happened by how long after the opening it was', async () => {
    const moments = [{ after: { column: 'waited' }, means: 'reply' }];
    expect(await told({ waited: '1:30:00' }, { moments })).toContain('10:30 RecordFirstResponse');
    expect(await told({ waited: 'PT30M' }, { moments })).toContain('09:30 RecordFirstResponse');
    expect(await told({ waited: '20' }, { moments })).toEqual(['line 2 INVALID_FIELD']);
  });

  it('is assigned at its opening, or at a moment that says so', async () => {
    const assignee = { column: 'agent' };
    expect(await told({}, { assignee })).toEqual(['09:00 OpenTicket', '09:00 AssignTicket mia ']);
    const moments = [{ at: { column: 'answered' }, means: ['reply', 'assigned'] }];
    expect(await told({ answered: '10:00' }, { assignee, moments })).toEqual([
      ...['09:00 OpenTicket', '10:00 AssignTicket mia ', '10:00 RecordFirstResponse'],
    ]);
  });

  it('has one row, and one that cannot be read says why', async () => {
    const rows = await read([{}, {}, { id: 'T-2', created: '' }, { id: 'T-3', resolved: 'soon' }]);
    expect(said(rows)).toEqual([
      ...['09:00 OpenTicket', 'line 3 TICKET_TWICE', 'line 4 INVALID_FIELD', 'line 5 INVALID_FIELD'],
    ]);
    expect(rows.at(-1)).toMatchObject({ unopened: { ticket: 'T-3', by: 'opening' } });
  });
});

describe('the wait that a row says in all', () => {
  const waited = { column: 'waited', unit: 'minutes' };

  it.each<readonly [name: string, cells: Cells, facts: readonly string[]]>([
    [
      'ends at the last resolving',
      { resolved: '12:00', waited: '60' },
      ['11:00 PauseTicket waitingForCustomer', '12:00 ResolveTicket true'],
    ],
    [
      'begins with the opening at the earliest',
      { resolved: '10:00', waited: '600' },
      ['09:00 PauseTicket waitingForCustomer', '10:00 ResolveTicket true'],
    ],
    [
      'ends at the closing where nothing was resolved',
      { closed: '12:00', waited: '60' },
      ['11:00 PauseTicket waitingForCustomer', '12:00 CloseTicket'],
    ],
    [
      'begins at the opening while the ticket is open',
      { waited: '60' },
      ['09:00 PauseTicket waitingForCustomer', '10:00 ResumeTicket'],
    ],
    [
      'goes on after a reply of ours, and after a reopening',
      { first_reply: '10:30', reopened: '11:00', resolved: '12:00', waited: '120' },
      [
        ...['10:00 PauseTicket waitingForCustomer', '10:30 RecordFirstResponse', '11:00 ResolveTicket false'],
        ...['11:00 ReopenTicket', '11:00 PauseTicket waitingForCustomer', '12:00 ResolveTicket true'],
      ],
    ],
    [
      'does not take up what is closed',
      { closed: '10:00', reopened: '11:30', resolved: '12:00', waited: '90' },
      [
        ...['10:00 CloseTicket', '11:30 ReopenTicket', '11:30 PauseTicket waitingForCustomer'],
        '12:00 ResolveTicket true',
      ],
    ],
    ['is none where it is 0', { resolved: '12:00', waited: '0' }, ['12:00 ResolveTicket true']],
  ])('%s', async (_, cells, facts) => {
    expect(await told(cells, { waited })).toEqual(['09:00 OpenTicket', ...facts]);
  });

  it('may be for another reason', async () => {
    expect(await told({ resolved: '12:00', waited: '60' }, { waited: { ...waited, for: 'onHold' } })).toContain(
      '11:00 PauseTicket onHold',
    );
  });
});

describe('a mapping of rows that are tickets', () => {
  it.each([
    ['a state', { state: { column: 'x' } }, 'state is not a field of rows that are tickets'],
    ['a moment without a time', { moments: [{ means: 'reply' }] }, 'moments[0] must have either at or after'],
    ['a moment without a meaning', { moments: [{ at: { column: 'x' } }] }, 'moments[0].means is missing'],
    ['a moment of no kind', { moments: [{ at: { column: 'x' }, means: 'danced' }] }, 'moments[0].means must be one of'],
    ['a wait for no reason', { waited: { column: 'x', for: 'fun' } }, 'waited.for must be one of'],
    ['a wait of no unit', { waited: { column: 'x', unit: 'moons' } }, 'waited.unit must be one of'],
  ])('with a mistake in %s is refused by its path', (_, changes, why) => {
    expect(() => parseMapping({ ...mapping, ...changes })).toThrow(why);
  });
});

describe('the example of one row a ticket', () => {
  let desk: ImportedDesk;
  beforeAll(async () => {
    desk = await ImportedDesk.at('2024-04-01T12:00:00Z');
    const example = await readMapping('examples/one-row-a-ticket/mapping.yaml');
    const log = readFileSync('examples/one-row-a-ticket/tickets.csv', 'utf8');
    const [part] = example.parts;
    const taken = await desk.take(mappedLog({ ...example, parts: [{ ...part, plan: () => 'full' }] }), log);
    expect([taken.refused, taken.noticed.lines()]).toEqual([
      [],
      ['reopened, but nothing had resolved it; it counts as resolved in silence just before: 1 fact'],
    ]);
  });
  afterAll(() => desk.close());

  it('goes in by one import, and no breach is withdrawn', async () => {
    for (const ticket of ['W-1', 'W-2', 'W-3']) expect(await desk.types(ticket)).not.toContain('SlaBreachWithdrawn');
    expect(await desk.clocks('W-1')).toEqual([
      ...['firstResponse met 04T09:30', 'resolution met 05T11:00', 'followUp metLate 05T11:00'],
    ]);
  });

  it('has the reopening and the wait of W-2', async () => {
    const types = (await desk.types('W-2')).filter((type) => type.startsWith('Ticket'));
    expect(types).toEqual(['TicketOpened', 'TicketResolved', 'TicketReopened', 'TicketPaused', 'TicketResolved']);
    expect(await desk.clocks('W-3')).toContain('firstResponse breached 06T09:00');
  });
});
