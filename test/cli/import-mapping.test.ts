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
    const { code, stdout } = await pledgeHere(folder, ['import', 'log.csv', '--mapping', 'mapping.yaml']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Imported volvo in .*: 3 rows, 5 facts .* 1 rejected/)]);
    expect(JSON.parse(readFileSync(join(folder, 'log.csv.rejects.ndjson'), 'utf8'))).toMatchObject({ line: 3 });
    expect((await pledgeHere(folder, ['history', 'P-1'])).stdout).toContain('TicketClosed');
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
