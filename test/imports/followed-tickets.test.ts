import { describe, expect, it } from '@jest/globals';
import { FollowedTickets } from '../../src/imports/mapping/followed-tickets.js';
import { MappedTicket } from '../../src/imports/mapping/mapped-ticket.js';
import { parseMapping } from '../../src/imports/mapping/mapping.js';
import { openingOf, saidIn } from '../../src/imports/mapping/read-said.js';

const [part] = parseMapping({
  ...{ source: 'desk', rows: 'events', times: { zone: 'UTC' }, ticket: { column: 'id' }, at: { column: 'at' } },
  ...{ customer: 'acme', type: 'productBug', channel: 'email', subject: 'It broke', assignee: { column: 'who' } },
  state: {
    column: 'what',
    values: { asked: 'open', took: ['firstResponse', 'assigned'], waits: 'onHold', goesOn: 'resumed', over: 'closed' },
  },
}).parts;

/** What some rows say of tickets of which so many are in memory. */
function told(rows: readonly string[], inMemory: number): readonly string[] {
  const tickets = new FollowedTickets(inMemory);
  const commands = rows.flatMap((written, i) => {
    const [id = '', what = ''] = written.split(' ');
    const cells: Readonly<Record<string, string>> = {
      id,
      what,
      who: 'mia',
      at: `2026-03-01T09:${Math.floor(i / 60) + 10}:${String(i % 60).padStart(2, '0')}`,
    };
    const row = { line: i, columns: [], cell: (column: string) => cells[column] ?? '', raw: () => written };
    const found = tickets.get(id) ?? new MappedTicket(id);
    if (found === 'unopened') return [`${id} unopened`];
    const said = saidIn(row, part, found.before);
    const { facts } = found.hear(said, () => openingOf(row, part, id, said));
    tickets.set(id, what === 'over' ? 'unopened' : found);
    return facts.map(({ command }) => `${id} ${command.type}`);
  });
  tickets.close();
  return commands;
}

describe('tickets that a log comes back to', () => {
  const others = Array.from({ length: 40 }, (_, i) => `B-${i} asked`);
  const life = [
    'A asked',
    'A took',
    'A waits',
    ...others,
    'A took',
    'A goesOn',
    ...others,
    'A over',
    ...others,
    'A asked',
  ];

  it('are as they were left, however many came between', () => {
    const all = told(life, 1_000);
    expect(all.filter((line) => line.startsWith('A'))).toEqual([
      ...['A OpenTicket', 'A AssignTicket', 'A RecordFirstResponse', 'A PauseTicket', 'A ResumeTicket'],
      ...['A CloseTicket', 'A unopened'],
    ]);
    for (const inMemory of [1, 3, 10]) expect(told(life, inMemory)).toEqual(all);
  });
});
