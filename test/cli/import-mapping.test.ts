import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { newFolder } from '../support/api.js';
import { pledgeHere } from '../support/command-line.js';

const mapping = resolve('examples/volvo/mapping.yaml');
const example = readFileSync(mapping, 'utf8');
const header =
  'org:resource,organization involved,concept:name,impact,product,lifecycle:transition,time:timestamp,case:concept:name';

function log(...rows: readonly string[]) {
  const folder = newFolder();
  writeFileSync(join(folder, 'log.csv'), [header, ...rows].join('\n'));
  return folder;
}

describe('pledge import --mapping', () => {
  it('takes a log by a mapping, bad rows left out by their line', async () => {
    const folder = log(
      'Mia,G1 2nd,Accepted,High,P1,In Progress,2012-03-01 10:00:00+00:00,P-1',
      'Mia,G1 2nd,Accepted,High,P1,Dancing,2012-03-01 11:00:00+00:00,P-1',
      'Mia,G1 2nd,Completed,High,P1,Closed,2012-03-01 12:00:00+00:00,P-1',
    );
    const words = {
      'plan: volvo': 'plan: pro',
      'type: problem': 'type: productBug',
      'channel: incident': 'channel: Email',
    };
    const pro = Object.entries(words).reduce((text, [own, builtIn]) => text.replace(own, builtIn), example);
    writeFileSync(join(folder, 'mapping.yaml'), pro);
    const unmapped = await pledgeHere(folder, ['import', 'log.csv', '--mapping', 'mapping.yaml']);
    expect([unmapped.code, unmapped.stdout]).toEqual([1, '']);
    expect(unmapped.stderr).toBe(
      'pledge: UNMAPPED_CELLS: The mapping does not know these cells, and nothing was imported: {concept:name}/{lifecycle:transition} "Accepted/Dancing" (1 row). Add them, or use --skip-unmapped to reject their rows.\n',
    );
    expect(readdirSync(folder)).toEqual(['log.csv', 'mapping.yaml']);
    const args = ['import', 'log.csv', '--mapping', 'mapping.yaml', '--skip-unmapped'];
    const { code, stdout } = await pledgeHere(folder, args);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Imported volvo in .*: 3 rows, 5 facts .* 1 rejected/)]);
    expect(JSON.parse(readFileSync(join(folder, 'log.csv.rejects.ndjson'), 'utf8'))).toMatchObject({ line: 3 });
    expect((await pledgeHere(folder, ['history', 'P-1'])).stdout).toContain('TicketClosed');
  });

  it('never takes a second row for the opening whose row was rejected: once the mapping is right, all is as it was', async () => {
    const folder = newFolder();
    const rows = ['A-1,2024-01-02T09:00:00Z,mia,New', 'A-1,2024-01-04T15:00:00Z,tom,Answered'];
    writeFileSync(join(folder, 'log.csv'), ['id,date,who,what', ...rows].join('\n'));
    const written = (values: string) => `source: desk
rows: events
times: { format: iso }
ticket: { column: id }
at: { column: date }
actor: { column: who }
customer: acme
plan: pro
type: productBug
channel: email
subject: Lamp
state: { column: what, values: { ${values} } }
`;
    writeFileSync(join(folder, 'wrong.yaml'), written('Answered: reply'));
    writeFileSync(join(folder, 'right.yaml'), written('New: open, Answered: reply'));
    const wrong = await pledgeHere(folder, ['import', 'log.csv', '--mapping', 'wrong.yaml', '--skip-unmapped']);
    expect(wrong.stdout).toMatch(/2 rows, 0 facts .* 2 rejected/);
    expect(readFileSync(join(folder, 'log.csv.rejects.ndjson'), 'utf8')).toContain('OPENING_REJECTED');
    await pledgeHere(folder, ['import', 'log.csv', '--mapping', 'right.yaml']);
    const { stdout } = await pledgeHere(folder, ['history', 'A-1']);
    expect(stdout).toMatch(/2024-01-02T09:00:00.000Z.*TicketOpened/);
    expect(stdout).toContain('SlaMetLate');
  });

  it('refuses a log whose newest rows are first, sorts it where the mapping says so, or takes it as it is', async () => {
    const folder = newFolder();
    const rows = (ticket: number) => [
      `A-${ticket},2024-01-02T12:00:00Z,mia,Solved`,
      `A-${ticket},2024-01-02T09:00:00Z,tom,Answered`,
      `A-${ticket},2024-01-02T09:00:00Z,mia,New`,
    ];
    const log = (count: number) => ['id,date,who,what', ...Array.from({ length: count }, (_, n) => rows(n)).flat()];
    writeFileSync(join(folder, 'log.csv'), log(3).join('\n'));
    const mapping = { source: 'desk', rows: 'events', times: {}, ticket: { column: 'id' }, at: { column: 'date' } };
    const more = { actor: { column: 'who' }, customer: 'acme', plan: 'pro', type: 'productBug', channel: 'email' };
    const values = { New: 'open', Answered: 'reply', Solved: 'resolved' };
    const written = { ...mapping, ...more, subject: 'Lamp', state: { column: 'what', values } };
    const given = async (order: object) => {
      writeFileSync(join(folder, 'mapping.yaml'), JSON.stringify({ ...written, ...order }));
      return pledgeHere(folder, ['import', 'log.csv', '--mapping', 'mapping.yaml']);
    };
    expect((await given({})).stderr).toBe(
      'pledge: LOG_BACKWARDS: The rows of 3 of 3 tickets run backwards in time. Say order: time in the mapping to have its rows sorted, or order: file where they are right as they are.\n',
    );
    expect((await given({ order: 'time' })).stdout).toMatch(/9 rows, 10 facts/);
    const { stdout } = await pledgeHere(folder, ['history', 'A-0']);
    const facts = [...stdout.matchAll(/TicketOpened|FirstResponseSent|TicketResolved/g)].map(String);
    expect(facts).toEqual(['TicketOpened', 'FirstResponseSent', 'TicketResolved']);
    expect((await given({ order: 'file', source: 'other' })).stdout).toMatch(/9 rows/);
  });

  it('imports nothing where its plan is not there', async () => {
    const folder = log('Mia,G1 2nd,Accepted,High,P1,In Progress,2012-03-01 10:00:00+00:00,P-1');
    const { code, stderr } = await pledgeHere(folder, ['import', 'log.csv', '--mapping', mapping]);
    expect([code, stderr]).toEqual([1, 'pledge: PLAN_NOT_FOUND: plan: there is no plan volvo.\n']);
    expect((await pledgeHere(folder, ['history', 'P-1'])).stderr).toContain('TICKET_NOT_FOUND');
  });

  it('imports nothing where the desk lacks a word that it names itself', async () => {
    const folder = log('Mia,G1 2nd,Accepted,High,P1,In Progress,2012-03-01 10:00:00+00:00,P-1');
    writeFileSync(join(folder, 'mapping.yaml'), example.replace('plan: volvo', 'plan: pro'));
    const { code, stderr } = await pledgeHere(folder, ['import', 'log.csv', '--mapping', 'mapping.yaml']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^pledge: UNKNOWN_TYPE: type: there is no type "problem"/),
    ]);
    expect((await pledgeHere(folder, ['history', 'P-1'])).stderr).toContain('TICKET_NOT_FOUND');
  });

  it.each([
    ['with a mistake', ['--mapping', 'log.csv'], 1, 'INVALID_MAPPING'],
    ['beside a format', ['--mapping', mapping, '--format', 'italian-helpdesk'], 2, 'cannot be used with'],
  ])('refuses a mapping %s, and changes nothing', async (_, args, status, said) => {
    const folder = log();
    const { code, stderr } = await pledgeHere(folder, ['import', 'log.csv', ...args]);
    expect([code, stderr]).toEqual([status, expect.stringContaining(said)]);
    expect(readdirSync(folder)).toEqual(['log.csv']);
  });
});
